"""Physical names that a provider makes up when a program gives none: the logical name and a suffix.

As the real providers do, the name is made when inputs are checked, kept while the resource lives, and made
anew for a replacement. The suffix here is not random: it derives from the resource's identity.
"""

import re

from simulator.identity import Identity
from simulator.shapes import ResourceShape, Scalar
from wire_format import Properties

# The engine's own provider bridge marks what it filled in under this key; policies see it on a real run too.
DEFAULTS_KEY = "__defaults"
_SUFFIX_DIGITS = 7

# The property that names the thing where it is not `name`, from the providers' own documentation.
NAME_PROPERTIES = {
    "aws:elasticache/cluster:Cluster": "clusterId",
    "aws:elasticache/replicationGroup:ReplicationGroup": "replicationGroupId",
    "aws:rds/cluster:Cluster": "clusterIdentifier",
    "aws:rds/clusterInstance:ClusterInstance": "identifier",
    "aws:rds/instance:Instance": "identifier",
    "aws:s3/bucket:Bucket": "bucket",
}
# Shorter limits than 255 characters: AWS refuses longer names.
_LIMITS = {
    "aws:elasticache/replicationGroup:ReplicationGroup": 40,
    "aws:iam/role:Role": 64,
    "aws:lb/loadBalancer:LoadBalancer": 32,
    "aws:lb/targetGroup:TargetGroup": 32,
    "aws:lb/trustStore:TrustStore": 32,
    "aws:rds/instance:Instance": 63,
    "aws:scheduler/schedule:Schedule": 64,
    "aws:scheduler/scheduleGroup:ScheduleGroup": 64,
    "aws:sfn/stateMachine:StateMachine": 80,
    "aws:sqs/queue:Queue": 80,
    "aws:cloudwatch/eventRule:EventRule": 64,
    "aws:s3/bucket:Bucket": 63,
}
_LOWER_CASE = ("aws:s3/", "aws:rds/", "aws:elasticache/")


def name_property(token: str, shape: ResourceShape) -> str | None:
    """Return the property that the provider fills with a made-up name when it is not given, if there is one."""
    name = NAME_PROPERTIES.get(token, "name")
    given, output = shape.inputs.get(name), shape.outputs.get(name)
    if token.startswith("random:") or given is None or output is None:
        return None
    fills = output.required and not given.required and given.shape == Scalar("str")
    return name if fills else None


def with_name(inputs: Properties, olds: Properties, shape: ResourceShape, identity: Identity) -> Properties:
    """Return the inputs with a physical name: given, kept, or made from a prefix or the logical name."""
    name = name_property(identity.type, shape)
    if name is None or inputs.get(name) is not None:
        return inputs
    kept = olds.get(name) if name in (olds.get(DEFAULTS_KEY) or []) else None
    prefix = inputs.get(f"{name}Prefix")
    if prefix is not None and not isinstance(prefix, str):
        return inputs
    suffix = identity.hex(_SUFFIX_DIGITS, "name")
    limit = _LIMITS.get(identity.type, 255) - len(suffix)
    generated = f"{(prefix if prefix is not None else f'{identity.name}-')[:limit]}{suffix}"
    if identity.type.startswith(_LOWER_CASE):
        generated = re.sub(r"[^a-z0-9.-]", "-", generated.lower())
    return {**inputs, name: kept or generated, DEFAULTS_KEY: [name]}
