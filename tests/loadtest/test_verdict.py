"""Limits, verdicts and the report, without a generator."""

import json

import pytest
from msgspec.structs import replace

from loadtest.caches import edge_hit, redis_hit
from loadtest.html import Run, page
from loadtest.measured import Count, Measured, Second, percentile
from loadtest.measures import value
from loadtest.report import document, lines
from loadtest.scenario import Call, Kind, Limit, Scenario
from loadtest.verdict import State, bottleneck, broken, verdicts

SCENARIO = Scenario(
    name="x",
    title="a <test>",
    calls=[Call(path="/rest/feed")],
    users=10,
    duration_seconds=100,
    think_time_seconds=1,
)


def measured(**changes: object) -> Measured:
    cold = Count(sent=20, edge_told=20, edge_hits=0, body_bytes=2000, redis_told=20, redis_hits=5,
                 latencies={200: 19, 240: 1})  # fmt: skip
    warm = Count(sent=900, blocked=20, failed=8, edge_told=800, edge_hits=720, body_bytes=80_000,
                 edge_bytes=72_000, redis_told=80, redis_hits=79, latencies={20: 800, 90: 72})  # fmt: skip
    files = Count(sent=80, edge_told=80, edge_hits=72, body_bytes=800_000, edge_bytes=720_000, latencies={5: 80})
    found = Measured(
        offered=1000,
        seconds=100,
        counts={"api:first": cold, "api:later": warm, "static:later": files},
        by_second={at: Second(passed=10) for at in range(100)},
    )
    for name, given in changes.items():
        setattr(found, name, given)
    return found


@pytest.mark.parametrize(
    ("measure", "number"),
    [
        ("latency:feed_cold:95", 200),
        ("latency:feed_warm:95", 90),
        ("latency:feed_warm:50", 20),
        ("latency:edge:99", 200),
        ("latency:operation:95", None),
        # No page was asked for: every request has to keep what a page promises.
        ("latency:page:95", 90),
        ("hit_share:edge_static", 0.9),
        ("hit_share:edge_api", 720 / 820),
        ("hit_share:edge", 792 / 900),
        ("hit_share:redis_feed", 0.84),
        ("byte_share:edge", 792_000 / 882_000),
        ("reads_saved", (720 + 84) / 892),
        # What was refused was no try at an answer.
        ("failed_share", 8 / 980),
        ("blocked_share", 0.02),
        ("blocked", 20),
        ("passed_per_minute", 600),
        ("achieved_share", 1.0),
    ],
)
def test_number_is_what_the_run_measured(measure: str, number: float | None):
    found = value(measured(), measure)
    assert found == (None if number is None else pytest.approx(number))


def test_limit_is_kept_broken_or_not_measured_and_the_sentence_says_all():
    limits = [
        Limit(measure="latency:feed_warm:95", title="warm", key="objectives.latency warm", at_most=90),
        Limit(measure="latency:feed_cold:95", title="cold", key="objectives.latency cold", at_most=199),
        Limit(measure="latency:operation:95", title="switch", key="k", at_most=50, required=False),
        Limit(measure="latency:operation:95", title="switch", key="k", at_most=50),
        Limit(measure="hit_share:edge_static", title="files", key="k", at_least=0.9),
        Limit(measure="hit_share:edge_static", title="files", key="objectives.hits edge_static", at_least=0.91),
    ]
    found = verdicts(replace(SCENARIO, limits=limits), measured())
    kept, wrong, missing = State.KEPT, State.BROKEN, State.NOT_MEASURED
    assert [it.state for it in found] == [kept, wrong, missing, wrong, kept, wrong, kept, kept]
    assert [it.sentence for it in broken(found)] == [
        "cold: measured 200 ms, allowed at most 199 ms (objectives.latency cold)",
        "switch: measured nothing, allowed at most 50 ms (k)",
        "files: measured 90 %, allowed at least 91 % (objectives.hits edge_static)",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cpu_percent": 90.5}, "its processor was busy for 90 %"),
        ({"offered": 1060}, "it sent 10.0 of 10.0 requests a second, 94% of those that were due"),
        ({"offered": 0}, "0% of those that were due"),
    ],
)
def test_run_whose_generator_was_the_limit_fails(changes: dict[str, float], words: str):
    run = measured(**changes)
    assert broken(verdicts(SCENARIO, run))
    sentence = bottleneck(SCENARIO, run)
    assert sentence is not None
    assert sentence.startswith("The generator was the bottleneck")
    assert words in sentence
    told = document(SCENARIO, run, "http://x")
    assert told["passed"] is False
    assert told["generator_was_the_bottleneck"] is True
    assert sentence in lines(SCENARIO, run)


def test_generator_that_kept_up_is_no_bottleneck():
    assert bottleneck(SCENARIO, measured(offered=1050, cpu_percent=90)) is None
    assert broken(verdicts(SCENARIO, measured(offered=1050, cpu_percent=90))) == []


def test_processes_of_one_run_add_up():
    total = measured()
    total.add(measured(cpu_percent=70))
    assert (total.offered, total.total.sent, total.seconds, total.cpu_percent) == (2000, 2000, 100, 70)
    assert total.passed_in_fullest_minute == 1200
    assert percentile(total.of([Kind.API], "first").latencies, 95) == 200


def test_fullest_minute_is_found_anywhere():
    run = Measured(by_second={at: Second(passed=1) for at in (0, 50, 59, 60, 109, 300)})
    assert run.passed_in_fullest_minute == 4


@pytest.mark.parametrize(
    ("headers", "hit"),
    [
        ({"cf-cache-status": "HIT"}, True),
        ({"cf-cache-status": "DYNAMIC", "x-cache": "Hit from elsewhere"}, False),
        ({"x-cache": "Hit from cloudfront"}, True),
        ({"x-cache": "Miss from cloudfront"}, False),
        ({"x-cache": "RefreshHit from cloudfront"}, False),
        ({"x-cache-status": "STALE"}, True),
        ({"x-cache-status": "BYPASS"}, False),
        ({"x-vercel-cache": "PRERENDER"}, False),
        ({}, None),
    ],
)
def test_word_of_each_edge_is_known(headers: dict[str, str], hit: bool | None):
    assert edge_hit(headers) is hit


def test_application_says_by_its_own_header_whether_redis_answered():
    told = [redis_hit({"x-redis-cache": word}, "X-Redis-Cache") for word in ("hit", "miss", "down", "")]
    assert told == [True, False, False, None]


def test_report_is_one_small_file_that_needs_no_other():
    text = page("A report", ["It is one."], [Run(scenario=SCENARIO, measured=measured())])
    assert len(text.encode()) < 40_000
    assert "a &lt;test&gt;" in text
    assert text.count("<svg") == 2
    for outside in ("src=", "href=", "@import", "<script"):
        assert outside not in text
    json.dumps(document(SCENARIO, measured(), "http://x"))
