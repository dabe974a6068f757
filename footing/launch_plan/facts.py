"""Facts of each step of a launch, and what must hold at its end, with the stack's own numbers."""

from collections.abc import Iterator, Mapping
from typing import Final

from footing.launch_plan.commands import bounds
from footing.launch_plan.named import Named, Part
from stacks.config.growth import current_phase
from stacks.config.scaling import FixedConfig
from stacks.config.stack import StackConfig


def _infrastructure(config: StackConfig, _: Named) -> Iterator[str]:
    if (budget := config.connection_budget) is not None:
        yield (
            f"Pool: {budget.server_connections} connections to PostgreSQL, which accepts "
            f"{budget.max_connections}; {budget.client_connections:,} clients."
        )
    if config.database and (replicas := [it.purpose for it in config.database.replicas]):
        yield f"Read replicas: {', '.join(replicas)}."
    yield from _fleets(config)
    if edge := config.edge:
        limits = edge.rate_limits
        yield (
            f"Edge: Cloudflare {edge.plan} for {', '.join(edge.hostnames)}; of one address "
            f"{limits.api.requests_per_minute} requests a minute to the API and "
            f"{limits.auth.requests_per_minute} to sign-in; answers with a session are never cached."
        )
    for name, service in config.services.items():
        for breaker, it in service.circuit_breakers.items():
            yield (
                f"Circuit breaker {breaker} of {name}: opens after {it.failures} failures in a row, a call may "
                f"take {it.timeout_ms:,} ms; while it is open: {it.fallback.replace('_', ' ')}."
            )


def _breakers(config: StackConfig, _: Named) -> Iterator[str]:
    for name, service in config.services.items():
        for breaker, it in service.circuit_breakers.items():
            answer = (
                "an error at once" if it.fallback == "none" else f"its fallback, {it.fallback.replace('_', ' ')}"
            )
            yield (
                f"Circuit breaker {breaker} of {name} was opened once on the local stack: after {it.failures} "
                f"failures it gave {answer}, and closed by itself when what it guards was back."
            )


def _fleets(config: StackConfig) -> Iterator[str]:
    for name, service in config.services.items():
        scaling = getattr(service, "scaling", None)
        if service.provider == "fly" and service.kind in ("web", "worker"):
            yield f"{name}: {service.fly.machines} Machines at Fly.io."
        elif isinstance(scaling, FixedConfig):
            yield f"{name}: {scaling.tasks} tasks, always."
        elif scaling is not None:
            yield f"{name}: {scaling.minimum_tasks} to {scaling.maximum_tasks} tasks, scaled by {scaling.mode}."
            yield from (
                f"{name}: {it.minimum_tasks} to {it.maximum_tasks} tasks from {it.at} {it.timezone} on, {it.name}."
                for it in scaling.schedules
            )


def _load(config: StackConfig, _: Named) -> Iterator[str]:
    for it in config.load_tests:
        phase = next((one for one in config.phases if one.name == it.phase), None)
        of_phase = phase or current_phase(config.phases, config.phase)
        pause = it.think_time_seconds or (of_phase.think_time_seconds if of_phase else None)
        think = f", {pause:g} s between two requests" if pause else ""
        yield (
            f"{it.name}: {it.virtual_users:,} virtual users for {it.duration_seconds} s{think}; they stand for "
            f"{it.represents_users or it.virtual_users:,} people."
        )


def objective_sentences(config: StackConfig, _: Named) -> Iterator[str]:
    """Yield what is promised, as conditions."""
    targets = config.objectives.targets
    for it in targets.latency:
        yield f"{it.name}: the {it.percentile}th percentile is at most {it.target_ms:,} ms."
    if targets.errors:
        yield f"At most {targets.errors.share * 100:g} % of calls fail."
    if targets.availability:
        yield f"{targets.availability * 100:g} % of requests are answered without a fault of ours."
    for hit in targets.hits:
        yield f"{hit.layer.replace('_', ' ')} answers {hit.share * 100:g} % of {hit.unit}."


