"""A run for people and for programs: lines for a terminal, one JSON object."""

from collections.abc import Mapping, Sequence
from typing import Any

from loadtest.measured import Count, Measured, percentile
from loadtest.scenario import Kind, Scenario
from loadtest.verdict import Verdict, bottleneck, broken, verdicts


def lines(scenario: Scenario, measured: Measured) -> list[str]:
    """Return a run as text: what was sent, by kind; then each limit; then what is wrong."""
    total = measured.total
    found = [
        f"{scenario.name}: {scenario.title}",
        (
            f"  offered {scenario.offered_per_second:.1f} requests/s, achieved {_rate(measured):.1f} "
            f"({measured.achieved_share:.0%} of {measured.offered:,.0f} that were due)"
        ),
        (
            f"  {total.sent:,} sent, {total.passed:,} passed, {total.failed:,} failed, "
            f"{total.blocked:,} blocked (429); the edge saved {total.edge_bytes:,} of {total.body_bytes:,} bytes"
        ),
    ]
    for name, count in rows(measured):
        found.append(
            f"  {name}: {count.sent:,} sent, p50 {_ms(count, 50)}, p95 {_ms(count, 95)}, p99 {_ms(count, 99)}, "
            f"edge hits {_share(count.edge_hits, count.edge_told)}, Redis hits "
            f"{_share(count.redis_hits, count.redis_told)}"
        )
    judged = verdicts(scenario, measured)
    found += [f"  {it.state.value}: {it.limit.title} {it.allowed}: {it.measured}" for it in judged]
    return [*found, *sentences(scenario, measured, judged)]


def sentences(scenario: Scenario, measured: Measured, judged: Sequence[Verdict]) -> list[str]:
    """Return what is wrong with the run, a sentence each; none where it passed."""
    late = bottleneck(scenario, measured)
    found = [it.sentence for it in broken(judged) if not late or it.limit.measure not in OF_THE_GENERATOR]
    errors = [f"no answer: {text}, {count} times" for text, count in sorted(measured.errors.items())]
    return [*([late] if late else []), *found, *(errors if found else [])]


OF_THE_GENERATOR = ("achieved_share", "cpu_percent")
"""What the sentence about the generator says already."""


def document(scenario: Scenario, measured: Measured, url: str) -> dict[str, Any]:
    """Return a run for programs: shares between 0 and 1, times in milliseconds."""
    judged, total = verdicts(scenario, measured), measured.total
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "url": url,
        "passed": not broken(judged),
        "generator_was_the_bottleneck": bottleneck(scenario, measured) is not None,
        "users": scenario.users,
        "represents_users": scenario.represents_users,
        "duration_seconds": scenario.duration_seconds,
        "offered_per_second": round(scenario.offered_per_second, 3),
        "achieved_per_second": round(_rate(measured), 3),
        "achieved_share": round(measured.achieved_share, 4),
        "cpu_percent": round(measured.cpu_percent, 1),
        "requests": {"sent": total.sent, "passed": total.passed, "failed": total.failed, "blocked": total.blocked},
        "bytes_saved": total.edge_bytes,
        "passed_in_fullest_minute": measured.passed_in_fullest_minute,
        "statuses": measured.statuses,
        "kinds": {name: _numbers(count) for name, count in rows(measured)},
        "limits": [
            {
                "measure": it.limit.measure,
                "title": it.limit.title,
                "key": it.limit.key,
                "at_least": it.limit.at_least,
                "at_most": it.limit.at_most,
                "measured": it.value,
                "state": it.state.value,
            }
            for it in judged
        ],
        "findings": sentences(scenario, measured, judged),
    }


def rows(measured: Measured) -> list[tuple[str, Count]]:
    """Return each kind of request that was sent, reads cold (first of an address) and warm apart, by name."""
    found = []
    for kind in Kind:
        for when, name in (("first", f"{kind.value}, cold"), ("later", f"{kind.value}, warm")):
            count = measured.of((kind,), when)
            if count.sent:
                reads = kind in (Kind.STATIC, Kind.API, Kind.PAGE)
                found.append((name if reads else kind.value, count))
    return found


def _numbers(count: Count) -> Mapping[str, Any]:
    return {
        "sent": count.sent,
        "passed": count.passed,
        "failed": count.failed,
        "blocked": count.blocked,
        **{f"p{it}_ms": percentile(count.latencies, it) for it in (50, 95, 99)},
        "edge_hit_share": round(count.edge_hits / count.edge_told, 4) if count.edge_told else None,
        "redis_hit_share": round(count.redis_hits / count.redis_told, 4) if count.redis_told else None,
        "bytes": count.body_bytes,
        "bytes_saved": count.edge_bytes,
    }


def _rate(measured: Measured) -> float:
    return measured.total.sent / measured.seconds if measured.seconds else 0.0


def _ms(count: Count, percent: int) -> str:
    found = percentile(count.latencies, percent)
    return "-" if found is None else f"{found} ms"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "not told"
