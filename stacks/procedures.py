"""Procedures of the whole stack: its day, an incident, and the ways back."""

from pathlib import Path
from typing import Final

from observability.records.procedure import Procedure, filled, read
from stacks.config.stack import StackConfig

_ALL: Final = read(Path(__file__).with_name("procedures.md"))


def stack_procedures(config: StackConfig) -> tuple[Procedure, ...]:
    """Return the procedures that belong to no single component."""
    lacking = {
        "rollback-migration": config.database is None,
        "rollback-edge": config.edge is None,
        "every-day": config.grafana is None,
    }
    migrations = config.database.migrations if config.database else None
    return filled(
        tuple(it for it in _ALL if not lacking.get(it.id)),
        grafana_url=config.grafana.url if config.grafana else "",
        hostname=config.edge.hostnames[0] if config.edge else "",
        tool=migrations.tool if migrations else "your tool",
        who=_who(config),
        vendors=_vendors(config),
    )


def _who(config: StackConfig) -> str:
    oncall = config.oncall
    if oncall is None:
        return "Nobody is on call: `footing:oncall` says who."
    second = f" After {oncall.escalation_minutes} minutes without an answer: {oncall.secondary}."
    channel = f" in {oncall.channel}" if oncall.channel else ""
    return f"{oncall.primary} answers first{channel}.{second if oncall.secondary else ''}"


def _vendors(config: StackConfig) -> str:
    known = config.oncall.vendor_support if config.oncall else {}
    return "; ".join(f"{name}: {where}" for name, where in known.items()) or "`oncall.vendor_support` has none yet"
