"""docs/objectives.md: what each preset promises, side by side."""

from footing.markdown import table
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

BURN_RATES = """
## When the budget goes too fast

The budget is what may fail in `objectives.period_days`, 30 unless said. The factors are the same for every period:
at 14.4 an hour uses 2 % of the budget of 30 days, and 4 % of that of 14.

An alert needs both windows of a row over the factor times the budget, and {failures} failures in the long one.
A row is left out where its factor times the budget is over {largest:g}: with a budget that large it could not fire
in time, or at all.

"""

BROKEN_FIRST = """
## Promises that break before their own alert

"""
SHARES = (0.999, 0.995, 0.99, 0.98, 0.95, 0.7, 0.5)
"""Shares of good events whose burn rates the page lists."""


def objectives_page() -> str:
    """Return the whole page."""
    promises = {preset: _promises(targets) for preset, targets in PRESETS.items()}
    names = dict.fromkeys(name for column in promises.values() for name in column)
    rows = [(name, *(column.get(name, "-") for column in promises.values())) for name in names]
    page = INTRODUCTION + table(("promise", *PRESETS), rows)
    page += BURN_RATES.format(failures=MINIMUM_FAILURES, largest=LARGEST_SHARE)
    rates = [
        (
            f"{it.name} and {window(it.short_seconds)}, for {duration(it.for_seconds)}, {it.factor:g} times",
            *(
                f"{it.factor * (1 - share) * 100:.4g} % fail" if it in usable_windows(share) else "left out"
                for share in SHARES
            ),
        )
        for it in WINDOWS
    ]
    page += table(("windows", *(f"{share * 100:g} %" for share in SHARES)), rates)
    page += BROKEN_FIRST
    for name, targets in PRESETS.items():
        page += "".join(f"- `{name}`: {sentence}.\n" for sentence in looser_alerts(targets))
    return page


def _promises(targets: Targets) -> dict[str, str]:
    found: dict[str, str] = {}
    if targets.availability is not None:
        found["availability"] = f"{targets.availability * 100:g} %"
    if errors := targets.errors:
        found["failed calls"] = f"up to {errors.share * 100:g} %"
        found |= _alerting("failed calls", errors.warning, errors.critical, "%", 100)
    for target in targets.latency:
        loaded = "" if target.population in OF_THE_SERVICE else " (load tests)"
        name = f"{target.population}, p{target.percentile}{loaded}"
        name = f"{name}: {target.name}" if name in found else name
        found[name] = f"{target.target_ms} ms"
        found |= _alerting(name, target.warning_ms, target.critical_ms, "ms", 1)
    return found | {f"hits, {hit.layer}, {hit.unit}": f"{hit.share * 100:g} %" for hit in targets.hits}


def _alerting(name: str, warning: float | None, critical: float | None, unit: str, times: int) -> dict[str, str]:
    limits = {"ticket": warning, "page": critical}
    return {f"{name}: {it}": f"over {limit * times:g} {unit}" for it, limit in limits.items() if limit is not None}
