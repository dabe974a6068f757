"""A stack on the real engine and the simulated cloud: up, up again without a change, read again, down."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from footing.pulumi_cli.session import Session
from footing.pulumi_cli.tryout import try_out

QUIET = ("--yes", "--skip-preview", "--suppress-outputs")
PROTECTED = ("bastion", "database", "registry", "edge", "storage", "sentry", "cloudwatch_alarms")


def resources(session: Session) -> list[dict[str, Any]]:
    exported = session.ask("stack", "export", "--show-secrets")
    assert exported.returncode == 0, exported.stderr
    return list(json.loads(exported.stdout)["deployment"].get("resources", []))


def up_twice_and_down(
    tree: Path,
    stack: str,
    *,
    config_file: Path | None = None,
    missing_secrets: list[str] | None = None,
    look: Callable[[], None] = lambda: None,
) -> list[dict[str, Any]]:
    """The resources between: whatever changed in the second run, was read otherwise, or is left, fails.

    `look` is called while everything is there.
    """
    with try_out(
        stack,
        root=tree,
        directory=tree / ".footing" / stack,
        config_file=config_file,
        missing_secrets=missing_secrets or (),
    ) as session:
        assert session.run("up", *QUIET) == 0
        assert session.run("up", *QUIET, "--expect-no-changes") == 0
        made = resources(session)
        look()
        assert session.run("refresh", *QUIET, "--expect-no-changes") == 0
        assert session.run("destroy", *QUIET) == 0
        assert resources(session) in ([], [it for it in resources(session) if it["type"] == "pulumi:pulumi:Stack"])
    return made


def without_protection(content: dict[str, Any]) -> dict[str, Any]:
    """A stack file with `protect: false` in each block that has it: the documented step before a destroy."""
    config = content["config"]
    blocks = [config[f"footing:{name}"] for name in PROTECTED if f"footing:{name}" in config]
    blocks += config.get("footing:redis", {}).values()
    blocks += config.get("footing:frontends", {}).values()
    blocks += [it["frontend"] for it in blocks if "frontend" in it]
    blocks += [it.setdefault("fly", {}) for it in config.get("footing:services", {}).values() if "provider" in it]
    store = config.get("footing:metrics", {}).get("store", {})
    blocks += [store] if store.get("provider", "external") != "external" else []
    for block in blocks:
        block["protect"] = False
    config.setdefault("footing:load_balancer", {})["protect"] = False
    return content


def of_type(made: list[dict[str, Any]], token: str) -> list[dict[str, Any]]:
    return [it for it in made if it["type"] == token]
