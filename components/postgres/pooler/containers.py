"""The containers of one PgBouncer task: prepare, pgbouncer, exporter."""

import hashlib
from typing import Any

import pulumi

from components.alloy.alloy_config import Target
from components.alloy.sidecar import VOLUME, Collecting
from components.aws import fargate, secrets_manager
from components.aws.partition import rds_authorities_url
from components.postgres.pooler.args import PoolerArgs
from components.postgres.pooler.pgbouncer import (
    LISTEN_PORT,
    RUN_DIRECTORY,
    START_SCRIPT,
    STATS_USER,
    STOP_TIMEOUT_SECONDS,
    PgBouncerSettings,
    render_ini,
)
from components.postgres.pooler.role import PASSWORD_KEY, READER_PASSWORD_KEY, role_container
from observability.records.names import Job

PREPARE_SCRIPT = f"""\
set -eu
curl --fail --silent --show-error --retry 5 --output "$RUN_DIRECTORY/rds-ca.pem" "$RDS_CA_URL"
chmod 0644 "$RUN_DIRECTORY/rds-ca.pem"
chown {fargate.UNPRIVILEGED_USER} "$RUN_DIRECTORY"
"""
"""Fetches Amazon's certificate authorities and hands the directory to PgBouncer's user.

Fargate makes task volumes owned by root, and PgBouncer refuses to run as root.
"""

METRICS_PORT = 9127
"""Port of pgbouncer_exporter; no rule of the tasks' group admits anybody to it."""
HEALTH_SCRIPT = f"wget -q -O - http://127.0.0.1:{METRICS_PORT}/metrics | grep -q '^pgbouncer_up 1$'"
"""Holds while PgBouncer answers the exporter. Its admin database is exempt from `max_client_conn`, so a full
pooler is healthy; it asks PostgreSQL for nothing, so a failover of the database restarts no pooler."""


class PoolerContainers:
    """The definitions of a task's containers."""

    def __init__(
        self,
        args: PoolerArgs,
        log_group: pulumi.Input[str],
        credentials_arn: pulumi.Input[str],
        credentials_version_id: pulumi.Input[str],
    ) -> None:
        self._args = args
        self._log_group = log_group
        self._credentials = credentials_arn, credentials_version_id
        self.ini = render_ini(
            PgBouncerSettings(
                server_connections=args.pool.server_connections_per_task,
                client_connections=args.pool.client_connections_per_task,
                query_wait_timeout_seconds=args.timeouts.query_wait_timeout_seconds,
                server_idle_timeout_seconds=args.timeouts.server_idle_timeout_seconds,
                ignored_parameters=args.ignored_parameters,
            )
        )
        """The text of pgbouncer.ini."""
        target = Target(job=Job.PGBOUNCER, port=METRICS_PORT)
        self.collecting = None if args.collecting is None else Collecting(args.collecting, [target])
        """The collector, where there is one."""

    @property
    def ini_hash(self) -> str:
        """Fingerprint of the text: known in a preview, when the definitions, which name secrets, may not be."""
        return hashlib.sha256(self.ini.encode()).hexdigest()

    @property
    def definitions(self) -> list[dict[str, Any]]:
        """All containers, in the order in which they start."""
        passwords = (self._own_secret(key) for key in (PASSWORD_KEY, READER_PASSWORD_KEY))
        role = role_container(self._args, *passwords)
        own = [
            self._prepare(),
            self._container("database-role", self._args.images.psql, **role),
            self._pgbouncer(),
            self._exporter(),
        ]
        if self.collecting is None:
            return own
        return [*own, *self.collecting.containers(self._log_group, self._args.region)]

    @property
    def volumes(self) -> list[str]:
        """Empty directories that the containers share."""
        return ["run"] if self.collecting is None else ["run", VOLUME]

    def _prepare(self) -> dict[str, Any]:
        return self._container(
            "prepare",
            self._args.images.curl,
            environment={
                "RDS_CA_URL": self._args.authorities_url or rds_authorities_url(self._args.region),
                "RUN_DIRECTORY": RUN_DIRECTORY,
            },
            user="0:0",
            essential=False,
            entryPoint=["sh", "-c"],
            command=[PREPARE_SCRIPT],
            mountPoints=[{"sourceVolume": "run", "containerPath": RUN_DIRECTORY}],
        )

    def _pgbouncer(self) -> dict[str, Any]:
        args, database = self._args, self._args.database
        return self._container(
            "pgbouncer",
            args.images.pgbouncer,
            environment={
                # The owner's name, as ever: clients need not know which role stands behind PgBouncer.
                "CLIENT_USER": database.user,
                "DATABASE_HOST": database.host,
                "DATABASE_NAME": database.database_name,
                "DATABASE_PORT": str(database.port),
                "DATABASE_USER": args.application_role,
                "PGBOUNCER_INI": self.ini,
                "RUN_DIRECTORY": RUN_DIRECTORY,
                "STATS_USER": STATS_USER,
            },
            secrets={
                "DATABASE_PASSWORD": self._own_secret(PASSWORD_KEY),
                "CLIENT_PASSWORD": self._own_secret("client_password"),
                "STATS_PASSWORD": self._own_secret("stats_password"),
            },
            entryPoint=["sh", "-c"],
            command=[START_SCRIPT],
            dependsOn=[{"containerName": "database-role", "condition": "SUCCESS"}],
            mountPoints=[{"sourceVolume": "run", "containerPath": RUN_DIRECTORY}],
            portMappings=[{"containerPort": LISTEN_PORT, "protocol": "tcp"}],
            stopTimeout=STOP_TIMEOUT_SECONDS,
        )

    def _exporter(self) -> dict[str, Any]:
        # Essential, for ECS heeds the health of essential containers alone.
        return self._container(
            "exporter",
            self._args.images.exporter,
            secrets={"PGBOUNCER_EXPORTER_CONNECTION_STRING": self._own_secret("exporter_url")},
            dependsOn=[{"containerName": "pgbouncer", "condition": "START"}],
            healthCheck={
                "command": ["CMD-SHELL", HEALTH_SCRIPT],
                "interval": 10,
                "timeout": 5,
                "retries": 6,
                "startPeriod": 60,
            },
        )

    def _own_secret(self, key: str) -> pulumi.Input[str]:
        arn, version_id = self._credentials
        return secrets_manager.reference(arn, key, version_id)

    def _container(self, name: str, image: str, **settings: Any) -> dict[str, Any]:
        return fargate.container(name, image, log_group=self._log_group, region=self._args.region, **settings)
