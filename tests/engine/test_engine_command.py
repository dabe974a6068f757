import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import build
from footing.pulumi_cli import run, tryout
from footing.pulumi_cli.state import StackState

NO_ENGINE = "Neither pulumi >= 3.220 nor go >= 1.26 is on PATH: install one"

# Makes something that builds like go: it counts its runs, and writes the CLI that -o names.
FAKE_GO = """\
echo run >> "$0.runs"
sleep 0.5
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\necho v3.274.1\\n' > "$2"
chmod +x "$2"
"""


@pytest.fixture
def machine(tmp_path, monkeypatch) -> Path:
    """An empty cache, and a directory that is all of PATH but the system's own tools."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "sleep", "chmod", "dirname", "readlink", "python3"):
        source = sys.executable if name == "python3" else f"/usr/bin/{name}"
        (tools / name).symlink_to(source)
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.setenv("FOOTING_CACHE", str(tmp_path / "cache"))
    return tools


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}")
    path.chmod(0o755)


def try_out(operation, project, stack="staging") -> int:
    return operation(stack, root=project.root, state_dir=project.root / ".footing" / stack)


def test_no_engine_and_no_go_is_one_message_and_nothing_touched(machine, project, capfd):
    before = project.files()
    assert try_out(run.up, project) == run.USAGE
    out, err = capfd.readouterr()
    assert err.startswith(NO_ENGINE)
    assert err.count("\n") == 1
    assert out == ""
    assert project.files() == before
    assert not (project.root / ".footing").exists()
    assert not build.cache_directory().exists()


def test_build_script_says_the_same_without_a_traceback(machine):
    command = [sys.executable, build.MODULE_DIRECTORY / "build.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(NO_ENGINE)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("version", "with_host", "used"),
    [("v3.220.0", True, True), ("v4.0.0", True, True), ("v3.219.9", True, False), ("v3.230.0", False, False)],
)
def test_cli_on_path_is_used_when_recent_and_complete(machine, capfd, version, with_host, used):
    script(machine / "pulumi", f"echo {version}\n")
    if with_host:
        script(machine / "pulumi-language-python", "")
    if used:
        assert build.find_engine() == machine / "pulumi"
    else:
        with pytest.raises(build.EngineUnavailableError):
            build.find_engine()
        assert f"ignoring {machine / 'pulumi'}" in capfd.readouterr().err


def test_two_processes_build_the_engine_once(machine):
    script(machine / "go", FAKE_GO)
    command = [sys.executable, build.MODULE_DIRECTORY / "build.py"]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    paths = {process.communicate()[0].strip() for process in started}
    built = build.cache_directory() / "engine" / build.pinned_version() / "pulumi"
    assert paths == {str(built)}
    assert build.find_engine() == built
    assert (machine / "go.runs").read_text() == "run\n"
    assert os.access(built.with_name("pulumi-language-python"), os.X_OK)


def test_failed_build_says_why_and_leaves_no_engine(machine):
    script(machine / "go", "echo some/package\necho 'module lookup refused' >&2\nexit 1\n")
    for _ in range(2):
        with pytest.raises(build.EngineUnavailableError) as failure:
            build.find_engine()
        reason, last = str(failure.value).splitlines()
        assert reason == "module lookup refused"
        assert "go build exited with 1" in last


def test_unknown_stack_names_the_known_ones_and_touches_nothing(project, capfd):
    before = project.files()
    assert try_out(run.up, project, "stagin") == run.USAGE
    err = capfd.readouterr().err
    assert "Unknown stack 'stagin'" in err
    assert err.rstrip().endswith("Its stacks: staging.")
    assert project.files() == before
    assert not (project.root / ".footing").exists()


def test_resources_count_under_their_outermost_component():
    def entry(name, resource_type, parent="", *, custom=True, **more):
        return {"urn": f"urn::{name}", "type": resource_type, "parent": parent, "custom": custom, **more}

    state = StackState.from_export(
        {
            "deployment": {
                "resources": [
                    entry("stack", "pulumi:pulumi:Stack", custom=False),
                    entry("aws", "pulumi:providers:aws"),
                    entry("api", "footing:index:Service", "urn::stack", custom=False),
                    entry("inner", "footing:index:Scaling", "urn::api", custom=False),
                    entry("task", "aws:ecs/taskDefinition:TaskDefinition", "urn::api"),
                    entry("target", "aws:appautoscaling/target:Target", "urn::inner", protect=True),
                    entry("policy", "aws:appautoscaling/policy:Policy", "urn::target"),
                    entry("bucket", "aws:s3/bucket:Bucket", "urn::stack"),
                    entry("task", "aws:ecs/taskDefinition:TaskDefinition", "urn::api", delete=True),
                ]
            }
        }
    )
    assert state.count_by_component() == {"Service api": 3, "Stack": 1}
    assert [resource.name for resource in state.protected()] == ["target"]


PROGRAM = """\
import pulumi
from pulumi_random import RandomPassword
class Store(pulumi.ComponentResource):
    def __init__(self, name, protect):
        super().__init__("small:index:Store", name)
        options = pulumi.ResourceOptions(parent=self, protect=protect)
        self.password = RandomPassword(f"{name}-password", length=32, opts=options).result
