"""Completion in a shell: what it offers, what it loads for that, and that it never fails."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from footing.configuration import completion
from footing.configuration.explain import all_keys
from footing.configuration.keys import ITEM, NAME
from policies.rules import CATALOGUE

ROOT = Path(__file__).parents[3]
FOOTING = Path(sysconfig.get_path("scripts")) / "footing"
LOADED = """
import atexit, sys
sys.argv = ["footing"]
heavy = {"components", "pulumi", "observability", "stacks", "edge_rules", "grpc", "rich"}
atexit.register(lambda: print(*sorted({it.partition(".")[0] for it in sys.modules} & heavy), file=sys.stderr))
from footing.cli import main
main()
"""


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("plan pro", {"production"}),
        ("preview ", {"production", "staging"}),
        ("explain database.pooler.server_", {"server_connections", "server_idle_timeout_seconds"}),
        ("rules upstash-", {"upstash-eviction", "upstash-tls", "upstash-zones"}),
    ],
)
def test_shell_is_offered_what_fits_and_nothing_heavy_is_loaded(words: str, offered: set[str]):
    environment = {
        **os.environ,
        "COMP_WORDS": f"footing {words}",
        "COMP_CWORD": "2",
        "_FOOTING_COMPLETE": "complete_bash",
    }
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.split()) == (0, [])
    assert {it.rpartition(".")[2] for it in done.stdout.split()} == offered


def test_bash_completes_after_the_installation(tmp_path: Path):
    environment = {**os.environ, "HOME": str(tmp_path), "PATH": f"{FOOTING.parent}:{os.environ['PATH']}"}
    script = """
        footing --install-completion bash >/dev/null && . "$HOME/.bashrc" && cd "$HOME" || exit 1
        touch Pulumi.shop.yaml
        COMP_WORDS=(footing plan s) COMP_CWORD=2; _footing_completion footing; echo "${COMPREPLY[@]}"
    """
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "shop\n", "")


def test_every_key_is_reached_part_by_part():
    for path in all_keys().leaves():
        for end in range(1, len(path) + 1):
            begun = ".".join(["0" if it == ITEM else it for it in path[:end]])
            if path[end - 1] not in {ITEM, NAME}:
                assert begun in completion.begun_keys(all_keys(), begun[:-1]), begun


def test_keys_of_the_docs_are_those_of_the_model():
    assert set(completion.complete_key("")) == {it[0] for it in all_keys().fields}


def test_block_alone_is_offered_with_its_keys_so_that_no_space_follows():
    assert completion.complete_key("database.credentials") == [
        "database.credentials",
        *(f"database.credentials.{key}" for key in ("generation", "mode", "rotation_days")),
    ]


def test_names_and_numbers_stay_as_they_are_typed():
    assert completion.complete_key("database.replicas[0].purp") == ["database.replicas[0].purpose"]
    assert completion.complete_key("database.replicas.0.purp") == ["database.replicas.0.purpose"]


@pytest.mark.parametrize(
    "typed", ["nothing.here", ".", "..", "[", "database..", ".database", "a" * 5000, "footing:data"]
)
def test_nonsense_is_completed_to_nothing(typed: str):
    assert completion.complete_key(typed) in ([], completion.complete_key(""))
    assert completion.complete_stack(typed) == []
    assert completion.complete_rule(typed) == []


def test_nothing_is_offered_and_nothing_said_where_a_file_is_missing_or_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    assert completion.complete_stack("") == []
    for text in (None, "", "{}", "[]", '{"$defs": {}, "properties": {"config": 3}}'):
        if text is not None:
            (tmp_path / "schema.json").write_text(text)
        monkeypatch.setattr(completion, "SCHEMA", tmp_path / "schema.json")
        assert completion.complete_key("d") == []


def test_every_rule_is_offered():
    assert completion.complete_rule("") == [rule.id for rule in CATALOGUE]
