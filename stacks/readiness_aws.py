"""Checks of what a stack has at AWS, by the type of the resource: it is there, as it was made, and in use."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

from msgspec import Struct, field

from observability import AwsQuestion, Check, Comparison, Group, Wanted

FILE: Final = Path(__file__).with_suffix(".yaml")
"""The checks of each type, as data."""
MANY_ALARMS: Final = 100
"""Alarms that one answer of DescribeAlarms holds.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
"""
ALARM, CLUSTER = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:ecs/cluster:Cluster"
GROUPS: Final = {
    "pooler-": Group.POOLER,
    "collector-": Group.OBSERVABILITY,
    "metrics-": Group.OBSERVABILITY,
    "alarms-": Group.OBSERVABILITY,
    "probe-": Group.OBSERVABILITY,
    "storage-": Group.STORAGE,
    "database-": Group.DATABASE,
    "redis-": Group.REDIS,
    "domain-": Group.EDGE,
}
"""What a resource is about, by the begin of its name."""


class Planned(Protocol):
    """A resource of the plan."""

    @property
    def type(self) -> str:
        """Type token: aws:rds/instance:Instance."""

    @property
    def name(self) -> str:
        """Name in the program."""

    @property
    def inputs(self) -> Mapping[str, Any]:
        """Inputs, by the provider's names."""


class WantedLine(Struct, frozen=True, forbid_unknown_fields=True):
    """What an answer must be: a value, or an input of the resource."""

    comparison: Comparison
    """How it is compared."""
    value: str | float | bool | None = None
    """With what."""
    input: str | None = None
    """Dotted path of the input with which it is compared."""


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """One check of each resource of a type."""

    id: str
    """End of its id, after the resource's name."""
    title: str
    """The fact, after the resource's name."""
    operation: str
    """Operation of the service."""
    path: str
    """JMESPath of the value."""
    wanted: WantedLine
    """What it must be."""
    fix: str
    """Remedy, with the key of the stack file."""
    parameters: Mapping[str, Any] | None = None
    """Parameters; those of the type where None."""
    needs: str = ""
    """Input without which the check is left out: 0 and false are none."""


class Kind(Struct, frozen=True, forbid_unknown_fields=True):
    """The checks of a type of resource."""

    service: str
    """Service as botocore calls it."""
    group: Group
    """What it is about, where the resource's name does not say another."""
    parameters: Mapping[str, Any]
    """Parameters of its checks that have none of their own."""
    checks: list[Line] = field(default_factory=list)
    """The checks."""


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the checks of each type, from the file."""
    import yaml
    from msgspec import convert

    found: Mapping[str, Kind] = convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), dict[str, Kind])
    return found


def aws_checks(resources: Iterable[Planned]) -> Iterator[Check]:
    """Yield the checks of the plan's resources."""
    planned = list(resources)
    cluster = next((f"{{id:aws.ecs.Cluster {it.name}}}" for it in planned if it.type == CLUSTER), "")
    for it in planned:
        if kind := kinds().get(it.type):
            yield from _checks(kind, it, cluster)
    if alarms := [it.inputs["name"] for it in planned if it.type == ALARM and it.name.startswith("alarms-")]:
        yield from _alarm_checks(sorted(alarms)[:MANY_ALARMS])


def _checks(kind: Kind, it: Planned, cluster: str) -> Iterator[Check]:
    fill = _filler(it, cluster)
    for line in kind.checks:
        wanted = _wanted(line.wanted, it.inputs)
        if wanted is None or (line.needs and not it.inputs.get(line.needs)):
            continue
        yield Check(
            id=f"{it.name}-{line.id}".replace("@", "-").replace(".", "-").lower(),
            group=next((group for begin, group in GROUPS.items() if it.name.startswith(begin)), kind.group),
            title=f"{it.name} {line.title}",
            question=AwsQuestion(
                service=kind.service,
                operation=line.operation,
                parameters=fill(line.parameters or kind.parameters),
                path=fill(line.path),
                wanted=wanted,
                region=_text(it.inputs.get("region")) or None,
            ),
            fix=line.fix,
        )


def _filler(it: Planned, cluster: str) -> Callable[[Any], Any]:
    package, module, name = it.type.split(":")
    own_id = f"{{id:{package}.{module.partition('/')[0]}.{name} {it.name}}}"
    known = {f"${name}": text for name, value in it.inputs.items() if (text := _text(value))}
    known = {"$name": own_id, **known, "$id": own_id, "$arn": f"{own_id[:-1]}.arn}}"}
    known["$cluster"] = _text(it.inputs.get("cluster")) or cluster

    def fill(value: Any) -> Any:
        if isinstance(value, str):
            return known.get(value, value.replace("$id", own_id))
        if isinstance(value, Mapping):
            return {key: fill(inner) for key, inner in value.items()}
        return [fill(inner) for inner in value] if isinstance(value, list) else value

    return fill


def _wanted(wanted: WantedLine, inputs: Mapping[str, Any]) -> Wanted | None:
    if wanted.input is None:
        return Wanted(wanted.comparison, wanted.value)
    value: Any = inputs
    for step in wanted.input.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return Wanted(wanted.comparison, value) if isinstance(value, str | float | int) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _alarm_checks(names: Sequence[str]) -> Iterator[Check]:
    nothing, up = Wanted(Comparison.EMPTY), "footing up: somebody deleted or muted it; cloudwatch_alarms has them."
    every = Wanted(Comparison.IS, len(names))
    lines = (
        (
            *("alarms-quiet", "No alarm of the stack is raised", "MetricAlarms[?StateValue=='ALARM'].AlarmName"),
            *(nothing, "Its description says what to do; alerts.runbook_url has the rest."),
        ),
        ("alarms-there", "Every alarm of the stack is there", "length(MetricAlarms)", every, up),
        ("alarms-tell", "Every alarm tells somebody", "MetricAlarms[?!ActionsEnabled].AlarmName", nothing, up),
    )
    for id_, title, path, wanted, fix in lines:
        question = AwsQuestion(
            service="cloudwatch",
            operation="DescribeAlarms",
            parameters={"AlarmNames": list(names), "MaxRecords": MANY_ALARMS},
            path=path,
            wanted=wanted,
        )
        yield Check(id=id_, group=Group.OBSERVABILITY, title=title, question=question, fix=fix)