protect = pulumi.Config().get_bool("protect") or False
stores = [Store("orders", protect), Store("users", False)]
pulumi.export("arn", "arn:aws:secretsmanager:us-east-1:123456789012:secret:x")
pulumi.export("count", len(stores))
pulumi.export("password", stores[0].password)
"""


@pytest.mark.engine
def test_up_applies_twice_reports_and_leaves_the_tree_as_it_was(project, capfd):
    project.program(PROGRAM)
    before = project.files()
    assert try_out(run.up, project) == run.DONE
    out, err = capfd.readouterr()
    first, _, rest = out.partition("Second run: nothing may change")
    second, _, report = rest.partition("\nOutputs\n")
    assert "+ 5 created" in first
    assert "5 unchanged" in second
    assert report.splitlines()[:3] == [
        "  arn: arn:aws:secretsmanager:us-east-1:123456789012:secret:x",
        "  count: 2",
        "  password: [secret]",
    ]
    assert "    1  Store orders\n" in report
    assert "    1  Store users\n" in report
    assert "simulated" in report
    assert err == ""
    # Python may have cached the program's bytecode, but nothing else may have appeared or changed.
    assert {name: text for name, text in project.files().items() if not name.endswith(".pyc")} == before


@pytest.mark.engine
def test_up_fails_when_the_second_run_changes_something(project, capfd):
    project.program("""\
        import os
        from pulumi_random import RandomPassword
        RandomPassword("each", length=16, keepers={"run": str(os.getpid())})
        """)
    assert try_out(run.up, project) == run.FAILED
    assert "an input differs from run to run" in capfd.readouterr().err


@pytest.mark.engine
def test_failed_program_is_exit_code_1(project, capfd):
    project.program("import pulumi\nraise pulumi.RunError('pool is 200: 50..100')")
    assert try_out(run.up, project) == run.FAILED
    out, _ = capfd.readouterr()
    assert "error: pool is 200: 50..100" in out
    assert "Second run" not in out


@pytest.mark.engine
def test_wrong_passphrase_is_one_message_and_nothing_touched(project, capfd, monkeypatch):
    project.program(PROGRAM)
    project.policy_pack("pass")
    assert try_out(run.up, project) == run.DONE
    [state_file] = (project.root / ".footing" / "staging" / "state").rglob("stacks/small/staging.json")
    before, state = project.files(), state_file.read_bytes()
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "not the one it was made with")
    for operation in (run.up, run.preview, run.destroy):
        capfd.readouterr()
        assert try_out(operation, project) == run.USAGE
        err = capfd.readouterr().err
        assert err.startswith("PULUMI_CONFIG_PASSPHRASE does not open stack 'staging'")
        assert err.count("\n") == 1
        assert (project.files(), state_file.read_bytes()) == (before, state)


@pytest.mark.engine
def test_destroy_refuses_while_something_is_protected_then_deletes_all(project, capfd):
    project.program(PROGRAM)
    stack_file = project.root / "Pulumi.staging.yaml"
    stack_file.write_text("config: {small:protect: true}\n")
    assert try_out(run.up, project) == run.DONE
    assert try_out(run.destroy, project) == run.FAILED
    err = capfd.readouterr().err
    assert (
        "Nothing was destroyed: 1 resources of 'staging' are protected.\n  RandomPassword orders-password\n" in err
    )
    assert "`protect: false` in their blocks of Pulumi.staging.yaml" in err
    stack_file.write_text("config: {small:protect: false}\n")
    assert try_out(run.up, project) == run.DONE
    assert try_out(run.destroy, project) == run.DONE
    assert "- 5 deleted" in capfd.readouterr().out


@pytest.mark.engine
def test_preview_fails_on_a_mandatory_violation_and_applies_nothing(project, capfd):
    project.program(PROGRAM)
    assert try_out(run.preview, project) == run.USAGE
    assert "No policy pack" in capfd.readouterr().err
    project.policy_pack("pass")
    assert try_out(run.preview, project) == run.DONE
    project.policy_pack("""report("the store is too small")""")
    assert try_out(run.preview, project) == run.FAILED
    assert "the store is too small" in capfd.readouterr().out
    assert try_out(run.destroy, project) == run.DONE
    assert "deleted" not in capfd.readouterr().out.partition("Resources:")[2].partition("Duration")[0]


@pytest.mark.engine
def test_killed_engine_leaves_a_stack_that_can_be_applied(project, capfd, tmp_path):
    project.program(f"""\
        import os, pathlib
        marker = pathlib.Path({str(tmp_path / "killed")!r})
        if not marker.exists():
            marker.touch()
            parent_of_host = pathlib.Path(f"/proc/{{os.getppid()}}/stat").read_text().rpartition(")")[2].split()[1]
            os.kill(int(parent_of_host), 9)
        """)
    assert try_out(run.up, project) == run.FAILED
    locks = (project.root / ".footing" / "staging" / "state" / ".pulumi" / "locks").rglob("*.json")
    assert len(list(locks)) == 1
    assert try_out(run.up, project) == run.DONE
    assert "Second run" in capfd.readouterr().out


@pytest.mark.engine
def test_directory_in_use_is_one_message(project, capfd, monkeypatch):
    monkeypatch.setattr(tryout, "LOCK_WAIT_SECONDS", 0)
    directory = project.root / ".footing" / "staging"
    directory.mkdir(parents=True)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert try_out(run.up, project) == run.USAGE
    assert capfd.readouterr().err == f"Another command is using {directory}: wait for it to end.\n"
    assert not (directory / "cloud").exists()
