"""What the stack's file says of HTTP, as checks of the live system: services, edge, vendors, smoke tests."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from components.service.routing import answering
from observability import (
    ByHand,
    Check,
    Comparison,
    Group,
    HttpQuestion,
    Question,
    Step,
    StepsQuestion,
    TlsQuestion,
    Wanted,
)
from stacks.config.service import WebConfig
from stacks.config.service_metrics import ServiceMetricsConfig
from stacks.config.smoke_tests import SmokeTestConfig
from stacks.config.stack import StackConfig
from stacks.naming import FIRST, Names
from stacks.readiness_edge import edge_checks
from stacks.readiness_vendors import vendor_checks

CERTIFICATE_DAYS = 14
"""Days that a certificate has left at the least: who renews it does so 30 days before its end."""
UPGRADE: Mapping[str, str] = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    # Any sixteen bytes: https://www.rfc-editor.org/rfc/rfc6455#section-1.3
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
"""Headers that ask for a WebSocket."""


def web_checks(config: StackConfig) -> tuple[Check, ...]:
    """Return the checks that follow from the stack's file; another service than the first has its name in ids."""
    return (
        *(it for name in config.web for it in _service_checks(config, name)),
        *edge_checks(config),
        *vendor_checks(config),
    )


def service_url(config: StackConfig, name: str) -> str:
    """Return the address of a web service, without a path; it may name an output of the stack."""
    web, edge = config.web[name], config.edge
    own = [it for it in web.hostnames if not it.startswith("*.")]
    if own:
        return f"https://{own[0]}"
    if edge is not None and name == config.main_web:
        return f"https://{edge.api_hostname or edge.hostnames[0]}"
    if web.provider == "fly":
        names = Names(config.app, config.environment)
        own_app = names.prefix if name == FIRST["service"] else names.of(name)
        return f"https://{web.fly.app_name or own_app}.fly.dev"
    if edge is not None:
        answers = (it for it in edge.hostnames if answering(config.routes, it, web.health_path) == name)
        return f"https://{next(answers, edge.hostnames[0])}"
    return "https://{output:load_balancer_hostname}"


class _Asked(Struct, frozen=True, kw_only=True):
    """A service that is asked."""

    url: str
    """Its address, without a path."""
    main: bool
    """Whether it is the main one."""
    key: str
    """Its key in the stack's file."""
    id: str
    """First part of the ids of its checks."""
    title: str
    """What a sentence about it begins with."""

    def http(self, path: str, part: str, wanted: Wanted, headers: Mapping[str, str] | None = None) -> HttpQuestion:
        """Return the question by a request of a path."""
        return HttpQuestion(url=self.url + path, part=part, wanted=wanted, headers=headers or {}, main=self.main)


def _service_checks(config: StackConfig, name: str) -> Iterator[Check]:
    web, first = config.web[name], name == FIRST["service"]
    asked = _Asked(
        url=service_url(config, name),
        main=name == config.main_web,
        key=f"services.{name}",
        id="service" if first else f"service-{name}",
        title="The service" if first else f"The service {name}",
    )
    good = Wanted(Comparison.IS, 200) if web.health_codes == "200" else Wanted(Comparison.AT_MOST, 399)
    for word, path in (("health", web.health_path), ("ready", web.ready_path)):
        if path is not None:
            yield Check(
                id=f"{asked.id}-{word}",
                group=Group.SERVICE,
                title=f"{asked.title} answers {path}",
                question=asked.http(path, "status", good),
                fix=f"Read the log of {asked.key}; its {word}_path and health_codes say what is asked.",
            )
    if web.metrics is not None and web.metrics.port in (None, web.port):
        yield from _metrics_checks(asked, web.metrics)
    if web.websockets:
        yield _websocket_check(asked, web)
    if config.edge is None or not asked.main:
        yield from _transport_checks(asked)
    for test in web.smoke_tests:
        yield _smoke_check(asked, test)


OPTIONAL_METRICS = (
    *("cache_requests", "active_users", "tasks_created"),
    *("sessions", "websockets", "write_queue", "failed_writes"),
)
"""Keys of metrics that not every application has."""


def _metrics_checks(asked: _Asked, metrics: ServiceMetricsConfig) -> Iterator[Check]:
    names = {
        **{key: getattr(metrics, key) for key in ("requests", "duration", *OPTIONAL_METRICS)},
        **{f"operations.{it.id}": it.duration for it in metrics.operations},
    }
    for key, name in names.items():
        if name is not None:
            yield Check(
                id=f"{asked.id}-metric-{name.lower().replace('_', '-').replace(':', '-')}",
                group=Group.OBSERVABILITY,
                title=f"{metrics.path} has {name}",
                question=asked.http(metrics.path, f"metric {name}", Wanted(Comparison.PRESENT)),
                fix=f"Let the application show it from its start on; its name is {asked.key}.metrics.{key}.",
            )


def _websocket_check(asked: _Asked, web: WebConfig) -> Check:
    return Check(
        id=f"{asked.id}-websocket",
        group=Group.SERVICE,
        title="A WebSocket opens",
        question=asked.http(web.websocket_path, "status", Wanted(Comparison.IS, 101), UPGRADE)
        if web.websocket_path
        else ByHand(f"open one; {asked.key}.websocket_path names a path at which a program can"),
        fix=f"{asked.key}.websockets keeps the way there open; 400 or 426 comes from the application.",
    )


def _transport_checks(asked: _Asked) -> Iterator[Check]:
    """Yield what the edge would see to."""
    days = Wanted(Comparison.AT_LEAST, CERTIFICATE_DAYS)
    protocol = Wanted(Comparison.AT_LEAST, 1.2)
    certificates = "Look at the certificates of its host, and at the records that prove its name."
    found: tuple[tuple[str, str, Question, str], ...] = (
        (
            "tls",
            "speaks TLS 1.2 or newer",
            TlsQuestion(url=asked.url, part="protocol", wanted=protocol, main=asked.main),
            certificates,
        ),
        (
            "certificate",
            f"has a certificate for {CERTIFICATE_DAYS} days more",
            TlsQuestion(url=asked.url, part="days", wanted=days, main=asked.main),
            certificates,
        ),
        (
            "versions",
            "tells nobody what it runs on",
            asked.http("/", "versions", Wanted(Comparison.EMPTY)),
            "Switch the header off in the framework.",
        ),
    )
    for word, statement, question, fix in found:
        yield Check(
            id=f"{asked.id}-{word}",
            group=Group.SERVICE,
            title=f"{asked.title} {statement}",
            question=question,
            fix=fix,
        )


def _smoke_check(asked: _Asked, test: SmokeTestConfig) -> Check:
    steps = tuple(
        Step(
            method=it.method,
            path=it.path,
            status=it.status,
            headers=it.headers,
            body=it.body,
            save=it.save,
            answer=it.answer,
        )
        for it in test.steps
    )
    return Check(
        id=f"{asked.id.replace('service', 'smoke', 1)}-{test.name}",
        group=Group.SMOKE,
        title=test.title or f"The smoke test {test.name} passes",
        question=StepsQuestion(url=asked.url, steps=steps, main=asked.main),
        fix=f"The answer names the step of {asked.key}.smoke_tests that failed: read the log of that moment.",
    )
