"""PostgreSQL's exporter: what makes its role, and the container itself."""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.aws import fargate
from components.aws.partition import rds_authorities_url
from components.collector.args import PostgresExporterArgs

PORT = 9187
"""Port of postgres_exporter, on loopback."""
ROLE = "footing_metrics"
"""User of the exporter: it may read statistics, and no table."""
PASSWORD_KEY = "postgres_password"  # noqa: S105  the name of a key
"""Key of that user's password in the collector's secret."""
VOLUME, DIRECTORY = "authorities", "/run/authorities"
"""Volume that holds the certificate authorities, and where it is mounted."""
AUTHORITIES_FILE = f"{DIRECTORY}/rds-ca.pem"

FETCH_SCRIPT = f"""\
set -eu
curl --fail --silent --show-error --retry 5 --output {AUTHORITIES_FILE} "$RDS_CA_URL"
chmod 0644 {AUTHORITIES_FILE}
"""
"""Fetches Amazon's certificate authorities."""
ROLE_SCRIPT = """\
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
\\getenv role METRICS_ROLE
\\getenv password METRICS_PASSWORD
\\getenv connections METRICS_CONNECTIONS
SELECT format('CREATE ROLE %I LOGIN', :'role')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \\gexec
ALTER ROLE :"role" PASSWORD :'password' CONNECTION LIMIT :connections;
GRANT pg_monitor TO :"role";
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
SQL
"""
"""Makes the exporter's role, or gives it its new password. The values are never arguments: those can be listed."""


def containers(
    args: PostgresExporterArgs, secret: Mapping[str, pulumi.Input[str]], log_group: pulumi.Input[str], region: str
) -> list[dict[str, Any]]:
    """Return what fetches the authorities, makes the role, then measures; `secret` maps a key to its reference."""
    common: dict[str, Any] = {
        "log_group": log_group,
        "region": region,
        "mountPoints": [{"sourceVolume": VOLUME, "containerPath": DIRECTORY}],
    }
    database = args.database
    location = f":{database.port}/{database.database_name}?sslmode=verify-full&sslrootcert={AUTHORITIES_FILE}"
    return [
        fargate.container(
            "authorities",
            args.images.curl,
            environment={"RDS_CA_URL": args.authorities_url or rds_authorities_url(region)},
            user="0:0",
            essential=False,
            entryPoint=["sh", "-c"],
            command=[FETCH_SCRIPT],
            **common,
        ),
        _make_role(args, secret, common),
        fargate.container(
            "postgres-exporter",
            args.images.exporter,
            environment={
                "DATA_SOURCE_URI": pulumi.Output.concat(database.host, location),
                "DATA_SOURCE_USER": ROLE,
            },
            secrets={"DATA_SOURCE_PASS": secret[PASSWORD_KEY]},
            command=[
                f"--web.listen-address=127.0.0.1:{PORT}",
                "--collector.long_running_transactions",
                "--collector.postmaster",
                "--collector.stat_statements",
            ],
            dependsOn=[{"containerName": "postgres-role", "condition": "SUCCESS"}],
            **common,
        ),
    ]


def _make_role(
    args: PostgresExporterArgs, secret: Mapping[str, pulumi.Input[str]], common: dict[str, Any]
) -> dict[str, Any]:
    variables, secrets = args.database.owner_login(AUTHORITIES_FILE)
    return fargate.container(
        "postgres-role",
        args.images.psql,
        environment={"METRICS_CONNECTIONS": str(args.connections), "METRICS_ROLE": ROLE, **variables},
        secrets={"METRICS_PASSWORD": secret[PASSWORD_KEY], **secrets},
        essential=False,
        entryPoint=["sh", "-c"],
        command=[ROLE_SCRIPT],
        dependsOn=[{"containerName": "authorities", "condition": "SUCCESS"}],
        **common,
    )
