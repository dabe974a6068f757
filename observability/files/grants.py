"""grants.sql: what lets Grafana read the remote calls that the application records in PostgreSQL."""

from observability.records import rpc
from observability.stack import ObservedStack


def grants(observed: ObservedStack) -> str:
    """Return SQL for the owner of the table; a remark where the stack has no PostgreSQL data source."""
    if observed.granted_database is None:
        return "-- No grafana.postgres_datasource_uid: no dashboard queries PostgreSQL.\n"
    return rpc.grants(observed.granted_database)
