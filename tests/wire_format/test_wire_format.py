"""What is sent arrives as it was, every mark as its reader wants it, and no secret where nobody may read it."""

import asyncio
from pathlib import Path
from typing import Any

import pulumi
import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc

import wire_format as wire
from footing.plan.values import ValueReader
from footing.testing.wire import Sealed, as_sent
from policies.analyzer.decoded import DECODER
from policies.resource import SECRET, UNKNOWN

CANARY = "never read"
READERS = {"policies": DECODER.struct, "plan": ValueReader(Path.cwd()).struct}

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text().filter(lambda text: not wire.is_unknown(text)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.text(), plain, max_size=4)
with_marks = st.recursive(
    plain | st.just(UNKNOWN) | st.just(SECRET) | plain.map(Sealed),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def as_judged(value: Any) -> Any:
    if isinstance(value, Sealed):
        return SECRET
    if isinstance(value, dict):
        return {key: as_judged(item) for key, item in value.items()}
    return [as_judged(item) for item in value] if isinstance(value, list) else value


@given(properties=objects)
def test_plain_values_arrive_as_they_were(properties: dict[str, Any]):
    sent = wire.encode(properties)
    assert wire.decode(sent) == DECODER.struct(sent) == properties
    assert wire.decode(wire.encode(wire.decode(sent))) == properties


@given(value=with_marks)
def test_marks_arrive_as_marks(value: Any):
    assert DECODER.struct(wire.encode({"key": as_sent(value)})) == {"key": as_judged(value)}


@given(value=plain)
def test_secret_is_marked_once_and_can_be_revealed(value: Any):
    secret = wire.secret({"inner": wire.secret(value)})
    assert wire.secret(secret) is secret
    assert wire.reveal(secret) == {"inner": value}
    message = wire.encode({"key": value})
    wire.seal(message, "key")
    wire.seal(message, "absent")
    assert wire.decode(message) == {"key": wire.secret(value)}


@pytest.mark.parametrize("unknown", wire.UNKNOWNS)
def test_every_kind_of_unknown_is_unknown_also_within_a_text(unknown: str):
    for text in (unknown, f"arn:{unknown}:x"):
        assert DECODER.struct(wire.encode({"key": text})) == {"key": UNKNOWN}
        assert READERS["plan"](wire.encode({"key": text})) == {"key": {"$unknown": True}}


def test_sdk_marks_values_as_this_module_reads_them():
    asset, folder = pulumi.StringAsset("text"), pulumi.FileArchive(".")
    sent: struct_pb2.Struct = asyncio.run(rpc.serialize_properties({"a": asset, "b": folder}, {}))
    assert {key: next(iter(it)) for key, it in DECODER.struct(sent).items()} == {"a": "$asset", "b": "$archive"}
    assert all(wire.is_asset(value) for value in wire.decode(sent).values())
    ours = {wire.SECRET_SIGNATURE, wire.RESOURCE_SIGNATURE, wire.OUTPUT_SIGNATURE, wire.SIGNATURE_KEY}
    theirs = (rpc._special_secret_sig, rpc._special_resource_sig, rpc._special_output_value_sig)
    assert ours == {*theirs, rpc._special_sig_key}
    assert rpc.UNKNOWN == wire.UNKNOWN


def test_reference_and_output_value_are_read():
    marked = {
        "reference": {wire.SIGNATURE_KEY: wire.RESOURCE_SIGNATURE, "urn": "urn:x", "id": "1"},
        "known": {wire.SIGNATURE_KEY: wire.OUTPUT_SIGNATURE, "value": [1]},
        "unknown": {wire.SIGNATURE_KEY: wire.OUTPUT_SIGNATURE},
        "other": {wire.SIGNATURE_KEY: "of a newer engine", "value": 1},
    }
    expected = {"reference": {"$resource": "urn:x"}, "known": [1], "unknown": UNKNOWN, "other": {"value": 1}}
    assert DECODER.struct(wire.encode(marked)) == expected


@pytest.mark.parametrize("reader", READERS)
def test_no_secret_is_read(reader: str):
    output = {wire.SIGNATURE_KEY: wire.OUTPUT_SIGNATURE, "value": CANARY, "secret": True}
    sent = wire.encode({"a": wire.secret(CANARY), "b": [{"c": wire.secret({"d": CANARY})}], "e": output})
    found = READERS[reader](sent)
    assert CANARY not in repr(found)
    assert found["a"] == found["e"] == found["b"][0]["c"]
