"""The command `connect`: tunnels for people to PostgreSQL, PgBouncer and Redis."""
