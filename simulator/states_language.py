"""What Step Functions refuses of a definition, and botocore does not look into: the Amazon States Language.

https://states-language.net/spec.html and
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html, reviewed on 2026-11-26.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from simulator.validate import Failure
from wire_format import Properties, is_unknown

_JSONPATH, _JSONATA = "JSONPath", "JSONata"
_MACHINE = "Comment QueryLanguage StartAt States TimeoutSeconds Version"
_EVERY = "Comment QueryLanguage Type"
_FLOW = "End Next Assign"
_TRIES = "Retry Catch"
_FIELDS = {
    "Task": f"{_FLOW} {_TRIES} Resource TimeoutSeconds HeartbeatSeconds Credentials",
    "Parallel": f"{_FLOW} {_TRIES} Branches",
    "Map": f"{_FLOW} {_TRIES} ItemProcessor Iterator ItemReader ItemSelector ItemBatcher ResultWriter Label "
    "MaxConcurrency ToleratedFailureCount ToleratedFailurePercentage",
    "Pass": _FLOW,
    "Wait": f"{_FLOW} Seconds Timestamp",
    "Choice": "Choices Default Assign",
    "Succeed": "",
    "Fail": "Error Cause",
}
"""Fields of each type of state, in both query languages."""
_OF_LANGUAGE = {
    _JSONPATH: {
        "Task": "InputPath OutputPath Parameters ResultSelector ResultPath TimeoutSecondsPath "
        "HeartbeatSecondsPath",
        "Parallel": "InputPath OutputPath Parameters ResultSelector ResultPath",
        "Map": "InputPath OutputPath Parameters ResultSelector ResultPath ItemsPath MaxConcurrencyPath "
        "ToleratedFailureCountPath ToleratedFailurePercentagePath",
        "Pass": "InputPath OutputPath Parameters Result ResultPath",
        "Wait": "InputPath OutputPath SecondsPath TimestampPath",
        "Choice": "InputPath OutputPath",
        "Succeed": "InputPath OutputPath",
        "Fail": "ErrorPath CausePath",
    },
    _JSONATA: {
        "Task": "Arguments Output",
        "Parallel": "Arguments Output",
        "Map": "Items Output",
        **dict.fromkeys(("Pass", "Wait", "Choice", "Succeed"), "Output"),
    },
}
_RETRY = "ErrorEquals IntervalSeconds MaxAttempts BackoffRate MaxDelaySeconds JitterStrategy Comment"
_CATCH = {
    _JSONPATH: "ErrorEquals Next ResultPath Assign Comment",
    _JSONATA: "ErrorEquals Next Output Assign Comment",
}
_RETRY_BOUNDS = {
    "IntervalSeconds": (1, 99_999_999),
    "MaxAttempts": (0, 99_999_999),
    "MaxDelaySeconds": (1, 31_622_400),
    "BackoffRate": (1, float("inf")),
}
_ERRORS = (
    "ALL BranchFailed DataLimitExceeded ExceedToleratedFailureThreshold HeartbeatTimeout IntrinsicFailure "
    "ItemReaderFailed NoChoiceMatched ParameterPathFailure Permissions QueryEvaluationError "
    "ResultPathMatchFailure ResultWriterFailed Runtime TaskFailed Timeout Http.Socket"
)
_NAME_CHARACTERS = 80
_RESOURCE = re.compile(r"arn:[a-z-]+:(lambda|states):([a-z0-9-]*):(\d{12})?:\S+|\{%.*%\}", re.DOTALL)
_COMPARISON = re.compile(
    r"(String|Numeric|Timestamp)(Equals|(Less|Greater)Than(Equals)?)(Path)?|BooleanEquals(Path)?|StringMatches|"
    r"Is(Null|Present|Numeric|String|Boolean|Timestamp)"
)


def definition_faults(inputs: Properties) -> Iterator[Failure]:
    """Yield what Step Functions refuses of a state machine's definition and of its log configuration."""
    text = inputs.get("definition")
    if isinstance(text, str) and not is_unknown(text):
        try:
            machine = json.loads(text)
            faults = [
                *_machine(machine, "", _JSONPATH, top=True),
                *_over_all(list(_all_states(machine)), express=inputs.get("type") == "EXPRESS"),
            ]
        except ValueError as error:
            faults = [f"given something else, allowed JSON: {error}"]
        except (AttributeError, KeyError, TypeError):
            faults = ["given another structure, allowed an object with StartAt and States"]
        yield from (Failure("definition", fault) for fault in faults)
    logs = inputs.get("loggingConfiguration")
    if isinstance(logs, Mapping) and logs.get("level", "OFF") != "OFF":
        destination = logs.get("logDestination")
        if not is_unknown(destination) and not str(destination or "").endswith(":*"):
            yield Failure(
                "loggingConfiguration.logDestination",
                "given an ARN without its end, allowed the ARN of a log group followed by :*",
            )


