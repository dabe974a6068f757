"""What a service finds around it: everything of the stack that it may use."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from components.alloy.sidecar import CollectingArgs
from components.aws.placement import ClusterRef, NetworkRef
from components.clerk.component import Clerk
from components.postgres.store import PostgresStore
from components.redis.store import RedisStore
from components.sentry.component import Sentry
from components.storage.file_store import FileStore

if TYPE_CHECKING:
    from components.datadog.access import DatadogKey
    from components.service.fly.app import FlyApp


class Surroundings(Struct, frozen=True, kw_only=True):
    """The other components of a stack; None for what it does not have."""

    network: NetworkRef | None
    """The network of the tasks."""
    cluster: ClusterRef | None
    """The cluster that runs them."""
    postgres: PostgresStore | None
    """PostgreSQL and its pool."""
    stores: Mapping[str, RedisStore]
    """Stores of Redis by name."""
    apps: Mapping[str, "FlyApp"]
    """Apps at Fly.io by the service's name."""
    storage: FileStore | None
    """Files."""
    sentry: Sentry | None
    """Error tracking."""
    sentry_frontend: Sentry | None
    """Error tracking of what runs in browsers."""
    clerk: Clerk | None
    """Sign-in."""
    collecting: CollectingArgs | None
    """Store of the application's metrics."""
    datadog_key: "DatadogKey | None"
    """Secret with the API key of Datadog's agents, where the stack holds it."""
