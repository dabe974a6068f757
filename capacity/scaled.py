"""The stack as a phase wants it: the keys under its `scale` in the place of the stack file's."""

from collections.abc import Mapping
from typing import Any

from stacks.config.stack import StackConfig


def scaled(config: StackConfig, scale: Mapping[str, int | str]) -> StackConfig:
    """Return `config` with the keys of `scale`, which were checked when the stack file was read."""
    if not scale:
        return config
    values = config.model_dump()
    for key, value in scale.items():
        *blocks, last = key.split(".")
        block: Any = values
        for part in blocks:
            block = block[part]
        block[last] = value
    return StackConfig.model_validate(values, context={it.key: it.allowed for it in config.limit_exceptions})
