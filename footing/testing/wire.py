"""Resources as the engine encodes them; the reverse of policies/analyzer/wire.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto

from policies.analyzer.wire import SECRET_SIGNATURE, SIGNATURE_KEY, UNKNOWNS
from policies.resource import SECRET, UNKNOWN, Resource


@dataclass(frozen=True)
class Sealed:
    """A secret with its content, which the engine sends along: no rule may print it."""

    content: Any


def struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Properties as the engine sends them."""
    return struct_pb2.Struct(fields={key: _value(value) for key, value in properties.items()})


def _value(value: Any) -> struct_pb2.Value:
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=UNKNOWNS[0])
    if value is SECRET:
        return _value(Sealed(""))
    if isinstance(value, Sealed):
        return _value({SIGNATURE_KEY: SECRET_SIGNATURE, "value": value.content})
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, (int, float)):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=struct(value))
    return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[_value(item) for item in value]))


def sealed_away(value: Any) -> Any:
    """The same value as a rule sees it: secrets without their content."""
    if isinstance(value, Sealed):
        return SECRET
    if isinstance(value, Mapping):
        return {key: sealed_away(item) for key, item in value.items()}
    return [sealed_away(item) for item in value] if isinstance(value, list) else value


def request(resource: Resource) -> proto.AnalyzeRequest:
    """The question about one resource."""
    return proto.AnalyzeRequest(
        type=resource.type,
        urn=resource.urn,
        name=resource.name,
        properties=struct(resource.properties),
        options=proto.AnalyzerResourceOptions(protect=resource.protect, parent=resource.parent),
    )


def stack_request(resources: Sequence[Resource]) -> proto.AnalyzeStackRequest:
    """The question about all resources together."""
    return proto.AnalyzeStackRequest(resources=[_together(resource) for resource in resources])


def _together(resource: Resource) -> proto.AnalyzerResource:
    return proto.AnalyzerResource(
        type=resource.type,
        urn=resource.urn,
        name=resource.name,
        properties=struct(resource.properties),
        options=proto.AnalyzerResourceOptions(protect=resource.protect, parent=resource.parent),
        parent=resource.parent,
        dependencies=resource.dependencies,
        propertyDependencies={
            key: proto.AnalyzerPropertyDependencies(urns=urns)
            for key, urns in resource.property_dependencies.items()
        },
    )
