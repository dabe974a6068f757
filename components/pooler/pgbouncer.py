"""PgBouncer's configuration as a pure function of the numbers it is made from."""

from dataclasses import dataclass

RUN_DIRECTORY = "/run/pgbouncer"
"""Directory, on a volume of the task, that holds everything PgBouncer reads."""

LISTEN_PORT = 6432
"""PgBouncer's registered port."""

STATS_USER = "stats"
"""User of the exporter: it may ask PgBouncer for its numbers, and nothing else."""

KEEPALIVE_IDLE_SECONDS = 60
"""After how long a quiet connection is probed, in seconds: well below what any network in between forgets."""


@dataclass(frozen=True, kw_only=True)
class PgBouncerSettings:
    """Numbers of one PgBouncer process."""

    server_connections: int
    """Connections this process may open to PostgreSQL, all users and databases together."""
    client_connections: int
    """Clients this process accepts."""
    query_wait_timeout_seconds: int
    """How long a client waits for a server connection before an error, in seconds, above 0.

    With 0 a client waits for ever, and one held lock stops the whole application.
    """
    server_idle_timeout_seconds: int
    """After how long an unused connection to PostgreSQL is closed, in seconds."""
    server_lifetime_seconds: int = 1800
    """Age at which a connection to PostgreSQL is replaced, in seconds: after a failover none stays old."""
    prepared_statements: int = 200
    """Prepared statements kept for each connection in transaction mode; needs PgBouncer 1.21."""

    def __post_init__(self) -> None:
        """Refuse a wait without an end.

        Raises:
            ValueError: `query_wait_timeout_seconds` is below 1.

        """
        if self.query_wait_timeout_seconds < 1:
            raise ValueError(
                f"query_wait_timeout_seconds is {self.query_wait_timeout_seconds}: it must be at least 1, "
                "for a client that waits for ever blocks the application"
            )


def render_ini(settings: PgBouncerSettings) -> str:
    """The text of pgbouncer.ini.

    Host and credentials are not in it: the container writes them to the two files it names, so that this text
    is free of secrets, known before anything exists, and shown whole in a preview.
    """
    lines = ["[pgbouncer]"] + [f"{key} = {value}" for key, value in _options(settings).items()]
    return "\n".join([f"%include {RUN_DIRECTORY}/databases.ini", *lines, ""])


def _options(settings: PgBouncerSettings) -> dict[str, str | int]:
    # One ceiling, not three: a reserve pool or a smaller default would make "how full is the pool" ambiguous.
    return {
        "listen_addr": "0.0.0.0",  # noqa: S104  the task has one private address, guarded by its security group
        "listen_port": LISTEN_PORT,
        "unix_socket_dir": "",
        "auth_type": "scram-sha-256",
        "auth_file": f"{RUN_DIRECTORY}/userlist.txt",
        "pool_mode": "transaction",
        "default_pool_size": settings.server_connections,
        "max_db_connections": settings.server_connections,
        "reserve_pool_size": 0,
        "min_pool_size": 0,
        "max_client_conn": settings.client_connections,
        "max_prepared_statements": settings.prepared_statements,
        "query_wait_timeout": settings.query_wait_timeout_seconds,
        "server_idle_timeout": settings.server_idle_timeout_seconds,
        "server_lifetime": settings.server_lifetime_seconds,
        # Written out, for its default differs between versions of PgBouncer.
        "server_check_query": "select 1",
        "server_tls_sslmode": "verify-full",
        "server_tls_ca_file": f"{RUN_DIRECTORY}/rds-ca.pem",
        "tcp_keepalive": 1,
        "tcp_keepidle": KEEPALIVE_IDLE_SECONDS,
        "tcp_keepintvl": 15,
        "tcp_keepcnt": 4,
        "stats_users": STATS_USER,
        # The exporter's driver sends it at every connection.
        "ignore_startup_parameters": "extra_float_digits",
        # Every connect and disconnect as a line would cost more than the pooler itself.
        "log_connections": 0,
        "log_disconnections": 0,
    }
