"""Arguments of the alarms, and the combinations that they refuse."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pulumi
from msgspec import Struct

from components.alarms.spec import AlarmSpec, longest_seconds, specs
from observability import Severity, Signals

NAME_CHARACTERS = 255
"""Longest name of an alarm."""


class AlarmsArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Alarms`."""

    prefix: str
    """Beginning of every physical name: application and environment."""
    signals: Sequence[Signals]
    """Records of the stack's components; only those on CloudWatch become alarms."""
    severities: Sequence[Severity]
    """Which alerts become alarms. Each alarm is billed by the month."""
    region: str
    """Region of the alarms and topics."""
    runbook_url: str
    """Page with a section for each signal, its id the anchor; no link where it is empty."""
    email_addresses: Sequence[str]
    """Recipients of both topics; each confirms a first mail."""
    pager_url: pulumi.Input[str] | None = None
    """Secret. Address of a pager that takes messages of SNS; gets pages alone."""
    may_page: bool = False
    """Whether a pager may ring for this environment. Production only."""
    cluster_name: str | None = None
    """ECS cluster whose failed deployments write a ticket; none where nothing runs."""
    service_name: str | None = None
    """ECS service whose deployments hold the composite alarm back; required with `exhausted`."""
    database_identifier: str | None = None
    """RDS server whose failovers and low storage write a ticket, with its replicas; None without one."""
    bastion_name: str | None = None
    """ECS cluster of the bastion, whose every start writes a ticket; None without one."""
    restore_role_arn: pulumi.Input[str] | None = None
    """Role that restores for a test, whose failed restores write a ticket; None without one."""
    protect: bool = True
    """Refuse to delete the key: messages on their way could not be read."""
    store_publishes: bool = False
    """Whether Amazon Managed Prometheus, of the same account, may publish to the topics as well."""
    needed: Sequence[pulumi.Resource] = ()
    """What the alarms watch: none rings for what is not there yet."""
    exhausted: tuple[str, str] | None = None
    """Names of two alerts, connections and failed answers, that together page once."""

    def __post_init__(self) -> None:
        """Refuse alarms that CloudWatch would refuse, or that would ring where nobody may be woken.

        Raises:
            ValueError: one sentence for each reason.

        """
        if reasons := list(_problems(self)):
            raise ValueError("; ".join(reasons))

    @property
    def specs(self) -> list[AlarmSpec]:
        """Every alarm, in the order of the records."""
        return specs(self.signals, self.severities, self.runbook_url, self.region)


def _problems(args: AlarmsArgs) -> Iterator[str]:
    if args.pager_url is not None and not args.may_page:
        yield "pager_url rings a pager, allowed only with may_page"
    if not args.email_addresses:
        yield "alarms without email_addresses reach nobody"
    for name, count in Counter(spec.name for spec in args.specs).items():
        if count > 1:
            yield f"{count} alarms are called {name!r}: an id is used once in a stack"
    for spec in args.specs:
        if len(f"{args.prefix}-{spec.name}") > NAME_CHARACTERS:
            yield f"alarm {spec.name!r}: its name has over {NAME_CHARACTERS} characters"
        longest, looks_back = longest_seconds(spec.period_seconds), spec.period_seconds * spec.evaluation_periods
        if looks_back > longest:
            yield f"alarm {spec.name!r} looks back {looks_back} seconds, allowed up to {longest}"
    if args.exhausted and not (args.cluster_name and args.service_name):
        yield "exhausted is given, allowed with cluster_name and service_name"
    missing = set(args.exhausted or ()) - {spec.name for spec in args.specs}
    if missing:
        yield f"exhausted names {', '.join(sorted(missing))}, which is no alarm here"
