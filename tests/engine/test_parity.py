"""The gate, the engine's preview and the analysis of the state say the same of a stack.

The sound stack stays as it is after a refresh as well, for the simulated cloud answers reads as the vendors do; a
deployment of its own would take a minute.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_stack import (
    API_RATE_101,
    AUTH_RATE_21,
    CONNECTIONS_201,
    FAILED_LOGINS_6,
    FOOTING,
    FORCED,
    POOL_OF_120,
)

from footing.check.pack import load
from footing.check.run import report_on
from footing.project import stack_file
from footing.pulumi_cli.session import Session
from footing.pulumi_cli.tryout import try_out
from policies.judgement import Verdict
from policies.report import Report, stops

pytestmark = pytest.mark.engine


def spoilt(*changes: str) -> str:
    """The program with all of `changes`: each wraps what it finds, under a name of its own."""
    named = [change.replace("made", f"made_{number}") for number, change in enumerate(changes)]
    return FORCED.format(change="".join(named))


SPOILT = {
    POOL_OF_120: "pooler-server-connections: observed a pool of 120; required 50 to 100 connections",
    CONNECTIONS_201: "database-max-connections: observed max_connections 201; required 200 connections",
    API_RATE_101: "edge-api-rate: observed 101 requests in 60 seconds; required 1 to 100 requests",
    AUTH_RATE_21: "edge-auth-rate: observed 21 requests in 60 seconds; required 1 to 20 requests",
    FAILED_LOGINS_6: "edge-failed-logins: observed a challenge after 6; required 2 to 5 failed logins",
}
"""What is forced past the configuration, with the rule that stops it and what that says."""

QUIET = ("--yes", "--skip-preview", "--suppress-outputs")

Verdicts = set[tuple[str, str, bool]]
"""Rule, resource, and whether it stops the change, wherever there is more to say than a pass."""


def footing_plan(tree: Path, stack: str) -> str:
    return subprocess.run(
        [FOOTING, "plan", stack, "--json"], cwd=tree, capture_output=True, text=True, check=True
    ).stdout


def by_the_gate(tree: Path, stack: str) -> Report:
    file = stack_file(stack, None)
    environment = file.config.environment
    # In a process of its own: the spoilt program changes modules that the next test needs whole.
    document = json.loads(footing_plan(tree, stack))
    return report_on(document, environment, load(tree, environment), date.today())


def verdicts_of_the_gate(report: Report) -> Verdicts:
    shown = report.of(Verdict.FAIL, Verdict.UNDECIDED, Verdict.BROKEN)
    return {(it.rule.id, it.resource.urn, stops(it, report.allowed_undecided)) for it in shown}


def _events(lines: str) -> Iterator[dict[str, Any]]:
    for line in lines.splitlines():
        if "policyEvent" in line:
            yield json.loads(line)["policyEvent"]


def verdicts_of_the_engine(lines: str) -> Verdicts:
    return {(it["policyName"], it["resourceUrn"], it["enforcementLevel"] == "mandatory") for it in _events(lines)}


def previewed(session: Session, log: Path) -> tuple[int, Verdicts]:
    code = session.run("preview", "--policy-pack", "policies", "--event-log", str(log))
    return code, verdicts_of_the_engine(log.read_text())


def analyzed(session: Session) -> tuple[int, Verdicts]:
    done = session.ask("policy", "analyze", "--policy-pack", "policies", "--json")
    assert '"summaryEvent"' in done.stdout, done.stderr
    return done.returncode, verdicts_of_the_engine(done.stdout)


@pytest.mark.parametrize(
    ("stack", "changes"), [("staging", {}), ("production", SPOILT)], ids=["staging", "spoilt production"]
)
def test_gate_preview_and_analysis_of_the_state_agree(tree: Path, stack: str, changes: dict[str, str]):
    if changes:
        (tree / "__main__.py").write_text(spoilt(*changes))
    else:
        add_browsers(tree / "Pulumi.staging.yaml")
    report = by_the_gate(tree, stack)
    expected = verdicts_of_the_gate(report)
    assert {rule for rule, _, stop in expected if stop} >= {said.partition(":")[0] for said in changes.values()}
    with try_out(stack, root=tree, directory=tree / ".footing" / stack) as tried:
        # Else the engine has no --event-log.
        session = replace(tried, environment={**tried.environment, "PULUMI_DEBUG_COMMANDS": "true"})
        assert previewed(session, tree / "preview.log") == (int(not report.passed), expected)
        messages = [f"{it['policyName']}: {it['message']}" for it in _events((tree / "preview.log").read_text())]
        for said in changes.values():
            rule, _, observed = said.partition(": ")
            assert any(it.startswith(rule) and observed in " ".join(it.split()) for it in messages), messages
        assert session.run("up", *QUIET) == 0
        code, after = analyzed(session)
        if not changes:
            assert_same_after_a_refresh(session)
    # In the state everything is known: what could not be decided before is decided now, one way or the other.
    undecided = {(it.rule.id, it.resource.urn) for it in report.of(Verdict.UNDECIDED)}
    assert {it for it in after if it[:2] not in undecided} == {it for it in expected if it[:2] not in undecided}
    assert code == int(any(stop for _, _, stop in after))
    assert (code == 0) is (not changes)


def add_browsers(stack_file: Path) -> None:
    browsers = "footing:sentry:\n    frontend: {platform: javascript-react}\n"
    stack_file.write_text(stack_file.read_text().replace("footing:sentry:\n", browsers))


def assert_same_after_a_refresh(session: Session) -> None:
    assert {"sentry-key", "sentry-frontend-key"} <= {it.name for it in session.state().resources}
    assert session.run("refresh", *QUIET, "--expect-no-changes") == 0
    assert session.run("up", *QUIET, "--expect-no-changes") == 0
