"""Whether a variable holds a secret, by its name and its value together. Standard library only."""

import base64
import json
import math
import re
from collections import Counter
from itertools import pairwise
from typing import Any, Final

BROWSER_PREFIXES: Final = (
    *("VITE_", "NEXT_PUBLIC_", "PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_", "EXPO_PUBLIC_", "GATSBY_"),
    *("VUE_APP_", "STORYBOOK_", "REDWOOD_ENV_"),
)
"""Prefixes of variables that builds write into what browsers load."""

_SECRET_WORDS: Final = frozenset(
    {
        *(
            "apikey",
            "credential",
            "credentials",
            "passphrase",
            "passwd",
            "password",
            "private",
            "pwd",
            "pass",
            "pw",
        ),
        *("secret", "secrets", "token", "salt", "pepper"),
    }
)
_SECRET_ENDINGS: Final = ("apikey", "passphrase", "passwd", "password", "secret", "secretkey", "token")
"""Ends of words that are written together: PGPASSWORD, accesstoken."""
_BEFORE_KEY: Final = frozenset(
    {
        *("access", "account", "admin", "api", "auth", "deploy", "encryption", "hmac", "jwt", "license", "master"),
        *("private", "root", "service", "session", "signing", "webhook", "write"),
    }
)
_PUBLIC_WORDS: Final = frozenset({"anon", "anonymous", "client", "public", "publishable", "site"})
"""Words before `key` or `token` that say that everybody may have it."""
# Last words of names that hold something about a secret, or a setting, not the secret.
_ABOUT: Final = frozenset(
    {
        *("age", "alg", "algorithm", "allowed", "arn", "attempts", "audience", "backend", "class"),
        *("cookie", "count"),
        *("days", "disabled", "driver", "duration", "enabled", "endpoint", "engine", "expiration", "expire"),
        *("expires", "expiry", "field", "file", "format", "header", "hours", "id", "interval", "issuer", "length"),
        *("lifetime", "limit", "location", "login", "max", "method", "min", "minutes", "mode", "name", "options"),
        *("param", "parameter", "path", "policy", "prefix", "provider", "region", "required", "reset", "rotation"),
        *("rounds", "rules", "scheme", "scope", "scopes", "seconds", "size", "source", "store", "strategy"),
        *("strength", "suffix", "timeout", "ttl", "type", "uri", "url", "validity", "verification", "version"),
    }
)
_IDENTIFIERS: Final = frozenset(
    {"commit", "digest", "hash", "id", "ids", "revision", "sha", "sha1", "sha256", "zone", "zones"}
)
"""Last words of names that hold an id or a digest, which is as random as a key and no secret."""
_SWITCHES: Final = re.compile(
    r"|true|false|yes|no|on|off|none|null|auto|enabled|disabled|required|optional|\{\}|\[\]"
    r"|(?:/run/secrets|/etc|/var|file:)/\S*|\$\{\w+\}|arn:aws\S+",
    re.IGNORECASE,
)
_MEASURES: Final = re.compile(
    r"-?\d+(?:\.\d+)?\s*(?:ms|s|m|h|d|w|sec|min|mins|minutes?|hours?|days?|weeks?|kb|mb|%)?"
)
_KNOWN_FORMS: Final = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}|\bgh[pousr]_\w{36}|\bgithub_pat_\w{20}|\bglpat-[\w-]{20}|\bxox[abeprs]-\w+"
    r"|\b[sr]k_(?:live|test)_\w+|\bwhsec_\w+|\bsk-[\w-]{20}|\bSG\.[\w-]{16,}\.|\bnpm_\w{36}|\bdop_v1_\w+"
    r"|\bshp(?:at|ss)_\w+|\bsntry[su]_\w+|\bgl(?:sa|c)_\w{20}|\bsb_secret_\w+|\bhf_\w{30}|\bpul-[0-9a-f]{40}"
    r"|\bdckr_pat_\w+|\blin_api_\w+|\bre_\w{8,}_\w{16}|\b\d{8,10}:AA[\w-]{32}|\bAGE-SECRET-KEY-|\bSK[0-9a-f]{32}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|\$2[aby]\$\d\d\$|\$argon2|\$apr1\$|\$6\$"
    r"|hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/|discord(?:app)?\.com/api/(?:v\d+/)?webhooks/"
    r"|webhook\.office\.com/|outlook\.office(?:365)?\.com/webhook/|events\.pagerduty\.com/integration/"
    r"|/hooks/[a-z0-9]{26}\b|hook\.\w+\.make\.com/\w|maker\.ifttt\.com/\S+/key/|\bdp\.(?:st|pt|ct|sa)\.\w"
    r"|\bkey-[0-9a-f]{32}\b|\b[Aa][Pp][Ii]-[Kk]ey: \S"
    r"|hooks\.zapier\.com/hooks/|chat\.googleapis\.com/v1/spaces/\S+key=|api\.telegram\.org/bot\d"
    r"|AccountKey=|SharedAccess(?:Key|Signature)=|\b(?:Bearer|Basic) [\w+/=.-]{12}",
)
_PUBLIC_FORMS: Final = re.compile(
    r"pk_(?:live|test)_\w+|pk\.eyJ[\w.-]+|phc_\w+|sb_publishable_\w+|-----BEGIN (?!.*PRIVATE)"
)
_WEB_TOKEN: Final = re.compile(r"\beyJ[\w-]+\.(eyJ[\w-]+)")
_IN_URL: Final = re.compile(
    r"[\w+.-]+://[^\s/:@]*:[^\s/@]+@"
    r"|[?&](?:(?:access|auth|id)?_?token|api_?key|secret|client_secret|password|passwd|pwd|sig|signature)=[^&\s]+",
    re.IGNORECASE,
)
_IN_DSN: Final = re.compile(r"(?:^|[\s;])(?:password|pwd)\s*=\s*[^\s;]+", re.IGNORECASE)
_PAIR: Final = re.compile(r"[^\s:/]+:(?!\d{1,5}$)[^\s:/]+")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_RANDOM_ALPHABET: Final = re.compile(r"[A-Za-z0-9+/=_]{24,}")
_HEX: Final = re.compile(r"[0-9a-fA-F]{32,}")
_BITS, _HEX_BITS = 4.0, 3.0
"""Entropy for each character from which a text counts as random; English in base64's alphabet has less."""


