"""PgBouncer between the application and PostgreSQL."""

from components.pooler.args import PoolerArgs
from components.pooler.pgbouncer import LISTEN_PORT
from components.pooler.service import Pooler

__all__ = ["LISTEN_PORT", "Pooler", "PoolerArgs"]
