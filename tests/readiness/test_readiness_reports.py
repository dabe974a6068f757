"""The report for programs: JSON with a schema, JUnit as CI reads it, and the exit code of the command."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from footing.cli import app
from footing.ready.formats import Report, as_json, as_junit
from observability import ByHand, Check, Comparison, Group, ProgramQuestion, Wanted
from readiness.answer import Outcome, Result
from readiness.run import run

ROOT = Path(__file__).parents[2]
QUESTION = ProgramQuestion(program="node", wanted=Wanted(Comparison.AT_LEAST, 20))


def result(outcome: Outcome, saw: str = "18") -> Result:
    question = ByHand("the page") if outcome is Outcome.BY_HAND else QUESTION
    id_ = f"tool-{outcome.replace(' ', '-')}"
    check = Check(id=id_, group=Group.PREREQUISITES, title="Node & npm", question=question, fix="Install it.")
    return Result(check=check, outcome=outcome, saw=saw, seconds=0.25)


def report(*outcomes: Outcome) -> Report:
    return Report(
        stack="live", profile=None, simulated=False, results=[result(it, "18 <\x00>") for it in outcomes]
    )


@pytest.mark.parametrize(
    ("outcomes", "ready", "ready_unasked"),
    [
        ((Outcome.HOLDS,), True, True),
        ((Outcome.HOLDS, Outcome.BY_HAND), True, True),
        ((Outcome.HOLDS, Outcome.FAILS), False, False),
        ((Outcome.HOLDS, Outcome.NOT_ASKED), False, True),
        ((Outcome.NOT_ASKED, Outcome.BY_HAND), False, False),
    ],
)
def test_ready_is_what_holds_and_was_asked(
    outcomes: tuple[Outcome, ...], ready: bool, ready_unasked: bool
) -> None:
    assert report(*outcomes).ready(allow_not_asked=False) is ready
    assert report(*outcomes).ready(allow_not_asked=True) is ready_unasked


def test_json_says_what_was_seen_and_wanted() -> None:
    document = json.loads(as_json(report(*Outcome)))
    assert document["schema"] == "footing/readiness/1"
    assert document["counts"] == {"holds": 1, "fails": 1, "not asked": 1, "by hand": 1}
    [fails] = [it for it in document["checks"] if it["outcome"] == "fails"]
    assert (fails["id"], fails["kind"], fails["wanted"]) == ("tool-fails", "program", "at least 20")


def test_junit_has_failures_and_skipped_tests() -> None:
    [suite] = ET.fromstring(as_junit(report(*Outcome)))
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "1", "2")
    cases = {case.get("name"): [child.tag for child in case] for case in suite}
    assert cases == {
        "tool-holds": [],
        "tool-fails": ["failure"],
        "tool-not-asked": ["skipped"],
        "tool-by-hand": ["skipped"],
    }
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.get("message") == "Node & npm: saw 18 <>, wanted at least 20"


def test_a_question_that_goes_wrong_takes_no_other_along_and_tells_no_secret() -> None:
    def ask(question: ProgramQuestion) -> object:
        raise ValueError(f"key-of-{question.program}")

    [found] = run(
        [result(Outcome.HOLDS).check], {ProgramQuestion: ask}, redacted=lambda it: it.replace("key-of", "x")
    )
    assert (found.outcome, found.saw) == (Outcome.NOT_ASKED, "ValueError: x-node")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--group", "databases"], "--group: given 'databases', allowed prerequisites, database"),
        (["--profile", "t-8d"], "--profile: given 't-8d', allowed t-7d, t-3d"),
        (["--json", "--junit"], "one of --json and --junit is needed, not both"),
        (["--group", "prerequisites"], "nothing of stack production is in what was chosen: prerequisites"),
    ],
)
def test_wrong_use_is_a_sentence(monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str) -> None:
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(app, ["ready", "production", *arguments])
    assert done.exit_code == 2
    assert sentence in done.stderr


def test_stack_that_was_never_applied_is_not_ready(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("Pulumi.yaml", "Pulumi.production.yaml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    done = CliRunner().invoke(app, ["ready", "production", "--simulated", "--group", "redis", "--allow-not-asked"])
    assert done.exit_code == 1, done.output
    assert "Stack production was never applied" in done.stderr
    assert not (tmp_path / ".footing").exists()
