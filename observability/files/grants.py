"""What the database is asked once, so that dashboards may read the calls that the application writes down."""

from observability.records import rpc
from stacks.naming import Names
from stacks.observed import Observed


def grants(observed: Observed) -> str:
    """SQL for the owner of the table; a remark where the stack names no PostgreSQL data source."""
    config = observed.config
    if config.grafana.postgres_datasource_uid is None:
        return "-- No grafana.postgres_datasource_uid: no dashboard asks PostgreSQL.\n"
    return rpc.grants(Names(config.app, config.environment).database)
