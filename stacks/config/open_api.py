"""Whether the database's own API answers beside the edge, where no limit of the edge counts. Source: C-6."""

from collections.abc import Iterator

from stacks.config.managed_postgres import SupabaseConfig
from stacks.config.stack import StackConfig

LIMITER = "rate_limit"
"""Part of the name of a function that limits requests: check_rate_limit."""


def open_apis(config: StackConfig) -> Iterator[str]:
    """Yield a sentence where Supabase's own host is called past the edge, and nothing limits there."""
    database, edge = config.database, config.edge
    if not isinstance(database, SupabaseConfig) or edge is None:
        return
    if not any(LIMITER in it.name for it in database.required_functions):
        yield (
            "edge.rate_limits: the project's own host, PROJECT.supabase.co, answers /rest/v1 and /auth/v1 beside "
            f"{edge.api_hostname or edge.hostnames[0]}, and no limit of the edge counts there: limit in the "
            "database as well, and name the function in database.required_functions, check_rate_limit"
        )
