"""Rules of secrets in places where they can be read: literals of tasks, and what a build hands to browsers."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from policies.judgement import PASSED, Judgement, fail, undecided
from policies.resource import Resource
from policies.rule import Rule, Severity
from policies.rules.container import definitions, variables
from policies.rules.reading import Check, unreadable
from policies.rules.tokens import TASK
from policies.secret_values import BROWSER_PREFIXES, is_secret, secret_by_value

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


def _no(found: Callable[[Mapping[str, Any]], Iterable[str]], required: str) -> Check:
    def check(task: Resource) -> Judgement:
        containers = definitions(task)
        if unreadable(containers):
            return undecided("containerDefinitions")
        if containers is None:
            return fail("containerDefinitions that are no list", required)
        names = {name for container in containers for name in found(container)}
        # A name that is no name may be a misplaced value.
        odd = {name for name in names if secret_by_value(name) or not _NAME.fullmatch(name)}
        shown = sorted((names - odd) | ({"of odd names"} if odd else set()))
        if not names:
            return PASSED
        return replace(fail(f"the variables {', '.join(shown)}", required), names=frozenset(names))

    return check


_rule = partial(Rule, types=frozenset({TASK}), severity=Severity.CRITICAL, waivable=False)

RULES: Final = (
    _rule(
        id="container-no-secret-literal",
        title="No secret is a literal in a container's environment",
        why="everybody who may describe the task definition reads it",
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
        remedy="Keep it in Secrets Manager and name it under secrets.",
        keys=("services.NAME.secrets", "services.NAME.environment"),
        controls=("AWS-0036",),
        check=_no(
            lambda container: (
                name
                for name, value in variables(container)
                if not name.startswith(BROWSER_PREFIXES) and is_secret(name, value)
            ),
            "secrets by reference alone",
        ),
    ),
    _rule(
        id="container-no-secret-in-browser",
        title="No secret has a name whose value browsers receive",
        why="the build writes such variables into files that everybody loads",
        source="https://vite.dev/guide/env-and-mode",
        remedy=f"Name it without {', '.join(BROWSER_PREFIXES)}.",
        keys=("services.NAME.environment", "services.NAME.secrets"),
        check=_no(
            lambda container: (
                name
                for key in ("environment", "secrets")
                for name, value in variables(container, key)
                if name.startswith(BROWSER_PREFIXES) and (key == "secrets" or is_secret(name, value))
            ),
            "no secret under a browser-visible prefix",
        ),
    ),
)
