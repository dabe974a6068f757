"""What a shell may complete: stacks, keys and rules, without loading the program, and without ever failing."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footing.configuration.keys import Keys

SCHEMA = Path(__file__).parents[2] / "docs" / "stack.schema.json"
"""The keys of a stack file, as `footing docs` writes them; reading it takes a tenth of making it."""


def complete_stack(incomplete: str) -> list[str]:
    """Return the stacks of the directory, from the names of their files."""
    try:
        names = [path.name.split(".", 1)[1].removesuffix(".yaml") for path in Path.cwd().glob("Pulumi.*.yaml")]
    except OSError:
        names = []
    return sorted(name for name in names if name.startswith(incomplete))


def complete_system(incomplete: str) -> list[str]:
    """Return the systems of the directory."""
    try:
        names = {path.parent.name for path in Path.cwd().glob("systems/*/Pulumi.*.yaml")}
    except OSError:
        names = set()
    return sorted(name for name in names if name.startswith(incomplete))


def complete_key(incomplete: str) -> list[str]:
    """Return the keys that begin so, down to the next dot."""
    from footing.configuration.keys import Keys

    try:
        return begun_keys(Keys(json.loads(SCHEMA.read_text(encoding="utf-8"))), incomplete)
    except (AttributeError, KeyError, OSError, TypeError, ValueError):
        return []


def begun_keys(keys: "Keys", incomplete: str) -> list[str]:
    """Return those of `keys` that begin so, down to the next dot; for a block that stands alone, its keys too."""
    from footing.configuration.keys import matches, parts

    *above, begun = incomplete.split(".")
    if "" in above:
        return []

    def below(typed: str) -> list[str]:
        """Return the keys under what a person has typed, with its own names and numbers."""
        at = parts(typed)
        inside = [it[-1] for it in keys.fields if it[-1].isidentifier() and matches(at, it[:-1])]
        return [f"{typed}.{name}" if typed else name for name in dict.fromkeys(inside)]

    found = [it for it in below(".".join(above)) if it.rpartition(".")[2].startswith(begun)]
    # One match would be completed with a space behind it, and its own keys be out of reach.
    return [*found, *below(found[0])] if len(found) == 1 else found


def complete_rule(incomplete: str) -> list[str]:
    """Return the ids of the rules that begin so."""
    from footing.check.pack import GateError, load_rules

    try:
        return [rule.id for rule in load_rules() if rule.id.startswith(incomplete)]
    except GateError:
        return []
