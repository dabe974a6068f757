"""The same rules as plain `pulumi_policy` policies, one each: a pack without a server of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pulumi_policy import EnforcementLevel, ResourceValidationPolicy, StackValidationPolicy
from pulumi_policy.proxy import UnknownValueError

from policies.judge import Catalogue
from policies.resource import UNKNOWN, Resource, Stack
from policies.rule import AnyRule, Rule, StackRule, Verdict


def policies(catalogue: Catalogue) -> list[Any]:
    """Wrap every rule."""
    return [_over_one(rule) if isinstance(rule, Rule) else _over_all(rule) for rule in catalogue]


def _over_one(rule: Rule) -> ResourceValidationPolicy:
    def validate(args: Any, report: Callable[..., None]) -> None:
        if args.resource_type not in rule.types:
            return
        judgement = rule.judge(Resource(type=args.resource_type, properties=plain(args.props)))
        if judgement.verdict in (Verdict.FAIL, Verdict.UNDECIDED):
            report(judgement.reason)

    return ResourceValidationPolicy(rule.id, _described(rule), validate, EnforcementLevel.MANDATORY)


def _over_all(rule: StackRule) -> StackValidationPolicy:
    def validate(args: Any, report: Callable[..., None]) -> None:
        made = [
            Resource(type=it.resource_type, urn=it.urn, name=it.name, properties=plain(it.props))
            for it in args.resources
        ]
        for resource, judgement in rule.judge(Stack(environment="production", resources=made)):
            if judgement.verdict in (Verdict.FAIL, Verdict.UNDECIDED):
                report(judgement.reason, resource.urn)

    return StackValidationPolicy(rule.id, _described(rule), validate, EnforcementLevel.MANDATORY)


def _described(rule: AnyRule) -> str:
    return f"{rule.title}: {rule.why}."


def plain(value: Any) -> Any:
    """Properties as plain data: the SDK's proxies raise where a value is unknown."""
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


if __name__ == "__main__":
    from pulumi_policy import PolicyPack

    from policies.rules import CATALOGUE

    PolicyPack(name="naive", policies=policies(CATALOGUE))
