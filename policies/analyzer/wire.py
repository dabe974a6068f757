"""What the engine sends of a resource, as what rules judge.

The signatures and the unknowns are Pulumi's wire format, the same in every SDK and engine:
https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go
https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from policies.resource import SECRET, UNKNOWN

SIGNATURE_KEY: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  a type tag of the wire format
ASSET_SIGNATURE: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE_SIGNATURE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE_SIGNATURE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

UNKNOWNS: Final = (
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # a text, and whatever the SDK knows no type of
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # true or false
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
    "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
    "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
)
"""Stand for a value that a preview does not know, by its kind."""

# A text that a program built around an unknown holds it as a part: none of it can be judged.
_HOLDS_UNKNOWN: Final = re.compile("|".join(UNKNOWNS)).search

_LABELS: Final = {ASSET_SIGNATURE: "$asset", ARCHIVE_SIGNATURE: "$archive"}


class Decoded(Mapping[str, Any]):
    """Properties decoded when somebody first reads them, and once."""

    def __init__(self, message: Any) -> None:
        self._message = message

    @cached_property
    def _plain(self) -> dict[str, Any]:
        return struct(self._message)

    def __getitem__(self, key: str) -> Any:
        return self._plain[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._plain)

    def __len__(self) -> int:
        return len(self._plain)


def struct(message: Any) -> dict[str, Any]:
    """Read a `google.protobuf.Struct`."""
    return {key: value(item) for key, item in message.fields.items()}


def value(message: Any) -> Any:
    """Read a `google.protobuf.Value`; what is unknown becomes `UNKNOWN`, what is secret `SECRET`."""
    kind = message.WhichOneof("kind")
    if kind == "string_value":
        text = message.string_value
        return UNKNOWN if _HOLDS_UNKNOWN(text) else text
    if kind == "bool_value":
        return message.bool_value
    if kind == "number_value":
        number = message.number_value
        return int(number) if number.is_integer() else number
    if kind == "struct_value":
        return _object(message.struct_value)
    return [value(item) for item in message.list_value.values] if kind == "list_value" else None


def _object(message: Any) -> Any:
    if SIGNATURE_KEY not in message.fields:
        return struct(message)
    signature = message.fields[SIGNATURE_KEY].string_value
    if signature == SECRET_SIGNATURE:
        return SECRET
    content = {key: item for key, item in struct(message).items() if key != SIGNATURE_KEY}
    if signature == RESOURCE_SIGNATURE:
        return {"$resource": content.get("urn", "")}
    if signature == OUTPUT_SIGNATURE:
        return SECRET if content.get("secret") is True else content.get("value", UNKNOWN)
    return {_LABELS[signature]: content} if signature in _LABELS else content
