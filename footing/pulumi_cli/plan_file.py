"""What the engine saved of a preview: the steps that an update may take, and no others."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typer

from footing.pulumi_cli.session import Session

NOTHING = frozenset(("same", "refresh", "read"))
"""Steps that change nothing in the cloud."""


def plan_problem(path: Path, stack: str) -> str | None:
    """Return why the file is no plan of the stack, as a sentence; None where it is one.

    The engine itself would say of a plan of another stack that each of its resources is missing.
    """
    saved = f"allowed a file that `footing preview {stack} --save-plan FILE` wrote"
    try:
        planned = json.loads(path.read_text(encoding="utf-8"))["resourcePlans"]
        stacks = {urn.split("::")[0].removeprefix("urn:pulumi:") for urn in planned}
    except OSError as error:
        return f"--plan: given {path}, which cannot be read ({error.strerror}), {saved}"
    except (ValueError, KeyError, TypeError):
        return f"--plan: given {path}, which is no plan of the engine, {saved}"
    if others := sorted(stacks - {stack.rpartition("/")[2]}):
        return f"--plan: given {path}, which is a plan of {', '.join(others)}, {saved}"
    return None


def plan_applied(session: Session, plan: Path, *options: str) -> int:
    """Apply what is left of an approved plan, and return 0; or say why nothing of it is applied, and return 1."""
    code, beyond = apply_plan(session, plan, *options)
    if beyond:
        told = ["Nothing was changed: what is to be done now is not what was approved. Preview and approve again."]
        typer.echo("\n  ".join([*told, *beyond]), err=True)
    return min(code, 1)


def apply_plan(session: Session, plan: Path, *options: str) -> tuple[int, list[str]]:
    """Apply what is left of a plan; return the engine's exit code, and a sentence for each step beyond the plan.

    The engine takes a plan as a whole or not at all: it refuses one of which a part was applied already, by the
    migration before the services roll, or by an update that failed half-way. So what is left is previewed again,
    each resource that needs no step any more is taken out, and the engine holds the rest to the plan, secrets
    included. With steps beyond the plan nothing is applied.
    https://github.com/pulumi/pulumi/blob/master/pkg/resource/deploy/plan.go
    """
    with TemporaryDirectory(prefix="footing-plan-") as folder:
        left = Path(folder) / "left.json"
        if code := session.run("preview", "--save-plan", str(left), "--suppress-outputs", *options):
            return code, []
        approved, fresh = (json.loads(it.read_text(encoding="utf-8")) for it in (plan, left))
        beyond = list(steps_beyond(approved, fresh))
        if beyond:
            return 1, beyond
        rest = Path(folder) / "rest.json"
        with os.fdopen(os.open(rest, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            json.dump(rest_of(approved, fresh), file)
        return session.run("up", "--yes", "--skip-preview", "--plan", str(rest), *options), []


def steps_beyond(approved: dict[str, Any], fresh: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for each resource that `fresh` changes and the plan `approved` does not, or otherwise."""
    known = approved["resourcePlans"]
    for urn, it in sorted(fresh["resourcePlans"].items()):
        steps, planned = _steps(it), _steps(known.get(urn, {}))
        if steps and steps != planned and not _is_component(urn):
            type_, name = urn.split("$")[-1].split("::")[-2:]
            yield f"{type_} {name}: {', '.join(steps)}, and the plan says {', '.join(planned) or 'nothing of it'}"


def rest_of(approved: dict[str, Any], fresh: dict[str, Any]) -> dict[str, Any]:
    """Return the plan with the steps that are left: those of `approved`, where `fresh` still takes them.

    Components make nothing themselves; theirs are of `fresh`, for their outputs are partly there.
    """
    known = approved["resourcePlans"]
    rest = {
        urn: known[urn] if _steps(it) and not _is_component(urn) else it
        for urn, it in fresh["resourcePlans"].items()
    }
    return {**approved, "resourcePlans": rest}


def _is_component(urn: str) -> bool:
    """Return whether nothing is made for a resource itself: a component, or the stack."""
    return urn.split("::")[-2].rsplit("$", maxsplit=1)[-1].startswith(("footing:index:", "pulumi:pulumi:"))


def _steps(planned: dict[str, Any]) -> list[str]:
    return [it for it in planned.get("steps") or () if it not in NOTHING]
