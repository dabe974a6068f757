"""PostgreSQL."""

from components.database.args import CredentialsArgs, DatabaseArgs, ReplicaArgs, UpgradeArgs
from components.database.rds import POSTGRES_PORT, Database

__all__ = ["POSTGRES_PORT", "CredentialsArgs", "Database", "DatabaseArgs", "ReplicaArgs", "UpgradeArgs"]
