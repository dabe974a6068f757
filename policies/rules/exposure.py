"""Rules of secrets in places where they can be read: literals of tasks, and what a build hands to browsers."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import pairwise
from typing import Any, Final

from policies.judgement import PASSED, Judgement, fail, undecided
from policies.resource import Resource
from policies.rule import Rule, Severity
from policies.rules.container import definitions, variables
from policies.rules.reading import Check, unreadable
from policies.rules.tokens import TASK

BROWSER_PREFIXES: Final = ("VITE_", "NEXT_PUBLIC_", "PUBLIC_", "REACT_APP_")
"""Prefixes of variables that Vite, Next.js, SvelteKit and Create React App write into what browsers load."""

_SECRET_WORDS: Final = frozenset(
    {
        *("apikey", "credential", "credentials", "passphrase", "passwd", "password", "private", "pwd"),
        *("secret", "secrets", "token"),
    }
)
_BEFORE_KEY: Final = frozenset({"access", "api", "auth", "encryption", "service", "session", "signing"})
# Names of such variables that hold something about a secret, not the secret.
_ABOUT: Final = frozenset(
    {
        *("arn", "count", "file", "header", "id", "length", "name", "path", "prefix", "seconds", "ttl", "type"),
        *("url", "version"),
    }
)
_IDENTIFIERS: Final = frozenset(
    {"commit", "digest", "id", "ids", "revision", "sha", "sha1", "sha256", "zone", "zones"}
)
"""Last words of names that hold an id or a digest, which is as random as a key and no secret."""
_KNOWN_FORMS: Final = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|xox[abprs]-\w+|[sr]k_live_\w+|-----BEGIN [A-Z ]*PRIVATE KEY|eyJ[\w-]+\.eyJ"
)
_URL_WITH_PASSWORD: Final = re.compile(r"\w+://[^\s/:@]*:[^\s/@]+@")
_RANDOM_ALPHABET: Final = re.compile(r"[A-Za-z0-9+/=_]{24,}")
_HEX: Final = re.compile(r"[0-9a-fA-F]{32,}")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_BITS, _HEX_BITS = 4.0, 3.0
"""Entropy for each character from which a text counts as random; English in base64's alphabet has less."""


def secret_by_name(name: str) -> bool:
    """Return whether a variable's name says that it holds a secret."""
    words = _words(name)
    if not words or words[-1] in _ABOUT:
        return False
    keys = any(first in _BEFORE_KEY and second in ("key", "keys") for first, second in pairwise(words))
    return keys or not _SECRET_WORDS.isdisjoint(words)


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word]


def secret_by_value(value: Any) -> bool:
    """Return whether a literal looks like a secret: a known form, a URL with a password, or random characters."""
    if not isinstance(value, str):
        return False
    if _KNOWN_FORMS.search(value) or _URL_WITH_PASSWORD.search(value):
        return True
    if _HEX.fullmatch(value):
        return _entropy(value) >= _HEX_BITS
    return bool(_RANDOM_ALPHABET.fullmatch(value)) and _entropy(value) >= _BITS


def _random(name: str, value: Any) -> bool:
    """Return whether a literal looks like a secret, and its name does not say that it is an id."""
    words = _words(name)
    identifier = bool(words) and words[-1] in _IDENTIFIERS and _SECRET_WORDS.isdisjoint(words)
    return secret_by_value(value) and not (identifier and _HEX.fullmatch(value))


def _entropy(value: str) -> float:
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * math.log2(share) for share in shares)


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
        return fail(f"the variables {', '.join(shown)}", required) if names else PASSED

    return check


_rule = partial(Rule, types=frozenset({TASK}), severity=Severity.CRITICAL, waivable=False)

RULES: Final = (
    _rule(
        id="container-no-secret-literal",
        title="No secret is a literal in a container's environment",
        why="everybody who may describe the task definition reads it",
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
        remedy="Keep it in Secrets Manager and name it under secrets.",
        keys=("service.secrets", "service.environment"),
        controls=("AWS-0036",),
        check=_no(
            lambda container: (
                name
                for name, value in variables(container)
                if not name.startswith(BROWSER_PREFIXES)
                and ((secret_by_name(name) and value not in (None, "")) or _random(name, value))
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
        keys=("service.environment", "service.secrets"),
        check=_no(
            lambda container: (
                name
                for key in ("environment", "secrets")
                for name, value in variables(container, key)
                if name.startswith(BROWSER_PREFIXES)
                and (key == "secrets" or secret_by_name(name) or _random(name, value))
            ),
            "no secret under a browser-visible prefix",
        ),
    ),
)
