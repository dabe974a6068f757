"""Resources as the engine encodes them; the reverse of policies/analyzer/decoded.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as proto

import wire_format
from policies.resource import SECRET, UNKNOWN, Resource


@dataclass(frozen=True)
class Sealed:
    """A secret with its content, which the engine sends along: no rule may print it."""

    content: Any


def as_sent(value: Any) -> Any:
    """Return a value with every mark in the form in which the engine sends it."""
    if value is UNKNOWN:
        return wire_format.UNKNOWN
    if value is SECRET or isinstance(value, Sealed):
        return wire_format.secret(as_sent(value.content) if isinstance(value, Sealed) else "")
    if isinstance(value, Mapping):
        return {key: as_sent(item) for key, item in value.items()}
    return [as_sent(item) for item in value] if isinstance(value, list) else value


def sealed_away(value: Any) -> Any:
    """Return the value as a rule sees it: secrets without their content."""
    if isinstance(value, Sealed):
        return SECRET
    if isinstance(value, Mapping):
        return {key: sealed_away(item) for key, item in value.items()}
    return [sealed_away(item) for item in value] if isinstance(value, list) else value


def request(resource: Resource) -> proto.AnalyzeRequest:
    """Return the question about one resource."""
    return proto.AnalyzeRequest(**_common(resource))


def stack_request(resources: Sequence[Resource]) -> proto.AnalyzeStackRequest:
    """Return the question about all resources together."""
    together = [
        proto.AnalyzerResource(
            **_common(resource),
            parent=resource.parent,
            dependencies=resource.dependencies,
            propertyDependencies={
                key: proto.AnalyzerPropertyDependencies(urns=urns)
                for key, urns in resource.property_dependencies.items()
            },
        )
        for resource in resources
    ]
    return proto.AnalyzeStackRequest(resources=together)


def _common(resource: Resource) -> dict[str, Any]:
    return {
        "type": resource.type,
        "urn": resource.urn,
        "name": resource.name,
        "properties": wire_format.encode(as_sent(resource.properties)),
        "options": proto.AnalyzerResourceOptions(protect=resource.protect, parent=resource.parent),
    }
