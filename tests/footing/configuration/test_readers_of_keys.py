"""Readings of keys, found by type: a program of the shapes that the real one has, and may have."""

from pathlib import Path

import pytest

from footing.configuration import code, readers

SHAPE = """
from typing import Annotated
from stacks.sample_base import Model

class Web(Model):
    kind: str
    port: int
    tasks: int
    path: str
    def checked(self):
        return self.path

class Worker(Model):
    kind: str
    tasks: int

class Replica(Model):
    purpose: str
    port: int

class Tiers(Model):
    free: int
    paid: int

Service = Annotated[Web | Worker, "by kind"]

class Config(Model):
    services: dict[str, Service]
    replicas: list[Replica] | None
    tiers: Tiers
    first: Web | None

    @property
    def main(self) -> Web | None:
        return self.first
"""

PROGRAM = """
from components.sample_args import WebArgs
from stacks.sample_shape import Config, Replica, Service, Web, Worker

def compose(config: Config):
    for name, service in config.services.items():
        make(name, service)
    ports = [it.port for it in config.replicas or ()]
    return ports, config.tiers.model_dump()

def make(name: str, service: Service):
    match service:
        case Web():
            return WebArgs(listens=service.port, size=len(name))
        case Worker():
            return service.tasks

def narrowed(service: Service):
    return service.tasks if isinstance(service, Web) else None

def in_a_loop(config: Config):
    return [it.tasks for _, it in sorted(config.services.items())]

def by_get(config: Config):
    return config.services.get("api").tasks

def by_property(config: Config):
    return config.main.kind if config.main else None

def by_name(replica: Replica):
    return [getattr(replica, key) for key in ("purpose",)]

def another(other):
    return other.port, other.kind
"""


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> readers.Readings:
    """The readings of the program above."""
    for name, text in {
        "stacks/sample_base.py": "class Model: ...",
        "stacks/sample_shape.py": SHAPE,
        "stacks/sample_program.py": PROGRAM,
        "components/sample_args.py": "",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    for module in (code, readers):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    return readers.readings.__wrapped__()


@pytest.mark.parametrize(
    ("block", "key", "functions"),
    [
        ("Config", "services", {"compose", "in_a_loop", "by_get"}),
        ("Config", "replicas", {"compose"}),
        ("Config", "first", {"Config.main"}),
        ("Web", "port", {"make"}),
        ("Web", "tasks", {"narrowed", "in_a_loop", "by_get"}),
        ("Web", "path", {"Web.checked"}),
        ("Web", "kind", {"by_property"}),
        ("Web", readers.CHOICE, {"make", "narrowed"}),
        ("Worker", "tasks", {"make", "in_a_loop", "by_get"}),
        ("Worker", "kind", set()),
        ("Replica", "port", {"compose"}),
        ("Replica", "purpose", {"by_name"}),
        ("Tiers", "free", {"compose"}),
    ],
)
def test_reading_is_found_by_the_type_of_what_is_read(
    found: readers.Readings, block: str, key: str, functions: set[str]
):
    read = found.get((code.Class("stacks.sample_shape", block), key), set())
    assert {it.function for it in read} == functions


def test_reading_knows_its_place_and_what_gets_the_value(found: readers.Readings):
    (read,) = found[code.Class("stacks.sample_shape", "Web"), "port"]
    assert (read.file, PROGRAM.splitlines()[read.line - 1].strip()) == (
        "stacks/sample_program.py",
        "return WebArgs(listens=service.port, size=len(name))",
    )
    assert (read.given_to, read.given_in) == ("WebArgs.listens", "components/sample_args.py")
