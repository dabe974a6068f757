"""The roles of the application in PostgreSQL, and the container that makes them before PgBouncer starts.

The application is not the server's master user: an injected statement may then read and change rows, and no more.
What reads from replicas may not even change them.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
"""

from typing import Any

import pulumi

from components.postgres.pooler.args import PoolerArgs
from components.postgres.pooler.pgbouncer import RUN_DIRECTORY

PASSWORD_KEY = "database_password"  # noqa: S105  the name of a key
"""Key of the application's password in the pooler's secret."""
READER_PASSWORD_KEY = "reader_password"  # noqa: S105  the name of a key
"""Key of the readers' password there."""

ROLE_SCRIPT = """\
set -eu
psql --no-psqlrc --quiet --output /dev/null --set ON_ERROR_STOP=1 <<'SQL'
\\getenv role APPLICATION_ROLE
\\getenv password APPLICATION_PASSWORD
\\getenv reader READER_ROLE
\\getenv reader_password READER_PASSWORD
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
\\if :{?reader}
SELECT format('CREATE ROLE %I LOGIN', :'reader')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'reader') \\gexec
ALTER ROLE :"reader" NOCREATEDB NOCREATEROLE PASSWORD :'reader_password';
ALTER ROLE :"reader" SET default_transaction_read_only = on;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO :"reader";
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO :"reader";
ALTER DEFAULT PRIVILEGES GRANT SELECT ON SEQUENCES TO :"reader";
SELECT format('GRANT USAGE ON SCHEMA %I TO %I', nspname, :'reader')
  FROM pg_namespace WHERE nspowner = current_user::regrole OR nspname = 'public' \\gexec
SELECT format('GRANT SELECT ON %s TO %I', oid::regclass, :'reader')
  FROM pg_class WHERE relowner = current_user::regrole AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') \\gexec
\\endif
SQL
"""
"""Makes the roles, or gives them their new passwords, and the rights on all that the owner has and will make.

Poolers that start at once wait for each other. The values are never arguments: those can be listed.
"""


def role_container(
    args: PoolerArgs, password: pulumi.Input[str], reader_password: pulumi.Input[str]
) -> dict[str, Any]:
    """Return the definition, without its log; the passwords are references."""
    variables, secrets = args.database.owner_login(f"{RUN_DIRECTORY}/rds-ca.pem")
    reader = args.reader_role
    return {
        "environment": {
            "APPLICATION_ROLE": args.application_role,
            **({"READER_ROLE": reader} if reader else {}),
            **variables,
        },
        "secrets": {
            "APPLICATION_PASSWORD": password,
            **({"READER_PASSWORD": reader_password} if reader else {}),
            **secrets,
        },
        "essential": False,
        "entryPoint": ["sh", "-c"],
        "command": [ROLE_SCRIPT],
        "dependsOn": [{"containerName": "prepare", "condition": "SUCCESS"}],
        "mountPoints": [{"sourceVolume": "run", "containerPath": RUN_DIRECTORY, "readOnly": True}],
    }
