"""What a run of the simulated cloud amounts to, for people: said once, after `up`."""

from collections import Counter
from pathlib import Path

from simulator.store import open_store


def summary(state_dir: Path) -> str:
    """Return the lines that say that the cloud is simulated, what it holds, and which types botocore validated."""
    records = [record for record in open_store(state_dir).records.values() if not record.left_over]
    checked = Counter(_short(record.type) for record in records if record.made_in == "moto")
    recorded = Counter(_short(record.type) for record in records if record.made_in != "moto")
    return "\n".join(
        [
            f"The cloud is simulated: {len(records)} resources exist only on this machine, in {state_dir}.",
            "Every input was checked against the installed provider SDKs; no cloud was asked.",
            f"Validated by botocore and made in moto ({checked.total()}): {_listed(checked)}",
            f"Only recorded ({recorded.total()}): {_listed(recorded)}",
        ]
    )


def _short(token: str) -> str:
    package, module, name = token.split(":")
    folder = module.split("/")[0]
    return f"{package}.{name}" if folder == "index" else f"{package}.{folder}.{name}"


def _listed(counts: Counter[str]) -> str:
    names = (f"{name} x{count}" if count > 1 else name for name, count in sorted(counts.items()))
    return ", ".join(names) or "none"
