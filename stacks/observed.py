"""What a stack tells about itself, for the tools that render it; found by composing the stack."""

from collections.abc import Sequence
from dataclasses import dataclass

from observability import Signals
from observability.alerting.rules import AlertIdentity
from stacks.alert_identity import alert_identity
from stacks.config.stack import StackConfig


@dataclass(frozen=True, kw_only=True)
class Observed:
    """One stack, as those see it who watch it."""

    config: StackConfig
    """Its checked configuration."""
    signals: Sequence[Signals]
    """What its components tell, in the order of composition."""

    @property
    def identity(self) -> AlertIdentity:
        """Whose alerts they are."""
        return alert_identity(self.config)

    @property
    def owner(self) -> str:
        """Who answers where a record names nobody: the stack's first owner."""
        return self.identity.owner


def observe() -> Observed:
    """Compose the stack that the engine, or a plan, is asked for."""
    # Only when called: composing needs the provider SDKs.
    from stacks.compose import compose
    from stacks.config import from_pulumi

    config, secrets = from_pulumi()
    return Observed(config=config, signals=compose(config, secrets).signals)
