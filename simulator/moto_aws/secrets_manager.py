"""Secrets and their versions.

Parameters: https://docs.aws.amazon.com/secretsmanager/latest/apireference/
"""

from typing import Any

from simulator.moto_aws.kind import Call, Created, Existing, Kind, checked_update, no_deletion
from wire_format import Properties

_SERVICE = "secretsmanager"
_DEFAULT_WINDOW_DAYS = 30


def _create_secret(call: Call, inputs: Properties) -> Created:
    made = call.send(
        _SERVICE, "create_secret", inputs, {"replicas": "AddReplicaRegions"}, ClientRequestToken=_token(call)
    )
    _set_policy(call, made["ARN"], inputs)
    return Created(made["ARN"], {"arn": made["ARN"], "policy": inputs.get("policy") or ""})


def _token(call: Call) -> str:
    # botocore makes up a random token where none is given, and it becomes the version's id.
    return call.identity.uuid("token")


def _set_policy(call: Call, name: str, inputs: Properties) -> None:
    if inputs.get("policy"):
        call.client(_SERVICE).put_resource_policy(SecretId=name, ResourcePolicy=inputs["policy"])


def _update_secret(call: Call, existing: Existing, news: Properties) -> None:
    call.send(_SERVICE, "update_secret", news, SecretId=existing.id, ClientRequestToken=_token(call))
    _set_policy(call, existing.id, news)


def _delete_secret(call: Call, existing: Existing) -> bool:
    """Delete a secret; one with a recovery window keeps its name, as in AWS."""
    days = existing.inputs.get("recoveryWindowInDays", _DEFAULT_WINDOW_DAYS)
    fixed: dict[str, Any] = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
    call.client(_SERVICE).delete_secret(SecretId=existing.id, **fixed)
    return bool(days)


def _replay_deleted(call: Call, existing: Existing) -> None:
    _create_secret(call, existing.inputs)
    _delete_secret(call, existing)


def _put_version(call: Call, inputs: Properties) -> Created:
    made = call.send(_SERVICE, "put_secret_value", inputs, ClientRequestToken=_token(call))
    stages = inputs.get("versionStages") or ["AWSCURRENT"]
    outputs = {"arn": made["ARN"], "versionId": made["VersionId"], "versionStages": stages}
    return Created(f"{inputs['secretId']}|{made['VersionId']}", outputs)


KINDS = {
    "aws:secretsmanager/secret:Secret": Kind(
        create=_create_secret, delete=_delete_secret, update=_update_secret, replay_left_over=_replay_deleted
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": Kind(
        create=_put_version, delete=no_deletion, update=checked_update(_SERVICE, "put_secret_value")
    ),
}