def _alerting(config: StackConfig, _: Named) -> Iterator[str]:
    if grafana := config.grafana:
        contacts = grafana.contacts
        ways = ", ".join(str(it) for it in contacts.destinations)
        yield f"Alerts go to {ways}; mail goes to {', '.join(contacts.email)}."
        yield f"Dashboards: {grafana.url}."
    if config.cloudwatch_alarms:
        yield f"Alarms of AWS itself are mailed to {', '.join(config.cloudwatch_alarms.email)}."
    if sentry := config.sentry:
        share = sentry.traces_sample_rate * 100
        yield f"Errors: Sentry, organization {sentry.organization}; traces of {share:g} %."
    yield f"Logs are kept for {config.logs.retention_days} days."


def _people(config: StackConfig, _: Named) -> Iterator[str]:
    oncall = config.oncall
    if oncall is None:
        yield "On call: nobody; say who in `footing:oncall`, before anybody is let in."
    else:
        yield f"On call: {oncall.primary}{f', in {oncall.channel}' if oncall.channel else ''}."
        if oncall.secondary:
            yield f"After {oncall.escalation_minutes} minutes without an answer: {oncall.secondary}."
        for vendor, where in oncall.vendor_support.items():
            yield f"Support of {vendor}: {where}."
        yield f"Way back: {oncall.rollback or 'docs/operations.md, Rollback'}."
    if config.alerts.runbook_url:
        yield f"Runbook: {config.alerts.runbook_url}; read it aloud once, together."
    if budget := config.budget:
        yield f"A month may cost {budget.monthly_usd:,} US dollars."
    for item in config.deferred:
        given = item.trigger.model_dump(exclude_none=True, exclude={"above"})
        what = ", ".join(f"{key} {it}" for key, it in given.items())
        yield f"Not built yet: {item.name}, until {what}; {item.owner} looks."


def _scaled_up(config: StackConfig, _: Named) -> Iterator[str]:
    for name, low, high in bounds(config):
        yield f"{name}: {high} tasks from now on, in place of {low} to {high}: scaling is late for a peak."
    for name, service in config.on_fly.items():
        if service.kind in ("web", "worker"):
            yield f"{name}: {service.fly.machines} Machines, all started (services.{name}.fly)."


def _decision(config: StackConfig, _: Named) -> Iterator[str]:
    who = config.oncall.primary if config.oncall else "whoever is on call"
    yield f"{who} asks everybody, and says go or no go. One condition that does not hold is a no."


def _opened(config: StackConfig, named: Named) -> Iterator[str]:
    phase = current_phase(config.phases, config.phase)
    if phase and phase.concurrent_users:
        rate = f", {phase.requests_per_second:,} requests a second" if phase.requests_per_second else ""
        yield f"Expected: {phase.concurrent_users:,} people at the same moment{rate}."
    yield from _alerting(config, named)


def _back(config: StackConfig, _: Named) -> Iterator[str]:
    for name, low, high in bounds(config):
        yield f"{name}: {low} to {high} tasks again."
    yield "The way back is no longer a matter of minutes: what was written since the launch stays."


def _success(config: StackConfig, named: Named) -> Iterator[str]:
    phase = current_phase(config.phases, config.phase)
    if phase and phase.concurrent_users:
        yield f"{phase.concurrent_users:,} people at the same moment were served within what is promised."
    for what, count in (phase.daily_writes if phase else {}).items():
        yield f"{what}: {count:,} a day can be made, or were."
    yield "No data was lost: the newest backup is from today, and nothing that was acknowledged is missing."
    yield "No incident of security: nobody but on-call opened a way in, and no secret was seen outside."
    yield from objective_sentences(config, named)


FACTS: Final[Mapping[str, Part]] = {
    "t-7d": _infrastructure,
    "t-3d": _load,
    "t-2d": _alerting,
    "t-1d": _people,
    "t-12h": _scaled_up,
    "t-1h": _decision,
    "t-0": _opened,
    "t+1h": _opened,
    "t+6h": _back,
}
"""Facts by the profile's name."""
HOLDS: Final[Mapping[str, Part]] = {
    "t-7d": _breakers,
    "t-3d": objective_sentences,
    "t-1h": objective_sentences,
    "t+6h": _success,
}
"""Conditions by the profile's name."""
