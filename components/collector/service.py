"""One small task with the exporters of the database, Redis and the zone, and Alloy beside them."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.alloy import sidecar
from components.alloy.alloy_config import Target
from components.alloy.sidecar import Collecting
from components.aws import fargate, iam, secrets_manager, security_groups
from components.collector import postgres, signals
from components.collector.args import CloudflareExporterArgs, CollectorArgs, RedisExporterArgs
from components.component import Component
from observability import Signals
from observability.records.names import Job

REDIS_PORT = 9121
"""Port of redis_exporter, on loopback."""
CLOUDFLARE_PORT = 8080
"""Port of cloudflare_exporter, on loopback."""


ZONE_TOKEN_KEY = "cloudflare_token"  # noqa: S105  the name of a key
"""Key of the zone's token in the collector's secret."""


class Collector(Component):
    """Exporters and their collector. Holds no data; while it is replaced nobody measures."""

    security_group_id: pulumi.Output[str]
    """Group of the task."""

    def __init__(self, name: str, args: CollectorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        self._group = security_groups.group(
            f"{name}-tasks", "Collector of metrics", args.placement.vpc_id, self._child()
        )
        needed = security_groups.connect(f"{name}-tasks", self._group.id, args.every_upstream, self._child())
        needed.append(security_groups.allow_https_out(f"{name}-tasks", self._group, self._child()))
        given = {
            Target(job=Job.POSTGRES, port=postgres.PORT): args.postgres,
            Target(job=Job.REDIS, port=REDIS_PORT): args.redis,
            Target(job=Job.CLOUDFLARE, port=CLOUDFLARE_PORT): args.cloudflare,
        }
        self._collecting = Collecting(
            args.collecting, [target for target, exporter in given.items() if exporter is not None]
        )
        self._service = aws.ecs.Service(
            f"{name}-service",
            name=args.service_name,
            cluster=args.cluster.arn,
            task_definition=self._make_task().arn,
            desired_count=1,
            launch_type="FARGATE",
            # A second one may start while the first one stops: the CONNECTION LIMIT of its role holds both.
            deployment_minimum_healthy_percent=0,
            deployment_maximum_percent=100,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            availability_zone_rebalancing="DISABLED",
            network_configuration={
                "subnets": args.placement.subnet_ids,
                "security_groups": [self._group.id],
                "assign_public_ip": False,
            },
            wait_for_steady_state=True,
            propagate_tags="SERVICE",
            opts=self._child(
                depends_on=[*needed, *args.placement.routes],
                custom_timeouts=fargate.deployment_timeouts(
                    tasks=1, minimum_percent=0, maximum_percent=100, leaving_seconds=fargate.STOP_SECONDS
                ),
            ),
        )
        self.security_group_id = self._group.id
        self._signals = signals.signals(args.cluster.name, args.service_name)
        self._finish()

    @property
    def ready(self) -> pulumi.Resource:
        """The running task."""
        return self._service

    @property
    def signals(self) -> Signals:
        """Alerts, panels and checks."""
        return self._signals

    def _make_task(self) -> aws.ecs.TaskDefinition:
        args = self._args
        log = fargate.make_log_group(self._name, args.task.log_retention_days, self._child())
        arns, references = self._make_secret()
        role = fargate.make_task_role(self._name, self._child())
        policies = self._collecting.allow(self._name, role, self._child())
        owner = [args.postgres.database.secret_arn] if args.postgres else []
        token = args.cloudflare and args.cloudflare.token_secret_arn
        readable = [*arns, *owner, *([token] if token else []), *self._collecting.secrets]
        common: dict[str, Any] = {"log_group": log.name, "region": args.region}
        return fargate.make_task_definition(
            self._name,
            args.task,
            [
                *(postgres.containers(args.postgres, references, log.name, args.region) if args.postgres else []),
                *([_redis(args.redis, references, common)] if args.redis else []),
                *([_cloudflare(args.cloudflare, references, common)] if args.cloudflare else []),
                *self._collecting.containers(log.name, args.region, essential=True),
            ],
            family=args.service_name,
            execution_role_arn=fargate.make_execution_role(
                self._name, readable, self._child(), args.task, region=args.region
            ),
            task_role_arn=iam.arn_with(role, *policies),
            volumes=[*([postgres.VOLUME] if args.postgres else []), sidecar.VOLUME],
            tags=sidecar.MEASURES_TAG,
            opts=self._child(),
        )

    def _make_secret(self) -> tuple[list[pulumi.Input[str]], dict[str, pulumi.Input[str]]]:
        """Keep what the exporters log in with; references name the version, so that a change replaces the task."""
        args = self._args
        values: dict[str, pulumi.Input[object]] = {}
        if args.postgres:
            password = random.RandomPassword(
                f"{self._name}-postgres", length=32, special=False, opts=self._child()
            )
            values[postgres.PASSWORD_KEY] = password.result
        if args.redis:
            values["redis_url"] = args.redis.url
        if args.cloudflare and args.cloudflare.token:
            values[ZONE_TOKEN_KEY] = args.cloudflare.token
        if not values:
            return [], {}
        version = secrets_manager.make_secret(
            f"{self._name}-credentials", "What the exporters log in with", values, self._child()
        )
        arn, version_id = version.secret_arn, version.version_id
        return [arn], {key: secrets_manager.reference(arn, key, version_id) for key in values}


def _redis(
    args: RedisExporterArgs, secret: Mapping[str, pulumi.Input[str]], common: dict[str, Any]
) -> dict[str, Any]:
    return fargate.container(
        "redis-exporter",
        args.image,
        environment={"REDIS_EXPORTER_WEB_LISTEN_ADDRESS": f"127.0.0.1:{REDIS_PORT}"},
        secrets={"REDIS_ADDR": secret["redis_url"]},
        essential=False,
        restartPolicy=sidecar.RESTART,
        **common,
    )


def _cloudflare(
    args: CloudflareExporterArgs, secret: Mapping[str, pulumi.Input[str]], common: dict[str, Any]
) -> dict[str, Any]:
    return fargate.container(
        "cloudflare-exporter",
        args.image,
        environment={"CF_ZONES": args.zone_id, "LISTEN": f"127.0.0.1:{CLOUDFLARE_PORT}"},
        # A whole secret of its own, or one key of the collector's.
        secrets={"CF_API_TOKEN": args.token_secret_arn or secret[ZONE_TOKEN_KEY]},
        essential=False,
        restartPolicy=sidecar.RESTART,
        **common,
    )
