"""Pulumi's wire format: property values as the engine, its SDKs and its providers send them, and plain Python.

The marks are the same in every SDK and engine:
https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go
https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go
"""

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import struct_pb2

# Plain JSON: None, bool, int, float, str, lists and string-keyed mappings of these.
Value = Any
Properties = dict[str, Value]

SIGNATURE_KEY: Final = "4dabf18193072939515e22adb298388d"
"""Key of a mapping that stands for something that JSON has no form of; its value says for what."""
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  a type tag of the wire format
ASSET_SIGNATURE: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE_SIGNATURE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE_SIGNATURE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for a text that a preview does not know, and for whatever the SDK knows no type of."""
UNKNOWNS: Final = (
    UNKNOWN,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # true or false
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
    "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
    "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
)
"""Stand for a value that a preview does not know, by its kind."""


class Decoder:
    """Reads messages as plain values; whole numbers become `int`, and every mark stays as it was sent.

    A subclass overrides `text` and `marked` to give marks another form.
    """

    def struct(self, message: struct_pb2.Struct) -> Properties:
        """Return a `google.protobuf.Struct` as a dict."""
        return {key: self.value(item) for key, item in message.fields.items()}

    def value(self, message: struct_pb2.Value) -> Value:
        """Return a `google.protobuf.Value` as a plain value."""
        kind = message.WhichOneof("kind")
        if kind == "string_value":
            return self.text(message.string_value)
        if kind == "struct_value":
            inner = message.struct_value
            return self.marked(inner) if SIGNATURE_KEY in inner.fields else self.struct(inner)
        if kind == "list_value":
            return [self.value(item) for item in message.list_value.values]
        if kind == "number_value":
            number = message.number_value
            return int(number) if number.is_integer() else number
        return message.bool_value if kind == "bool_value" else None

    def text(self, text: str) -> Value:
        """Return what stands for a text."""
        return text

    def marked(self, message: struct_pb2.Struct) -> Value:
        """Return what stands for a mapping that carries a signature."""
        return self.struct(message)


class MarkDecoder(Decoder):
    """Reads messages with a form of the reader's own for every mark.

    Args:
        unknown: what stands for a value that a preview does not know, also where it is a part of a text.
        secret: what stands for a secret, whose content is never read.

    """

    def __init__(self, *, unknown: Value, secret: Value) -> None:
        self._unknown = unknown
        self._secret = secret

    def text(self, text: str) -> Value:
        """Return the text, or the mark of an unknown: of a text that holds one as a part nothing can be judged."""
        return self._unknown if len(text) >= len(UNKNOWN) and any(it in text for it in UNKNOWNS) else text

    def marked(self, message: struct_pb2.Struct) -> Value:
        """Return the mark of a secret, `{"$resource": URN}`, `{"$asset": content}` or `{"$archive": content}`."""
        signature = message.fields[SIGNATURE_KEY].string_value
        if signature == SECRET_SIGNATURE:
            return self.secret(message)
        if signature == OUTPUT_SIGNATURE:
            if message.fields["secret"].bool_value:
                return self.secret(message)
            return self.value(message.fields["value"]) if "value" in message.fields else self._unknown
        content = {key: item for key, item in self.struct(message).items() if key != SIGNATURE_KEY}
        if signature == RESOURCE_SIGNATURE:
            return {"$resource": content.get("urn", "")}
        if signature == ASSET_SIGNATURE:
            return {"$asset": self.asset(content)}
        return {"$archive": self.asset(content)} if signature == ARCHIVE_SIGNATURE else content

    def secret(self, message: struct_pb2.Struct) -> Value:  # noqa: ARG002  only a subclass may look inside
        """Return the mark of a secret; its content is in the message's `value`."""
        return self._secret

    def asset(self, content: Properties) -> Value:
        """Return what stands for the content of an asset or archive: its `hash`, and `path`, `text` or `uri`."""
        return content


def decode(message: struct_pb2.Struct) -> Properties:
    """Return a message's properties as plain values, with every mark, and every secret, as it was sent."""
    return Decoder().struct(message)


def encode(properties: Mapping[str, Value]) -> struct_pb2.Struct:
    """Return plain values as a message; keys in order, so equal values make equal bytes."""
    message = struct_pb2.Struct()
    for key in sorted(properties):
        _encode_into(message.fields[key], properties[key])
    return message


def _encode_into(target: struct_pb2.Value, value: Value) -> None:
    if value is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, Mapping):
        target.struct_value.CopyFrom(encode(value))
    else:
        target.list_value.SetInParent()
        for item in value:
            _encode_into(target.list_value.values.add(), item)


def seal(message: struct_pb2.Struct, key: str) -> None:
    """Put the secret mark on one property of a message, if it has it."""
    if key in message.fields:
        wrapped = struct_pb2.Struct()
        wrapped.fields[SIGNATURE_KEY].string_value = SECRET_SIGNATURE
        wrapped.fields["value"].CopyFrom(message.fields[key])
        message.fields[key].struct_value.CopyFrom(wrapped)


def is_unknown(value: Value) -> bool:
    """Return whether a plain value is known only after other resources exist."""
    return isinstance(value, str) and value in UNKNOWNS


def is_secret(value: Value) -> bool:
    """Return whether a plain value itself carries the secret mark."""
    return isinstance(value, Mapping) and value.get(SIGNATURE_KEY) == SECRET_SIGNATURE


def is_asset(value: Value) -> bool:
    """Return whether a plain value is an asset or an archive."""
    return isinstance(value, Mapping) and value.get(SIGNATURE_KEY) in (ASSET_SIGNATURE, ARCHIVE_SIGNATURE)


def secret(value: Value) -> Value:
    """Return a plain value with the secret mark, once."""
    return value if is_secret(value) else {SIGNATURE_KEY: SECRET_SIGNATURE, "value": value}


def reveal(value: Value) -> Value:
    """Return a plain value without secret marks, at any depth. For computing only: never print what it returns."""
    if is_secret(value):
        return reveal(value.get("value"))
    if isinstance(value, Mapping):
        return {key: reveal(item) for key, item in value.items()}
    return [reveal(item) for item in value] if isinstance(value, list) else value
