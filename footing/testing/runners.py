"""Asks rules about resources in each of the ways in which they are asked live."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc

from footing.testing import wire
from policies import gate, limit_exceptions, undecided, waivers
from policies.analyzer import texts
from policies.analyzer.serve import started
from policies.analyzer.servicer import ENVIRONMENT_KEY, EXCEPTIONS_KEY, PackServicer
from policies.judge import Catalogue
from policies.judgement import Verdict
from policies.report import stops
from policies.resource import Resource, Stack
from policies.rule import AnyRule

STACK: Final = "test"
_PREFIX: Final = f"urn:pulumi:{STACK}::footing::"


@dataclass(frozen=True, order=True)
class Diagnostic:
    """What a runner says of one rule and one resource that is more than a pass."""

    rule: str
    """Name of the rule."""
    urn: str
    """The resource."""
    stops: bool
    """Whether it stops the change."""
    message: str
    """The text that people see."""


def judged(
    rules: Iterable[AnyRule],
    resources: Sequence[Resource],
    *,
    environment: str = "production",
    reviewed: Path | None = None,
    today: date = date.min,
    exceptions: Sequence[Mapping[str, Any]] = (),
) -> list[Diagnostic]:
    """Ask as the offline gate does.

    Args:
        rules: what to ask.
        resources: the stack; a resource without a URN is given one in the stack `test`.
        environment: decides the levels.
        reviewed: folder with `exceptions.yaml` and `undecided.yaml`; none means nothing is excepted.
        today: the day that decides whether an exception is expired.
        exceptions: `limit_exceptions` of the stack's file.

    Returns:
        Violations, what could not be decided and rules that broke, in order.

    """
    catalogue = Catalogue(rules)
    folder = reviewed or Path(".no-reviewed-lists")
    plain = [replace(it, properties=wire.sealed_away(it.properties)) for it in named(resources)]
    report = gate.judge(
        catalogue,
        Stack(environment=environment, resources=plain),
        name=STACK,
        today=today,
        waivers=waivers.read(folder / waivers.FILE, catalogue),
        allowed_undecided=undecided.read(folder / undecided.FILE, catalogue),
        limit_exceptions=limit_exceptions.read(exceptions),
    )
    found = [
        texts.diagnostic(finding, stops=stops(finding, report.allowed_undecided))
        for finding in report.of(Verdict.FAIL, Verdict.UNDECIDED, Verdict.BROKEN)
    ]
    found += [texts.diagnostic(it.finding, stops=False, waiver=it.waiver) for it in report.waived]
    return _diagnostics([*found, *map(texts.complaint, report.problems)])


def judged_by_engine(
    rules: Iterable[AnyRule],
    resources: Sequence[Resource],
    *,
    environment: str = "production",
    reviewed: Path | None = None,
    today: date = date.min,
    preview: bool = True,
    exceptions: Sequence[Mapping[str, Any]] = (),
) -> list[Diagnostic]:
    """Ask as the engine does: our server, its calls and its encoding, over gRPC.

    The arguments are those of `judged`; without `preview` it is an update, in which nothing may stay undecided.
    """
    found = []
    with tempfile.TemporaryDirectory() as empty:
        servicer = PackServicer(Catalogue(rules), reviewed or Path(empty), lambda: today)
        with client_of(servicer) as client:
            client.Handshake(proto.AnalyzerHandshakeRequest(engine_address="127.0.0.1:1"))
            config = {ENVIRONMENT_KEY: environment, EXCEPTIONS_KEY: json.dumps([*exceptions])}
            client.ConfigureStack(
                proto.AnalyzerStackConfigureRequest(stack=STACK, project="footing", config=config, dry_run=preview)
            )
            info = client.GetAnalyzerInfo(empty_pb2.Empty())
            levels = {it.name: proto.PolicyConfig(enforcementLevel=it.enforcementLevel) for it in info.policies}
            client.Configure(proto.ConfigureAnalyzerRequest(policyConfig=levels))
            stack = named(resources)
            for resource in stack:
                for diagnostic in client.Analyze(wire.request(resource)).diagnostics:
                    diagnostic.urn = resource.urn
                    found.append(diagnostic)
            found += client.AnalyzeStack(wire.stack_request(stack)).diagnostics
    return _diagnostics(found)


@contextmanager
def client_of(servicer: Any) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """Yield a client of `servicer`, over a real channel."""
    server, port = started(servicer)
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        server.stop(None).wait()


def named(resources: Sequence[Resource]) -> list[Resource]:
    """Return the resources, each with a name and a URN."""
    found = []
    for number, resource in enumerate(resources, start=1):
        name = resource.name or f"resource-{number}"
        found.append(replace(resource, name=name, urn=resource.urn or f"{_PREFIX}{resource.type}::{name}"))
    return found


def _diagnostics(diagnostics: Iterable[Any]) -> list[Diagnostic]:
    return sorted(
        Diagnostic(
            rule=it.policyName, urn=it.urn, stops=it.enforcementLevel == proto.MANDATORY, message=it.message
        )
        for it in diagnostics
    )