def is_secret(name: str, value: Any) -> bool:
    """Return whether a variable holds a secret: by a form that only secrets have, else by name and value."""
    text = "" if value is None else str(value).strip()
    if secret_by_form(text):
        return True
    words = _words(name)
    if _SWITCHES.fullmatch(text) or _PUBLIC_FORMS.match(text) or _anonymous(text) or _is_public(words):
        return False
    in_browser = name.upper().startswith(BROWSER_PREFIXES)
    if {"auth", "login", "userinfo"} & set(words) and _PAIR.fullmatch(text) and not in_browser:
        return True
    if secret_by_name(name, in_browser=in_browser):
        secret = words[-1] in _SECRET_WORDS or words[-1].endswith(_SECRET_ENDINGS)
        return secret or words[-1] in ("key", "keys") or not _MEASURES.fullmatch(text)
    is_key = bool(words) and words[-1] in ("key", "keys")
    if in_browser and is_key:
        return False
    identifier = bool(words) and words[-1] in _IDENTIFIERS and _SECRET_WORDS.isdisjoint(words)
    random = _is_random(text) and not (identifier and _HEX.fullmatch(text))
    return random or (is_key and bool(_UUID.fullmatch(text)))


def secret_by_name(name: str, *, in_browser: bool = False) -> bool:
    """Return whether a variable's name says that it holds a secret; a `key` for browsers is one for all."""
    words = _words(name)
    if not words or words[-1] in _ABOUT or _is_public(words):
        return False
    keys = any(first in _BEFORE_KEY and second in ("key", "keys") for first, second in pairwise(words))
    together = any(word.endswith(_SECRET_ENDINGS) for word in words)
    return (keys and not in_browser) or together or not _SECRET_WORDS.isdisjoint(words)


def secret_by_form(value: Any) -> bool:
    """Return whether a value has a form that only secrets have: a known one, or an address with a password."""
    if not isinstance(value, str):
        return False
    tokens = _WEB_TOKEN.search(value) is not None and not _anonymous(value) and not _PUBLIC_FORMS.match(value)
    return tokens or any(form.search(value) for form in (_KNOWN_FORMS, _IN_URL, _IN_DSN))


def secret_by_value(value: Any) -> bool:
    """Return whether a value looks like a secret whatever it is called: by its form, or as random characters."""
    return isinstance(value, str) and (
        secret_by_form(value) or (_is_random(value) and not _PUBLIC_FORMS.match(value))
    )


def _words(name: str) -> list[str]:
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return [word for word in re.split(r"[^a-z0-9]+", parts.lower()) if word]


def _is_public(words: list[str]) -> bool:
    return any(first in _PUBLIC_WORDS and second in ("key", "keys", "token") for first, second in pairwise(words))


def _anonymous(value: str) -> bool:
    """Return whether a web token is one for everybody, as Supabase's key of the role `anon`."""
    found = _WEB_TOKEN.search(value)
    if found is None:
        return False
    try:
        claims = json.loads(base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)))
    except ValueError:
        return False
    return isinstance(claims, dict) and claims.get("role") in ("anon", "anonymous")


def _is_random(value: str) -> bool:
    if _HEX.fullmatch(value):
        return _entropy(value) >= _HEX_BITS
    return bool(_RANDOM_ALPHABET.fullmatch(value)) and _entropy(value) >= _BITS


def _entropy(value: str) -> float:
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * math.log2(share) for share in shares)
