"""Rules of front ends at Vercel: who sees previews, and what browsers and people must not read.

Of a variable a rule knows the name and the kind: the provider's SDK makes every value a secret.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from policies.judgement import NOT_APPLICABLE, PASSED, Judgement, fail, undecided
from policies.resource import UNKNOWN, Resource
from policies.rule import IN_PRODUCTION, Rule, Severity
from policies.rules.reading import Check, at, items, truth, unreadable, worst
from policies.rules.tokens import VERCEL_PROJECT, VERCEL_VARIABLE
from policies.secret_values import BROWSER_PREFIXES, is_secret, secret_by_name

SHARED: Final = "vercel:index/sharedEnvironmentVariable:SharedEnvironmentVariable"
SEVERAL: Final = "vercel:index/projectEnvironmentVariables:ProjectEnvironmentVariables"
VARIABLES: Final = frozenset({VERCEL_VARIABLE, SHARED, SEVERAL, VERCEL_PROJECT})
"""Types that have variables: one each, or a list."""
_LISTS: Final = {SEVERAL: "variables", VERCEL_PROJECT: "environments"}


def _variables(resource: Resource) -> Iterator[Any]:
    listed = _LISTS.get(resource.type)
    yield from items(resource.get(listed)) if listed else [resource]


def _each(check: Callable[[Any], Judgement]) -> Check:
    """Return the check of every variable of a resource."""
    return lambda resource: worst(
        undecided("variables") if unreadable(it) else check(it) for it in _variables(resource)
    )


def _in_browser(variable: Any) -> Judgement:
    key, value, sensitive = (at(variable, it) for it in ("key", "value", "sensitive"))
    if unreadable(key):
        return undecided("key")
    prefix = next((it for it in BROWSER_PREFIXES if str(key).startswith(it)), None)
    if prefix is None:
        return NOT_APPLICABLE
    plain = "" if unreadable(value) else value
    if truth(sensitive) or secret_by_name(str(key), in_browser=True) or is_secret(str(key), plain):
        return fail(f"a secret under a name that begins with {prefix}", "another name, or no secret")
    # What is hidden is every value, by the SDK; what is not known yet may be any.
    return undecided("value") if value is UNKNOWN or unreadable(sensitive) else PASSED


def _sensitive(variable: Any) -> Judgement:
    key, value, targets, sensitive = (at(variable, it) for it in ("key", "value", "targets", "sensitive"))
    if unreadable(key, targets):
        return PASSED if truth(sensitive) else undecided("key")
    if str(key).startswith(BROWSER_PREFIXES) or items(targets) == ["development"]:
        return NOT_APPLICABLE
    if not secret_by_name(str(key)) and not is_secret(str(key), "" if unreadable(value) else value):
        return undecided("value") if value is UNKNOWN and not truth(sensitive) else NOT_APPLICABLE
    if unreadable(sensitive):
        return undecided("sensitive")
    return PASSED if truth(sensitive) else fail("sensitive false of what looks like a secret", "sensitive true")


def _protected(project: Resource) -> Judgement:
    kind, disabled = (
        at(project, "vercelAuthentication", "deploymentType"),
        project.get("previewDeploymentsDisabled"),
    )
    others = [project.get(it) for it in ("passwordProtection", "trustedIps")]
    stated = kind not in (None, "none") and not unreadable(kind)
    if stated or truth(disabled) or any(it is not None and not unreadable(it) for it in others):
        return PASSED
    if unreadable(kind, disabled, *others):
        return undecided("vercelAuthentication.deploymentType")
    observed = f"vercelAuthentication.deploymentType {kind}" if kind else "the team's default, whatever it is"
    return fail(observed, "vercelAuthentication.deploymentType, not none, a password, or trusted addresses")


RULES: Final = (
    Rule(
        id="vercel-preview-protection",
        title="A stranger does not see previews at Vercel",
        why="what is not released, with the data that it reads, is found by its address",
        source="https://vercel.com/docs/deployment-protection",
        remedy="Set vercelAuthentication.deploymentType to standard_protection_new.",
        keys=("frontends.NAME.previews.protection",),
        levels=IN_PRODUCTION,
        types=frozenset({VERCEL_PROJECT}),
        check=_protected,
    ),
    Rule(
        id="vercel-browser-variable",
        title="No secret of a front end is compiled into what browsers load",
        why="everybody reads it in the page's scripts",
        source="https://vercel.com/docs/environment-variables/framework-environment-variables",
        remedy="Give the variable a name without the prefix, and read it in functions alone.",
        keys=("frontends.NAME.environment", "frontends.NAME.secrets"),
        severity=Severity.CRITICAL,
        waivable=False,
        types=VARIABLES,
        check=_each(_in_browser),
    ),
    Rule(
        id="vercel-secret-sensitive",
        title="Vercel never shows a front end's secret again",
        why="every member of the team, and every token of one, reads a plain variable",
        source="https://vercel.com/docs/environment-variables/sensitive-environment-variables",
        remedy="Set sensitive.",
        keys=("frontends.NAME.secrets",),
        types=VARIABLES,
        check=_each(_sensitive),
    ),
)
