"""Proof of the data tier on the real servers: PostgreSQL, PgBouncer and Redis on this machine's loopback."""
