"""The command: what a person sees, what a program reads, and the exit code."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from footing.cli import main

ROOT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def footing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["footing", "capacity", "production", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        captured = capsys.readouterr()
        return int(left.value.code or 0), captured.out, captured.err

    monkeypatch.chdir(ROOT)
    return run


def test_the_table_says_by_phase_what_holds_and_what_does_not(footing: Run, tmp_path: Path) -> None:
    code, out, err = footing(
        "--system", "fairtradeworker", "--svg", str(tmp_path), "--html", str(tmp_path / "page")
    )
    assert code == 0
    rows = {
        row.split("|")[1].strip(): [it.strip() for it in row.split("|")] for row in out.splitlines() if "|" in row
    }
    assert {name: rows[name][11] for name in ("launch", "stabilize", "growth", "scale")} == {
        "launch": "yes",
        "stabilize": "no",
        "growth": "no",
        "scale": "no",
    }
    assert rows["tasks"][2:4] == ["43", "50"]
    assert "A model: nothing of it was measured." in out
    written = sorted(path.name for path in tmp_path.glob("*.svg"))
    assert written == [f"capacity-{it}.svg" for it in ("launch", "limits", "pool", "sweep")]
    assert err.count("wrote ") == 5
    for name in written:
        assert ET.parse(tmp_path / name).getroot().tag.endswith("svg")
    page = (tmp_path / "page" / "capacity.html").read_text()
    assert page.count("<svg") == 4
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_a_phase_that_does_not_hold_ends_with_one(footing: Run) -> None:
    code, out, _ = footing("--system", "fairtradeworker", "--phase", "stabilize", "--json", "--simulate")
    document = json.loads(out)
    assert code == 1
    assert (document["schema"], document["phase"], document["exceeded"]) == (
        "footing/capacity/1",
        "stabilize",
        True,
    )
    assert document["compared"]["agree"] is True
    exceeded = {it["id"]: it["change"]["key"] for it in document["findings"] if it["level"] == "exceeded"}
    assert exceeded["tasks"] == "services.app.scaling.maximum_tasks"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--system", "fairtradeworker", "--phase", "lunch"],
            "stack fairtradeworker-production: --phase: given lunch, allowed one of phases: launch, stabilize, ",
        ),
        (
            ["--phase", "launch"],
            "stack production: --phase: given launch, allowed left out: the stack file has no",
        ),
        (["--assume", "query_ms"], "--assume: given 'query_ms', allowed KEY=VALUE: query_ms=5"),
        (["--assume", "query_m=5"], "--assume: given query_m, allowed an assumption; did you mean query_ms?"),
        (["--assume", "query_ms=fast"], "--assume: query_ms: given 'fast', allowed a number"),
        (["--assume", "query_ms=nan"], "--assume: query_ms: given"),
        (["--assume", "query_ms=-1"], "--assume: query_ms: given -1, allowed"),
        (["--assume", "edge_hit_percent=101"], "--assume: edge_hit_percent: given 101, allowed"),
        (["--assume", "concurrent_users=1.5"], "--assume: concurrent_users: given 1.5, allowed"),
    ],
)
def test_wrong_use_is_one_sentence(footing: Run, arguments: list[str], sentence: str) -> None:
    code, out, err = footing(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(sentence)
    assert err.count("\n") == 1


def test_an_assumption_is_tried(footing: Run) -> None:
    _, out, _ = footing("--assume", "request_cpu_ms=500", "--assume", "concurrent_users=3000", "--json")
    document = json.loads(out)
    given = {it["key"]: it["value"] for it in document["assumptions"] if it["given"]}
    assert given == {"request_cpu_ms": 500, "concurrent_users": 3000}
    # 3,000 users in 8 seconds, three tenths of which reach the origin, half a second of CPU each, at 70 %.
    assert document["phases"][0]["tasks"]["api"]["needed"] == 81
