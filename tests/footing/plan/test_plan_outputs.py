"""How many Outputs a plan takes: a document that lifts its leaves one by one makes thousands."""

from collections import Counter
from pathlib import Path
from typing import Any

import pulumi
import pytest

from footing import project

ROOT = Path(__file__).parents[3]
MAX_CALLS_PER_RESOURCE = 12


@pytest.mark.parametrize("stack", ["production", "staging"])
def test_no_document_is_lifted_leaf_by_leaf(stack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    calls: Counter[str] = Counter()

    def counted(name: str) -> Any:
        original = getattr(pulumi.Output, name)

        def call(*args: Any, **named: Any) -> Any:
            calls[name] += 1
            return original(*args, **named)

        return call

    monkeypatch.setattr(pulumi.Output, "from_input", staticmethod(counted("from_input")))
    monkeypatch.setattr(pulumi.Output, "all", staticmethod(counted("all")))
    monkeypatch.setattr(pulumi.Output, "apply", counted("apply"))
    made = project.plan(stack, project.stack_file(stack, None))
    assert calls.total() <= MAX_CALLS_PER_RESOURCE * len(made.resources), calls
