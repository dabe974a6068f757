"""How rules read a Cloudflare ruleset whose parts may have any shape."""

from collections.abc import Callable, Mapping
from typing import Any

from policies.judgement import Judgement, fail, undecided
from policies.resource import SECRET, UNKNOWN, Properties


def well_shaped(check: Callable[[Properties], Judgement]) -> Callable[[Properties], Judgement]:
    """The check, asked only where the rules have the shape that Cloudflare gives them."""

    def checked(ruleset: Properties) -> Judgement:
        rules = ruleset.get("rules")
        # What a ruleset is made of, each part with the type that it must have.
        parts: list[tuple[Any, type]] = [(rules, list)]
        for rule in rules if isinstance(rules, list) else ():
            if isinstance(rule, Mapping):
                parts += [(rule.get("ratelimit"), Mapping), (rule.get("action"), str)]
            else:
                # Nothing in a rule's place is odd too.
                parts.append((rule if rule is not None else 0, dict))
        if any(part is SECRET for part, _ in parts):
            return undecided("a rule")
        shaped = all(part is None or part is UNKNOWN or isinstance(part, kind) for part, kind in parts)
        return check(ruleset) if shaped else fail("rules of another shape", "a list of rules")

    return checked
