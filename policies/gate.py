"""One run over one stack: every rule asked, exceptions and tolerated gaps applied."""

from datetime import date

from policies.exceptions import Exceptions, Ledger
from policies.judge import Catalogue, Finding
from policies.report import Excused, Report
from policies.resource import Stack
from policies.rule import Level
from policies.tolerated import Tolerated


def judge(
    catalogue: Catalogue,
    stack: Stack,
    *,
    name: str,
    today: date,
    exceptions: Exceptions | None = None,
    tolerated: Tolerated | None = None,
) -> Report:
    """Ask every rule about `stack`, which is called `name`."""
    exceptions, tolerated = exceptions or Exceptions(), tolerated or Tolerated()
    ledger = Ledger(exceptions=exceptions, stack=name, environment=stack.environment, today=today)
    standing: list[Finding] = []
    excused: list[Excused] = []
    for finding in catalogue.of_all(stack):
        if waiver := ledger.covering(finding):
            excused.append(Excused(finding=finding, waiver=waiver))
        else:
            standing.append(finding)
    gaps = [*tolerated.problems, *tolerated.unneeded(name, standing)]
    return Report(
        stack=name,
        environment=stack.environment,
        rules=[rule for rule in catalogue if rule.levels.at(stack.environment) is not Level.OFF],
        findings=standing,
        excused=excused,
        problems=[*ledger.problems(catalogue), *gaps],
        tolerated=tolerated.of(name),
    )
