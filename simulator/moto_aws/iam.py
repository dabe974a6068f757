"""Roles, policies and attachments.

Parameters: https://docs.aws.amazon.com/IAM/latest/APIReference/
"""

from simulator.moto_aws.kind import Call, Created, Existing, Kind, creation, deletion
from simulator.moto_aws.parameters import pairs
from wire_format import Properties

_ROLE = {
    "name": "RoleName",
    "assumeRolePolicy": "AssumeRolePolicyDocument",
    "permissionsBoundary": "PermissionsBoundary",
}
_CREATED = "2026-01-01T00:00:00Z"


def _create_role(call: Call, inputs: Properties) -> Created:
    made = call.send("iam", "create_role", inputs, _ROLE)["Role"]
    _fill_role(call, inputs)
    outputs = {
        "arn": made["Arn"],
        "createDate": _CREATED,
        "managedPolicyArns": inputs.get("managedPolicyArns") or [],
        "uniqueId": made["RoleId"],
    }
    return Created(inputs["name"], outputs)


def _fill_role(call: Call, inputs: Properties) -> None:
    client, name = call.client("iam"), inputs["name"]
    for policy in inputs.get("inlinePolicies") or []:
        client.put_role_policy(RoleName=name, PolicyName=policy["name"], PolicyDocument=policy["policy"])
    for policy_arn in inputs.get("managedPolicyArns") or []:
        client.attach_role_policy(RoleName=name, PolicyArn=policy_arn)


def _update_role(call: Call, existing: Existing, news: Properties) -> None:
    client, name = call.client("iam"), existing.id
    client.update_assume_role_policy(RoleName=name, PolicyDocument=news["assumeRolePolicy"])
    call.send(
        "iam", "update_role", {key: news.get(key) for key in ("description", "maxSessionDuration")}, RoleName=name
    )
    if news.get("tags"):
        client.tag_role(RoleName=name, Tags=pairs(news["tags"]))
    _empty_role(call, existing.inputs, name)
    _fill_role(call, {**news, "name": name})


def _empty_role(call: Call, inputs: Properties, name: str) -> None:
    client = call.client("iam")
    for policy in inputs.get("inlinePolicies") or []:
        client.delete_role_policy(RoleName=name, PolicyName=policy["name"])
    for policy_arn in inputs.get("managedPolicyArns") or []:
        client.detach_role_policy(RoleName=name, PolicyArn=policy_arn)


def _update_policy(call: Call, existing: Existing, news: Properties) -> None:
    client = call.client("iam")
    if news["policy"] != existing.inputs["policy"]:
        versions = client.list_policy_versions(PolicyArn=existing.id)["Versions"]
        client.create_policy_version(PolicyArn=existing.id, PolicyDocument=news["policy"], SetAsDefault=True)
        for version in versions:
            client.delete_policy_version(PolicyArn=existing.id, VersionId=version["VersionId"])


def _delete_role(call: Call, existing: Existing) -> None:
    _empty_role(call, existing.inputs, existing.id)
    call.client("iam").delete_role(RoleName=existing.id)


KINDS = {
    "aws:iam/policy:Policy": Kind(
        create=creation(
            "iam",
            "create_policy",
            lambda _call, _inputs, answer: Created(
                answer["Policy"]["Arn"],
                {"arn": answer["Policy"]["Arn"], "policyId": answer["Policy"]["PolicyId"], "attachmentCount": 0},
            ),
            {"name": "PolicyName", "policy": "PolicyDocument"},
        ),
        delete=deletion("iam", "delete_policy", "PolicyArn"),
        update=_update_policy,
    ),
    "aws:iam/role:Role": Kind(create=_create_role, delete=_delete_role, update=_update_role),
    "aws:iam/rolePolicy:RolePolicy": Kind(
        create=creation(
            "iam",
            "put_role_policy",
            lambda _call, inputs, _answer: Created(f"{inputs['role']}:{inputs['name']}"),
            {"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
        ),
        delete=deletion(
            "iam",
            "delete_role_policy",
            lambda it: dict(zip(("RoleName", "PolicyName"), it.id.split(":", 1), strict=True)),
        ),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Kind(
        create=creation(
            "iam",
            "attach_role_policy",
            lambda call, inputs, _answer: Created(f"{inputs['role']}-{call.identity.hex(24)}"),
            {"role": "RoleName", "policyArn": "PolicyArn"},
        ),
        delete=deletion(
            "iam",
            "detach_role_policy",
            lambda it: {"RoleName": it.inputs["role"], "PolicyArn": it.inputs["policyArn"]},
        ),
    ),
}
