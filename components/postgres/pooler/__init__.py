"""PgBouncer as an ECS service before PostgreSQL."""
