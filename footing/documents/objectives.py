"""docs/objectives.md: what each preset promises, side by side."""

from collections.abc import Iterator, Mapping

from observability.durations import duration, window
from observability.records.objective import LARGEST_SHARE, MINIMUM_FAILURES, WINDOWS, usable_windows
from stacks.config.objectives import looser_alerts
from stacks.config.presets import PRESETS
from stacks.config.targets import OF_THE_SERVICE, Targets

INTRODUCTION = """\
# Objectives

Generated from `stacks/config/presets.py` by `footing docs`: do not edit. The systems that this foundation was made
for do not agree on what they promise, so each has a preset: `objectives.preset`. Any key beside it wins over the
preset. Availability counts 5xx; errors count every failed call, and 429 counts in neither.

"""

WATCHED = """
## When the budget goes too fast

The budget of 30 days is what may fail. An alert needs both windows of a row over the factor times the budget, and
"""


def objectives_page() -> str:
    """The whole page."""
    return "".join([INTRODUCTION, *_presets(), WATCHED, *_windows(), *_looser()])


def _presets() -> Iterator[str]:
    yield from _table("promise", {key: _promises(targets) for key, targets in PRESETS.items()})


def _promises(targets: Targets) -> dict[str, str]:
    found: dict[str, str] = {}
    if targets.availability is not None:
        found["availability"] = f"{targets.availability * 100:g} %"
    if targets.errors:
        found["failed calls"] = f"up to {targets.errors.share * 100:g} %"
        found |= _alerting("failed calls", targets.errors.warning, targets.errors.critical, "%", 100)
    for target in targets.latency:
        name = f"{target.population}, p{target.percentile}" + (
            "" if _by_alert(target.population) else " (load tests)"
        )
        name = f"{name}: {target.name}" if name in found else name
        found[name] = f"{target.target_ms} ms"
        found |= _alerting(name, target.warning_ms, target.critical_ms, "ms", 1)
    for hit in targets.hits:
        found[f"hits, {hit.layer}"] = f"{hit.share * 100:g} %"
    return found


def _by_alert(population: str) -> bool:
    return population in OF_THE_SERVICE


def _alerting(
    name: str, warning: float | None, critical: float | None, unit: str, times: int
) -> Iterator[tuple[str, str]]:
    for severity, value in (("ticket", warning), ("page", critical)):
        if value is not None:
            yield f"{name}: {severity}", f"over {value * times:g} {unit}"


def _windows() -> Iterator[str]:
    yield (
        f"{MINIMUM_FAILURES} failures in the long one. A row is left out where its factor times the budget is "
        f"over {LARGEST_SHARE:g}: with a budget that large it could not fire in time, or at all.\n\n"
    )
    targets = {f"{share * 100:g} %": share for share in (0.999, 0.995, 0.99, 0.98, 0.95, 0.7, 0.5)}
    rows = {name: dict(_limits(share)) for name, share in targets.items()}
    yield from _table("windows", rows)


def _limits(share: float) -> Iterator[tuple[str, str]]:
    for pair in WINDOWS:
        both = f"{pair.name} and {window(pair.short_seconds)}"
        name = f"{both}, for {duration(pair.for_seconds)}, {pair.factor:g} times"
        fits = pair in usable_windows(share)
        yield name, f"{pair.factor * (1 - share) * 100:.4g} % fail" if fits else "left out"


def _looser() -> Iterator[str]:
    yield "\n## Promises that break before their own alert\n\n"
    for name, targets in PRESETS.items():
        yield from (f"- `{name}`: {sentence}.\n" for sentence in looser_alerts(targets))


def _table(first: str, columns: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    rows = dict.fromkeys(row for column in columns.values() for row in column)
    yield f"| {first} | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}\n"
    for row in rows:
        yield f"| {row} | {' | '.join(column.get(row, '-') for column in columns.values())} |\n"
