"""The application's role in PostgreSQL, and the container that makes it before PgBouncer starts.

The application is not the server's master user: an injected statement may then read and change rows, and no more.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
"""

from typing import Any

import pulumi

from components.postgres.pooler.args import PoolerArgs
from components.postgres.pooler.pgbouncer import RUN_DIRECTORY

PASSWORD_KEY = "database_password"  # noqa: S105  the name of a key
"""Key of the role's password in the pooler's secret."""

ROLE_SCRIPT = """\
set -eu
psql --no-psqlrc --quiet --output /dev/null --set ON_ERROR_STOP=1 <<'SQL'
\\getenv role APPLICATION_ROLE
\\getenv password APPLICATION_PASSWORD
SELECT pg_advisory_lock(hashtext('footing role'));
SELECT format('CREATE ROLE %I LOGIN', :'role')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \\gexec
ALTER ROLE :"role" NOCREATEDB NOCREATEROLE PASSWORD :'password';
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO :"role";
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"role";
ALTER DEFAULT PRIVILEGES GRANT SELECT, USAGE, UPDATE ON SEQUENCES TO :"role";
SELECT format('GRANT USAGE ON SCHEMA %I TO %I', nspname, :'role')
  FROM pg_namespace WHERE nspowner = current_user::regrole OR nspname = 'public' \\gexec
SELECT format('GRANT %s ON %s TO %I', CASE relkind
         WHEN 'S' THEN 'SELECT, USAGE, UPDATE' ELSE 'SELECT, INSERT, UPDATE, DELETE' END, oid::regclass, :'role')
  FROM pg_class WHERE relowner = current_user::regrole AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') \\gexec
SQL
"""
"""Makes the role, or gives it its new password, and the rights on all that the owner has and will make.

Poolers that start at once wait for each other. The values are never arguments: those can be listed.
"""


def role_container(args: PoolerArgs, password: pulumi.Input[str]) -> dict[str, Any]:
    """Return the definition, without its log; `password` is the reference of the role's."""
    variables, secrets = args.database.owner_login(f"{RUN_DIRECTORY}/rds-ca.pem")
    return {
        "environment": {"APPLICATION_ROLE": args.application_role, **variables},
        "secrets": {"APPLICATION_PASSWORD": password, **secrets},
        "essential": False,
        "entryPoint": ["sh", "-c"],
        "command": [ROLE_SCRIPT],
        "dependsOn": [{"containerName": "prepare", "condition": "SUCCESS"}],
        "mountPoints": [{"sourceVolume": "run", "containerPath": RUN_DIRECTORY, "readOnly": True}],
    }
