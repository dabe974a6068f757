"""Workflows give a stranger's code nothing to steal, and run only what any machine can run."""

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").iterdir())
EXAMPLE = ROOT / "docs" / "examples" / "application" / ".github" / "workflows" / "deploy.yml"
"""Of an application whose images CI owns."""
TEXT = (ROOT / ".github" / "workflows" / "pull-request.yml").read_text()
WORKFLOW = yaml.safe_load(TEXT)
JOBS: dict[str, dict[str, Any]] = WORKFLOW["jobs"]
TRUSTED = {"preview"}
"""Jobs that run for branches of the repository alone."""
RUNS_THE_CHANGE = {"gate", "lint", "test", "preview"}
"""Jobs that run code of the pull request."""
OF_A_STACK = {"gate", "preview"}
"""Jobs that run once for each stack."""
OF_A_PYTHON = {"lint", "test"}
"""Jobs that run once for each Python that the distribution allows."""
SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"
CREDENTIALS = re.compile(r"secrets\b|vars\b|github\.token|GITHUB_TOKEN|toJSON\(github", re.IGNORECASE)


def steps(*jobs: str) -> Iterator[dict[str, Any]]:
    for job in jobs or JOBS:
        yield from JOBS[job]["steps"]


def make(*arguments: str, dry: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
    ours = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *(["-n"] if dry else []), *arguments],
        cwd=ROOT, env={**ours, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_actions_are_pinned_by_digest_with_their_version_beside():
    used = re.findall(r"uses: *(\S+) *(.*)", "".join(path.read_text() for path in (*FILES, EXAMPLE)))
    assert used
    loose = [f"{action} {note}" for action, note in used if not re.search(r"@[0-9a-f]{40}$", action)]
    unnamed = [action for action, note in used if not re.fullmatch(r"# v\d+\.\d+\.\d+", note)]
    assert (loose, unnamed) == ([], [])
    digests = {tuple(action.split("@")) for action, _ in used}
    assert len(digests) == len({name for name, _ in digests}), "one action in two versions"


def test_only_harmless_events_start_a_workflow():
    # `on` is a boolean of YAML 1.1.
    started_by = {event for path in FILES for event in yaml.safe_load(path.read_text())[True]}
    assert started_by == {"pull_request", "push", "schedule", "workflow_dispatch"}
    assert WORKFLOW[True]["push"] == {"branches": ["main"]}


def test_each_job_has_exactly_the_permissions_it_needs():
    assert WORKFLOW["permissions"] == {}
    assert {name: job["permissions"] for name, job in JOBS.items()} == {
        "gate": {"contents": "read"},
        "lint": {"contents": "read"},
        "test": {"contents": "read"},
        "scanning": {"contents": "read", "security-events": "write"},
        "preview": {"contents": "read", "id-token": "write"},
    }


def test_jobs_for_everybody_hold_no_credentials():
    for name in JOBS.keys() - TRUSTED:
        assert CREDENTIALS.findall(yaml.safe_dump(JOBS[name])) == [], name
        assert "environment" not in JOBS[name]
    assert "env" not in WORKFLOW
    checkouts = [step for step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert len(checkouts) == len(RUNS_THE_CHANGE)
    assert [step["with"] for step in checkouts] == [{"persist-credentials": False}] * len(checkouts)


def test_author_that_the_preview_leaves_out_is_one_that_is_set_up():
    assert "!= 'dependabot[bot]'" in JOBS["preview"]["if"]
    assert (ROOT / ".github" / "dependabot.yml").is_file()


def test_job_that_may_write_runs_nothing_of_the_change():
    writing = {name for name, job in JOBS.items() if "write" in set(job["permissions"].values())}
    assert writing - TRUSTED == {"scanning"}
    assert [step for step in steps("scanning") if "run" in step or "checkout" in step["uses"]] == []


def test_credentials_are_for_branches_of_this_repository_in_a_protected_environment():
    for name in TRUSTED:
        condition = JOBS[name]["if"]
        assert SAME_REPOSITORY in condition
        assert "||" not in condition
        assert JOBS[name]["environment"] == "preview-${{ matrix.stack }}"
    holding = [step for step in steps(*TRUSTED) if CREDENTIALS.search(yaml.safe_dump(step))]
    assert [step.get("name", step.get("uses", "").partition("@")[0]) for step in holding] == [
        "aws-actions/configure-aws-credentials",
        "Preview",
    ]
    oidc = holding[0]["with"]
    assert set(oidc) == {"role-to-assume", "role-session-name", "role-duration-seconds", "aws-region"}
    assert oidc["role-duration-seconds"] <= 3600


def test_fork_that_may_not_upload_does_not_fail():
    [upload] = [step for step in steps("scanning") if "upload-sarif" in step["uses"]]
    assert "head.repo.full_name != github.repository" in upload["continue-on-error"]
    assert {str(step["if"]) for step in steps("gate") if "sarif" in yaml.safe_dump(step)} == {
        "${{ !cancelled() }}"
    }
    assert JOBS["scanning"]["if"] == "${{ !cancelled() }}"


@pytest.mark.timeout(600)
def test_steps_of_the_gate_run_without_any_credentials():
    """As a fork's pull request runs them: nothing but a path, a home and a cache in the environment."""
    bare = {key: os.environ[key] for key in ("PATH", "HOME", "FOOTING_CACHE") if key in os.environ}
    written = ROOT / "reports" / "staging.sarif"
    written.unlink(missing_ok=True)
    commands = [step["run"].split() for step in steps("gate") if "run" in step]
    done = {
        command[1]: subprocess.run(
            command, cwd=ROOT, env={**bare, "STACK": "staging"}, capture_output=True, text=True, check=False
        )
        for command in commands
    }
    assert list(done) == ["plan", "check", "annotations", "sarif"]
    assert done["plan"].returncode == 0, done["plan"].stderr
    passed = json.loads(written.read_text())["runs"][0]["properties"]["passed"]
    for name in ("check", "annotations", "sarif"):
        assert (done[name].returncode == 0) is passed, done[name].stderr
    assert "rules, " in done["check"].stdout
    assert done["annotations"].stdout.splitlines()[-1].startswith("::notice" if passed else "::error")


def test_every_command_is_a_target_of_the_makefile():
    commands = [step["run"] for step in steps() if "run" in step]
    odd = [it for it in commands if not re.fullmatch(r"make( [a-z]+)+( CLOUD=real)?", it)]
    assert odd == []
    for command in commands:
        done = make(*command.split()[1:], dry=True, STACK="production")
        assert done.returncode == 0, done.stderr
        assert " production" in done.stdout or command in {"make lint", "make test"}
    stacks = {path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")}
    for job in (JOBS[name] for name in OF_A_STACK):
        assert set(job["strategy"]["matrix"]["stack"]) == stacks
        assert job["env"] == {"STACK": "${{ matrix.stack }}"}


def test_every_python_that_is_allowed_runs_lint_and_tests():
    allowed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    first, end = map(int, re.fullmatch(r">=3\.(\d+),<3\.(\d+)", allowed).groups())
    assert {step["run"] for step in steps(*OF_A_PYTHON) if "run" in step} == {"make lint", "make test"}
    for job in (JOBS[name] for name in OF_A_PYTHON):
        assert job["strategy"]["matrix"]["python"] == [f"3.{minor}" for minor in range(first, end)]
        assert job["timeout-minutes"] <= 60
        assert job["env"] == {"PYTHON": "python${{ matrix.python }}", "UV_PYTHON": "${{ matrix.python }}"}
        [setup] = [step for step in job["steps"] if step.get("uses", "").startswith("actions/setup-python@")]
        assert setup["with"] == {"python-version": "${{ matrix.python }}"}


def test_chosen_python_runs_the_tools_instead_of_the_first_one_found():
    assert "python9.9 engine/build.py" in make("engine", dry=True, PYTHON="python9.9").stdout


def test_artifact_is_what_the_target_writes():
    [kept] = [step["with"]["path"] for step in steps("gate") if "upload-artifact" in step.get("uses", "")]
    written = make("sarif", dry=True, STACK="production").stdout
    output = kept.replace("${{ matrix.stack }}", "production")
    assert f"footing check production --format sarif --output {output}" in written


@pytest.mark.parametrize(
    ("arguments", "environment", "simulated"),
    [((), {}, True), ((), {"CLOUD": "real"}, True), (("CLOUD=Real",), {}, True), (("CLOUD=real",), {}, False)],
)
def test_preview_asks_the_real_cloud_only_when_that_is_typed(
    arguments: tuple[str, ...], environment: dict[str, str], simulated: bool
):
    [command] = [
        line
        for line in make("preview", *arguments, dry=True, **environment).stdout.splitlines()
        if "footing preview" in line
    ]
    assert ("--simulated" in command) is simulated


def test_each_deployment_applies_the_plan_that_was_approved_and_no_other():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "deploy.yml").read_text())["jobs"]
    runs = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in jobs.items()}
    assert runs == {
        "gate": ["make plan check"],
        "preview": ["make engine plan", "make preview CLOUD=real"],
        "deploy": [
            "make engine plan",
            "make migrate CLOUD=real",
            "make deploy CLOUD=real",
            "make ready CLOUD=real",
            "make release",
        ],
    }
    assert [job.get("needs") for job in jobs.values()] == [None, "gate", "preview"]
    [saved] = re.findall(r"--save-plan (\S+)", make("preview", dry=True, STACK="production").stdout)
    assert f"up production --simulated --plan {saved}" in make("deploy", dry=True, STACK="production").stdout
    [kept] = [step["with"]["path"] for step in jobs["preview"]["steps"] if "upload-artifact" in str(step)]
    assert kept.replace("${{ env.STACK }}", "production") == saved
    [placed] = [step["with"]["path"] for step in jobs["deploy"]["steps"] if "download-artifact" in str(step)]
    assert saved.startswith(f"{placed}/")
    for name, prefix in (("preview", "plan-"), ("deploy", "")):
        chosen = jobs[name]["environment"]
        assert chosen == f"${{{{ github.ref_name == 'main' && '{prefix}production' || '{prefix}staging' }}}}"
        # What is installed and built never sees the credentials.
        steps_of_it = [str(step.get("uses") or step["run"]) for step in jobs[name]["steps"]]
        assigned = next(number for number, it in enumerate(steps_of_it) if "aws-credentials" in it)
        assert "make engine plan" in steps_of_it[:assigned]


