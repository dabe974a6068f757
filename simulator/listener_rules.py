"""What Elastic Load Balancing refuses of a listener's rule.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html and
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html,
reviewed on 2026-11-26.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.validate import Failure
from wire_format import Properties, is_unknown

PRIORITIES = range(1, 50_001)
RULES_PER_BALANCER = 100
VALUES_PER_RULE = 5
WILDCARDS_PER_RULE = 5
"""The page of condition types says 5, the page of quotas 6: what both take."""
_FORMS = {
    "hostHeader": (
        re.compile(r"(?=.{1,128}$)[A-Za-z0-9*?.-]*\.[A-Za-z]+"),
        "1 to 128 letters, digits and - . * ?, with a dot and letters alone after the last",
    ),
    "pathPattern": (
        re.compile(r"[A-Za-z0-9_.$/~\"'@:+&*?-]{1,128}"),
        "1 to 128 letters, digits and _ - . $ / ~ \" ' @ : + & * ?",
    ),
    "httpRequestMethod": (re.compile(r"[A-Z_-]{1,40}"), "1 to 40 capital letters, - and _"),
}
_ONCE = ("hostHeader", "httpRequestMethod", "pathPattern", "sourceIp")
_FIELDS = ("hostHeader", "httpHeader", "httpRequestMethod", "pathPattern", "queryStrings", "sourceIp")
_FINAL = {"forward", "redirect", "fixed-response"}


def rule_faults(inputs: Properties) -> Iterator[Failure]:
    """Yield what is refused of a rule, by the property's path."""
    priority, conditions, actions = (inputs.get(name) for name in ("priority", "conditions", "actions"))
    if isinstance(priority, int) and priority not in PRIORITIES:
        yield Failure("priority", f"given {priority}, allowed {PRIORITIES[0]} to {PRIORITIES[-1]}")
    if isinstance(conditions, list):
        yield from _condition_faults([it for it in conditions if isinstance(it, Mapping)])
    kinds = [str(it.get("type")) for it in actions if isinstance(it, Mapping)] if isinstance(actions, list) else []
    if kinds and (kinds[-1] not in _FINAL or any(kind in _FINAL for kind in kinds[:-1])):
        yield Failure(
            "actions", f"given {', '.join(kinds)}, allowed one of {', '.join(sorted(_FINAL))}, as the last"
        )


def _condition_faults(conditions: Sequence[Mapping[str, Any]]) -> Iterator[Failure]:
    fields = [name for condition in conditions for name in _FIELDS if condition.get(name)]
    for at, condition in enumerate(conditions):
        given = [name for name in _FIELDS if condition.get(name)]
        if len(given) != 1:
            yield Failure(
                f"conditions[{at}]",
                f"given {' and '.join(given) or 'nothing'}, allowed one of {', '.join(_FIELDS)}",
            )
        for name in _FORMS.keys() & given:
            form, words = _FORMS[name]
            if not all(form.fullmatch(text) for text in _values(condition[name])):
                yield Failure(f"conditions[{at}].{name}", f"given a value that is refused, allowed {words}")
    for name in _ONCE:
        if fields.count(name) > 1:
            yield Failure("conditions", f"given {fields.count(name)} of {name}, allowed one in a rule")
    values = [text for condition in conditions for name in _FIELDS for text in _values(condition.get(name))]
    if len(values) > VALUES_PER_RULE:
        yield Failure("conditions", f"given {len(values)} values, allowed {VALUES_PER_RULE} in one rule")
    wildcards = sum(len(re.findall(r"[*?]", text)) for text in values)
    if wildcards > WILDCARDS_PER_RULE:
        yield Failure("conditions", f"given {wildcards} wildcards, allowed {WILDCARDS_PER_RULE} in one rule")


def _values(condition: Any) -> list[str]:
    """Return the values of a condition that are known: those of a query string are pairs."""
    found = (condition.get("values") or ()) if isinstance(condition, Mapping) else condition or ()
    texts = [it.get("value") if isinstance(it, Mapping) else it for it in found]
    return [text for text in texts if isinstance(text, str) and not is_unknown(text)]
