"""One run over one stack: every rule asked, waivers and reviewed gaps applied."""

from datetime import date

from policies.judge import Catalogue, Finding
from policies.report import Report, WaivedFinding
from policies.resource import Stack
from policies.rule import Level
from policies.undecided import AllowedUndecided
from policies.waivers import StackWaivers, Waivers


def judge(
    catalogue: Catalogue,
    stack: Stack,
    *,
    name: str,
    today: date,
    waivers: Waivers | None = None,
    allowed_undecided: AllowedUndecided | None = None,
) -> Report:
    """Ask every rule about `stack`, which is called `name`."""
    waivers, allowed = waivers or Waivers(), allowed_undecided or AllowedUndecided()
    stack_waivers = StackWaivers(waivers=waivers, stack=name, environment=stack.environment, today=today)
    standing: list[Finding] = []
    waived: list[WaivedFinding] = []
    for finding in catalogue.of_all(stack):
        if waiver := stack_waivers.waiver_for(finding):
            waived.append(WaivedFinding(finding=finding, waiver=waiver))
        else:
            standing.append(finding)
    gaps = [*allowed.problems, *allowed.unneeded(name, standing)]
    return Report(
        stack=name,
        environment=stack.environment,
        rules=[rule for rule in catalogue if rule.levels.at(stack.environment) is not Level.OFF],
        findings=standing,
        waived=waived,
        problems=[*stack_waivers.problems(catalogue), *gaps],
        allowed_undecided=allowed.of(name),
    )
