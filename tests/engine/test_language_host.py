import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.build import MODULE_DIRECTORY

pytestmark = pytest.mark.engine

COMPONENT = """\
import pulumi
class Group(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("small:index:Group", name)
Group("first")
"""


def test_program_gets_its_stack_configuration_and_directory(project, engine):
    engine.ok("config", "set", "size", "3")
    engine.ok("config", "set", "--secret", "token", "hush")
    project.program("NAME = 'beside'", "beside.py")
    project.program("NAME = 'late'", "late.py")
    project.program("""\
        import importlib.util
        import os
        import pulumi
        import beside
        config = pulumi.Config()
        pulumi.export("size", config.require_int("size"))
        pulumi.export("token", config.require_secret("token"))
        pulumi.export("names", [pulumi.get_project(), pulumi.get_stack(), beside.NAME])
        pulumi.export("late", pulumi.Output.from_input("late").apply(lambda name: __import__(name).NAME))
        pulumi.export("own modules only", importlib.util.find_spec("language_host") is None)
        pulumi.export("directory", os.getcwd())
        pulumi.export("preview", pulumi.runtime.is_dry_run())
        pulumi.export("kept from children", "hush" not in str(dict(os.environ)))
        """)
    assert engine.up().returncode == 0
    assert json.loads(engine.ok("stack", "output", "--json")) == {
        "size": 3,
        "token": "[secret]",
        "names": ["small", "staging", "beside"],
        "late": "late",
        "own modules only": True,
        "directory": str(project.root),
        "preview": False,
        "kept from children": True,
    }


@pytest.mark.parametrize(
    ("program", "message", "traceback_lines"),
    [
        ("import pulumi\nraise pulumi.RunError('pool is 200: 50..100')", "error: pool is 200: 50..100", 0),
        ("def f():\n    raise ValueError('boom')\nf()", "error: Program failed with an unhandled exception", 2),
        ("import sys\nsys.exit(3)", "error: an unhandled error occurred: Program exited with code 3", 0),
        (None, "error: There is no Python program at", 0),
    ],
)
def test_failing_program_is_one_error_from_the_program_on(project, engine, program, message, traceback_lines):
    if program is not None:
        project.program(program)
    done = engine.up()
    _, diagnostics = done.stdout.split("Diagnostics:")
    assert done.returncode != 0
    assert message in diagnostics
    assert diagnostics.count("error:") == 1
    assert diagnostics.count('File "') == diagnostics.count(f'File "{project.root}') == traceback_lines


def test_program_that_is_killed_deletes_nothing(project, engine):
    project.program(COMPONENT)
    assert engine.up().returncode == 0
    before = engine.urns()
    project.program("import os\nos.kill(os.getpid(), 9)")
    done = engine.up()
    assert done.returncode != 0
    assert "Program exited with code -9" in done.stdout
    assert engine.urns() == before
    assert len(before) == 2


def test_interrupt_ends_the_program_without_a_traceback(project, engine, tmp_path):
    project.program(COMPONENT)
    assert engine.up().returncode == 0
    started = tmp_path / "started"
    project.program(f"""\
        import os, pathlib, time
        pathlib.Path({str(started)!r}).write_text(str(os.getpid()))
        time.sleep(3600)
        """)
    with subprocess.Popen(
        engine.command("up", "--yes", "--skip-preview"), cwd=project.root, env=engine.environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, process_group=0,
    ) as running:  # fmt: skip
        program = wait_for_process_id(started)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does
        output, _ = running.communicate(timeout=120)
    assert running.returncode != 0
    assert "update canceled" in output
    assert "Traceback" not in output
    assert not Path(f"/proc/{program}").exists()
    assert len(engine.urns()) == 2


def test_host_ends_when_the_engine_is_gone():
    # The shell stands for the engine: it ends when its input closes, which is not before the host serves.
    host = f"{sys.executable} {MODULE_DIRECTORY / 'language_host.py'} 127.0.0.1:1"
    pipe = subprocess.PIPE
    with subprocess.Popen(
        ["sh", "-c", f"{host} </dev/null & read _"], stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as engine:
        assert engine.stdin is not None
        assert engine.stdout is not None
        assert engine.stdout.readline().strip().isdigit()
        engine.stdin.close()
        # The pipes close only when the host has ended as well.
        assert engine.stdout.read() == ""
        assert engine.stderr is not None
        assert engine.stderr.read() == ""


@pytest.mark.parametrize(("names", "violated"), [(["first"], False), (["first", "forbidden"], True)])
def test_policy_pack_judges_the_preview(project, engine, names, violated):
    project.policy_pack("""[report(r.name) for r in stack.resources if r.name == "forbidden"]""")
    project.program("\n".join([COMPONENT, *(f"Group({name!r})" for name in names[1:])]))
    done = engine.run("preview", "--policy-pack", "policies")
    assert (done.returncode != 0) is violated
    assert ("[mandatory]  rule" in done.stdout) is violated
    assert "the pack is loaded" in done.stdout


def test_broken_policy_pack_fails_the_preview_with_its_own_error(project, engine):
    project.policy_pack("pass")
    project.program("raise ValueError('pack is broken')", "policies/__main__.py")
    project.program(COMPONENT)
    done = engine.run("preview", "--policy-pack", "policies")
    assert done.returncode != 0
    assert "ValueError: pack is broken" in done.stdout


def test_local_component_provider_gives_its_schema_and_its_components(project, engine):
    (project.root / "Pulumi.yaml").write_text(
        (project.root / "Pulumi.yaml").read_text() + "plugins: {providers: [{name: sized, path: ./sized}]}\n"
    )
    project.program("runtime: python\n", "sized/PulumiPlugin.yaml")
    project.program(
        """\
        from pulumi.provider.experimental import component_provider_host
        from thing import Thing
        component_provider_host(name="sized", components=[Thing])
        """,
        "sized/__main__.py",
    )
    project.program(
        """\
        from typing import TypedDict
        import pulumi
        class ThingArgs(TypedDict):
            size: pulumi.Input[int]
        class Thing(pulumi.ComponentResource):
            doubled: pulumi.Output[int]
            def __init__(self, name: str, args: ThingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
                super().__init__("sized:index:Thing", name, {}, opts)
                self.doubled = pulumi.Output.from_input(args["size"]).apply(lambda size: size * 2)
                self.register_outputs({"doubled": self.doubled})
        """,
        "sized/thing.py",
    )
    project.program("""\
        import pulumi
        class Thing(pulumi.ComponentResource):
            doubled: pulumi.Output[int]
            def __init__(self, name, size):
                super().__init__("sized:index:Thing", name, {"size": size, "doubled": None}, None, remote=True)
        pulumi.export("doubled", Thing("one", 21).doubled)
        """)
    schema = subprocess.run(
        [engine.executable, "package", "get-schema", "./sized"], cwd=project.root, env=engine.environment,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    thing = json.loads(schema.stdout)["resources"]["sized:index:Thing"]
    assert thing["inputProperties"] == {"size": {"type": "integer"}}
    assert engine.up().returncode == 0
    assert json.loads(engine.ok("stack", "output", "--json")) == {"doubled": 42}


def wait_for_process_id(file: Path) -> int:
    """Waits for a process to write its id; pytest-timeout ends a wait that is in vain."""
    while not (file.exists() and file.read_text()):
        time.sleep(0.05)
    return int(file.read_text())
