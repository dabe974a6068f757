"""The configuration of Grafana Alloy, the collector, as text rendered from data. Nothing here imports Pulumi.

The Grafana Agent that it follows is past its end of life. https://grafana.com/docs/agent/latest/
"""

import json
from collections.abc import Iterator, Sequence

from msgspec import Struct

from observability.records.names import Job

STATUS_PORT = 12345
"""Port of Alloy's own numbers, on loopback; the port that its documentation gives it."""
SCRAPE_TIMEOUT_SECONDS = 10
"""How long one scrape may take, in seconds: below the shortest interval between two."""
URL_VARIABLE, USER_VARIABLE, TOKEN_VARIABLE = "REMOTE_WRITE_URL", "REMOTE_WRITE_USER", "REMOTE_WRITE_TOKEN"
"""Variables of the container from which Alloy takes the address and the credentials of the store."""
FLY_TOKEN_VARIABLE = "FLY_METRICS_TOKEN"  # noqa: S105  the name of a variable
"""Variable with the token that reads Fly's own metrics."""
OWN_SERIES = "up|prometheus_remote_(storage|write)_.*"
"""What is kept of Alloy's own numbers: whether it is there, and whether the store takes what it sends."""


class Target(Struct, frozen=True, kw_only=True):
    """One program of the task whose numbers are read; all containers of a task share loopback."""

    job: Job
    """Subject of the numbers: the label `job`."""
    port: int
    """TCP port on loopback."""
    path: str = "/metrics"
    """Path of the numbers."""
    service: str = ""
    """Label `service` of its series, where several services of a stack write to one store; none when empty."""


class AppTarget(Struct, frozen=True, kw_only=True):
    """One app at Fly.io, each of whose Machines that runs is asked over the private network."""

    app: str
    """Name of the app."""
    job: Job
    """Subject of the numbers: the label `job`."""
    port: int
    """TCP port of the numbers."""
    path: str = "/metrics"
    """Path of the numbers."""
    service: str = ""
    """Label `service` of its series; none when empty."""


class Signed(Struct, frozen=True, kw_only=True):
    """AWS Signature Version 4, with the credentials of the task's role."""

    region: str
    """Region of the store."""


class WithToken(Struct, frozen=True):
    """Basic authentication: a user and a token, both in variables of the container."""


Proof = Signed | WithToken | None
"""Authentication of remote write; None where the store's network admits nobody else."""


def render(targets: Sequence[Target], *, environment: str, interval_seconds: int, proof: Proof) -> str:
    """Return the text of config.alloy, the same for the same arguments.

    Every series gets `job`, `environment` and `instance`. The instance is the host name, which is the task's own:
    two tasks with the address of loopback for an instance would write the same series.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
    """
    lines: list[str] = []
    for target in targets:
        lines += _scrape(target, environment, interval_seconds, to="prometheus.remote_write.store.receiver")
    own = Target(job=Job.COLLECTOR, port=STATUS_PORT)
    lines += _scrape(own, environment, interval_seconds, to="prometheus.relabel.collector.receiver")
    rule = _block("rule", ['source_labels = ["__name__"]', f"regex = {_text(OWN_SERIES)}", 'action = "keep"'])
    forward = "forward_to = [prometheus.remote_write.store.receiver]"
    lines += [*_block('prometheus.relabel "collector"', [forward, *rule]), ""]
    lines += _block('prometheus.remote_write "store"', _block("endpoint", list(_endpoint(proof))))
    return "\n".join(lines) + "\n"


