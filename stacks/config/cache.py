"""Configuration of the key contract: what the application keeps in Redis, under which keys, for how long."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from stacks.config.base import Model, Name, Problem

SEPARATOR = ":"
"""Between the parts of a key."""

VERSION = "version"
"""Placeholder that stands for the value of a version key, and first part of every version key itself."""

_LITERAL = r"[a-z][a-z0-9_-]*"
_PLACEHOLDER = r"\{[A-Za-z][A-Za-z0-9_]*\}"
PATTERN = rf"^{_LITERAL}({SEPARATOR}({_LITERAL}|{_PLACEHOLDER}))+$"
"""A literal part, then literal parts and placeholders."""


class KeyConfig(Model):
    """One family of keys."""

    pattern: Annotated[str, Field(pattern=PATTERN, max_length=200)] = Field(
        description="The key, each variable part as a placeholder: profile:{version}:{userId}."
    )
    ttl_seconds: int = Field(ge=1, le=31_536_000, description="How long a value is kept, in seconds.")
    version_key: Name | None = Field(
        default=None, description="Which of version_keys the placeholder {version} stands for."
    )
    invalidated_on: list[Name] = Field(
        default=[], description="Writes after which the application deletes the key: user."
    )

    @property
    def parts(self) -> list[str]:
        """The pattern, split."""
        return self.pattern.split(SEPARATOR)

    @property
    def placeholders(self) -> list[str]:
        """Names of the variable parts, in order."""
        return [part[1:-1] for part in self.parts if part.startswith("{")]

    @property
    def prefix(self) -> list[str]:
        """The literal parts before the first variable one: what tells this family from the others."""
        first = next((at for at, part in enumerate(self.parts) if part.startswith("{")), len(self.parts))
        return self.parts[:first]


class CacheConfig(Model):
    """The key contract between the stack and the application, handed over as JSON in CACHE_CONTRACT."""

    keys: list[KeyConfig] = Field(default=[], description="Families of keys.")
    version_keys: list[Name] = Field(
        default=[], description="Counters; one more makes every key that holds it stale at once: feed, profiles."
    )


def cache_problems(cache: CacheConfig) -> Iterator[Problem]:
    """Yield key and sentence for each thing that would let two families of keys meet, or never be invalidated."""
    for at, key in enumerate(cache.keys):
        for other in cache.keys[:at]:
            # Where one literal prefix begins the other, a value could be read as the wrong thing.
            shorter = min(len(key.prefix), len(other.prefix))
            if key.prefix[:shorter] == other.prefix[:shorter]:
                shared = SEPARATOR.join(key.prefix[:shorter])
                problem = (
                    f"given {key.pattern}, allowed another beginning: {other.pattern} begins with "
                    f"{shared}{SEPARATOR} too, so one could be read as the other"
                )
                yield f"cache.keys.{at}.pattern", problem
    for at, key in enumerate(cache.keys):
        yield from ((f"cache.keys.{at}.{name}", sentence) for name, sentence in _key_problems(key, cache))
    used = {key.version_key for key in cache.keys}
    for version in cache.version_keys:
        if version not in used:
            yield "cache.version_keys", f"given {version}, allowed what a key names as its version_key"


def _key_problems(key: KeyConfig, cache: CacheConfig) -> Iterator[Problem]:
    names, given = key.placeholders, key.version_key
    if len(set(names)) != len(names):
        yield "pattern", f"given {key.pattern}, allowed each placeholder once"
    if key.prefix[0] == VERSION:
        yield "pattern", f"given {key.pattern}, allowed any first part but {VERSION}: version keys begin with it"
    if VERSION in names and given not in cache.version_keys:
        known = ", ".join(cache.version_keys) or "none so far"
        told = f"given {given}" if given else "missing"
        yield "version_key", f"{told}; allowed one of version_keys, {known}: {key.pattern} has {{version}}"
    if VERSION not in names and given:
        yield "version_key", f"given {given}, allowed only with {{version}} in the pattern, {key.pattern}"
