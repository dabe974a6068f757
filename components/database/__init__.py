"""PostgreSQL."""

from components.database.args import DatabaseArgs, ReplicaArgs
from components.database.rds import POSTGRES_PORT, Database

__all__ = ["POSTGRES_PORT", "Database", "DatabaseArgs", "ReplicaArgs"]
