"""Secrets that tasks read by reference: one Secrets Manager secret with a JSON key for each value."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.document import joined_text, json_text


def make_secret(
    name: str, description: str, values: Mapping[str, pulumi.Input[object]], opts: pulumi.ResourceOptions
) -> aws.secretsmanager.SecretVersion:
    """Store `values` as one JSON document; the version's `secret_arn` and `version_id` are what a task names."""
    secret = aws.secretsmanager.Secret(name, description=description, opts=opts)
    text: pulumi.Output[str] = pulumi.Output.secret(json_text(dict(values)))
    return aws.secretsmanager.SecretVersion(name, secret_id=secret.id, secret_string=text, opts=opts)


def reference(arn: pulumi.Input[str], key: str, version_id: pulumi.Input[str]) -> pulumi.Input[str]:
    """Return how a container definition names one key of a secret at one version.

    Naming the version makes a change of the value a change of the task, so that it rolls out.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    """
    return joined_text(arn, f":{key}::", version_id)
