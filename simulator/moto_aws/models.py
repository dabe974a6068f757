"""What AWS's own models bound, as botocore publishes them: length, pattern, enum, range, at every depth.

botocore itself checks types, required names and least sizes. Values are never named: one may be a secret.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from simulator.moto_aws.parameters import matching, operation_shape
from wire_format import Properties, Value, is_unknown

RECORDED = {
    "aws:acm/certificate:Certificate": ("acm", "request_certificate", ""),
    "aws:amp/ruleGroupNamespace:RuleGroupNamespace": ("amp", "create_rule_groups_namespace", ""),
    "aws:amp/workspace:Workspace": ("amp", "create_workspace", ""),
    "aws:amp/workspaceConfiguration:WorkspaceConfiguration": ("amp", "update_workspace_configuration", ""),
    "aws:backup/plan:Plan": ("backup", "create_backup_plan", "BackupPlan"),
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": (
        "backup", "create_restore_testing_plan", "RestoreTestingPlan"),
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": (
        "backup", "create_restore_testing_selection", "RestoreTestingSelection"),
    "aws:backup/selection:Selection": ("backup", "create_backup_selection", "BackupSelection"),
    "aws:backup/vault:Vault": ("backup", "create_backup_vault", ""),
    "aws:cloudfront/cachePolicy:CachePolicy": ("cloudfront", "create_cache_policy", "CachePolicyConfig"),
    "aws:cloudfront/distribution:Distribution": ("cloudfront", "create_distribution", "DistributionConfig"),
    "aws:cloudfront/function:Function": ("cloudfront", "create_function", "FunctionConfig"),
    "aws:cloudfront/originAccessControl:OriginAccessControl": (
        "cloudfront", "create_origin_access_control", "OriginAccessControlConfig"),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": (
        "cloudfront", "create_response_headers_policy", "ResponseHeadersPolicyConfig"),
    "aws:cloudwatch/logDelivery:LogDelivery": ("logs", "create_delivery", ""),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": ("logs", "put_delivery_destination", ""),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": ("logs", "put_delivery_source", ""),
    "aws:ec2/eip:Eip": ("ec2", "allocate_address", ""),
    "aws:ec2/flowLog:FlowLog": ("ec2", "create_flow_logs", ""),
    "aws:ec2/managedPrefixList:ManagedPrefixList": ("ec2", "create_managed_prefix_list", ""),
    "aws:ec2/natGateway:NatGateway": ("ec2", "create_nat_gateway", ""),
    "aws:ec2/route:Route": ("ec2", "create_route", ""),
    "aws:ec2/routeTable:RouteTable": ("ec2", "create_route_table", ""),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ("ec2", "associate_route_table", ""),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("ec2", "create_vpc_endpoint", ""),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": ("ecr", "put_lifecycle_policy", ""),
    "aws:ecr/repository:Repository": ("ecr", "create_repository", ""),
    "aws:kms/key:Key": ("kms", "create_key", ""),
    "aws:kms/keyPolicy:KeyPolicy": ("kms", "put_key_policy", ""),
    "aws:lb/trustStore:TrustStore": ("elbv2", "create_trust_store", ""),
    "aws:s3/bucketObjectv2:BucketObjectv2": ("s3", "put_object", ""),
    "aws:sns/topic:Topic": ("sns", "create_topic", ""),
    "aws:sns/topicSubscription:TopicSubscription": ("sns", "subscribe", ""),
}  # fmt: skip
"""Types that moto does not make: service, operation, and the member that holds the settings, if any."""
_RENAMES = {"iamRoleArn": "DeliverLogsPermissionArn"}
_NUMBERS = {"integer", "long", "float", "double"}


def recorded_faults(client: Any, token: str, inputs: Properties) -> Iterator[str]:
    """Yield what the operation behind a type that is only recorded does not take."""
    _, operation, inner = RECORDED[token]
    shape = operation_shape(client, operation)
    yield from model_faults(inputs, shape, "")
    if inner:
        held = shape.members[inner]
        yield from model_faults(inputs, held.member if held.type_name == "list" else held, "")


def model_faults(value: Value, shape: Any, path: str) -> Iterator[str]:
    """Yield a sentence for each value outside the bounds of its shape; names that the API does not have pass."""
    if value is None or is_unknown(value):
        return
    kind = shape.type_name
    if kind == "string" and isinstance(value, str):
        yield from _text_faults(value, shape, path)
    elif kind in _NUMBERS and isinstance(value, int | float):
        yield from _bounds(value, shape, path, "")
    elif kind in {"list", "map"} and isinstance(value, list | Mapping):
        yield from _bounds(len(value), shape, path, "entries")
    for where, item, inner in _parts(value, shape, path):
        yield from model_faults(item, inner, where)


def _parts(value: Value, shape: Any, path: str) -> Iterator[tuple[str, Value, Any]]:
    """Yield what is inside a value, each with its path and its shape."""
    if shape.type_name == "structure" and isinstance(value, list) and "Items" in shape.members:
        yield path, value, shape.members["Items"]
    elif shape.type_name == "structure" and isinstance(value, Mapping):
        for name, item in value.items():
            renamed = _RENAMES.get(name, name)
            member = renamed if renamed in shape.members else matching(name, shape.members)
            if member is not None:
                yield f"{path}.{name}" if path else name, item, shape.members[member]
    elif shape.type_name == "list" and isinstance(value, list):
        yield from ((f"{path}[{index}]", item, shape.member) for index, item in enumerate(value))
    elif shape.type_name == "map" and isinstance(value, Mapping):
        for key, item in value.items():
            yield f"{path} (a key)", key, shape.key
            yield f'{path}["{key}"]', item, shape.value


def _bounds(size: float, shape: Any, path: str, unit: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and size < least) or (most is not None and size > most):
        bounds = [f"at least {least}" if least is not None else "", f"at most {most}" if most is not None else ""]
        allowed = " and ".join(filter(None, bounds))
        yield f"{path}: given {size:g} {unit}".rstrip() + f", allowed {allowed}"


def _text_faults(text: str, shape: Any, path: str) -> Iterator[str]:
    members, pattern = shape.metadata.get("enum"), shape.metadata.get("pattern")
    yield from _bounds(len(text), shape, path, "characters")
    if members and text not in members:
        yield f"{path}: given a value that the API does not have, allowed {', '.join(members)}"
    compiled = _compiled(pattern) if pattern else None
    if compiled and not compiled.fullmatch(text):
        yield f"{path}: given a value of another form, allowed {pattern}"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Return the pattern in Python's dialect; None for one that has no equal there."""
    dialect = re.sub(r"\\p\{[LNM]\}", r"\\w", pattern)
    dialect = re.sub(r"\\p\{Zs?\}", r"\\s", dialect)
    dialect = re.sub(r"\\p\{[PS]\}", r"!-/:-@\\[-`{-~", dialect)
    dialect = dialect.replace(r"\p{Print}", "[ -~]").replace(r"[\w-_", r"[\w\-_")
    try:
        return re.compile(dialect)
    except re.error:
        return None
