"""What every step of the composition needs."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pulumi
import pulumi_aws as aws
from msgspec import Struct

from components.aws.fargate import TaskArgs
from stacks.config.contract import quiet_connections
from stacks.config.images import rationed, unversioned
from stacks.config.open_api import open_apis
from stacks.config.operations import built_already
from stacks.config.regions import other_regions
from stacks.config.service_problems import passed_schedules
from stacks.config.stack import StackConfig
from stacks.config.task import TaskConfig
from stacks.config.timeouts import late_answers
from stacks.config.upstash import upstash_steps
from stacks.naming import Names

Secrets = Mapping[str, pulumi.Output[str]]
"""Values of the stack's encrypted configuration, by name."""


class Stack(Struct, frozen=True, kw_only=True):
    """Configuration, names, secrets and providers of the stack that is being composed."""

    config: StackConfig
    """The checked configuration."""
    names: Names
    """Physical names."""
    secrets: Secrets
    """Values that only the engine may see."""
    aws: aws.Provider | None
    """AWS in the stack's region; None where nothing is made there."""
    opts: pulumi.ResourceOptions
    """Options of every component: the providers its resources use."""


def start(config: StackConfig, secrets: Secrets) -> Stack:
    """Return a stack without resources, but for AWS with its region, tags and, where given, its only account.

    Not even that where nothing is made at AWS: its provider asks for credentials.
    """
    built = built_already(config.deferred, config)
    passed = passed_schedules(config.services, datetime.now(UTC))
    images = (rationed(config.images, config.registry_credentials), unversioned(config.images))
    vendors = (*other_regions(config), *upstash_steps(config.redis))
    waits = (*late_answers(config), *quiet_connections(config))
    for sentence in filter(None, (*waits, *built, *open_apis(config), *vendors, *passed, *images)):
        pulumi.log.warn(sentence)
    names = Names(config.app, config.environment)
    provider = None
    if config.at_aws:
        provider = aws.Provider(
            "aws",
            region=config.region,
            allowed_account_ids=[config.aws_account_id] if config.aws_account_id else None,
            default_tags={"tags": names.tags(config.owners)},
        )
    opts = pulumi.ResourceOptions(providers=[provider] if provider else [])
    return Stack(config=config, names=names, secrets=secrets, aws=provider, opts=opts)


def task(stack: Stack, config: TaskConfig) -> TaskArgs:
    """Return the size of a task, and how long its output is kept."""
    return TaskArgs(
        cpu=config.cpu,
        memory_mib=config.memory_mib,
        architecture=config.architecture,
        ephemeral_gib=config.ephemeral_gib,
        log_retention_days=config.log_retention_days or stack.config.logs.retention_days,
        registry_credentials=stack.config.registry_credentials,
        secret_key_arns=stack.config.secret_key_arns,
    )
