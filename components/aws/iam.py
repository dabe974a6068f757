"""IAM policy documents as JSON text, least privilege by construction."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.document import json_text

POLICY_VERSION = "2012-10-17"
"""Version of the policy language, not of a policy."""


def trust(service: str) -> str:
    """Return a policy that lets one AWS service, for example `ecs-tasks.amazonaws.com`, assume a role."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": POLICY_VERSION, "Statement": [statement]}, sort_keys=True)


def allow(actions: Sequence[str], resources: Sequence[pulumi.Input[str]]) -> pulumi.Input[str]:
    """Return a policy that allows `actions` on exactly `resources` (ARNs)."""
    return document([{"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}])


def document(statements: Sequence[Mapping[str, Any]]) -> pulumi.Input[str]:
    """Return a policy of `statements`, as they are."""
    return json_text({"Version": POLICY_VERSION, "Statement": list(statements)})


def arn_with(role: aws.iam.Role, *policies: pulumi.CustomResource) -> pulumi.Output[str]:
    """Return the ARN of `role` once `policies` are attached: who takes it before them lacks what they allow."""
    return pulumi.Output.all(role.arn, *(policy.id for policy in policies)).apply(lambda found: str(found[0]))
