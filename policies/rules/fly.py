"""Rules of Fly.io: what a Machine serves, and how; what PostgreSQL's pool does."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from policies.judgement import NOT_APPLICABLE, PASSED, Judgement, fail, undecided
from policies.resource import SECRET, Resource
from policies.rule import IN_PRODUCTION, Rule, Severity
from policies.rules.reading import Check, at, items, truth, unreadable, word
from policies.rules.tokens import FLY_POSTGRES
from policies.secret_values import is_secret

MACHINE: Final = "fly-machines:apps/v1:Machine"
DOCS: Final = "https://fly.io/docs"
_PINNED: Final = re.compile(r"(@sha256:[0-9a-f]{64}|:v?\d+\.\d+(\.\d+)*([-+][\w.-]+)?)$")
"""A digest, or a tag that is a version of at least two numbers."""


def _served(judge: Callable[[Mapping[str, Any]], Judgement]) -> Check:
    """Return the check of each service of a Machine; it does not apply where nobody calls one."""

    def check(resource: Resource) -> Judgement:
        services = at(resource, "config", "services")
        if unreadable(services):
            return undecided("config.services")
        answers = [judge(it) if isinstance(it, Mapping) else undecided("a service") for it in items(services)]
        return next((it for it in answers if it is not PASSED), PASSED) if answers else NOT_APPLICABLE

    return check


def _in_clear(service: Mapping[str, Any]) -> Judgement:
    for port in items(service.get("ports")):
        handlers = at(port, "handlers")
        if unreadable(port) or unreadable(handlers):
            return undecided("a port")
        if "tls" not in items(handlers) and truth(at(port, "forceHttps")) is not True:
            return fail(
                "a port without TLS that does not send visitors to it", "forceHttps true, or the handler tls"
            )
    return PASSED


def _checked(service: Mapping[str, Any]) -> Judgement:
    checks = service.get("checks")
    if unreadable(checks):
        return undecided("checks")
    return PASSED if items(checks) else fail("no check", "a check of each service")


def _environment(resource: Resource) -> Judgement:
    environment = at(resource, "config", "env")
    if unreadable(environment):
        return undecided("config.env")
    for name, value in environment.items() if isinstance(environment, Mapping) else ():
        if value == SECRET or (not unreadable(value) and is_secret(name, value)):
            return fail(f"the variable {name}", "secrets in the app's vault alone")
    return PASSED


def _pinned(resource: Resource) -> Judgement:
    image = at(resource, "config", "image")
    if unreadable(image):
        return undecided("config.image")
    pinned = isinstance(image, str) and _PINNED.search(image) is not None
    return PASSED if pinned else fail("an image without its digest or version", "an image by digest or version")


RULES: Final = (
    Rule(
        id="fly-https",
        title="A Machine's ports speak TLS, or send visitors to one that does",
        why="passwords and sessions would cross the internet in the clear",
        source=f"{DOCS}/networking/services/",
        remedy="Set forceHttps on the port of plain HTTP.",
        severity=Severity.CRITICAL,
        waivable=False,
        types=frozenset({MACHINE}),
        check=_served(_in_clear),
    ),
    Rule(
        id="fly-no-secret-literal",
        title="No secret is a literal in a Machine's environment",
        why="everybody who may read the organization reads a Machine's configuration",
        source=f"{DOCS}/apps/secrets/",
        remedy="Keep it in the app's Secrets.",
        keys=("services.NAME.secrets", "services.NAME.environment"),
        severity=Severity.CRITICAL,
        waivable=False,
        types=frozenset({MACHINE}),
        check=_environment,
    ),
    Rule(
        id="fly-health-check",
        title="Each service of a Machine has a check",
        why="the proxy would send visitors to a Machine that does not answer",
        source=f"{DOCS}/reference/health-checks/",
        remedy="Add a check.",
        keys=("services.NAME.health_path",),
        levels=IN_PRODUCTION,
        types=frozenset({MACHINE}),
        check=_served(_checked),
    ),
    Rule(
        id="fly-image-pinned",
        title="A Machine's image is named by its digest or its version",
        why="a tag such as latest moves: the next update may run another program",
        source=f"{DOCS}/machines/api/machines-resource/",
        remedy="Name the image as repository@sha256:digest, or by its version.",
        keys=("services.NAME.image", "metrics.collector.image"),
        levels=IN_PRODUCTION,
        types=frozenset({MACHINE}),
        check=_pinned,
    ),
    Rule(
        id="fly-transaction-mode",
        title="The pool of PostgreSQL at Fly.io shares connections by transaction",
        why="in session mode every client holds a connection, and the pool is too small for the clients",
        source=f"{DOCS}/mpg/cluster-configuration/",
        remedy="Set poolMode to transaction.",
        keys=("database.pooler.mode",),
        types=frozenset({FLY_POSTGRES}),
        check=word("poolMode", allowed=("transaction",), known=("session",)),
    ),
)
