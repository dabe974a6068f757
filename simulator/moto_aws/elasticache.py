"""Redis replication groups and their groups, users, and serverless caches.

Parameters: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/
"""

from collections.abc import Callable
from typing import Any

from simulator.identity import arn, dns_suffix
from simulator.moto_aws.kind import Call, Created, Existing, Kind, checked_update, no_deletion, without
from simulator.moto_aws.parameters import block
from wire_format import Properties

_RENAMES = {
    "description": "ReplicationGroupDescription",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "nodeType": "CacheNodeType",
    "parameterGroupName": "CacheParameterGroupName",
    "preferredCacheClusterAzs": "PreferredCacheClusterAZs",
    "subnetGroupName": "CacheSubnetGroupName",
}


def _logs(inputs: Properties) -> dict[str, Any]:
    found = [
        {
            "DestinationType": item["destinationType"],
            "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": item["destination"]}}
            if item["destinationType"] == "cloudwatch-logs"
            else {"KinesisFirehoseDetails": {"DeliveryStream": item["destination"]}},
            "LogFormat": item["logFormat"],
            "LogType": item["logType"],
        }
        for item in inputs.get("logDeliveryConfigurations") or []
    ]
    return {"LogDeliveryConfigurations": found} if found else {}


def _create_group(call: Call, inputs: Properties) -> Created:
    sent = without(inputs, "logDeliveryConfigurations")
    made = call.send("elasticache", "create_replication_group", sent, _RENAMES, **_logs(inputs))
    group = made["ReplicationGroup"]
    shards = inputs.get("numNodeGroups") or 1
    name, port = group["ReplicationGroupId"], inputs.get("port") or 6379
    domain = f"{name}.{call.identity.hex(6, 'cache')}.{_short_region(call.region)}.cache.{dns_suffix(call.region)}"
    outputs: Properties = {
        # moto's own is of the partition aws, whatever the region.
        "arn": arn("elasticache", f"replicationgroup:{name}", region=call.region),
        "clusterEnabled": shards > 1,
        "engineVersionActual": inputs.get("engineVersion") or "7.1",
        **_members(name, inputs),
        "port": port,
    }
    if shards > 1:
        outputs["configurationEndpointAddress"] = f"clustercfg.{domain}"
    else:
        outputs |= {"primaryEndpointAddress": f"master.{domain}", "readerEndpointAddress": f"replica.{domain}"}
    return Created(name, outputs)


def _members(name: str, inputs: Properties) -> Properties:
    shards, replicas = inputs.get("numNodeGroups") or 1, inputs.get("replicasPerNodeGroup") or 0
    nodes = inputs.get("numCacheClusters") or shards * (1 + replicas)
    members = [f"{name}-{number:03}" for number in range(1, nodes + 1)]
    return {"memberClusters": members, "numCacheClusters": nodes}


def _short_region(region: str) -> str:
    """`us-east-1` is `use1` in a cache's host name."""
    area, direction, number = region.split("-")[-3:]
    return f"{area}{direction[0]}{number}"


def _update_group(call: Call, existing: Existing, news: Properties) -> Properties:
    sent = without(news, "logDeliveryConfigurations", "engine", "authToken", "tags")
    fixed = {"ReplicationGroupId": existing.id, **_logs(news)}
    call.send("elasticache", "modify_replication_group", sent, _RENAMES, **fixed)
    return _members(existing.id, news)


def _delete_group(call: Call, existing: Existing) -> None:
    snapshot = existing.inputs.get("finalSnapshotIdentifier")
    final = {"FinalSnapshotIdentifier": snapshot} if snapshot else {}
    call.client("elasticache").delete_replication_group(ReplicationGroupId=existing.id, **final)


_SUBNET_GROUP = {"name": "CacheSubnetGroupName", "description": "CacheSubnetGroupDescription"}


def _create_subnet_group(call: Call, inputs: Properties) -> Created:
    sent = {"description": "Managed by Pulumi", **inputs}
    client = call.client("elasticache")
    try:
        made = call.send("elasticache", "create_cache_subnet_group", sent, _SUBNET_GROUP)["CacheSubnetGroup"]
    except client.exceptions.CacheSubnetGroupAlreadyExistsFault:
        # moto cannot delete a group. Whether ours still exists is for the cloud's own records to say.
        made = client.describe_cache_subnet_groups(CacheSubnetGroupName=inputs["name"])["CacheSubnetGroups"][0]
    name = arn("elasticache", f"subnetgroup:{inputs['name']}", region=call.region)
    outputs = {"arn": name, "description": sent["description"], "vpcId": made.get("VpcId", "")}
    return Created(inputs["name"], outputs)


