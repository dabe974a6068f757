"""One environment, from its configuration."""

import pulumi

from stacks.compose import compose
from stacks.config import from_pulumi

for name, value in compose(*from_pulumi()).outputs.items():
    pulumi.export(name, value)
