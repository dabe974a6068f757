"""PostgreSQL: one output shape, whatever the backend (`store.py`); RDS and its PgBouncer pool."""