_PARAMETER_GROUP = {
    "description": "Description",
    "family": "CacheParameterGroupFamily",
    "name": "CacheParameterGroupName",
}


def _create_parameter_group(call: Call, inputs: Properties) -> Created:
    """Moto has no cache parameter groups: botocore checks the parameters, the group itself is a record."""
    sent = {"description": "Managed by Pulumi", **inputs}
    call.check("elasticache", "create_cache_parameter_group", sent, _PARAMETER_GROUP)
    _check_parameters(call, inputs)
    name = arn("elasticache", f"parametergroup:{inputs['name']}", region=call.region)
    return Created(inputs["name"], {"arn": name, "description": sent["description"]})


def _check_parameters(call: Call, inputs: Properties) -> None:
    values = [
        {"ParameterName": item["name"], "ParameterValue": item["value"]} for item in inputs.get("parameters") or []
    ]
    call.check("elasticache", "modify_cache_parameter_group", inputs, _PARAMETER_GROUP, ParameterNameValues=values)


def _checked(operation: str, name: str, kind: str) -> Callable[[Call, Properties], Created]:
    """Moto cannot change a user or a group: botocore checks the parameters, the thing itself is a record."""

    def create(call: Call, inputs: Properties) -> Created:
        call.check("elasticache", operation, inputs)
        return Created(inputs[name], {"arn": arn("elasticache", f"{kind}:{inputs[name]}", region=call.region)})

    return create


def _update_user_group(call: Call, existing: Existing, news: Properties) -> None:
    before, after = set(existing.inputs.get("userIds") or ()), set(news.get("userIds") or ())
    moved = {"UserIdsToAdd": sorted(after - before), "UserIdsToRemove": sorted(before - after)}
    call.check("elasticache", "modify_user_group", news, **{name: ids for name, ids in moved.items() if ids})


def _check_serverless(call: Call, operation: str, inputs: Properties) -> None:
    limits = inputs.get("cacheUsageLimits") or {}
    found = {
        name: block(given)
        for name, given in (
            ("DataStorage", limits.get("dataStorage")),
            ("ECPUPerSecond", next(iter(limits.get("ecpuPerSeconds") or ()), None)),
        )
        if given
    }
    fixed = {"CacheUsageLimits": found} if found else {}
    sent = without(inputs, "cacheUsageLimits")
    call.check("elasticache", operation, sent, {"name": "ServerlessCacheName"}, **fixed)


def _create_serverless(call: Call, inputs: Properties) -> Created:
    _check_serverless(call, "create_serverless_cache", inputs)
    name = inputs["name"]
    place = f"{_short_region(call.region)}.cache.{dns_suffix(call.region)}"
    domain = f"{name}-{call.identity.hex(6, 'cache')}.serverless.{place}"
    major = inputs.get("majorEngineVersion") or "8"
    outputs: Properties = {
        "arn": arn("elasticache", f"serverlesscache:{name}", region=call.region),
        "endpoints": [{"address": domain, "port": 6379}],
        "readerEndpoints": [{"address": domain, "port": 6380}],
        "fullEngineVersion": f"{major}.0",
        "majorEngineVersion": major,
        "status": "available",
    }
    return Created(name, outputs)


KINDS = {
    "aws:elasticache/replicationGroup:ReplicationGroup": Kind(
        create=_create_group, delete=_delete_group, update=_update_group
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": Kind(
        create=_create_subnet_group,
        delete=no_deletion,
        update=checked_update("elasticache", "modify_cache_subnet_group", _SUBNET_GROUP),
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": Kind(
        create=_create_parameter_group,
        delete=no_deletion,
        update=lambda call, _existing, news: _check_parameters(call, news),
    ),
    "aws:elasticache/user:User": Kind(
        create=_checked("create_user", "userId", "user"),
        delete=no_deletion,
        update=checked_update("elasticache", "modify_user"),
    ),
    "aws:elasticache/userGroup:UserGroup": Kind(
        create=_checked("create_user_group", "userGroupId", "usergroup"),
        delete=no_deletion,
        update=_update_user_group,
    ),
    "aws:elasticache/serverlessCache:ServerlessCache": Kind(
        create=_create_serverless,
        delete=no_deletion,
        update=lambda call, _existing, news: _check_serverless(call, "modify_serverless_cache", news),
    ),
}
