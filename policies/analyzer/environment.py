"""The environment of a stack whose configuration the engine does not hand over."""

from pathlib import Path

import yaml


def environment_in(root: Path, stack: str, key: str) -> str:
    """Return the plain value of `key` in the stack's file below `root`; empty without one: the strict levels.

    `pulumi policy analyze` starts the pack without a stack or a configuration:
    https://github.com/pulumi/pulumi/blob/v3.230.0/pkg/cmd/pulumi/policy/policy_analyze.go
    """
    try:
        document = yaml.safe_load((root / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return ""
    config = document.get("config") if isinstance(document, dict) else None
    value = config.get(key) if isinstance(config, dict) else None
    return value if isinstance(value, str) else ""
