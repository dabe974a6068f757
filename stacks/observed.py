"""A stack as the writers of dashboards, rules, routes and runbooks see it; found by composing it."""

from collections.abc import Sequence

from components.aws.partition import dns_suffix
from observability import Signals
from observability.dashboards.panels import PanelContext
from observability.dashboards.queries import DataSources
from observability.routing.alertmanager import Email, PagerDuty, Receivers, Slack
from observability.routing.destinations import Destination
from observability.stack import LatencyLimit, LoadTargets, ObservedStack
from stacks.alert_identity import alert_identity
from stacks.config.edge import RateLimitsConfig
from stacks.config.errors import ConfigError
from stacks.config.observability import ContactsConfig
from stacks.config.stack import StackConfig
from stacks.procedures import stack_procedures
from stacks.replace_outputs import replace_outputs


def observe() -> ObservedStack:
    """Compose the stack that the engine, or a plan, is asked for, and return what observes it."""
    # Only when called: composing needs the provider SDKs.
    from stacks.compose import compose
    from stacks.config import from_pulumi

    config, secrets = from_pulumi()
    return observed_stack(config, compose(config, secrets).signals)


def export_outputs() -> tuple[Signals, ...]:
    """Compose the stack that a plan is asked for, export its outputs, and return the records of its components."""
    import pulumi

    from stacks.compose import compose
    from stacks.config import from_pulumi

    composed = compose(*from_pulumi())
    for name, value in composed.outputs.items():
        pulumi.export(name, value)
    return replace_outputs(composed.signals)


def observed_stack(config: StackConfig, signals: Sequence[Signals]) -> ObservedStack:
    """Return the stack of `config`, whose components have the records `signals`."""
    grafana, targets = config.grafana, config.objectives.targets
    rate_limits = config.edge.rate_limits if config.edge else RateLimitsConfig()
    if grafana is None:
        raise ConfigError(
            f"the stack {config.environment}", ["grafana: missing; what observes a stack is written for it"]
        )
    return ObservedStack(
        identity=alert_identity(config),
        signals=replace_outputs(tuple(signals)),
        panels=PanelContext(
            app=config.app,
            environment=config.environment,
            runbook_url=config.alerts.runbook_url or "",
            recorded=grafana.recorded_objectives,
            sources=DataSources(
                cloudwatch_uid=grafana.cloudwatch_datasource_uid,
                prometheus_uid=grafana.prometheus_datasource_uid,
                postgres_uid=grafana.postgres_datasource_uid,
                upstash_uid=grafana.upstash_datasource_uid,
                region=config.region,
            ),
        ),
        procedures=(*stack_procedures(config), *(it for one in signals for it in one.procedures)),
        receivers=receivers(config, grafana.contacts),
        grafana_url=grafana.url,
        load_targets=LoadTargets(
            latency=tuple(
                LatencyLimit(population=it.population, percentile=it.percentile, milliseconds=it.target_ms)
                for it in targets.latency
            ),
            failed_share=targets.errors.share if targets.errors else None,
            hit_shares={hit.layer: hit.share for hit in targets.hits if hit.unit == "requests"},
            byte_shares={hit.layer: hit.share for hit in targets.hits if hit.unit == "bytes"},
            auth_requests_per_minute=rate_limits.auth.requests_per_minute,
            api_requests_per_minute=rate_limits.api.requests_per_minute,
            server_connections=held.server_connections if (held := config.connection_budget) else 0,
        ),
        granted_database=config.database_name
        if config.database and grafana.postgres_datasource_uid is not None
        else None,
    )


def receivers(config: StackConfig, contacts: ContactsConfig) -> Receivers:
    """Return where the stack's Alertmanager sends messages to `contacts`, its secrets as files."""
    server = contacts.mail_server
    return Receivers(
        pager=PagerDuty() if Destination.PAGER in contacts.destinations else None,
        chat=Slack(channel=contacts.slack_channel) if Destination.CHAT in contacts.destinations else None,
        mail=Email(
            addresses=contacts.email,
            # https://docs.aws.amazon.com/general/latest/gr/ses.html
            server=f"{server.host}:{server.port}"
            if server
            else f"email-smtp.{config.region}.{dns_suffix(config.region)}:587",
            sender=server.sender
            if server
            else f"alerts@{config.edge.zone if config.edge else contacts.email[0].rpartition('@')[2]}",
            username=server.username if server else None,
        ),
        tickets_mailed=contacts.tickets_mailed,
        may_page=config.alerts.may_page,
    )
