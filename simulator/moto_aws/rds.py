"""Database instances, parameter groups and subnet groups.

Parameters: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/
"""

from typing import Any

from simulator.moto_aws.kind import Call, Created, Existing, Kind, UnsupportedError, deletion, without
from wire_format import Properties

_RENAMES = {
    "backupWindow": "PreferredBackupWindow",
    "caCertIdentifier": "CACertificateIdentifier",
    "customerOwnedIpEnabled": "EnableCustomerOwnedIp",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "identifier": "DBInstanceIdentifier",
    "instanceClass": "DBInstanceClass",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "parameterGroupName": "DBParameterGroupName",
    "password": "MasterUserPassword",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "replicateSourceDb": "SourceDBInstanceIdentifier",
    "snapshotIdentifier": "DBSnapshotIdentifier",
    "username": "MasterUsername",
}
# ModifyDBInstance has an engine parameter for a few engines only; an instance keeps its engine here.
_FIXED = {"engine", "identifier", "tags", "enabledCloudwatchLogsExports", "port", "username"}
_POSTGRES_ZONE = "Z2R2ITUGPM61AM"


def _create_instance(call: Call, inputs: Properties) -> Created:
    operation = "create_db_instance"
    if inputs.get("replicateSourceDb"):
        operation = "create_db_instance_read_replica"
    elif inputs.get("snapshotIdentifier"):
        operation = "restore_db_instance_from_db_snapshot"
    made = call.send("rds", operation, inputs, _RENAMES)["DBInstance"]
    # moto gives all instances one resource id, and Pulumi's id is the resource id.
    resource_id = f"db-{call.identity.hex(26).upper()}"
    return Created(resource_id, {**_instance_outputs(made), "resourceId": resource_id})


def _instance_outputs(made: dict[str, Any]) -> Properties:
    address, port = made["Endpoint"]["Address"], made["Endpoint"]["Port"]
    secret = made.get("MasterUserSecret")
    names = {"kmsKeyId": "KmsKeyId", "secretArn": "SecretArn", "secretStatus": "SecretStatus"}
    found = {
        "address": address,
        "allocatedStorage": made.get("AllocatedStorage"),
        "arn": made["DBInstanceArn"],
        "dbName": made.get("DBName"),
        "endpoint": f"{address}:{port}",
        "engine": made.get("Engine"),
        "engineVersion": made.get("EngineVersion"),
        "engineVersionActual": made.get("EngineVersion"),
        "hostedZoneId": _POSTGRES_ZONE,
        "identifier": made["DBInstanceIdentifier"],
        "masterUserSecrets": [{name: secret.get(key, "") for name, key in names.items()}] if secret else [],
        "port": port,
        "status": "available",
        "username": made.get("MasterUsername"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _update_instance(call: Call, existing: Existing, news: Properties) -> Properties:
    sent = without(news, *_FIXED)
    fixed: dict[str, Any] = {"DBInstanceIdentifier": existing.outputs["identifier"]}
    if news.get("identifier") not in {None, existing.outputs["identifier"]}:
        fixed["NewDBInstanceIdentifier"] = news["identifier"]
    if news.get("port") is not None:
        fixed["DBPortNumber"] = news["port"]
    exports = set(news.get("enabledCloudwatchLogsExports") or [])
    exported = set(existing.inputs.get("enabledCloudwatchLogsExports") or [])
    if exports != exported:
        fixed["CloudwatchLogsExportConfiguration"] = {
            "EnableLogTypes": sorted(exports - exported),
            "DisableLogTypes": sorted(exported - exports),
        }
    call.send("rds", "modify_db_instance", sent, _RENAMES, **fixed)
    name = fixed.get("NewDBInstanceIdentifier", fixed["DBInstanceIdentifier"])
    made = call.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    if news.get("port") is not None:
        # moto takes a new port and keeps the old one.
        made["Endpoint"]["Port"] = news["port"]
    return {name: value for name, value in _instance_outputs(made).items() if name not in news}


def _delete_instance(call: Call, existing: Existing) -> bool:
    skips, snapshot = existing.inputs.get("skipFinalSnapshot"), existing.inputs.get("finalSnapshotIdentifier")
    if not skips and not snapshot:
        raise UnsupportedError("finalSnapshotIdentifier is missing: give it, or set skipFinalSnapshot to true")
    fixed = {"SkipFinalSnapshot": bool(skips), **({} if skips else {"FinalDBSnapshotIdentifier": snapshot})}
    call.client("rds").delete_db_instance(DBInstanceIdentifier=existing.outputs["identifier"], **fixed)
    return not skips


def _replay_snapshot(call: Call, existing: Existing) -> None:
    """Make the final snapshot of an instance that is gone, from an instance of the same size and engine."""
    kept = ("allocatedStorage", "dbName", "engine", "engineVersion", "identifier", "port", "username")
    sent = {name: existing.outputs[name] for name in kept if existing.outputs.get(name) is not None}
    _create_instance(
        call, {**sent, "instanceClass": existing.inputs["instanceClass"], "password": "replayed-once"}
    )
    _delete_instance(call, existing)


def _create_parameter_group(call: Call, inputs: Properties) -> Created:
    made = call.send(
        "rds",
        "create_db_parameter_group",
        {"description": "Managed by Pulumi", **inputs},
        {"name": "DBParameterGroupName", "family": "DBParameterGroupFamily"},
    )["DBParameterGroup"]
    _set_parameters(call, inputs)
    return Created(inputs["name"], {"arn": made["DBParameterGroupArn"], "description": made["Description"]})


def _set_parameters(call: Call, inputs: Properties) -> None:
    given = inputs.get("parameters") or []
    # ModifyDBParameterGroup takes 20 parameters a call.
    for start in range(0, len(given), 20):
        parameters = [
            {
                "ParameterName": item["name"],
                "ParameterValue": item["value"],
                "ApplyMethod": item.get("applyMethod", "immediate"),
            }
            for item in given[start : start + 20]
        ]
        call.client("rds").modify_db_parameter_group(DBParameterGroupName=inputs["name"], Parameters=parameters)


_SUBNET_GROUP = {"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"}


def _create_subnet_group(call: Call, inputs: Properties) -> Created:
    sent = {"description": "Managed by Pulumi", **inputs}
    made = call.send("rds", "create_db_subnet_group", sent, _SUBNET_GROUP)["DBSubnetGroup"]
    outputs = {
        "arn": made["DBSubnetGroupArn"],
        "description": made["DBSubnetGroupDescription"],
        "vpcId": made["VpcId"],
    }
    return Created(inputs["name"], outputs)


def _update_subnet_group(call: Call, _existing: Existing, news: Properties) -> None:
    call.check("rds", "modify_db_subnet_group", news, _SUBNET_GROUP)
    # moto loses a group that it modifies; creating one of the same name takes its place.
    _create_subnet_group(call, news)


KINDS = {
    "aws:rds/instance:Instance": Kind(
        create=_create_instance,
        delete=_delete_instance,
        update=_update_instance,
        replay_left_over=_replay_snapshot,
    ),
    "aws:rds/parameterGroup:ParameterGroup": Kind(
        create=_create_parameter_group,
        delete=deletion("rds", "delete_db_parameter_group", "DBParameterGroupName"),
        update=lambda call, _existing, news: _set_parameters(call, news),
    ),
    "aws:rds/subnetGroup:SubnetGroup": Kind(
        create=_create_subnet_group,
        delete=deletion("rds", "delete_db_subnet_group", "DBSubnetGroupName"),
        update=_update_subnet_group,
    ),
}
