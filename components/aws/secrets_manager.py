"""Secrets that tasks read by reference: one Secrets Manager secret with a JSON key for each value."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws


def make_secret(
    name: str, description: str, values: Mapping[str, pulumi.Input[object]], opts: pulumi.ResourceOptions
) -> aws.secretsmanager.SecretVersion:
    """Store `values` as one JSON document; the version's `secret_arn` and `version_id` are what a task names."""
    secret = aws.secretsmanager.Secret(name, description=description, opts=opts)
    content: pulumi.Output[str] = pulumi.Output.json_dumps(dict(values), sort_keys=True)
    text: pulumi.Output[str] = pulumi.Output.secret(content)
    return aws.secretsmanager.SecretVersion(name, secret_id=secret.id, secret_string=text, opts=opts)


def reference(arn: pulumi.Input[str], key: str, version_id: pulumi.Input[str]) -> pulumi.Output[str]:
    """How a container definition names one key of a secret at one version.

    Naming the version makes a change of the value a change of the task, so that it rolls out.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    """
    return pulumi.Output.concat(arn, f":{key}::", version_id)
