"""What a run of the simulated cloud amounts to, for people: said once, after `up`."""

from collections import Counter, defaultdict
from pathlib import Path

from simulator.judges import UNJUDGED, judge
from simulator.store import Record, open_store


def summary(state_dir: Path) -> str:
    """Return the lines that say that the cloud is simulated, what it holds, and who judged which types."""
    records = _records(state_dir)
    judged: defaultdict[str, Counter[str]] = defaultdict(Counter)
    recorded: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        judge_of = judge(record.type)
        group = (
            recorded[UNJUDGED.get(record.type, "nothing is known of it")] if judge_of is None else judged[judge_of]
        )
        group[_short(record.type)] += 1
    total = sum(group.total() for group in recorded.values())
    return "\n".join(
        [
            f"The cloud is simulated: {len(records)} resources exist only on this machine, in {state_dir}.",
            "Every input was checked against the installed provider SDKs; no cloud was asked.",
            *(
                f"Validated by {name} ({group.total()}): {_listed(group)}"
                for name, group in sorted(judged.items())
            ),
            f"Only recorded ({total}): {'none' if not total else ''}".rstrip(),
            *(f"  {_listed(group)}: {reason}" for reason, group in sorted(recorded.items())),
        ]
    )


def recorded_count(state_dir: Path) -> int:
    """Return how many resources the cloud holds whose inputs nobody judges beyond the SDK."""
    return sum(judge(record.type) is None for record in _records(state_dir))


def _records(state_dir: Path) -> list[Record]:
    return [record for record in open_store(state_dir).records.values() if not record.left_over]


def _short(token: str) -> str:
    package, module, name = token.split(":")
    folder = module.split("/")[0]
    return f"{package}.{name}" if folder == "index" else f"{package}.{folder}.{name}"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} x{count}" if count > 1 else name for name, count in sorted(counts.items()))
