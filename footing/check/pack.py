"""Loads the rules and the reviewed lists; a pack that is missing, empty or broken never passes anything."""

import importlib
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policies.judge import Catalogue
    from policies.undecided import AllowedUndecided
    from policies.unjudged import AllowedUnjudged
    from policies.waivers import Waivers

RULES = "policies.rules"
"""Module that holds the catalogue."""


class GateError(Exception):
    """The gate itself is missing, empty, broken or misused, and never green; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Pack:
    """Everything that decides a verdict beside the stack itself."""

    catalogue: "Catalogue"
    """The rules, at the levels of the configuration."""
    waivers: "Waivers"
    """Who answers for which violation."""
    allowed_undecided: "AllowedUndecided"
    """What may be undecided."""
    allowed_unjudged: "AllowedUnjudged | None"
    """Which types need no rule."""
    configuration: dict[str, Any]
    """The document of `--policy-pack-config`, empty without one."""


def load_rules(module: str = RULES) -> "Catalogue":
    """Return the catalogue of `module`.

    Raises:
        GateError: the module cannot be loaded, or holds no rules.

    """
    try:
        catalogue: Catalogue = importlib.import_module(module).CATALOGUE
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        raise GateError(
            f"The rules cannot be loaded: {type(error).__name__} at {Path(where.filename).name}:{where.lineno} "
            f"({error}). Nothing was judged."
        ) from error
    if not len(catalogue):
        raise GateError("The policy pack holds no rules. Nothing was judged.")
    return catalogue


def load(root: Path, environment: str, config: Path | None = None, module: str = RULES) -> Pack:
    """Return the pack of the project at `root`, with levels raised by the file `config`.

    Raises:
        GateError: the pack is missing, empty, broken or misconfigured.

    """
    directory = root / "policies"
    if not (directory / "PulumiPolicy.yaml").is_file():
        raise GateError(f"No policy pack: {directory}/PulumiPolicy.yaml is missing. Nothing was judged.")
    catalogue = load_rules(module)
    from policies import levels, undecided, unjudged, waivers

    try:
        document = levels.read(config) if config else {}
        raised = levels.configured(catalogue, environment, document)
    except levels.PackConfigError as error:
        raise GateError(f"The pack's configuration is refused.\n{error}") from None
    return Pack(
        catalogue=raised,
        waivers=waivers.read(directory / waivers.FILE, catalogue),
        allowed_undecided=undecided.read(directory / undecided.FILE, catalogue),
        allowed_unjudged=unjudged.read(directory, catalogue),
        configuration=document,
    )
