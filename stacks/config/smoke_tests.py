"""Configuration of smoke tests: a few requests that show that a service does what it is for."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from observability import PLACE
from stacks.config.base import Model, Name, Problem

Path = Annotated[str, Field(min_length=1, max_length=200)]
"""A JMESPath."""

SavedName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
"""Name of a value for later steps."""

OWN_NAMES = frozenset({"uuid", "env"})
"""Names of places that no step saves."""


class SmokeStepConfig(Model):
    """One request. Its texts may hold {uuid} or {uuid:NAME}, {env:NAME}, and {NAME} that a step before saved."""

    method: Literal["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] = Field(
        default="GET", description="Method."
    )
    path: Annotated[str, Field(pattern=r"^/\S*$", max_length=500)] = Field(
        description="Path with its query: /v1/sessions/{session_id}."
    )
    headers: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")], str] = Field(
        default={}, description="Headers. No secret: {env:NAME} puts a variable of the environment in its place."
    )
    body: Any = Field(default=None, description="Body, sent as JSON; none when left out.")
    status: Annotated[int, Field(ge=100, le=599)] | None = Field(
        default=None, description="Status of a good answer; any below 400 when left out."
    )
    save: dict[SavedName, Path] = Field(
        default={}, description="Values of the answer for later steps, by name: the JMESPath of each."
    )
    answer: dict[Path, Any] = Field(
        default={}, description='What the answer\'s JSON holds, by JMESPath: {session_id: "{uuid}"}.'
    )


class SmokeTestConfig(Model):
    """Requests in order; the first that fails ends the test."""

    name: Name = Field(description="Name, which ends the id of its check: smoke-session.")
    title: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="What it shows, as a statement; its name when left out."
    )
    steps: Annotated[list[SmokeStepConfig], Field(min_length=1, max_length=20)] = Field(
        description="Its requests."
    )


def smoke_problems(key: str, tests: Sequence[SmokeTestConfig]) -> Iterator[Problem]:
    """Yield what is wrong with the smoke tests of the service at `key`."""
    names = [it.name for it in tests]
    if len(set(names)) != len(names):
        yield f"{key}.smoke_tests", f"given the names {', '.join(names)}, allowed each once"
    for number, test in enumerate(tests):
        saved: set[str] = set()
        for place, step in enumerate(test.steps):
            here = f"{key}.smoke_tests.{number}.steps.{place}"
            yield from _place_problems(here, step, saved)
            yield from _path_problems(here, step)
            if taken := sorted(OWN_NAMES & set(step.save)):
                yield f"{here}.save", f"given {', '.join(taken)}, allowed other names: each step has these"
            saved |= set(step.save)


def _place_problems(key: str, step: SmokeStepConfig, saved: set[str]) -> Iterator[Problem]:
    for part in ("path", "headers", "body", "answer"):
        for name, detail in (found for text in _texts(getattr(step, part)) for found in PLACE.findall(text)):
            if name == "env" and not detail:
                yield f"{key}.{part}", "given {env}, allowed {env:NAME} with the name of a variable"
            elif name not in OWN_NAMES | saved or (detail and name not in OWN_NAMES):
                known = ", ".join(f"{{{it}}}" for it in ("uuid", "env:NAME", *sorted(saved)))
                shown = f"{name}:{detail}" if detail else name
                yield f"{key}.{part}", f"given {{{shown}}}, which no step before saves, allowed {known}"


def _path_problems(key: str, step: SmokeStepConfig) -> Iterator[Problem]:
    try:
        import jmespath
    # An extra, which whoever asks has: there it is said then.
    except ImportError:
        return
    for part, paths in (("save", list(step.save.values())), ("answer", list(step.answer))):
        for path in paths:
            try:
                jmespath.compile(path)
            except ValueError:
                yield f"{key}.{part}", f"given {path!r}, allowed a JMESPath: id, items[0].name"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for it in value.values():
            yield from _texts(it)
    elif isinstance(value, list):
        for it in value:
            yield from _texts(it)
