"""The stack's own registry, where it has one."""

from components.registry import Registry, RegistryArgs
from stacks.compose.stack import Stack


def make_registry(stack: Stack) -> Registry | None:
    """Make the repository of the application's images, called as the stack is."""
    config = stack.config.registry
    if config is None:
        return None
    args = RegistryArgs(
        repository_name=stack.names.prefix,
        kept_images=config.kept_images,
        untagged_days=config.untagged_days,
        kms=config.encryption == "kms",
        protect=config.protect,
    )
    return Registry("registry", args, stack.opts)
