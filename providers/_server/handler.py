"""What the server asks of each resource type: how it is made, read, changed and deleted at its vendor."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from providers._server.api import Api
from wire_format import Properties

Accepted = Callable[[str], None]
"""Called with the id as soon as the vendor has accepted a creation: whatever fails afterwards, the id is kept."""


@dataclass(frozen=True)
class Found:
    """A resource as its vendor has it; names are those on the wire.

    Attributes:
        inputs: what a program would give to make it as it is.
        computed: what the vendor alone knows.

    """

    inputs: Properties
    computed: Properties = field(default_factory=dict)


class Handler(ABC):
    """One resource type at its vendor. Inputs come without secret marks.

    Attributes:
        credentials: variables of its vendor's tokens that its requests carry; all of them where none is named.

    """

    credentials: tuple[str, ...] = ()

    @abstractmethod
    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make it, call `accepted` with its id, and return what the vendor computed once it is ready."""

    @abstractmethod
    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return it as it is, None where it is gone.

        `given` are the inputs that the engine knows, none for an import. What the vendor does not tell, as a
        password, is taken from there.
        """

    @abstractmethod
    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:
        """Change it in place and return what the vendor computed. Also ends a creation that failed half way."""

    @abstractmethod
    def delete(self, api: Api, id_: str, given: Properties) -> None:
        """Delete it; what is gone already counts as deleted."""

    def faults(self, given: Properties) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return what the description cannot say: the property, and one sentence."""
        return []


class Setting(Handler):
    """A page of settings of something else: always there, so it is written and never made.

    Its id is the id of what it belongs to. Deleting it leaves the vendor's settings as they are.
    """

    owner: str
    """Property that names what it belongs to, on the wire."""

    def identity(self, given: Properties) -> str:
        """Return the id of what it belongs to."""
        owner: str = given[self.owner]
        return owner

    @abstractmethod
    def write(self, api: Api, given: Properties) -> None:
        """Send the settings."""

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Write the settings, and return what is computed."""
        self.write(api, given)
        id_ = self.identity(given)
        accepted(id_)
        return self._computed(api, id_, given)

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:  # noqa: ARG002
        """Write the settings again, and return what is computed."""
        self.write(api, news)
        return self._computed(api, id_, news)

    def delete(self, api: Api, id_: str, given: Properties) -> None:
        """Leave the settings as they are: they go with what they belong to."""

    def _computed(self, api: Api, id_: str, given: Properties) -> Properties:
        found = self.read(api, id_, given)
        return found.computed if found else {}


def changed(name: str, olds: Properties, news: Properties) -> Any:
    """Return the new value of a property that changes, None where it does not or is not given any more."""
    return news.get(name) if olds.get(name) != news.get(name) else None
