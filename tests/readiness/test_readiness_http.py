"""What is wrong with what a stack serves is named by the one check that is about it."""

import ssl
from collections.abc import Iterator, Sequence
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from msgspec.structs import replace

from components.edge.args import EdgeArgs
from components.edge.signals import signals
from footing.project import stack_file
from footing.systems import stack_file_of
from lab import certificate
from lab.listeners import Handler, serving
from observability import (
    ON_REQUEST,
    Check,
    Comparison,
    Group,
    HttpQuestion,
    Step,
    StepsQuestion,
    TlsQuestion,
    Wanted,
)
from readiness import http, steps, tls
from readiness.answer import Outcome, Result
from readiness.context import LiveStack
from readiness.run import run
from readiness.web import HttpAnswer
from stacks.config.stack import StackConfig
from stacks.edge import edge_settings
from stacks.readiness_web import UPGRADE, web_checks
from tests.readiness.web_origin import Origin, running


def config_of(system: str, environment: str) -> StackConfig:
    return stack_file(environment, stack_file_of(system, environment, None), secrets_stood_in=True).config


def ask(checks: Sequence[Check], **environment: str) -> dict[str, Result]:
    live = LiveStack(environment=environment)
    askers = {**http.askers(live), **tls.askers(live), **steps.askers(live)}
    return {it.check.id: it for it in run(checks, askers)}


def failed(results: dict[str, Result]) -> set[str]:
    return {id_ for id_, it in results.items() if it.outcome is not Outcome.HOLDS}


@pytest.fixture(scope="module")
def checks() -> list[Check]:
    """Those of the feed's edge and of SyncKairos' service that ask the main service over HTTP."""
    feed, synckairos = config_of("feed", "production"), config_of("synckairos", "staging")
    assert feed.edge is not None
    args = EdgeArgs(
        zone_name="feed.example", zone_id="", origin_hostname="", settings=edge_settings(feed, feed.edge)
    )
    every = (*signals(args).checks, *web_checks(feed), *web_checks(synckairos))
    socket = HttpQuestion(
        url="https://x.example/ws", part="status", wanted=Wanted(Comparison.IS, 101), headers=UPGRADE, main=True
    )
    asked = [it for it in every if isinstance(it.question, HttpQuestion | StepsQuestion) and it.question.main]
    return [*asked, Check(id="service-websocket", group=Group.SERVICE, title="", question=socket, fix="")]


@pytest.fixture(scope="module")
def origin() -> Iterator[tuple[Origin, str]]:
    origin = Origin()
    with running(origin) as address:
        yield origin, address


FAULTS = {
    "no cache hit": {"edge-file-kept"},
    "not immutable": {"edge-file-immutable"},
    "no 304": {"edge-file-etag"},
    "no ETag": {"edge-file-etag", "edge-api-etag"},
    "no compression": {"edge-compression"},
    "personal answer kept": {"edge-personal-not-kept"},
    "personal answer shared": {"edge-api-personal"},
    "API is silent": {"edge-api-cache-control"},
    "API sends again": {"edge-api-etag"},
    "no limit": {"edge-limit-auth", "edge-limit-api"},
    "no X-Content-Type-Options": {"edge-header-nosniff"},
    "no Referrer-Policy": {"edge-header-referrer-policy"},
    "no X-Frame-Options": {"edge-header-frame-ancestors"},
    "no Strict-Transport-Security": {"edge-header-hsts"},
    "no CF-Ray": {"edge-in-front"},
    "version told": {"edge-header-versions", "service-versions"},
    "/health fails": {"service-health"},
    "/ready fails": {"service-ready"},
    "metric missing": {"service-metric-synckairos-active-sessions"},
    "no websocket": {"service-websocket"},
    "session refused": {"smoke-session-round"},
    "session lost": {"smoke-session-round"},
    "session mixed up": {"smoke-session-round"},
}


def test_each_fault_of_an_origin_is_named_by_its_check(checks: list[Check], origin: tuple[Origin, str]) -> None:
    server, address = origin
    limits = [it for it in checks if it.group is Group.EDGE_LIMITS]
    others = [it for it in checks if it not in limits]

    def found(*faults: str) -> set[str]:
        server.renew(*faults)
        wrong = failed(ask(others, BASE_URL="http://127.0.0.1:1", API_URL=address))
        server.counts.clear()
        return wrong | (failed(ask(limits, API_URL=address)) if "no limit" in faults or not faults else set())

    assert found() == set()
    assert {fault: found(fault) for fault in FAULTS} == FAULTS


def test_whoever_asks_for_no_limit_and_no_smoke_test_sends_reads_alone(
    checks: list[Check], origin: tuple[Origin, str]
) -> None:
    server, address = origin
    server.renew()
    ask([it for it in checks if it.group not in ON_REQUEST], API_URL=address)
    assert server.sent
    assert not [it for it in server.sent if not it.startswith("GET ")]
    assert len(server.sent) < 50
    server.renew()
    [limit] = [it for it in checks if it.id == "edge-limit-auth"]
    assert ask([limit], API_URL=address)[limit.id].saw == "404, 429"
    assert len(server.sent) <= 32


