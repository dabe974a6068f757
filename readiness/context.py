"""What askers know of the live stack, and questions filled in with its outputs."""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from readiness.answer import NotAskedError

SHORTEST_SECRET = 5
"""Characters of a secret from which on it is looked for in texts; a shorter one is part of too many words."""

_PLACE = re.compile(r"\{(output|id):([^{}]+)\}")
_Asked = TypeVar("_Asked")


class Hidden(dict[str, Any]):
    """Values by name that are never printed: some are secrets."""

    def __repr__(self) -> str:
        """Return how many there are."""
        return f"<{len(self)} values>"

    __str__ = __repr__


class LiveStack(Struct, frozen=True, kw_only=True):
    """The live stack, as far as askers know it. Nothing of it is printed."""

    outputs: Mapping[str, Any] = field(default_factory=Hidden)
    """Outputs of the stack by name, secrets among them; none where it was never applied."""
    ids: Mapping[str, str] = field(default_factory=dict)
    """Id of each resource by its type and name, as `footing plan` prints them: `aws.s3.Bucket storage-files`; and
    its ARN, where it has one, by the same with `.arn`."""
    environment: Mapping[str, str] = field(default_factory=Hidden)
    """Environment variables: credentials, and the addresses of tunnels."""
    region: str = ""
    """AWS region."""
    simulated: bool = False
    """Whether it runs on the simulated cloud, so that nothing outside this machine is asked."""
    endpoint_url: str | None = None
    """Address at which every AWS API is asked; AWS's own where None."""
    open_outputs: frozenset[str] = frozenset()
    """Outputs with the address of a server that accepts connections from outside the stack's network."""
    secrets: frozenset[str] = frozenset()
    """Secret values, which no text for people may contain."""

    def __repr__(self) -> str:
        """Return it without a value."""
        return f"LiveStack({len(self.outputs)} outputs, region={self.region!r}, simulated={self.simulated})"

    def redacted(self, text: str) -> str:
        """Return `text` with `[secret]` in place of each secret, and of each password in an address."""
        for value in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(value, "[secret]")
        return re.sub(r"(://[^/\s:@]*):[^/\s@]+@", r"\1:[secret]@", text)


def secrets_of(values: Mapping[str, Any], shown: Mapping[str, Any]) -> frozenset[str]:
    """Return the secret texts of `values`: those that `shown`, with the engine's masks, has not; and passwords."""
    hidden = {it for it in _texts(values) if len(it) >= SHORTEST_SECRET} - set(_texts(shown))
    passwords = {unquote(urlsplit(it).password or "") for it in hidden if "://" in it}
    return frozenset(hidden | {it for it in passwords if len(it) >= SHORTEST_SECRET})


def filled(question: _Asked, live: LiveStack) -> _Asked:
    """Return a question with what the stack has in place of each `{output:NAME}` and `{id:RESOURCE}` of its texts.

    `{output:NAME.KEY}` is an entry of an output that is a map, or an element of one that is a list.
    `{id:aws.s3.Bucket storage-files}` is the id of a resource, by its type and name as `footing plan` prints them.

    Raises:
        NotAskedError: the stack has no such output or resource.

    """
    return _filled(question, live)  # type: ignore[no-any-return]


def _filled(value: Any, live: LiveStack) -> Any:
    # An enumeration's member is a text as well, and has to stay what it is.
    if isinstance(value, str) and not isinstance(value, Enum):
        return _PLACE.sub(lambda found: _known(found[1], found[2], live), value)
    if isinstance(value, Struct):
        return replace(value, **{name: _filled(it, live) for name, it in asdict(value).items()})
    if isinstance(value, Mapping):
        return {key: _filled(it, live) for key, it in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_filled(it, live) for it in value)
    return value


def _known(kind: str, name: str, live: LiveStack) -> str:
    if kind == "id":
        if name not in live.ids:
            raise NotAskedError(f"the stack has no {name}; run footing up")
        return live.ids[name]
    value: Any = live.outputs
    for step in name.split("."):
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, Mapping) and step in value:
            value = value[step]
        else:
            raise NotAskedError(f"the stack has no output {name}; run footing up")
    if value in (None, "") or isinstance(value, Mapping | list):
        raise NotAskedError(f"the output {name} holds no text; run footing up")
    return str(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for it in value:
            yield from _texts(it)
    elif isinstance(value, str):
        yield value
