"""The arguments that everything which runs the application has in common, from its configuration."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi

from components.aws import iam
from components.aws.datadog_agent import AgentArgs
from components.aws.fargate import TaskArgs
from components.aws.placement import ClusterRef, NetworkPlacement
from components.aws.security_groups import Upstream
from components.service.args import ImageArgs, SidecarArgs, VariablesArgs
from stacks.compose.data import database_urls
from stacks.compose.datadog import datadog_agent, datadog_variables
from stacks.compose.sentry import release
from stacks.compose.stack import Stack, task
from stacks.compose.storage import storage_variables
from stacks.compose.surroundings import Surroundings
from stacks.config.clerk import SECRET_KEY
from stacks.config.redis import url_variable
from stacks.config.service import ServiceConfig, logs_in_as_owner
from stacks.config.variables import stores_of
from stacks.contract import contract_variables


class WorkloadFields(TypedDict):
    """Fields of `WorkloadArgs`, for the arguments of each kind, which have them as well."""

    key: str
    service_name: str
    image: ImageArgs
    task: TaskArgs
    cluster: ClusterRef
    placement: NetworkPlacement
    region: str
    entry_point: list[str]
    command: list[str]
    variables: VariablesArgs
    sidecars: list[SidecarArgs]
    agent: AgentArgs | None
    tmp_mib: int
    upstreams: list[Upstream]
    task_policies: Mapping[str, pulumi.Input[str]]


def workload_fields(stack: Stack, name: str, config: ServiceConfig, around: Surroundings) -> WorkloadFields:
    """Return what the service called `name` has in common with every other."""
    network, cluster = around.network, around.cluster
    assert network is not None  # noqa: S101  whatever runs is in it
    assert cluster is not None  # noqa: S101  the same
    return WorkloadFields(
        key=f"services.{name}",
        service_name=stack.names.of(name),
        image=ImageArgs(reference=config.image, owned_by_ci=config.image_by == "ci"),
        task=task(stack, config.task),
        cluster=cluster,
        placement=network.placement,
        region=stack.config.region,
        entry_point=config.entry_point,
        command=config.command,
        variables=workload_variables(stack, name, config, around),
        sidecars=[
            SidecarArgs(
                container_name=sidecar,
                image=it.image,
                entry_point=it.entry_point,
                command=it.command,
                environment=it.environment,
                referenced=it.secrets,
                essential=it.essential,
                user=it.user,
                read_only=it.read_only,
                memory_mib=it.memory_mib,
            )
            for sidecar, it in config.sidecars.items()
        ],
        agent=datadog_agent(stack, name, config, around.datadog_key),
        tmp_mib=config.tmp_mib,
        upstreams=_upstreams(stack, config, around),
        task_policies=_policies(config, around),
    )


def workload_variables(stack: Stack, service: str, config: ServiceConfig, around: Surroundings) -> VariablesArgs:
    """Return the variables of the configuration, which win, and those that the stack gives."""
    stores = stores_of(config, stack.config.redis)
    plain: dict[str, pulumi.Input[str]] = {
        **(around.sentry.env if around.sentry else {}),
        **datadog_variables(stack.config, config),
        # A Machine at Fly.io has no role that may read or write the bucket.
        **storage_variables(around.storage if config.provider == "fargate" else None),
        **contract_variables(stack.config, service),
    }
    if around.sentry:
        plain["SENTRY_RELEASE"] = release(config.image)
    secret: dict[str, pulumi.Input[str]] = dict(database_urls(around.postgres, config)) if around.postgres else {}
    referenced = {key: source for key, source in config.secrets.items() if source.startswith("arn:")}
    for name, store in stores.items():
        found, variable = around.stores[name], url_variable(name, store)
        if found.url is not None:
            secret[variable] = found.url
        elif found.url_reference is not None:
            referenced[variable] = found.url_reference
    secret |= {key: stack.secrets[key] for key, source in config.secrets.items() if source == "config"}
    if around.clerk:
        own = [key for key, source in config.secrets.items() if source == SECRET_KEY]
        secret |= dict.fromkeys(own, around.clerk.secret_key)
    given = {key: value for key, value in plain.items() if key not in config.secrets}
    return VariablesArgs(
        plain={**given, **config.environment},
        secret=secret,
        generated=[key for key, source in config.secrets.items() if source == "generated"],
        referenced=referenced,
    )


def _upstreams(stack: Stack, config: ServiceConfig, around: Surroundings) -> list[Upstream]:
    """Return the servers inside the network that a service may call, and no other."""
    found = [it for name in stores_of(config, stack.config.redis) for it in around.stores[name].upstreams]
    if around.postgres:
        owner = logs_in_as_owner(config)
        pool = bool(config.database_pool.maximum) and not owner
        found += around.postgres.upstreams_for(pool=pool, readers=config.reader_pools)
        if owner and around.postgres.endpoint:
            found.append(around.postgres.endpoint.upstream)
    return [*found, *(around.network.upstreams if around.network else [])]


def _policies(config: ServiceConfig, around: Surroundings) -> dict[str, pulumi.Input[str]]:
    """Return the policy documents of the program's role: the stack's files, and what the configuration permits."""
    policies: dict[str, pulumi.Input[str]] = {"task": around.storage.write_policy} if around.storage else {}
    if config.permissions:
        statements = [
            {"Effect": "Allow", "Action": list(it.actions), "Resource": list(it.resources)}
            for it in config.permissions
        ]
        policies["permissions"] = iam.document(statements)
    return policies
