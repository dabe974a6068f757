"""Names and tags of a stack, each rule in one place."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

FIRST: Final[Mapping[str, str]] = {"service": "api", "redis": "cache", "frontend": "web"}
"""The web service, the store and the front end that have their kind's own name in the state."""


def component_name(kind: str, name: str) -> str:
    """Return the logical name of a component of which a stack may have several: `service`, `redis-queue`.

    Part of the state of every stack: never changed without an alias.
    """
    return kind if FIRST.get(kind) == name else f"{kind}-{name}"


class Names(Struct, frozen=True):
    """Names made from the application and the environment; together at most 33 characters.

    Physical names of stateful things are part of the state of every stack: a change replaces them.
    """

    app: str
    environment: str

    @property
    def prefix(self) -> str:
        """First part of every physical name."""
        return f"{self.app}-{self.environment}"

    @property
    def database(self) -> str:
        """Name of the database inside the server: letters, digits and underscores only."""
        return self.app.replace("-", "_")

    def of(self, role: str) -> str:
        """Return the physical name of the thing with this role, for example `feed-staging-pooler`."""
        return f"{self.prefix}-{role}"

    def store(self, name: str) -> str:
        """Return the physical name of the Redis store called `name`: `feed-staging-redis`, `...-redis-queue`."""
        return self.of(component_name("redis", name))

    def tags(self, owners: Mapping[str, str]) -> dict[str, str]:
        """Return the tags of every resource: what it belongs to, and whom to ask."""
        owned = {f"owner:{kind}": who for kind, who in owners.items()}
        return {"app": self.app, "environment": self.environment, "managed-by": "footing", **owned}
