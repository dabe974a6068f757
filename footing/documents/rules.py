"""docs/rules.md: every policy rule, with its reasons."""

from collections.abc import Iterator

from footing.markdown import link_requirements, table
from policies.rule import AnyRule, StackRule
from policies.rules import CATALOGUE

INTRODUCTION = """\
# The rules

Generated from `policies/rules/` by `footing docs`: do not edit. {count} rules judge every resource: `footing check
STACK` on the offline plan, the engine with `pulumi preview --policy-pack policies`, both with the same code.

A `mandatory` violation stops the change, an `advisory` one is told, and a rule that is `off` is not asked. Every
environment that is not development, preview, staging or test is held to production's level. A rule that could not
decide, or broke, stops the change as well: a gate that cannot see is not green.

"""


def rules_page() -> str:
    """Return the whole page: a table, then a section a rule, in the order of the catalogue."""
    rows = [
        (f"[`{it.id}`](#{it.id})", it.title, it.severity, it.levels.production, it.levels.elsewhere)
        for it in CATALOGUE
    ]
    page = INTRODUCTION.format(count=len(rows))
    page += table(("rule", "what must be true", "severity", "in production", "elsewhere"), rows)
    for rule in CATALOGUE:
        page += f"\n## {rule.id}\n\n{rule.title}.\n\n"
        page += "".join(f"- **{name}:** {fact}\n" for name, fact in _facts(rule))
    return page


def _facts(rule: AnyRule) -> Iterator[tuple[str, str]]:
    yield "Why", f"{rule.why}."
    yield "Keys", ", ".join(f"`{key}`" for key in rule.keys) or "none: the component sets it; report a bug"
    yield "Remedy in other programs", rule.remedy
    yield "Severity", rule.severity
    yield "Levels", f"{rule.levels.production} in production, {rule.levels.elsewhere} elsewhere"
    looks_at = "all resources of the stack together" if isinstance(rule, StackRule) else "one resource at a time"
    yield "Looks at", f"{', '.join(f'`{type_}`' for type_ in sorted(rule.types))}; {looks_at}"
    if not rule.waivable:
        yield "Waivers", "none in production"
    if rule.controls:
        yield "Controls", ", ".join(rule.controls)
    if rule.standards:
        yield "Standards", ", ".join(rule.standards)
    yield "Source", link_requirements(rule.source)
