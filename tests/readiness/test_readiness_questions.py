"""Every question that a stack declares can be asked: it reads, its service knows it, what it names is there."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import jmespath
import pytest
from botocore.validate import ParamValidator
from shape_paths import walk

from footing.plan.render import short_type
from footing.project import composed, stack_file
from observability import AwsQuestion, ByHand, Check, OutputQuestion
from readiness.aws import refusal
from readiness.profiles import PROFILES, selected
from stacks.readiness import stack_checks
from stacks.readiness_aws import kinds

ROOT = Path(__file__).parents[2]
STACKS = {"production": None, "many": ROOT / "tests/engine/stacks/Pulumi.many.yaml"}
PLACE = re.compile(r"\{(output|id):([^{}]+)\}")


@cache
def declared(name: str) -> tuple[tuple[Check, ...], frozenset[str]]:
    """The checks of a stack, and what their places may name."""
    file = stack_file(name, STACKS[name], secrets_stood_in=True)
    plan, signals = composed(name, file)
    names = {f"{short_type(it.type)} {it.name}" for it in plan.resources}
    known = names | {f"{it}.arn" for it in names} | set(plan.outputs)
    return stack_checks(file.config, signals, plan.resources), frozenset(known)


@pytest.fixture(params=STACKS)
def checks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[Check, ...]:
    monkeypatch.chdir(ROOT)
    return declared(request.param)[0]


@cache
def model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for it in value.values():
            yield from texts(it)
    elif isinstance(value, list | tuple):
        for it in value:
            yield from texts(it)


def judge(service: str, operation: str, parameters: Any, path: str) -> None:
    shape = model(service).operation_model(operation)
    report = ParamValidator().validate(dict(parameters), shape.input_shape)
    assert not report.has_errors(), report.generate_report()
    walk(jmespath.compile(path).parsed, shape.output_shape)


def test_every_aws_question_reads_and_is_one_of_its_service(checks: tuple[Check, ...]) -> None:
    asked = [it.question for it in checks if isinstance(it.question, AwsQuestion)]
    assert len(asked) > 80
    for it in asked:
        assert refusal(it) is None
        judge(it.service, it.operation, it.parameters, it.path)


def test_every_line_of_the_table_is_one_of_its_service() -> None:
    for type_, kind in kinds().items():
        for line in kind.checks:
            given = json.dumps(line.parameters or kind.parameters)
            # The least length of any name or ARN.
            parameters = json.loads(re.sub(r'"\$\w+"', json.dumps("a" * 40), given))
            judge(kind.service, line.operation, parameters, line.path)
            assert line.fix, type_


@pytest.mark.parametrize(
    "path", ["DBInstances[0].MultiAz", "DBInstance[0].MultiAZ", "DBInstances[?Nothing].MultiAZ"]
)
def test_path_that_the_answer_has_not_is_found(path: str) -> None:
    with pytest.raises(AssertionError, match="has no"):
        judge("rds", "DescribeDBInstances", {}, path)


def test_ids_are_kebab_case_and_what_a_question_names_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name in STACKS:
        checks, known = declared(name)
        assert [it.id for it in checks if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", it.id)] == []
        named = {
            found
            for it in checks
            if not isinstance(it.question, ByHand)
            for attribute in it.question.__struct_fields__
            for text in texts(getattr(it.question, attribute))
            for _, found in PLACE.findall(text)
        }
        assert {it for it in named if it not in known and it.partition(".")[0] not in known} == set()
        outputs = {it.question.output for it in checks if isinstance(it.question, OutputQuestion)}
        assert outputs <= known


def test_profiles_gate_more_the_nearer_the_launch(checks: tuple[Check, ...]) -> None:
    gated = {name: {it.id for it in selected(checks, (), profile)} for name, profile in PROFILES.items()}
    assert gated["t-7d"] < gated["t-1d"] == gated["t-1h"] == {it.id for it in selected(checks, (), None)}
    assert {it.id for it in checks if it.id.endswith("-running") or it.id == "alarms-quiet"} <= gated["t-0"]
    assert [it.hours for it in PROFILES.values()] == sorted((it.hours for it in PROFILES.values()), reverse=True)


@pytest.mark.parametrize(
    "operation",
    ["DeleteDBInstance", "ModifyDBInstance", "GetSecretValue", "BatchGetSecretValue", "Reboot", "Getaway"],
)
def test_what_writes_or_answers_with_a_secret_is_never_asked(operation: str) -> None:
    question = AwsQuestion(service="rds", operation=operation, path="x", wanted=None)  # type: ignore[arg-type]
    assert refusal(question)
