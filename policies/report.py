"""What a gate found, as plain data: every output is drawn from it. Standard library only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from policies.judge import Finding
from policies.judgement import Verdict
from policies.resource import Resource
from policies.rule import AnyRule, Level


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """A violation that somebody answers for, until a day."""

    rule: str
    """Id of the rule."""
    urn: str
    """The resource; a pattern is not accepted."""
    reason: str
    """Why, in a sentence."""
    owner: str
    """Who answers for it: a team or a role."""
    expires: str
    """Last day, `YYYY-MM-DD`."""
    variables: tuple[str, ...] = ()
    """The parts of the resource that it is about, of a rule that names them; none means all."""


@dataclass(frozen=True, kw_only=True)
class WaivedFinding:
    """A violation with the exception that covers it."""

    finding: Finding
    """The violation."""
    waiver: Waiver
    """Why it does not stop the change."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """The outcome of one run over one stack."""

    stack: str
    """Name of the stack."""
    environment: str
    """Environment that decided the levels."""
    rules: Sequence[AnyRule]
    """Every rule that was asked."""
    findings: Sequence[Finding]
    """Everything that was said, those with an exception left out."""
    waived: Sequence[WaivedFinding] = ()
    """Violations under an exception."""
    problems: Sequence[str] = ()
    """Sentences about the gate itself: an exception that is expired, unused or malformed."""
    unjudged: Mapping[str, Sequence[Resource]] = field(default_factory=dict)
    """Resources that no rule knows, by type; those of the reviewed list are left out."""
    stack_file: str = ""
    """File of the stack, relative to the project; empty for a plan without one."""
    key_lines: Mapping[str, int] = field(default_factory=dict)
    """Line of each key in it, by dotted name; that of the whole block of keys by the empty one."""
    allowed_undecided: frozenset[tuple[str, str]] = frozenset()
    """Pairs of rule id and resource type, or `parent's type$type`, that may be undecided: the reviewed list."""

    def of(self, *verdicts: Verdict) -> list[Finding]:
        """Return the findings with one of `verdicts`, in order."""
        return [finding for finding in self.findings if finding.judgement.verdict in verdicts]

    @property
    def stopping(self) -> list[Finding]:
        """Findings that stop the change: mandatory violations, what broke, what could not be decided."""
        return [finding for finding in self.findings if stops(finding, self.allowed_undecided)]

    @property
    def passed(self) -> bool:
        """Whether the change may go on."""
        return not self.problems and not self.stopping and not self.unjudged

    @property
    def counts(self) -> Counter[Verdict]:
        """Number of rules by their worst verdict; a rule that met no resource is not applicable."""
        worst = {rule.id: Verdict.NOT_APPLICABLE for rule in self.rules}
        for finding in self.findings:
            verdict = finding.judgement.verdict
            if _BADNESS[verdict] > _BADNESS[worst[finding.rule.id]]:
                worst[finding.rule.id] = verdict
        return Counter(worst.values())


def stops(finding: Finding, allowed_undecided: frozenset[tuple[str, str]]) -> bool:
    """Return whether a finding stops the change, in every runner alike."""
    verdict = finding.judgement.verdict
    if verdict is Verdict.UNDECIDED:
        return not finding.pairs & allowed_undecided
    mandatory = verdict is Verdict.FAIL and finding.level is Level.MANDATORY
    return mandatory or verdict is Verdict.BROKEN


_BADNESS = {Verdict.NOT_APPLICABLE: 0, Verdict.PASS: 1, Verdict.UNDECIDED: 2, Verdict.FAIL: 3, Verdict.BROKEN: 4}
