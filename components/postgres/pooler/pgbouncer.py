"""PgBouncer's configuration as a pure function of its numbers."""

from msgspec import Struct, field

RUN_DIRECTORY = "/run/pgbouncer"
"""Directory, on a volume of the task, that holds everything PgBouncer reads."""
LISTEN_PORT = 6432
"""PgBouncer's registered port."""
STATS_USER = "stats"
"""User of the exporter: it may ask PgBouncer for its numbers, and nothing else."""
IDLE_TIMEOUT_SECONDS = 3600
"""How long the load balancer remembers a quiet connection, in seconds; PgBouncer's keepalive is far below."""
KEEPALIVE_IDLE_SECONDS = 60
"""After how long a quiet connection is probed, in seconds: well below what any network in between forgets."""
PREPARED_STATEMENTS = 200
"""Prepared statements that PgBouncer keeps for each connection to PostgreSQL; its own default since 1.24."""
STOP_TIMEOUT_SECONDS = 120
"""Longest time that ECS on Fargate leaves a task between SIGTERM and SIGKILL.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""

MOST_HEALTHY_CHECKS = 10
"""Most checks in a row that make a target healthy; they may be 300 seconds apart.

https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
"""

DRAIN_LIMIT_SECONDS = MOST_HEALTHY_CHECKS * 300
"""Longest drain for which a successor's health checks can wait, in seconds."""
SEARCH_PATH_REPORTED_SINCE = 18
"""First major version of PostgreSQL that tells its clients of `search_path`.

PgBouncer 1.26 keeps the one that a client starts with all the same, and with an earlier server gives it to others:
the lab has seen it. https://www.pgbouncer.org/changelog.html
"""
IGNORED_PARAMETERS = ["extra_float_digits", "search_path"]
"""Startup parameters that are accepted and dropped: the first is sent by drivers at every connection."""
START_SCRIPT = """\
set -eu
umask 077
cd "$RUN_DIRECTORY"
printf '%s\\n' "$PGBOUNCER_INI" > pgbouncer.ini
printf '[databases]\\n%s = host=%s port=%s user=%s password=%s\\n' \\
  "$DATABASE_NAME" "$DATABASE_HOST" "$DATABASE_PORT" "$DATABASE_USER" "$DATABASE_PASSWORD" > databases.ini
printf '"%s" "%s"\\n' "$CLIENT_USER" "$CLIENT_PASSWORD" "$STATS_USER" "$STATS_PASSWORD" > userlist.txt
exec pgbouncer pgbouncer.ini
"""
"""Writes the files that pgbouncer.ini names, then becomes PgBouncer, so that it receives ECS's signals.

All passwords are the component's own: letters and digits.
"""


class PoolSize(Struct, frozen=True, kw_only=True):
    """Numbers that all PgBouncer processes share."""

    tasks: int
    """PgBouncer processes at rest; 2 or more where an outage matters. Source: config `database.pooler.tasks`."""
    server_connections: int
    """Connections that all together open to PostgreSQL; a multiple of `tasks`.

    Source: config `database.pooler.server_connections`.
    """
    client_connections: int
    """Clients that all together accept; a multiple of `tasks`."""

    def __post_init__(self) -> None:
        """Refuse numbers that the processes cannot share.

        Raises:
            ValueError: `tasks` is below 1, or does not divide the connections.

        """
        if self.tasks < 1:
            raise ValueError(f"tasks is {self.tasks}: at least 1 pooler must run")
        for name, number in (
            ("server_connections", self.server_connections),
            ("client_connections", self.client_connections),
        ):
            if number % self.tasks:
                raise ValueError(f"{name} is {number}: it must be a multiple of tasks, {self.tasks}")

    @property
    def server_connections_per_task(self) -> int:
        """Connections that one process opens to PostgreSQL."""
        return self.server_connections // self.tasks

    @property
    def client_connections_per_task(self) -> int:
        """Clients that one process accepts."""
        return self.client_connections // self.tasks


