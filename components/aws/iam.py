"""IAM policy documents as JSON text, least privilege by construction."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

POLICY_VERSION = "2012-10-17"
"""Version of the policy language, not of a policy."""


def trust(service: str) -> str:
    """Document that lets one AWS service, for example `ecs-tasks.amazonaws.com`, assume a role."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": POLICY_VERSION, "Statement": [statement]}, sort_keys=True)


def allow(actions: Sequence[str], resources: Sequence[pulumi.Input[str]]) -> pulumi.Output[str]:
    """Document that allows `actions` on exactly `resources` (ARNs)."""
    return document([{"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}])


def document(statements: Sequence[Mapping[str, Any]]) -> pulumi.Output[str]:
    """Document of `statements`, as they are."""
    return pulumi.Output.json_dumps({"Version": POLICY_VERSION, "Statement": list(statements)}, sort_keys=True)