def _machine(machine: Mapping[str, Any], path: str, language: str, *, top: bool = False) -> Iterator[str]:
    language = machine.get("QueryLanguage") or language
    allowed = f"{_MACHINE} ProcessorConfig" if not top else _MACHINE
    yield from _unknown_names(machine, allowed, path or "the definition")
    states, start = machine.get("States"), machine.get("StartAt")
    if not isinstance(states, Mapping) or not states:
        yield f"{path or 'the definition'}: given no states, allowed an object States with one at least"
        return
    if start not in states:
        yield f"{path or 'the definition'}: StartAt names {start!r}, allowed {', '.join(states)}"
    for name, state in states.items():
        where = f"{path}/{name}" if path else name
        if len(name) > _NAME_CHARACTERS:
            yield f"{where}: given a name of {len(name)} characters, allowed {_NAME_CHARACTERS}"
        yield from _state(state, where, language)
        for target in _targets(state):
            if target not in states:
                yield f"{where}: leads to {target!r}, which is no state, allowed {', '.join(states)}"
    for name in states.keys() - _reached(start, states):
        yield f"{path}/{name}: given no way to it, allowed a Next, a Default or a Catch".lstrip("/")
    if not any(it.get("End") or it.get("Type") in {"Succeed", "Fail"} for it in states.values()):
        yield f"{path or 'the definition'}: no state ends it, allowed one at least with End, Succeed or Fail"


def _reached(start: object, states: Mapping[str, Any]) -> set[object]:
    reached: set[object] = set()
    pending = [start]
    while pending:
        name = pending.pop()
        if name in states and name not in reached:
            reached.add(name)
            pending += list(_targets(states[str(name)]))
    return reached


def _targets(state: Mapping[str, Any]) -> Iterator[object]:
    yield from (state[name] for name in ("Next", "Default") if name in state)
    for rule in (*(state.get("Choices") or ()), *(state.get("Catch") or ())):
        if "Next" in rule:
            yield rule["Next"]


def _state(state: Mapping[str, Any], where: str, language: str) -> Iterator[str]:
    kind = state.get("Type")
    if kind not in _FIELDS:
        yield f"{where}: given the type {kind!r}, allowed {', '.join(_FIELDS)}"
        return
    language = state.get("QueryLanguage") or language
    if language not in _OF_LANGUAGE:
        yield f"{where}: given the query language {language!r}, allowed {', '.join(_OF_LANGUAGE)}"
        return
    other = _JSONATA if language == _JSONPATH else _JSONPATH
    of_other = set(_OF_LANGUAGE[other].get(str(kind), "").split()) & state.keys()
    yield from (
        f"{where}: given {name}, a field of {other}, allowed those of {language}" for name in sorted(of_other)
    )
    allowed = f"{_EVERY} {_FIELDS[str(kind)]} {_OF_LANGUAGE[language].get(str(kind), '')}"
    yield from _unknown_names({name: it for name, it in state.items() if name not in of_other}, allowed, where)
    if "Next" in _FIELDS[str(kind)] and ("Next" in state) == bool(state.get("End")):
        yield f"{where}: given {'both' if 'Next' in state else 'neither'} of Next and End, allowed one of them"
    yield from _own_fields(str(kind), state, where, language)
    yield from _retries(state.get("Retry") or (), where)
    for at, rule in enumerate(state.get("Catch") or ()):
        yield from _unknown_names(rule, _CATCH[language], f"{where}: Catch[{at}]")
        yield from _errors(state["Catch"], at, f"{where}: Catch[{at}]")
        if "Next" not in rule:
            yield f"{where}: Catch[{at}]: given no Next, allowed one"
    for inner_at, inner in _inner(state):
        yield from _machine(inner, f"{where}/{inner_at}", language)


