"""The steps of a launch: facts, commands, and what must hold before the next."""

from collections.abc import Iterator

from msgspec import Struct

from footing.launch_plan.commands import COMMANDS
from footing.launch_plan.facts import FACTS, HOLDS
from footing.launch_plan.named import Named
from readiness.profiles import PROFILES, Profile
from stacks.config.stack import StackConfig


class Step(Struct, frozen=True, kw_only=True):
    """One step."""

    profile: Profile
    """When it is, and which checks gate it."""
    facts: list[str]
    """What has to be so, or has to be known, with the stack's own numbers."""
    commands: list[str]
    """What is typed, in this order."""
    holds: list[str]
    """What must hold before the next step."""


def steps(config: StackConfig, named: Named) -> list[Step]:
    """Return every step in the order in which they come."""
    return [
        Step(
            profile=profile,
            facts=list(FACTS.get(name, _nothing)(config, named)),
            commands=[
                f"footing ready {named.footing} --profile {name}",
                *COMMANDS.get(name, _nothing)(config, named),
            ],
            holds=[
                f"Every check of profile {name} holds, or somebody has looked at what no program can ask.",
                *HOLDS.get(name, _nothing)(config, named),
            ],
        )
        for name, profile in PROFILES.items()
    ]


def _nothing(_: StackConfig, __: Named) -> Iterator[str]:
    yield from ()
