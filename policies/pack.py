"""The rules as a Pulumi policy pack: what the engine runs during a preview and before each change."""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from policies.resource import UNKNOWN, Resource
from policies.rule import Rule, Verdict
from policies.rules import CATALOGUE

NAME = "footing"


def as_policy(rule: Rule) -> ResourceValidationPolicy:
    """Wrap one rule for the engine; it stops the change before the resource is made."""

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        judgement = rule.judge(Resource(type=args.resource_type, properties=plain(args.props)))
        # An undecided rule is reported too: a gate that cannot see must not be green.
        if judgement.verdict in (Verdict.FAIL, Verdict.UNDECIDED):
            report(f"{judgement.reason}. {rule.remedy}", None)

    return ResourceValidationPolicy(
        name=rule.id,
        description=f"{rule.title}: {rule.why}. Source: {rule.source}.",
        enforcement_level=EnforcementLevel.MANDATORY,
        validate=validate,
    )


def build() -> PolicyPack:
    """Register the pack with the engine that started this process."""
    return PolicyPack(name=NAME, policies=[as_policy(rule) for rule in CATALOGUE if isinstance(rule, Rule)])


def plain(value: Any) -> Any:
    """Properties as plain data: the SDK's proxies raise where a value is unknown, rules see `UNKNOWN`."""
    if isinstance(value, Mapping):
        return {key: _item(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [_item(value, index) for index in range(len(value))]
    return value


def _item(container: Any, key: Any) -> Any:
    try:
        return plain(container[key])
    except UnknownValueError:
        return UNKNOWN
