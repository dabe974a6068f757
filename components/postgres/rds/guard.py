"""Refuses, already in a preview, changes of a server that AWS would refuse half-way or that cannot be undone."""

from collections.abc import Mapping
from typing import Any

import pulumi


def refusal(old: Mapping[str, Any], new: Mapping[str, Any]) -> str | None:
    """Return why the server may not change from the inputs `old` to `new`, or None; keys as the provider's."""
    before, after = str(old.get("engineVersion", "")), str(new.get("engineVersion", ""))
    if _parts(after) < _parts(before)[: len(_parts(after))]:
        return f"postgres_version: given {after}, allowed {before} or later, for a server never goes back"
    if _major(after) > _major(before) and not new.get("allowMajorVersionUpgrade"):
        return (
            f"postgres_version: given {after}, allowed {_major(before)} and its minor versions; a major upgrade "
            "needs upgrade.allow_major: true and the procedure in docs/database.md"
        )
    first, wanted = old.get("allocatedStorage"), new.get("allocatedStorage")
    if first and wanted and wanted < first:
        return f"storage_gib: given {wanted:.0f}, allowed {first:.0f} or more, for a disk never shrinks"
    return None


def _major(version: str) -> int:
    return _parts(version)[0]


def _parts(version: str) -> tuple[int, ...]:
    """Return major and, where it is held, minor: 16 alone stands for every 16.x."""
    return tuple(int(part) for part in (version or "0").split("."))


def make_guard(name: str) -> pulumi.ResourceHookBinding:
    """Return a hook that applies `refusal` before each update, in a preview as well as in a deployment."""

    def check(change: pulumi.ResourceHookArgs) -> None:
        reason = refusal(change.old_inputs or {}, change.new_inputs or {})
        if reason:
            raise ValueError(reason)

    options = pulumi.ResourceHookOptions(on_dry_run=True)
    return pulumi.ResourceHookBinding(before_update=[pulumi.ResourceHook(f"{name}-guard", check, options)])