def _own_fields(kind: str, state: Mapping[str, Any], where: str, language: str) -> Iterator[str]:
    """Yield what is wrong with the fields that only this type of state has."""
    if kind == "Task" and not _RESOURCE.fullmatch(str(state.get("Resource") or "")):
        yield f"{where}: given no Resource that Step Functions has, allowed an ARN of states or lambda"
    waits = [name for name in ("Seconds", "Timestamp", "SecondsPath", "TimestampPath") if name in state]
    if kind == "Wait" and len(waits) != 1:
        yield f"{where}: given {len(waits)} times to wait for, allowed one of Seconds, Timestamp and their paths"
    if kind == "Parallel" and not state.get("Branches"):
        yield f"{where}: given no Branches, allowed one at least"
    if kind == "Map" and ("ItemProcessor" in state) == ("Iterator" in state):
        yield f"{where}: given no ItemProcessor, allowed one"
    if kind == "Choice" and not state.get("Choices"):
        yield f"{where}: given no Choices, allowed one at least"
    for at, rule in enumerate(state.get("Choices") or ()):
        if "Next" not in rule:
            yield f"{where}: Choices[{at}]: given no Next, allowed one"
        yield from _choice(rule, f"{where}: Choices[{at}]", language)


def _choice(rule: Mapping[str, Any], where: str, language: str) -> Iterator[str]:
    if language == _JSONATA:
        condition = rule.get("Condition")
        if not isinstance(condition, bool) and not re.fullmatch(r"\{%.*%\}", str(condition), re.DOTALL):
            yield f"{where}: given no Condition of JSONata, allowed {{% ... %}}"
        return
    nested = [rule["Not"]] if "Not" in rule else [*(rule.get("And") or ()), *(rule.get("Or") or ())]
    for inner in nested:
        yield from _choice(inner, where, language)
    comparisons = [name for name in rule if _COMPARISON.fullmatch(name)]
    if not nested and ("Variable" not in rule or len(comparisons) != 1):
        yield f"{where}: given {len(comparisons)} comparisons, allowed a Variable and one, such as StringEquals"


def _retries(rules: Any, where: str) -> Iterator[str]:
    for at, rule in enumerate(rules):
        here = f"{where}: Retry[{at}]"
        yield from _unknown_names(rule, _RETRY, here)
        yield from _errors(rules, at, here)
        for name, (least, most) in _RETRY_BOUNDS.items():
            value = rule.get(name)
            if value is not None and (not isinstance(value, int | float) or not least <= value <= most):
                yield f"{here}: given {name} {value!r}, allowed {least} to {most}"
        if rule.get("JitterStrategy", "NONE") not in {"FULL", "NONE"}:
            yield f"{here}: given JitterStrategy {rule['JitterStrategy']!r}, allowed FULL or NONE"


def _errors(rules: Any, at: int, where: str) -> Iterator[str]:
    names = rules[at].get("ErrorEquals")
    if not isinstance(names, list) or not names:
        yield f"{where}: given no ErrorEquals, allowed a list with one error at least"
        return
    known = {f"States.{name}" for name in _ERRORS.split()}
    for name in names:
        if str(name).startswith("States.") and name not in known:
            yield f"{where}: given the error {name!r}, allowed {', '.join(sorted(known))}"
    if "States.ALL" in names and (len(names) > 1 or at != len(rules) - 1):
        yield f"{where}: given States.ALL beside others or before them, allowed alone in the last rule"


def _inner(state: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from ((f"Branches[{at}]", inner) for at, inner in enumerate(state.get("Branches") or ()))
    yield from ((name, state[name]) for name in ("ItemProcessor", "Iterator") if name in state)


def _all_states(machine: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, state in (machine.get("States") or {}).items():
        yield name, state
        for _, inner in _inner(state):
            yield from _all_states(inner)


def _over_all(states: list[tuple[str, Mapping[str, Any]]], *, express: bool) -> Iterator[str]:
    """Yield names that are there twice, and tasks that an express machine cannot wait for."""
    names = [name for name, _ in states]
    for name, state in states:
        if names.count(name) > 1:
            yield f"{name}: given twice, allowed once in the whole definition"
        if express and re.search(r"\.(sync|waitForTaskToken)(:2)?$", str(state.get("Resource"))):
            yield f"{name}: given a task that EXPRESS would wait for, allowed in STANDARD alone"


def _unknown_names(given: Mapping[str, Any], allowed: str, where: str) -> Iterator[str]:
    for name in given:
        if name not in allowed.split():
            yield f"{where}: given {name!r}, which it does not have, allowed {', '.join(sorted(allowed.split()))}"
