"""What a service finds around it: everything of the stack that it may use."""

from collections.abc import Mapping

from msgspec import Struct

from components.alloy.sidecar import CollectingArgs
from components.aws.placement import ClusterRef, NetworkRef
from components.postgres.store import PostgresStore
from components.redis.store import RedisStore
from components.sentry.component import Sentry
from components.storage.file_store import FileStore


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
    storage: FileStore | None
    """Files."""
    sentry: Sentry | None
    """Error tracking."""
    collecting: CollectingArgs | None
    """Store of the application's metrics."""
