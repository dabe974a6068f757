"""One stack, as the writers of its files see it: plain data, without its configuration and without Outputs."""

from collections.abc import Mapping

from msgspec import Struct

from observability.alerting.rules import AlertIdentity
from observability.dashboards.panels import PanelContext
from observability.records.procedure import Procedure
from observability.records.record import Signals
from observability.routing.alertmanager.receivers import Receivers


class LatencyLimit(Struct, frozen=True, kw_only=True):
    """The longest time to an answer that a load test accepts, for one population of answers."""

    population: str
    """Which answers: `api`, `operation`, `feed_warm`, `feed_cold`, `edge` or `page`."""
    percentile: int
    """Share of answers that must be in time, in percent."""
    milliseconds: int
    """Time to the answer, in milliseconds."""


class LoadTargets(Struct, frozen=True, kw_only=True):
    """The numbers of a stack that a run of load tests is judged by."""

    latency: tuple[LatencyLimit, ...]
    """Longest times to an answer."""
    failed_share: float | None
    """Largest share of calls that may fail; None where none is promised."""
    hit_shares: Mapping[str, float]
    """Least cache hit ratio by cache layer, of requests."""
    byte_shares: Mapping[str, float]
    """The same of the bytes that were answered; empty where nobody promises any."""
    auth_requests_per_minute: int
    """Rate limit of sign-in at the edge, for one client."""
    api_requests_per_minute: int
    """Rate limit of the API at the edge, for one client."""
    server_connections: int
    """Connections that all poolers together may open to PostgreSQL."""


class ObservedStack(Struct, frozen=True, kw_only=True):
    """One stack with everything that its dashboards, rules, routes and runbook are written from."""

    identity: AlertIdentity
    """Application, environment, owner and runbook of its alerts."""
    signals: tuple[Signals, ...]
    """Records of its components, in the order of composition; an Output in them is replaced by a text."""
    panels: PanelContext
    """What its panels have in common: data sources, runbook, recorded objectives."""
    receivers: Receivers
    """Where its Alertmanager sends messages."""
    grafana_url: str
    """Address of its Grafana, without a last slash."""
    load_targets: LoadTargets
    """Numbers for load-limits.json."""
    granted_database: str | None
    """Database that Grafana's role may read; None where the stack has no PostgreSQL data source."""
    procedures: tuple[Procedure, ...] = ()
    """What people do by hand: of the whole stack first, then of each component."""

    @property
    def owner(self) -> str:
        """Owner of every record that names none."""
        return self.identity.owner