def render_apps(
    targets: Sequence[AppTarget],
    *,
    environment: str,
    interval_seconds: int,
    proof: Proof,
    organization: str = "",
    apps: Sequence[str] = (),
) -> str:
    """Return the text of config.alloy for a collector at Fly.io.

    Args:
        targets: apps with metrics of their own.
        environment: label of every series.
        interval_seconds: time between two readings.
        proof: authentication of remote write.
        organization: slug whose own metrics at Fly.io are read as well; none when empty.
        apps: apps of which these are kept.

    """
    lines, to = list[str](), "forward_to = [prometheus.remote_write.store.receiver]"
    every = [f'scrape_interval = "{interval_seconds}s"', f'scrape_timeout = "{SCRAPE_TIMEOUT_SECONDS}s"', to]
    for target in targets:
        label = target.app.replace("-", "_")
        # https://fly.io/docs/networking/private-networking/: one AAAA record for each Machine that runs.
        found = [f"names = [{_text(f'{target.app}.internal')}]", 'type = "AAAA"', f"port = {target.port}"]
        labels = {"environment": environment, **({"service": target.service} if target.service else {})}
        rules = [
            line
            for name, value in labels.items()
            for line in _block("rule", [f"target_label = {_text(name)}", f"replacement = {_text(value)}"])
        ]
        lines += [*_block(f'discovery.dns "{label}"', found), ""]
        lines += _block(f'discovery.relabel "{label}"', [f"targets = discovery.dns.{label}.targets", *rules])
        scraped = [
            f"targets = discovery.relabel.{label}.output",
            f"job_name = {_text(target.job)}",
            f"metrics_path = {_text(target.path)}",
        ]
        lines += ["", *_block(f'prometheus.scrape "{label}"', [*scraped, *every]), ""]
    if organization:
        lines += [*_block('prometheus.scrape "fly"', [*_federation(environment, organization, apps), *every]), ""]
    own = Target(job=Job.COLLECTOR, port=STATUS_PORT)
    lines += _scrape(own, environment, interval_seconds, to="prometheus.remote_write.store.receiver")
    lines += _block('prometheus.remote_write "store"', _block("endpoint", list(_endpoint(proof))))
    return "\n".join(lines) + "\n"


def _federation(environment: str, organization: str, apps: Sequence[str]) -> list[str]:
    """Return what reads Fly's own numbers. https://fly.io/docs/monitoring/metrics/#prometheus-on-flyio."""
    kept = f'{{__name__=~"fly_(app|edge|instance)_.*",app=~"{"|".join(apps)}"}}'
    proof = ['type = "FlyV1"', f"credentials = sys.env({_text(FLY_TOKEN_VARIABLE)})"]
    where = {"__address__": "api.fly.io", "environment": environment}
    target = ", ".join(f"{_text(name)} = {_text(value)}" for name, value in where.items())
    return [
        f"targets = [{{ {target} }}]",
        'scheme = "https"',
        f"job_name = {_text(Job.FLY)}",
        "honor_labels = true",
        f"metrics_path = {_text(f'/prometheus/{organization}/federate')}",
        f"params = {{ {_text('match[]')} = [{_text(kept)}] }}",
        *_block("authorization", proof),
    ]


def _scrape(target: Target, environment: str, interval_seconds: int, *, to: str) -> list[str]:
    labels = [
        f"{_text('__address__')} = {_text(f'127.0.0.1:{target.port}')},",
        f"{_text('environment')} = {_text(environment)},",
        f"{_text('instance')} = constants.hostname,",
        *([f"{_text('service')} = {_text(target.service)},"] if target.service else []),
    ]
    return [
        *_block(
            f'prometheus.scrape "{target.job}"',
            [
                *("targets = [{", *_indented(labels), "}]"),
                f"job_name = {_text(target.job)}",
                f"metrics_path = {_text(target.path)}",
                f'scrape_interval = "{interval_seconds}s"',
                f'scrape_timeout = "{SCRAPE_TIMEOUT_SECONDS}s"',
                f"forward_to = [{to}]",
            ],
        ),
        "",
    ]


def _endpoint(proof: Proof) -> Iterator[str]:
    yield f"url = sys.env({_text(URL_VARIABLE)})"
    match proof:
        case Signed():
            yield from _block("sigv4", [f"region = {_text(proof.region)}"])
        case WithToken():
            credentials = [
                f"username = sys.env({_text(USER_VARIABLE)})",
                f"password = sys.env({_text(TOKEN_VARIABLE)})",
            ]
            yield from _block("basic_auth", credentials)


def _block(head: str, body: Sequence[str]) -> list[str]:
    return [f"{head} {{", *_indented(body), "}"]


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _text(value: str) -> str:
    """Return a text in Alloy's quotes, whose escapes are Go's: those of JSON are among them."""
    return json.dumps(value)
