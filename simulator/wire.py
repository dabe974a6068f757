"""The engine's property values as plain Python values, and back.

Numbers without a fraction become `int`. A secret stays a dict that carries its mark; an unknown stays its
sentinel string. Marks: https://www.pulumi.com/docs/iac/extending-pulumi/provider-protocol/
"""

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2

Value = Any
Properties = dict[str, Value]

SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  the protocol's mark, not a secret
ASSET_SIGNATURES = ("c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7")
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWNS = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


def decode(struct: struct_pb2.Struct) -> Properties:
    """A message's properties as plain values."""
    return {key: _from_value(value) for key, value in struct.fields.items()}


def _from_value(value: struct_pb2.Value) -> Value:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return decode(value.struct_value)
    if kind == "list_value":
        return [_from_value(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "string_value":
        return value.string_value
    return value.bool_value if kind == "bool_value" else None


def encode(properties: Mapping[str, Value]) -> struct_pb2.Struct:
    """Plain values as a message; keys in order, so equal values make equal bytes."""
    struct = struct_pb2.Struct()
    for key in sorted(properties):
        _into_value(struct.fields[key], properties[key])
    return struct


def _into_value(target: struct_pb2.Value, value: Value) -> None:
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
            _into_value(target.list_value.values.add(), item)


def is_unknown(value: Value) -> bool:
    """Whether a value is known only after other resources exist."""
    return isinstance(value, str) and value in UNKNOWNS


def is_secret(value: Value) -> bool:
    """Whether a value itself carries the secret mark."""
    return isinstance(value, Mapping) and value.get(SIGNATURE_KEY) == SECRET_SIGNATURE


def is_asset(value: Value) -> bool:
    """Whether a value is an asset or an archive."""
    return isinstance(value, Mapping) and value.get(SIGNATURE_KEY) in ASSET_SIGNATURES


def secret(value: Value) -> Value:
    """The value with the secret mark, once."""
    return value if is_secret(value) else {SIGNATURE_KEY: SECRET_SIGNATURE, "value": value}


def reveal(value: Value) -> Value:
    """The value without secret marks, at any depth. For computing only: never print what it returns."""
    if is_secret(value):
        return reveal(value.get("value"))
    if isinstance(value, Mapping):
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [reveal(item) for item in value]
    return value


def holds_unknown(value: Value) -> bool:
    """Whether a value is unknown or holds an unknown at any depth."""
    if isinstance(value, Mapping):
        return any(holds_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(holds_unknown(item) for item in value)
    return is_unknown(value)


def holds_secret(value: Value) -> bool:
    """Whether a value is secret or holds a secret at any depth."""
    if is_secret(value):
        return True
    if isinstance(value, Mapping):
        return any(holds_secret(item) for item in value.values())
    return isinstance(value, list) and any(holds_secret(item) for item in value)
