"""Asks by smoke tests: requests of which a later one may use what an earlier one was answered. They write."""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from observability import PLACE, Step, StepsQuestion
from readiness.answer import Asker, Askers, NotAskedError
from readiness.context import LiveStack, filled
from readiness.look_up import value_at
from readiness.web import HttpAnswer, NoAnswerError, address_of, send

SHOWN_CHARACTERS: Final = 80
FIRST_ERROR: Final = 400


def askers(live: LiveStack) -> Askers:
    """Return what asks by smoke tests, by the kind of its questions."""
    return {StepsQuestion: asker(live)}


def asker(live: LiveStack) -> Asker:
    """Return what asks by smoke tests; the answer is `passed`, or the step that failed."""

    def ask(question: StepsQuestion) -> object:
        asked = filled(question, live)
        base = address_of(asked.url, live, main=asked.main).rstrip("/")
        values: dict[str, str] = {}
        for number, step in enumerate(asked.steps, 1):
            if problem := _problem(base, step, values, live.environment):
                return f"step {number}, {step.method} {step.path}: {problem}"
        return "passed"

    return ask


def _problem(base: str, step: Step, values: dict[str, str], environment: Mapping[str, Any]) -> str | None:
    def put(text: str) -> str:
        return PLACE.sub(lambda place: _value(place[1], place[2], values, environment), text)

    path = PLACE.sub(lambda place: quote(_value(place[1], place[2], values, environment), safe=""), step.path)
    headers = {name: put(value) for name, value in step.headers.items()}
    body = None
    if step.body is not None:
        body = json.dumps(_put(step.body, put)).encode()
        headers = {"Content-Type": "application/json", **headers}
    try:
        answer = send(step.method, f"{base}{path}", headers, body)
    except NoAnswerError as error:
        return str(error)
    if answer.status != step.status and (step.status is not None or answer.status >= FIRST_ERROR):
        return f"status {answer.status}, not {step.status or 'below 400'}"
    if not step.answer and not step.save:
        return None
    return _difference(answer, step, values, put)


def _difference(answer: HttpAnswer, step: Step, values: dict[str, str], put: Callable[[str], str]) -> str | None:
    """Return what an answer has not, and save what it has."""
    try:
        content = json.loads(answer.body)
    except ValueError:
        return "the answer is no JSON"
    for path, expected in step.answer.items():
        wanted, found = _put(expected, put), value_at(content, path)
        if found != wanted:
            return f"{path} is {_shown(found)}, not {_shown(wanted)}"
    for name, path in step.save.items():
        found = value_at(content, path)
        if found is None or isinstance(found, dict | list):
            return f"there is no {path} to save"
        values[name] = str(found)
    return None


def _value(name: str, detail: str | None, values: dict[str, str], environment: Mapping[str, Any]) -> str:
    if name == "uuid":
        return values.setdefault(f"uuid:{detail or ''}", str(uuid.uuid4()))
    if name == "env" and detail:
        if not environment.get(detail):
            raise NotAskedError(f"{detail} is not set, which the smoke test needs")
        return str(environment[detail])
    if name not in values:
        raise NotAskedError(f"no step saved {name}")
    return values[name]


def _put(value: Any, put: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return put(value)
    if isinstance(value, Mapping):
        return {key: _put(it, put) for key, it in value.items()}
    if isinstance(value, tuple | list):
        return [_put(it, put) for it in value]
    return value


def _shown(value: object) -> str:
    return "not there" if value is None else str(value)[:SHOWN_CHARACTERS]
