"""Typed configuration of a stack."""

from stacks.config.errors import ConfigError
from stacks.config.load import from_file, from_pulumi, parse
from stacks.config.stack import StackConfig

__all__ = ["ConfigError", "StackConfig", "from_file", "from_pulumi", "parse"]
