"""One run over one stack: every rule asked, waivers and reviewed gaps applied."""

from datetime import date

from policies.judge import Catalogue, Finding
from policies.limit_exceptions import LimitExceptions
from policies.report import Report, WaivedFinding
from policies.resource import Stack
from policies.rule import Level
from policies.undecided import AllowedUndecided
from policies.unjudged import AllowedUnjudged
from policies.waivers import StackWaivers, Waivers


def judge(
    catalogue: Catalogue,
    stack: Stack,
    *,
    name: str,
    today: date,
    waivers: Waivers | None = None,
    allowed_undecided: AllowedUndecided | None = None,
    allowed_unjudged: AllowedUnjudged | None = None,
    limit_exceptions: LimitExceptions | None = None,
    is_whole: bool = True,
) -> Report:
    """Ask every rule about `stack`, which is called `name`.

    Without `allowed_unjudged` nobody asks which types no rule knows. A stack that is not whole, a saved plan, says
    nothing of what the reviewed lists hold for the rest.
    """
    waivers, allowed = waivers or Waivers(), allowed_undecided or AllowedUndecided()
    stack_waivers = StackWaivers(
        waivers=waivers,
        stack=name,
        environment=stack.environment,
        today=today,
        limit_exceptions=limit_exceptions or LimitExceptions(),
    )
    standing: list[Finding] = []
    waived: list[WaivedFinding] = []
    for finding in catalogue.of_all(stack):
        if waiver := stack_waivers.waiver_for(finding):
            waived.append(WaivedFinding(finding=finding, waiver=waiver))
        else:
            standing.append(finding)
    gaps = [*allowed.problems, *(allowed.unneeded(name, standing) if is_whole else ())]
    gaps += allowed_unjudged.problems if allowed_unjudged else ()
    present = None if is_whole else frozenset(stack.by_urn)
    return Report(
        stack=name,
        environment=stack.environment,
        rules=[rule for rule in catalogue if rule.levels.at(stack.environment) is not Level.OFF],
        findings=standing,
        waived=waived,
        problems=[*stack_waivers.problems(catalogue, present), *gaps],
        unjudged=allowed_unjudged.unjudged(catalogue, stack.resources) if allowed_unjudged else {},
        allowed_undecided=allowed.of(name),
    )
