"""Rules and findings in the engine's own words."""

from collections.abc import Iterable
from typing import Any, Final

from pulumi.runtime.proto import analyzer_pb2 as proto

from policies.judge import Finding
from policies.report import Waiver
from policies.rule import AnyRule, Level, Rule, Severity
from policies.version import VERSION

PACK: Final = "footing"

REVIEWED: Final = "exceptions-reviewed"
"""Policy under which the engine is told what no rule says: of a reviewed list, of a type that nobody judged."""

LEVELS: Final = {Level.OFF: proto.DISABLED, Level.ADVISORY: proto.ADVISORY, Level.MANDATORY: proto.MANDATORY}
_SEVERITIES: Final = {
    Severity.LOW: proto.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: proto.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: proto.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: proto.POLICY_SEVERITY_CRITICAL,
}


def analyzer_info(rules: Iterable[AnyRule], environment: str) -> Any:
    """Describe the pack: every rule as a policy, and one for the exceptions themselves."""
    reviewed = proto.PolicyInfo(
        name=REVIEWED,
        displayName="Exceptions are current, used and explained",
        description="Exceptions are current, used and explained: one that nobody needs hides the next violation.",
        enforcementLevel=proto.MANDATORY,
        policy_type=proto.POLICY_TYPE_STACK,
        severity=proto.POLICY_SEVERITY_HIGH,
        remediation_steps="Change exceptions.yaml, unjudged.yaml or limit_exceptions, as the message says.",
    )
    return proto.AnalyzerInfo(
        name=PACK,
        displayName="Footing",
        version=VERSION,
        description="The documented limits of Footing, on the resources themselves",
        supportsConfig=True,
        policies=[*(policy_info(rule, environment) for rule in rules), reviewed],
    )


def policy_info(rule: AnyRule, environment: str) -> Any:
    """Describe one rule."""
    return proto.PolicyInfo(
        name=rule.id,
        displayName=rule.title,
        description=describe(rule),
        enforcementLevel=LEVELS[rule.levels.at(environment)],
        policy_type=proto.POLICY_TYPE_RESOURCE if isinstance(rule, Rule) else proto.POLICY_TYPE_STACK,
        severity=_SEVERITIES[rule.severity],
        tags=rule.controls,
        remediation_steps=rule.remediation,
    )


def describe(rule: AnyRule) -> str:
    """Return a rule as one text: what, why, where it is written."""
    return f"{rule.title}: {rule.why}. Source: {rule.source}."


def diagnostic(finding: Finding, *, stops: bool, waiver: Waiver | None = None) -> Any:
    """Return what the engine shows of a finding; one that does not stop the change is shown as advice."""
    rule, text = finding.rule, f"{finding.judgement.reason}. {finding.rule.remediation}"
    if waiver:
        text = f"excepted until {waiver.expires} by {waiver.owner} ({waiver.reason}): {text}"
    return proto.AnalyzeDiagnostic(
        policyName=rule.id,
        policyPackName=PACK,
        policyPackVersion=VERSION,
        description=describe(rule),
        message=text,
        enforcementLevel=proto.MANDATORY if stops else proto.ADVISORY,
        urn=finding.resource.urn,
        severity=_SEVERITIES[rule.severity],
    )


def complaint(problem: str) -> Any:
    """Return what the engine shows of a fault of the gate itself."""
    return proto.AnalyzeDiagnostic(
        policyName=REVIEWED,
        policyPackName=PACK,
        policyPackVersion=VERSION,
        message=problem,
        enforcementLevel=proto.MANDATORY,
        severity=proto.POLICY_SEVERITY_HIGH,
    )
