"""Datadog, where the stack asks for it: nothing of it is imported otherwise."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pulumi

from components.aws import secrets_manager
from components.aws.datadog_agent import TRACE_PORT, AgentArgs, MetricsEndpoint
from components.aws.partition import partition
from components.storage.args import CERTIFICATE_REGION
from observability import Severity, Signals
from observability.records.names import Job
from stacks.alert_identity import alert_identity
from stacks.compose.sentry import release
from stacks.compose.stack import Stack
from stacks.config.service import LongRunning, ServiceConfig, WebConfig
from stacks.config.stack import StackConfig
from stacks.naming import Names

if TYPE_CHECKING:
    from components.datadog.access import DatadogKey
    from components.datadog.component import Datadog


def make_datadog(stack: Stack, signals: Sequence[Signals]) -> "Datadog | None":
    """Return the monitors, objectives and dashboard for what the components tell."""
    config = stack.config.datadog
    if config is None:
        return None
    from components.datadog.args import DatadogArgs
    from components.datadog.component import Datadog

    return Datadog(
        "datadog",
        DatadogArgs(
            app=stack.config.app,
            environment=stack.config.environment,
            owner=alert_identity(stack.config).owner,
            signals=signals,
            runbook_url=stack.config.alerts.runbook_url or "",
            handles={Severity.PAGE: config.page, Severity.TICKET: config.ticket, Severity.INFO: config.info},
            reads_cloudwatch=config.aws_integration != "none",
            scraped_jobs=[Job.SERVICE.value, Job.WORKER.value] if config.agent else None,
        ),
        stack.opts,
    )


def make_datadog_access(stack: Stack) -> "DatadogKey | None":
    """Make the integration with AWS where the stack does, and return the secret of the agents' key, if any."""
    config = stack.config.datadog
    if config is None:
        return None
    from components.datadog.access import DatadogAws, DatadogAwsArgs, DatadogKey, DatadogKeyArgs

    if config.aws_integration == "made":
        region = stack.config.region
        args = DatadogAwsArgs(
            role_name=stack.names.of("datadog"),
            account_id=stack.config.aws_account_id or "",
            partition=partition(region),
            # CloudFront's metrics are in one region alone.
            regions=sorted({region, CERTIFICATE_REGION}),
            site=config.site,
        )
        DatadogAws("datadog-aws", args, stack.opts)
    at_aws = stack.config.long_running.keys() & stack.config.on_fargate.keys()
    if config.agent is None or config.agent.api_key_secret is None or not at_aws:
        return None
    key = DatadogKeyArgs(api_key=stack.secrets[config.agent.api_key_secret])
    return DatadogKey("datadog-key", key, stack.opts)


def datadog_agent(stack: Stack, name: str, service: ServiceConfig, key: "DatadogKey | None") -> AgentArgs | None:
    """Return the agent beside each task of the service called `name`; None where it has none."""
    config = stack.config.datadog
    if config is None or config.agent is None or not isinstance(service, LongRunning):
        return None
    arn: pulumi.Input[str] = config.agent.api_key_secret_arn or ""
    reference = arn
    if key is not None:
        from components.datadog.access import API_KEY

        arn = key.secret_arn
        reference = secrets_manager.reference(arn, API_KEY, key.version_id)
    return AgentArgs(
        image=config.agent.image,
        site=config.site,
        api_key_arn=arn,
        api_key_reference=reference,
        app=stack.config.app,
        tags={"env": stack.config.environment, "service": name, "version": _version(service)},
        traces=config.agent.traces,
        interval_seconds=stack.config.metrics.scrape_interval_seconds,
        metrics=metrics_endpoint(stack.config, name, service),
        further_tags=agent_tags(stack.config),
    )


def metrics_endpoint(config: StackConfig, name: str, service: LongRunning) -> MetricsEndpoint | None:
    """Return where the service has metrics, with the labels that a collector of Prometheus would give them."""
    metrics = service.metrics
    if metrics is None:
        return None
    web = isinstance(service, WebConfig)
    port = metrics.port or (service.port if isinstance(service, WebConfig) else 0)
    tags = [f"job:{Job.SERVICE if web else Job.WORKER}", f"environment:{config.environment}", f"service:{name}"]
    return MetricsEndpoint(port=port, path=metrics.path, tags=tags)


def _version(service: ServiceConfig) -> str:
    return release(service.image).rpartition("@")[2]


def agent_tags(config: StackConfig) -> list[str]:
    """Return the tags of everything that the agents of a stack send."""
    return [f"app:{config.app}", f"team:{alert_identity(config).owner}"]


def datadog_variables(config: StackConfig, service: ServiceConfig) -> Mapping[str, str]:
    """Return the variables of `service` for Datadog's tracer, by unified service tagging. Source: S3-68.

    https://docs.datadoghq.com/getting_started/tagging/unified_service_tagging/
    """
    datadog = config.datadog
    if datadog is None:
        return {}
    name = next(name for name, it in config.services.items() if it is service)
    found = {
        "DD_SERVICE": name,
        "DD_ENV": config.environment,
        "DD_VERSION": _version(service),
        "DD_TAGS": ",".join(agent_tags(config)),
    }
    agent = datadog.agent
    if agent is None or not isinstance(service, LongRunning):
        return found
    traced = {"DD_TRACE_ENABLED": str(agent.traces).lower(), "DD_TRACE_AGENT_PORT": str(TRACE_PORT)}
    rate = agent.trace_sample_rate
    sampled = {} if rate is None else {"DD_TRACE_SAMPLE_RATE": f"{rate:g}"}
    # On Fargate the agent is in the same task, and so on the same loopback.
    host = "127.0.0.1" if service.provider == "fargate" else f"{fly_agent_app(config)}.internal"
    return {**found, "DD_AGENT_HOST": host, **traced, **sampled}


def fly_agent_app(config: StackConfig) -> str:
    """Return the name of the agent's app at Fly.io."""
    return Names(config.app, config.environment).of("datadog")
