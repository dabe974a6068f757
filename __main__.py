"""One environment, from its configuration."""

from pathlib import Path

import pulumi

from stacks.compose import compose
from stacks.config import from_pulumi
from stacks.overrides import load_overrides

load_overrides(Path(__file__).parent)
for name, value in compose(*from_pulumi()).outputs.items():
    pulumi.export(name, value)
