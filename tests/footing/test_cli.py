"""The command in a process of its own: what a person sees, and the exit code."""

import json
import os
import re
import shutil
import signal
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer import Abort
from typer.core import TyperArgument, TyperGroup, TyperOption
from typer.main import get_command

from footing.cli import app, main
from footing.project import BLOCKS
from policies.version import VERSION
from stacks.config import from_file

ROOT = Path(__file__).parents[2]
FOOTING = Path(sysconfig.get_path("scripts")) / "footing"


def footing(*arguments: str, directory: Path = ROOT) -> subprocess.CompletedProcess[str]:
    plain = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [FOOTING, *arguments], cwd=directory, env=plain, capture_output=True, text=True, check=False
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The files that the command reads, free to be spoilt."""
    for name in ("Pulumi.yaml", "Pulumi.staging.yaml", "__main__.py"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def spoil(project: Path, old: str, new: str) -> None:
    path = project / "Pulumi.staging.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_plan_shows_the_whole_stack_with_what_is_protected():
    done = footing("plan", "production")
    assert done.returncode == 0
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0] == "footing / production"
    assert any("database-primary" in line and "protected" in line for line in lines)
    assert any(line.startswith("total") for line in lines)
    budget = from_file(ROOT / "Pulumi.production.yaml").config.connection_budget
    assert budget
    [client] = budget.clients
    [block] = re.findall(r"```text\n(connections.*?)```", (ROOT / "docs" / "services.md").read_text(), re.DOTALL)
    begin = lines.index(block.splitlines()[0])
    printed = [line.rstrip() for line in lines[begin : begin + 5]]
    assert printed == block.splitlines()
    assert [[int(it) for it in line.split() if it.isdigit()] for line in printed[1:]] == [
        [client.pool, client.connected, client.connections],
        [budget.client_side_demand, budget.client_side_supply],
        [budget.server_connections // budget.poolers.tasks, budget.poolers.connected, budget.peak_pool],
        [budget.direct_connections, budget.server_side_demand, budget.server_side_supply],
    ]


def test_plan_as_json_holds_no_secret_and_can_be_read_again():
    done = footing("plan", "staging", "--json")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert document["stack"] == "staging"
    by_name = {it["name"]: it["inputs"] for it in document["resources"]}
    assert by_name["service-environment"]["secretString"] == {"$secret": True}


def test_scaling_compares_what_is_configured_with_other_ways():
    done = footing("scaling", "production")
    assert done.returncode == 0
    head, _, first, *others = done.stdout.splitlines()
    assert "simulated" in head
    assert "as configured: step" in first
    assert any("one task at a time" in line for line in others)


def test_plan_reads_another_file_when_told(project: Path):
    other = project / "other.yaml"
    other.write_text((ROOT / "Pulumi.staging.yaml").read_text().replace("nat: single", "nat: per_zone"))
    done = footing("plan", "staging", "--config-file", str(other), directory=project)
    assert done.returncode == 0
    assert done.stdout.count("aws.ec2.NatGateway") == 2
    assert done.stdout.splitlines()[-1].startswith(
        "Way out of the private subnets: 2 NAT gateways, 73.00 USD a month"
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("server_connections: 50", "server_connections: 49", "database.pooler.server_connections: given 49"),
        ("server_connections: 50", "server_connections: 120", "allowed 50 to 100 connections"),
        ("      role: cache", "      rôle: cache", "redis.cache.rôle: unknown key"),
        (
            "database_pool: 20",
            "database_pool: 200",
            "services.api.database_pool: given 200; all services are 1600 clients",
        ),
        ("nat: single", "nat: [", "not YAML: line"),
        ("storage_gib: 20", "storage_gib: twenty", "given 'twenty', allowed a whole number"),
    ],
)
@pytest.mark.parametrize("command", ["plan", "up"])
def test_bad_configuration_ends_with_a_sentence_and_code_2(
    project: Path, command: str, old: str, new: str, message: str
):
    spoil(project, old, new)
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    extra = ["--simulated"] if command == "up" else []
    done = footing(command, "staging", *extra, directory=project)
    assert done.returncode == 2
    assert done.stdout == ""
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert all(re.match(r"Pulumi\.staging\.yaml:\d+: ", line) for line in done.stderr.splitlines())
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_plan_tells_of_a_schedule_that_has_passed_and_goes_on(project: Path):
    job = "{kind: job, schedule: at(2020-01-01T00:00:00), image_by: tag, image: example.com/report:1}"
    spoil(project, "  footing:services:\n", f"  footing:services:\n    report: {job}\n")
    done = footing("plan", "staging", directory=project)
    assert done.returncode == 0
    assert done.stderr.count("services.report.schedule: at(2020-01-01T00:00:00) has passed in UTC") == 1
    assert "job-report-schedule" in done.stdout


def test_missing_secret_names_the_whole_command(project: Path):
    spoil(project, "SESSION_KEY: generated", "SESSION_KEY: config")
    done = footing("plan", "staging", directory=project)
    assert done.returncode == 2
    assert done.stderr == (
        "Pulumi.staging.yaml:3: secrets.SESSION_KEY: missing; set it with: pulumi config set --secret --path "
        "'footing:secrets.SESSION_KEY' -s staging (`python engine/build.py` prints where pulumi is)\n"
    )


BOMB = "zzz:a: &a0 [x]\n" + "".join(
    f"  zzz:b{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ("1: 2", "the key 1 is no text"),
        ("~: 2", "the key ~ is no text"),
        ("zzz:deep: {2027-01-01: x}", "the key 2027-01-01 is no text"),
        ("? [a]\n  : 2", "the key of several values is no text"),
        ("footing:secrets:", "secrets: given one value"),
        ("footing:secrets: foo", "secrets: given one value"),
        ("footing:secrets: [a]", "secrets: given one value"),
        ("footing:secrets: {KEY: {inner: {secure: v1:x}}}", "secrets.KEY: written in clear text"),
        ("footing:secrets: {KEY: {secure: [x]}}", "secrets.KEY: written in clear text"),
        (f"zzz:deep: {'[' * 3000}", "nested more than 64 deep"),
        (f"zzz:deep: {'{a: ' * 3000}", "nested more than 64 deep"),
        (BOMB, "more than 100,000 values"),
        ("zzz:me: &me {<<: *me}", "more than 100,000 values"),
        ("zzz:day: {on: 2027-01-01}", "2027-01-01 is a date"),
        ("zzz:kind: !!int foo", "the tag tag:yaml.org,2002:int is not read"),
        ("zzz:not: .nan", ".nan is not the same number to every reader"),
        ("sevice: {}", "sevice: unknown key; did you mean services?"),
    ],
)
def test_file_that_would_break_a_reader_is_one_sentence(project: Path, added: str, message: str):
    path = project / "Pulumi.staging.yaml"
    path.write_text(path.read_text() + f"  {added}\n")
    done = footing("plan", "staging", directory=project)
    assert done.returncode == 2
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert message in line


@pytest.mark.parametrize(
    ("given", "message"),
    [("/", "cannot be read: Is a directory"), ("nowhere/x.yaml", "no such stack file")],
)
def test_file_that_cannot_be_read_is_named_with_its_whole_path(given: str, message: str):
    done = footing("plan", "staging", "--config-file", given)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{given}: {message}\n"


def test_stack_may_be_named_as_the_engine_names_it():
    done = footing("plan", "somebody/footing/staging")
    assert done.returncode == 0
    assert done.stdout.startswith("footing / staging\n")


def test_unknown_stack_names_those_there_are():
    done = footing("plan", "prodution")
    assert done.returncode == 2
    assert done.stderr == (
        "Pulumi.prodution.yaml: no such stack file; there are Pulumi.production.yaml, Pulumi.staging.yaml\n"
    )


def test_directory_without_a_project_is_refused(tmp_path: Path):
    done = footing("plan", "staging", directory=tmp_path)
    assert done.returncode == 2
    assert "no Pulumi.yaml here" in done.stderr


def wrong_uses() -> Iterator[list[str]]:
    """Of every command: too little, too much, an option that is none, and one without its value."""
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    yield from (["nope"], ["pln"], ["--nope"])
    for name, command in group.commands.items():
        required = [it for it in command.params if isinstance(it, TyperArgument) and it.required]
        yield from ([name, *["x=y"] * count] for count in range(len(required)))
        if not any(it.nargs == -1 for it in command.params):
            yield [name, *["x"] * 9]
        yield [name, *["x=y"] * len(required), "--nope"]
        for option in command.params:
            if isinstance(option, TyperOption) and not option.is_flag:
                yield [name, *["x=y"] * len(required), option.opts[0]]
    yield from (["check", "staging", "--format", "nope"], ["trace", "staging", "GET", "/", "--status", "x"])


def test_wrong_use_of_any_command_is_one_sentence_and_code_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    uses = list(wrong_uses())
    assert len({use[0] for use in uses}) > 15
    for use in uses:
        monkeypatch.setattr("sys.argv", ["footing", *use])
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capsys.readouterr()
        assert (exit_.value.code, out, err.count("\n")) == (2, "", 1), (use, err)
        assert re.match(rf"footing( {use[0]})?: [a-z].*[^.]\n", err), (use, err)


def test_interrupted_question_is_silent_and_its_code_130(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def interrupt(_: str) -> str:
        raise Abort

    monkeypatch.setattr("sys.argv", ["footing", "init"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", interrupt)
    with pytest.raises(SystemExit) as exit_:
        main()
    assert (exit_.value.code, *capsys.readouterr()) == (130, "", "")


def test_sentence_of_a_missing_argument_says_what_it_may_be():
    done = footing("adopt", "staging")
    assert done.stderr == (
        "footing adopt: missing argument 'WHAT=ID...': database=ID, redis.NAME=ID, network=ID, storage=ID, or a "
        "resource of `footing plan`=ID (`footing adopt --help`)\n"
    )
    assert footing().stdout.count("Usage: footing") == 1


def test_observe_that_cannot_write_says_so_in_a_sentence(tmp_path: Path):
    taken = tmp_path / "taken"
    taken.write_text("kept")
    done = footing("observe", "staging", "--output", str(taken))
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == f"{taken} cannot be written: File exists"
    assert "Traceback" not in done.stderr
    assert taken.read_text() == "kept"


@pytest.mark.parametrize("command", ["plan", "check", "observe"])
def test_interrupt_is_silent_and_its_code_130(tmp_path: Path, command: str):
    extra = ["--output", str(tmp_path)] if command == "observe" else []
    waits = "import time\nprint('waiting', flush=True)\ntime.sleep(60)\n"
    for name in ("Pulumi.yaml", "Pulumi.staging.yaml", "__main__.py"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    (tmp_path / "overrides.py").write_text(waits)
    (tmp_path / "__main__.py").write_text(waits)
    process = subprocess.Popen(
        [FOOTING, command, "staging", *extra],
        cwd=ROOT if command == "observe" else tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    if command != "observe":
        assert process.stdout
        assert process.stdout.readline() == "waiting\n"
    else:
        time.sleep(0.5)  # while it still imports, or already composes
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert [line for line in err.splitlines() if not line.startswith("warning: ")] == []


@pytest.mark.parametrize(
    "arguments", [["plan", "staging"], ["plan", "staging", "--json"], ["check", "staging"], ["rules"]]
)
def test_output_that_cannot_be_written_is_one_sentence(arguments: list[str]):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [FOOTING, *arguments], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    said = [line for line in done.stderr.splitlines() if not line.startswith("warning: ")]
    assert done.returncode == 2
    assert "No space left on device" in said[0]
    assert len(said) <= 2


def test_tree_that_cannot_be_written_is_one_sentence(project: Path):
    (project / ".footing").write_text("no directory")
    done = footing("up", "staging", "--simulated", directory=project)
    assert done.returncode == 2
    assert done.stderr == f"{project}/.footing/staging/state: Not a directory\n"


def test_version_and_exit_codes_are_told():
    assert footing("--version").stdout == f"{VERSION}\n"
    help_text = footing("--help").stdout
    assert "Exit codes: 0 fine, 1 findings" in help_text
    assert "--install-completion" in help_text


def test_summary_of_a_plan_has_the_counts_alone_and_explains_the_engines():
    done = footing("plan", "staging", "--summary")
    whole = footing("plan", "staging").stdout.splitlines()
    lines = done.stdout.splitlines()
    assert (lines[0], lines[1].split()) == ("footing / staging", ["component", "resources", "protected"])
    assert lines[1:] == whole[-len(lines) + 1 :]
    everything = len(json.loads(footing("plan", "staging", "--json").stdout)["resources"]) + 1
    assert lines[-2].endswith(f"the stack itself too: {everything} in all.")


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_each_protected_resource_has_its_block(stack: str):
    planned = json.loads(footing("plan", stack, "--json").stdout)["resources"]
    by_urn = {it["urn"]: it for it in planned}
    found = set()
    for resource in (it for it in planned if it["protect"]):
        top = resource
        while top["parent"] in by_urn:
            top = by_urn[top["parent"]]
        found.add(top["type"].rpartition(":")[2])
    assert found <= set(BLOCKS)
    config = from_file(ROOT / "Pulumi.production.yaml").config
    for component in found | {"UpstashRedis", "MonitoringHost"}:
        block: Any = config
        for part in BLOCKS[component].split("."):
            block = next(iter(block.values())) if part == "NAME" else getattr(block, part)
        assert block.protect is True


@pytest.mark.parametrize(("target", "compiles"), [("plan", False), ("check", False), ("up", True), ("test", True)])
def test_only_what_imports_whole_sdks_waits_for_their_bytecode(tmp_path: Path, target: str, *, compiles: bool):
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("uv.lock", "pyproject.toml", "policies/version.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    done = subprocess.run(["make", "-n", target], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "sync --locked --no-compile-bytecode" in done.stdout
    assert (" --compile-bytecode" in done.stdout) is compiles