def test_a_service_that_is_away_fails_its_health_check_and_leaves_the_others_unasked(checks: list[Check]) -> None:
    two = [it for it in checks if it.id in ("service-health", "edge-header-hsts")]
    away = ask(two, API_URL="http://127.0.0.1:1")
    assert away["service-health"].outcome is Outcome.FAILS
    assert "127.0.0.1:1 does not answer" in away["service-health"].saw
    assert away["edge-header-hsts"].outcome is Outcome.NOT_ASKED
    wrong = ask(two, API_URL="example.com")["service-health"]
    assert (wrong.outcome, wrong.saw) == (Outcome.NOT_ASKED, "API_URL is no address of the form https://name")


def test_challenge_of_cloudflare_is_no_answer_of_the_stack(
    checks: list[Check], origin: tuple[Origin, str]
) -> None:
    server, address = origin
    server.renew("challenge")
    results = ask([it for it in checks if it.group is Group.EDGE], API_URL=address)
    assert {it.outcome for it in results.values()} == {Outcome.NOT_ASKED}
    assert "challenges this machine as a bot" in results["edge-file-kept"].saw


PERSONAL = {"authorization": "Bearer x"}


@pytest.mark.parametrize(
    ("part", "headers", "body", "asked", "answer"),
    [
        ("shared seconds", {"cache-control": "public, max-age=60, s-maxage=30"}, "", {}, 30),
        ("shared seconds", {"cache-control": "max-age=60"}, "", {}, 60),
        ("shared seconds", {"cache-control": "max-age=60"}, "", PERSONAL, 0),
        ("shared seconds", {"cache-control": "s-maxage=60"}, "", PERSONAL, 60),
        ("shared seconds", {"cache-control": "max-age=60, No-Store"}, "", {}, 0),
        ("shared seconds", {}, "", {}, None),
        ("shared seconds", {}, "", PERSONAL, 0),
        ("versions", {"server": "cloudflare", "via": "1.1 vegur"}, "", {}, []),
        ("versions", {"server": "Apache/2.4"}, "", {}, ["server: Apache/2.4"]),
        ("versions", {"x-powered-by": "Express"}, "", {}, ["x-powered-by: Express"]),
        ("header b or a", {"a": "1"}, "", {}, "1"),
        ("header location", {"location": "https://x.example/"}, "", {}, "https://x.example/"),
        ("metric a", {}, "ab 1\na 2\n", {}, "2"),
        ("metric a", {}, 'a_bucket{le="1"} 3\n', {}, "3"),
        ("metric a", {}, "# HELP a of b\nab 1\n", {}, None),
        ("json a.b", {}, '{"a": {"b": 7}}', {}, 7),
    ],
)  # fmt: skip
def test_part_of_an_answer(
    part: str, headers: dict[str, str], body: str, asked: dict[str, str], answer: object
) -> None:
    given = HttpAnswer(status=200, headers=headers, body=body.encode(), seconds=0.1)
    assert http.part_of(given, part, asked) == answer


def test_simulated_stack_is_asked_nowhere_but_at_an_address_given(checks: list[Check]) -> None:
    [health] = [it for it in checks if it.id == "service-health"]
    [result] = run([health], {HttpQuestion: http.asker(LiveStack(simulated=True))})
    assert result.outcome is Outcome.NOT_ASKED
    assert "the stack is simulated" in result.saw


def test_step_says_what_it_saw_and_takes_secrets_from_the_environment(origin: tuple[Origin, str]) -> None:
    server, address = origin

    def told(*given: Step, **environment: str) -> str:
        question = StepsQuestion(url="https://x.example", steps=given, main=True)
        check = Check(id="smoke-x", group=Group.SMOKE, title="", question=question, fix="")
        return ask([check], API_URL=address, **environment)["smoke-x"].saw

    server.renew("session mixed up")
    made = Step(
        method="POST",
        path="/v1/sessions",
        body={
            "session_id": "{uuid}",
            "sync_mode": "per_participant",
            "participants": [{"participant_id": "{uuid:one}", "total_time_ms": 60000}],
        },
        save={"session": "session_id"},
    )
    read = Step(method="GET", path="/v1/sessions/{session}", answer={"session_id": "{session}"})
    assert "step 2, GET /v1/sessions/{session}: session_id is another, not " in told(made, read)
    server.renew()
    assert told(made, read) == "passed"
    assert told(made, replace(read, status=204)).endswith("status 200, not 204")
    signed = Step(method="GET", path="/health", headers={"Authorization": "Bearer {env:SMOKE_TOKEN}"})
    assert told(signed) == "SMOKE_TOKEN is not set, which the smoke test needs"
    assert told(signed, SMOKE_TOKEN="tulip-lantern") == "passed"
    assert "tulip" not in told(signed, read, SMOKE_TOKEN="tulip-lantern")


class Silent(Handler):
    def do_GET(self) -> None:  # noqa: N802  http.server calls it by this name
        self.answer(200, b"")


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (None, set()),
        ("ends soon", {"edge-certificate"}),
        ("old TLS", {"edge-old-tls"}),
        ("stranger", {"edge-certificate"}),
    ],
)
def test_each_fault_of_tls_is_named_by_its_check(
    fault: str | None, named: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = certificate.make(tmp_path, days=1 if fault == "ends soon" else 60)
    if fault != "stranger":
        monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    if fault == "old TLS":
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    server = ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    asked = [
        it
        for it in web_checks(config_of("feed", "production"))
        if isinstance(it.question, TlsQuestion) and it.question.main
    ]
    assert {it.id for it in asked} == {"edge-tls", "edge-old-tls", "edge-certificate"}
    with serving(server):
        assert failed(ask(asked, API_URL=f"https://127.0.0.1:{server.server_port}")) == named