def test_nights_and_weeks_run_targets_that_change_nothing():
    for name, targets in {
        "drift": ["engine plan", "drift CLOUD=real", "rules"],
        "restore": ["drill", "engine plan", "recovery CLOUD=real"],
    }.items():
        workflow = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())
        assert "cron" in workflow[True]["schedule"][0]
        runs = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
        assert runs == [f"make {it}" for it in targets]
    assert "footing drift staging --simulated" in make("drift", dry=True).stdout
    assert "--grafana https://g.example" in make("rules", dry=True, GRAFANA_URL="https://g.example").stdout


@pytest.mark.parametrize("place", [".", "docs/examples/application"])
def test_every_step_of_every_workflow_is_a_target(place: str):
    for path in sorted((ROOT / place / ".github" / "workflows").iterdir()):
        for job in yaml.safe_load(path.read_text())["jobs"].values():
            for command in (step["run"] for step in job["steps"] if "run" in step):
                assert re.fullmatch(r"make( [a-z0-9-]+)+( CLOUD=real)?", command), command
                done = make("--directory", place, *command.split()[1:], dry=True, GRAFANA_URL="https://g.example")
                assert done.returncode == 0, (path.name, command, done.stderr)


def test_images_of_the_example_run_as_the_task_definitions_do():
    from components.aws.fargate import UNPRIVILEGED_USER

    for path in (ROOT / "docs" / "examples" / "application").glob("*.Dockerfile"):
        lines = [it for it in path.read_text().splitlines() if it and not it.startswith("#")]
        last = lines[max(number for number, it in enumerate(lines) if it.startswith("FROM ")) :]
        assert f"USER {UNPRIVILEGED_USER}" in last
        assert [it for it in last if it.startswith("RUN ")] == [], "the image that runs builds nothing"
        # A shell between would keep SIGTERM to itself.
        assert json.loads(last[-1].removeprefix("ENTRYPOINT "))
        assert [it for it in lines if re.search(r"(?i)secret|token|password", it)] == []


@pytest.mark.timeout(600)
def test_actionlint_finds_nothing_and_would_find_a_fault(tmp_path: Path):
    done = make("workflows")
    assert done.returncode == 0, done.stdout + done.stderr
    spoiled = tmp_path / "spoiled.yml"
    spoiled.write_text(TEXT.replace("matrix.stack", "matrix.stak"))
    lint = ["go", "tool", "actionlint", "-no-color", "-shellcheck=", "-pyflakes=", str(spoiled)]
    directory = ROOT / "tests" / "workflows" / "actionlint"
    found = subprocess.run(
        lint, cwd=directory, env={**os.environ, "GOWORK": "off", "CGO_ENABLED": "0"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert 'property "stak" is not defined' in found.stdout
