"""The collector beside a task's other containers: it reads their numbers on loopback and sends them to a store."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
from msgspec import Struct, field

from components.alloy import alloy_config
from components.alloy.alloy_config import Proof, Target
from components.aws import fargate, secrets_manager
from components.aws.security_groups import Upstream

VOLUME = "collector"
"""Volume of the task that holds the collector's configuration and what is not written yet."""
DIRECTORY = "/run/collector"
"""Where that volume is mounted."""
TOKEN_KEY = "token"  # noqa: S105  the name of a key
"""Key of the store's token in its secret."""
PREPARE_SCRIPT = f'set -eu\nchown {fargate.UNPRIVILEGED_USER} "$COLLECTOR_DIRECTORY"\n'
"""Hands the volume, which Fargate makes owned by root, to the collector's user."""
MEASURES_TAG = {"footing:measures": "metrics"}
"""Tag of a task that measures the others and serves nobody: policies ask less of it."""
START_SCRIPT = f"""\
set -eu
umask 077
printf '%s\\n' "$ALLOY_CONFIG" > "$COLLECTOR_DIRECTORY/config.alloy"
exec alloy run --disable-reporting --server.http.listen-addr=127.0.0.1:{alloy_config.STATUS_PORT} \\
  --storage.path="$COLLECTOR_DIRECTORY/data" "$COLLECTOR_DIRECTORY/config.alloy"
"""
"""Writes the configuration, then becomes Alloy, so that it receives ECS's signals."""
RESTART = {"enabled": True, "restartAttemptPeriod": 60}
"""ECS starts a container that ended again, without the task, at most once in this many seconds."""


class RemoteWrite(Struct, frozen=True, kw_only=True):
    """Address and authentication of a store of series."""

    url: pulumi.Input[str]
    """Address of the store's remote write."""
    signing_region: str | None = None
    """Region for which requests are signed with the task's role; None where they are not signed."""
    write_policy: pulumi.Input[str] | None = None
    """IAM document that the task's role needs to write."""
    user: pulumi.Input[str] | None = None
    """User of the token."""
    token_secret_arn: pulumi.Input[str] | None = None
    """Secret with the key `token`; None for a store without one."""
    token: pulumi.Input[str] | None = None
    """The token itself, for a writer outside of AWS; None for a store without one."""
    token_secret_version_id: pulumi.Input[str] = ""
    """Version of that secret: a new token replaces the tasks."""
    upstreams: list[Upstream] = field(default_factory=list)
    """Ports in the network that a writer opens; empty for a store outside."""

    @property
    def proof(self) -> Proof:
        """Authentication of remote write."""
        if self.signing_region is not None:
            return alloy_config.Signed(region=self.signing_region)
        return None if self.token_secret_arn is None else alloy_config.WithToken()


class CollectingArgs(Struct, frozen=True, kw_only=True):
    """Scraping of a task, and the store that it writes to."""

    image: str
    """Image with Grafana Alloy and a shell. Source: config `metrics.collector.image`."""
    environment: str
    """Name of the environment: the label `environment` of every series."""
    interval_seconds: int
    """Time between two readings, in seconds. Source: config `metrics.scrape_interval_seconds`."""
    store: RemoteWrite
    """Where series are written."""


class Collecting:
    """The collector of one task."""

    def __init__(self, args: CollectingArgs, targets: Sequence[Target]) -> None:
        self._args = args
        self.config = alloy_config.render(
            targets, environment=args.environment, interval_seconds=args.interval_seconds, proof=args.store.proof
        )
        """The text of config.alloy."""

    @property
    def secrets(self) -> list[pulumi.Input[str]]:
        """ARNs of what ECS must read to start it."""
        arn = self._args.store.token_secret_arn
        return [] if arn is None else [arn]

    def containers(
        self, log_group: pulumi.Input[str], region: str, *, essential: bool = False
    ) -> list[dict[str, Any]]:
        """Return what prepares the volume and ends, and the collector.

        Where it is not `essential`, the task outlives it, and ECS starts it again by itself.
        """
        store = self._args.store
        common: dict[str, Any] = {
            "log_group": log_group,
            "region": region,
            "entryPoint": ["sh", "-c"],
            "mountPoints": [{"sourceVolume": VOLUME, "containerPath": DIRECTORY}],
        }
        prepare = fargate.container(
            "collector-prepare",
            self._args.image,
            environment={"COLLECTOR_DIRECTORY": DIRECTORY},
            user="0:0",
            essential=False,
            command=[PREPARE_SCRIPT],
            **common,
        )
        token = {}
        if store.token_secret_arn is not None:
            reference = secrets_manager.reference(store.token_secret_arn, TOKEN_KEY, store.token_secret_version_id)
            token[alloy_config.TOKEN_VARIABLE] = reference
        restarted: dict[str, Any] = {} if essential else {"restartPolicy": RESTART}
        collector = fargate.container(
            "collector",
            self._args.image,
            environment={
                "ALLOY_CONFIG": self.config,
                "COLLECTOR_DIRECTORY": DIRECTORY,
                alloy_config.URL_VARIABLE: store.url,
                **({} if store.user is None else {alloy_config.USER_VARIABLE: store.user}),
            },
            secrets=token,
            essential=essential,
            command=[START_SCRIPT],
            dependsOn=[{"containerName": "collector-prepare", "condition": "SUCCESS"}],
            **common,
            **restarted,
        )
        return [prepare, collector]

    def allow(self, name: str, role: aws.iam.Role, opts: pulumi.ResourceOptions) -> list[aws.iam.RolePolicy]:
        """Let the task's role write to the store; returns the policy, none where that takes no permission."""
        policy = self._args.store.write_policy
        if policy is None:
            return []
        return [aws.iam.RolePolicy(f"{name}-metrics", role=role.id, policy=policy, opts=opts)]