class PgBouncerSettings(Struct, frozen=True, kw_only=True):
    """Numbers of one PgBouncer process."""

    server_connections: int
    """Connections this process may open to PostgreSQL, all users and databases together."""
    client_connections: int
    """Clients this process accepts."""
    query_wait_timeout_seconds: int
    """How long a client waits for a server connection before an error, in seconds, above 0.

    With 0 a client waits without end, and one held lock stops the whole application.
    """
    server_idle_timeout_seconds: int
    """After how long an unused connection to PostgreSQL is closed, in seconds."""
    server_lifetime_seconds: int = 1800
    """Age at which a connection to PostgreSQL is replaced, in seconds: after a failover none stays old."""
    prepared_statements: int | None = PREPARED_STATEMENTS
    """Prepared statements kept for each connection in transaction mode.

    None leaves the key out, for PgBouncer before 1.21, which refuses to start with it.
    """
    ignored_parameters: list[str] = field(default_factory=lambda: list(IGNORED_PARAMETERS))
    """Startup parameters that are accepted and dropped; those that PostgreSQL reports are kept, others refused."""

    def __post_init__(self) -> None:
        """Refuse a wait without an end.

        Raises:
            ValueError: `query_wait_timeout_seconds` is below 1.

        """
        if self.query_wait_timeout_seconds < 1:
            raise ValueError(
                f"query_wait_timeout_seconds is {self.query_wait_timeout_seconds}: it must be at least 1, "
                "for a client that waits without end blocks the application"
            )


class RuntimePaths(Struct, frozen=True, kw_only=True):
    """Directory and address of a PgBouncer process; in a container always the defaults."""

    run_directory: str = RUN_DIRECTORY
    """Directory of everything PgBouncer reads."""
    listen_address: str = "0.0.0.0"  # noqa: S104  the task has one private address, guarded by its security group
    """Address that clients connect to."""
    listen_port: int = LISTEN_PORT
    """TCP port that clients connect to."""


CONTAINER = RuntimePaths()
"""The task's container."""


def render_ini(settings: PgBouncerSettings, paths: RuntimePaths = CONTAINER) -> str:
    """Return the text of pgbouncer.ini.

    Host and credentials are not in it: the container writes them to the two files it names, so that this text
    is free of secrets, known before anything exists, and shown whole in a preview.
    """
    lines = ["[pgbouncer]"] + [f"{key} = {value}" for key, value in _options(settings, paths).items()]
    return "\n".join([f"%include {paths.run_directory}/databases.ini", *lines, ""])


def _options(settings: PgBouncerSettings, paths: RuntimePaths) -> dict[str, str | int]:
    tracked = settings.prepared_statements
    # One ceiling, not three: a reserve pool or a smaller default would make "how full is the pool" ambiguous.
    return {
        "listen_addr": paths.listen_address,
        "listen_port": paths.listen_port,
        "unix_socket_dir": "",
        "auth_type": "scram-sha-256",
        "auth_file": f"{paths.run_directory}/userlist.txt",
        "pool_mode": "transaction",
        "default_pool_size": settings.server_connections,
        "max_db_connections": settings.server_connections,
        "reserve_pool_size": 0,
        "min_pool_size": 0,
        "max_client_conn": settings.client_connections,
        **({} if tracked is None else {"max_prepared_statements": tracked}),
        "query_wait_timeout": settings.query_wait_timeout_seconds,
        "server_idle_timeout": settings.server_idle_timeout_seconds,
        "server_lifetime": settings.server_lifetime_seconds,
        # Written out, for its default differs between versions of PgBouncer.
        "server_check_query": "select 1",
        "server_tls_sslmode": "verify-full",
        "server_tls_ca_file": f"{paths.run_directory}/rds-ca.pem",
        "tcp_keepalive": 1,
        "tcp_keepidle": KEEPALIVE_IDLE_SECONDS,
        "tcp_keepintvl": 15,
        "tcp_keepcnt": 4,
        "stats_users": STATS_USER,
        "ignore_startup_parameters": ",".join(settings.ignored_parameters),
        # Every connect and disconnect as a line would cost more than the pooler itself.
        "log_connections": 0,
        "log_disconnections": 0,
    }
