"""What is wrong at a vendor is named by its check; no token is shown, sent elsewhere, or asked for in vain."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from msgspec.structs import replace

from components.edge.args import EdgeArgs
from components.edge.signals import signals as edge_signals
from components.frontend.args import FunctionArgs, VercelDomainArgs, VercelFrontendArgs
from components.frontend.checks import frontend_checks
from components.postgres.supabase_checks import supabase_checks
from components.sentry.args import KeyLimitArgs, SamplingArgs, SentryArgs, TeamArgs
from components.sentry.signals import signals as sentry_signals
from footing.project import stack_file
from footing.systems import stack_file_of
from lab.listeners import Handler, serving
from lazy_sdk.hook import install
from observability import Check, Vendor, VendorQuestion
from readiness import vendors
from readiness.answer import Outcome, Result
from readiness.context import LiveStack
from readiness.run import run
from simulator.vendors.clerk import Clerk
from simulator.vendors.fake import TOKEN, Fake, Request
from simulator.vendors.fake import running as fake_running
from simulator.vendors.neon import Neon
from simulator.vendors.rediscloud import RedisCloud
from simulator.vendors.sentry import Sentry
from simulator.vendors.supabase import Supabase
from stacks.edge import edge_settings
from stacks.readiness_web import web_checks

FAKES = (Clerk, Neon, RedisCloud, Sentry, Supabase)
OTHERS = ("CLOUDFLARE_API_TOKEN", "GITHUB_TOKEN", "FLY_MACHINES_APIKEY", "VERCEL_API_TOKEN", "DATADOG_API_KEY")
ENVIRONMENT = {
    **{name: value for fake in FAKES for name, value in fake.environment.items()},
    **dict.fromkeys((*OTHERS, "DATADOG_APP_KEY", "GRAFANA_AUTH", "UPSTASH_EMAIL", "UPSTASH_API_KEY"), TOKEN),
}
POSTGIS = {"name": "rls_disabled_in_public", "level": "ERROR", "metadata": {"name": "spatial_ref_sys"}}
OWN = {"name": "rls_disabled_in_public", "level": "ERROR", "metadata": {"name": "posts"}}


def lint(given: Mapping[str, Any]) -> dict[str, Any]:
    texts = dict.fromkeys(("title", "description", "detail", "remediation", "cache_key"), "")
    return {**texts, "facing": "EXTERNAL", "categories": ["SECURITY"], **given}


PHASES = (
    *("http_request_firewall_custom", "http_request_firewall_managed", "http_request_cache_settings"),
    *("http_response_cache_settings", "http_response_headers_transform", "http_response_compression"),
    "http_ratelimit",
)
SOURCES = ("cloudwatch", "prometheus", "postgres", "upstash", "grafanacloud-prom")
MACHINE = {"name": "one", "state": "started", "config": {"image": "shop:1"}, "checks": [{"status": "passing"}]}


def rule(app: str) -> dict[str, Any]:
    return {"title": "Errors", "isPaused": False, "labels": {"environment": "production", "service": app}}


def published() -> dict[str, Any]:
    """Return the parts of answers that vendors without a fake publish, by path, all healthy."""
    certificates = [{"status": "active", "expires_on": "2099-01-01T00:00:00Z"}, {"status": "deleted"}]
    managed = {"kind": "managed", "phase": "http_request_firewall_managed"}
    return {
        "/zones": {"result": [{"status": "active"}]},
        "/zones/z": {"result": {"plan": {"legacy_id": "business"}}},
        "/zones/z/settings/ssl": {"result": {"value": "strict"}},
        "/zones/z/dnssec": {"result": {"status": "active"}},
        "/zones/z/origin_tls_client_auth": {"result": certificates},
        "/zones/z/rulesets": {"result": [*({"kind": "zone", "phase": it} for it in PHASES), managed]},
        "/repos/example/nexod/environments/production": {
            "deployment_branch_policy": {"custom_branch_policies": True},
            "protection_rules": [{"type": "required_reviewers", "reviewers": [{"type": "User"}]}],
        },
        "/apps/shop/machines": [deepcopy(MACHINE), {**deepcopy(MACHINE), "state": "stopped", "checks": []}],
        "/v6/domains/app.example.com/config": {"misconfigured": False},
        "/v9/projects/shop": {
            "ssoProtection": {"deploymentType": "all"},
            "env": [{"target": ["production"], "updatedAt": 100}, {"target": ["preview"], "updatedAt": 300}],
            "targets": {"production": {"createdAt": 200, "readyState": "READY"}},
        },
        "/redis/database/u": {"state": "active", "tls": True},
        "/api/health": {"database": "ok"},
        "/api/v1/provisioning/alert-rules": [rule("feed"), rule("synckairos")],
        "/api/datasources/proxy/uid/grafanacloud-prom/api/v1/query": {
            "data": {"result": [{"metric": {"job": "fly"}, "value": [0, "1"]}]}
        },
        **{f"/api/datasources/uid/{it}/health": {"status": "OK"} for it in SOURCES},
        "/api/v1/monitor": [{"name": "Errors (production)", "options": {"silenced": {}}}],
    }


class Published:
    """Vendors without a fake, and the headers that they were sent."""

    def __init__(self) -> None:
        self.answers = published()
        self.sent: list[Mapping[str, str]] = []


class Answers(Handler):
    published: Published
    location = ""

    def do_GET(self) -> None:  # noqa: N802  http.server calls it by this name
        self.published.sent.append(dict(self.headers))
        if self.location:
            self.send_response(302)
            self.send_header("Location", self.location)
            self.end_headers()
            return
        found = self.published.answers.get(self.path.partition("?")[0])
        self.answer(404 if found is None else 200, json.dumps(found).encode())


@contextmanager
def serving_published(published: Published, location: str = "") -> Iterator[str]:
    handler = type("Bound", (Answers,), {"published": published, "location": location})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    with serving(server):
        yield f"http://127.0.0.1:{server.server_port}"


class World:
    """Every vendor, healthy, with the checks of what it holds."""

    def __init__(self, published: Published, address: str, fakes: Mapping[str, tuple[Fake, str]]) -> None:
        self.published, self.address = published, address
        self.fakes = {name: it for name, (it, _) in fakes.items()}
        self.environment = {**ENVIRONMENT, **{it.endpoint_variable: url for it, url in fakes.values()}}
        self.ids = {"cloudflare.Zone domain-zone": "z", "upstash.RedisDatabase redis-store": "u"}
        self._make()
        self.checks = [self._moved(it) for it in checks() if isinstance(it.question, VendorQuestion)]

    def fake(self, name: str) -> Fake:
        return self.fakes[name]

    @property
    def supabase(self) -> dict[str, Any]:
        return self.fake("Supabase").state

    @property
    def project(self) -> dict[str, Any]:
        found: dict[str, Any] = next(iter(self.supabase["projects"].values()))
        return found

    @property
    def cloud_database(self) -> dict[str, Any]:
        found: dict[str, Any] = self.fake("RedisCloud").state["subscriptions"]["7"]["databases"]["8"]
        return found

    @property
    def zone(self) -> dict[str, Any]:
        found = self.published.answers
        return {it.removeprefix("/zones/z"): found[it]["result"] for it in found if it.startswith("/zones/z")}

    @contextmanager
    def spoilt(self, spoil: Callable[["World"], object]) -> Iterator[None]:
        """Let something be wrong for the length of the block."""
        states = {name: deepcopy(it.state) for name, it in self.fakes.items()}
        spoil(self)
        try:
            yield
        finally:
            self.published.answers = published()
            for name, state in states.items():
                self.fakes[name].state = state

    def _do(self, vendor: str, operation: str, body: Any = None, **names: str) -> Any:
        fake = self.fake(vendor)
        answer = fake._operations[operation](Request(names, body, {}))
        assert answer.status < 300, answer
        return answer.body

    def _make(self) -> None:
        ref = self._do("Supabase", "POST /v1/projects", {"name": "feed", "organization_slug": "example"})["ref"]
        self.ids["footing-supabase.Project database-project"] = ref
        project = self.fake("Supabase").state["projects"][ref]
        project["tls"] = True
        project["auth"]["rate_limit_token_refresh"] = 150
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.fake("Supabase").state.update(
            lints=[lint(POSTGIS)],
            backups={
                "backups": [{"is_physical_backup": True, "status": "COMPLETED", "inserted_at": now}],
                "physical_backup_data": {},
            },
        )
        settings = {"project": {"name": "shop", "region_id": "aws-us-west-2"}}
        project = self._do("Neon", "POST /projects", settings)["project"]["id"]
        self.ids["footing-neon.Project database-project"] = project
        for compute in self.fake("Neon").state["projects"][project]["endpoints"].values():
            compute["state"] = "active"
        organization = {"organization_id_or_slug": "example", "team_id_or_slug": "platform"}
        project_of = {"organization_id_or_slug": "example", "project_id_or_slug": "shop-api"}
        self._do(
            "Sentry",
            "POST /api/0/teams/{organization_id_or_slug}/{team_id_or_slug}/projects/",
            {"name": "shop-api", "slug": "shop-api"},
            **organization,
        )
        self._do(
            "Sentry",
            "POST /api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/keys/",
            {"name": "own"},
            **project_of,
        )
        self.fake("RedisCloud").state["subscriptions"]["7"] = {
            "id": 7,
            "name": "x",
            "planId": 1,
            "status": "active",
            "databases": {"8": dict(DATABASE)},
        }
        self.ids["footing-rediscloud.EssentialsSubscription redis-subscription"] = "7"
        self.fake("Clerk").state["configs"]["app_1/production"] = {"session": {"lifetime": 60}, "other": 1}

    def _moved(self, check: Check) -> Check:
        """Ask the whole addresses of Grafana and Datadog on loopback."""
        assert isinstance(check.question, VendorQuestion)
        url = re.sub(r"^https://[^/]+", self.address, check.question.url)
        return replace(check, question=replace(check.question, url=url))

    def ask(self, alike: str = "", **environment: str | None) -> dict[str, Result]:
        """Return the results of every check, or of those that ask the vendor of the check `alike`."""
        vendor = next((it.question.vendor for it in self.checks if it.id == alike), None)
        asked = [it for it in self.checks if vendor in (None, it.question.vendor)]
        given = {name: it for name, it in {**self.environment, **environment}.items() if it is not None}
        live = LiveStack(environment=given, ids=self.ids)
        access = {
            vendor: replace(it, address=self.address if not it.variable else it.address) if it.address else it
            for vendor, it in vendors.ACCESS.items()
        }
        return {it.check.id: it for it in run(asked, {VendorQuestion: vendors.asker(live, access)})}


DATABASE = {
    "databaseId": 8,
    "name": "x",
    "status": "active",
    "protocol": "stack",
    "dataPersistence": "none",
    "dataEvictionPolicy": "noeviction",
    "replication": True,
    "enableTls": True,
    "sourceIps": [],
    "alerts": [],
    "password": "x",
}


def checks() -> Iterator[Check]:
    """Yield the checks that a stack with every vendor has."""
    # Only now: these need the SDKs, of which the hook loads the parts that are used.
    install()
    from components.clerk.component import ClerkArgs, clerk_checks
    from components.origin_pull import SIGNALS as ORIGIN_PULL
    from components.postgres.neon import CHECKS as NEON
    from components.service.fly.signals import machine_checks

    for system, environment in (("feed", "production"), ("synckairos", "production"), ("nexod", "production")):
        config = stack_file(environment, stack_file_of(system, environment, None), secrets_stood_in=True).config
        found = {it.id: it for it in web_checks(config)}
        own = [it for it in found if it.startswith(PARTS[system])]
        for id_ in own:
            yield replace(found[id_], id=id_ if system != "synckairos" or "redis" not in id_ else f"cloud-{id_}")
        if system == "feed" and config.edge is not None:
            settings = edge_settings(config, config.edge)
            edge = EdgeArgs(zone_name="feed.example", zone_id="", origin_hostname="", settings=settings)
            yield from edge_signals(edge).checks
    yield from supabase_checks("database")
    yield from NEON
    yield from machine_checks("shop", "shop:1")
    yield from ORIGIN_PULL.checks
    args = VercelFrontendArgs(
        project_name="shop",
        functions=FunctionArgs(regions=["iad1"]),
        domains=[VercelDomainArgs(hostname="app.example.com", record_zone="example.com")],
        zone_id="z",
        team="team_1",
    )
    yield from frontend_checks(args)
    yield from clerk_checks(
        ClerkArgs(
            application_id="app_1",
            publishable_key="pk_test_x",
            issuer="https://clerk.example.com",
            secret_key="x",
            settings={"session": {"lifetime": 60}},
        )
    )
    sentry = SentryArgs(
        team=TeamArgs(organization="example", slug="platform"),
        project="shop-api",
        platform="python",
        environment="staging",
        sampling=SamplingArgs(traces=0.1),
        key_limit=KeyLimitArgs(events=1000, window_seconds=3600),
    )
    yield from sentry_signals(sentry).checks


PARTS = {
    "feed": ("edge-", "supabase-", "redis-", "grafana-"),
    "synckairos": ("redis-", "datadog-", "collector-"),
    "nexod": ("github-",),
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    published = Published()
    with ExitStack() as stack:
        made = {it.__name__: it() for it in FAKES}
        fakes = {name: (it, stack.enter_context(fake_running(it))) for name, it in made.items()}
        yield World(published, stack.enter_context(serving_published(published)), fakes)


def failed(results: dict[str, Result]) -> set[str]:
    return {id_ for id_, it in results.items() if it.outcome is not Outcome.HOLDS}


def test_everything_holds_at_healthy_vendors_and_each_is_asked(world: World) -> None:
    results = world.ask()
    assert {id_: it.saw for id_, it in results.items() if it.outcome is not Outcome.HOLDS} == {}
    asked = {it.question.vendor for it in world.checks if isinstance(it.question, VendorQuestion)}
    assert asked == set(Vendor)


def answer(world: World, path: str) -> Any:
    return world.published.answers[path]


def ago(days: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - days * 86_400))


FAULTS: dict[str, Callable[[World], object]] = {
    "edge-delegated": lambda it: answer(it, "/zones")["result"][0].update(status="pending"),
    "edge-plan": lambda it: it.zone[""]["plan"].update(legacy_id="free"),
    "edge-ssl": lambda it: it.zone["/settings/ssl"].update(value="flexible"),
    "edge-rulesets": lambda it: it.zone["/rulesets"].pop(0),
    "edge-dnssec": lambda it: it.zone["/dnssec"].update(status="pending"),
    "origin-pull-certificate": lambda it: it.zone["/origin_tls_client_auth"][0].update(expires_on=ago(-30)),
    "supabase-tls": lambda it: it.project.update(tls=False),
    "supabase-backup": lambda it: it.supabase["backups"]["backups"][0].update(inserted_at=ago(3)),
    "supabase-advisors": lambda it: it.supabase["lints"].append(lint(OWN)),
    "supabase-advisor-count": lambda it: it.supabase["lints"].extend([lint(POSTGIS)] * 31),
    "supabase-health": lambda it: it.supabase.update(unhealthy=["auth"]),
    "supabase-auth": lambda it: it.project["auth"].update(rate_limit_token_refresh=1800),
    "supabase-pool-mode": lambda it: it.project["pooler"].update(pool_mode="session"),
    "neon-up": lambda it: [
        compute.update(state="idle")
        for project in it.fake("Neon").state["projects"].values()
        for compute in project["endpoints"].values()
    ],
    "cloud-redis-database": lambda it: it.cloud_database.update(status="pending"),
    "cloud-redis-tls": lambda it: it.cloud_database.update(enableTls=False),
    "redis-database": lambda it: answer(it, "/redis/database/u").update(state="suspended"),
    "redis-tls": lambda it: answer(it, "/redis/database/u").update(tls=False),
    "service-machines-checks": lambda it: answer(it, "/apps/shop/machines")[0]["checks"].append(
        {"name": "http", "status": "critical"}
    ),
    "service-machines-image": lambda it: answer(it, "/apps/shop/machines")[1]["config"].update(image="shop:0"),
    "frontend-domain": lambda it: answer(it, "/v6/domains/app.example.com/config").update(misconfigured=True),
    "frontend-preview": lambda it: answer(it, "/v9/projects/shop").update(ssoProtection=None),
    "frontend-variables": lambda it: answer(it, "/v9/projects/shop")["env"][0].update(updatedAt=201),
    "frontend-deployed": lambda it: answer(it, "/v9/projects/shop")["targets"]["production"].update(
        readyState="ERROR"
    ),
    "clerk-sign-in": lambda it: (
        it.fake("Clerk").state["configs"]["app_1/production"]["session"].update(lifetime=9)
    ),
    "sentry-key-shop-api": lambda it: [
        key.update(isActive=False) for key in it.fake("Sentry").state["keys"].values()
    ],
    "sentry-monitors-shop-api": lambda it: it.fake("Sentry")._add_detector(  # type: ignore[attr-defined]
        {"name": "errors", "type": "metric_issue", "enabled": False}, "example/shop-api"
    ),
    "github-branches": lambda it: answer(it, "/repos/example/nexod/environments/production").update(
        deployment_branch_policy=None
    ),
    "github-reviewers": lambda it: answer(it, "/repos/example/nexod/environments/production").update(
        protection_rules=[]
    ),
    "grafana-health": lambda it: answer(it, "/api/health").update(database="failing"),
    "grafana-source-prometheus": lambda it: answer(it, "/api/datasources/uid/prometheus/health").update(
        status="ERROR"
    ),
    "grafana-rules": lambda it: answer(it, "/api/v1/provisioning/alert-rules").pop(0),
    "grafana-rules-paused": lambda it: answer(it, "/api/v1/provisioning/alert-rules")[0].update(isPaused=True),
    "collector-targets-up": lambda it: answer(it, "/api/datasources/proxy/uid/grafanacloud-prom/api/v1/query")[
        "data"
    ]["result"].append({"metric": {"job": "service"}, "value": [0, "0"]}),
    "datadog-monitors": lambda it: answer(it, "/api/v1/monitor")[0]["options"]["silenced"].update({"*": 1}),
}


def test_each_fault_at_a_vendor_is_named_by_its_check(world: World) -> None:
    found = {}
    for id_, spoil in FAULTS.items():
        with world.spoilt(spoil):
            found[id_] = failed(world.ask())
    assert found == {id_: {id_} for id_ in FAULTS}
    assert failed(world.ask()) == set()


def test_deleted_project_fails_and_is_no_green_list_of_nothing(world: World) -> None:
    with world.spoilt(lambda it: it.supabase["projects"].clear()):
        results = world.ask()
    gone = {id_: it.outcome for id_, it in results.items() if id_.startswith("supabase-")}
    assert set(gone.values()) == {Outcome.FAILS}


def test_without_a_token_nothing_is_asked_and_its_variable_is_named(world: World) -> None:
    results = world.ask(SUPABASE_ACCESS_TOKEN=None, CLOUDFLARE_API_TOKEN="", DATADOG_APP_KEY=None)
    assert results["supabase-tls"].outcome is Outcome.NOT_ASKED
    assert results["supabase-tls"].saw == "SUPABASE_ACCESS_TOKEN not set: supabase is asked with what deploys"
    assert results["edge-ssl"].saw == "CLOUDFLARE_API_TOKEN not set: cloudflare is asked with what deploys"
    assert results["datadog-monitors"].saw.startswith("DATADOG_APP_KEY not set")


def test_wrong_token_is_told_by_its_variable_and_never_shown(world: World) -> None:
    results = world.ask(SUPABASE_ACCESS_TOKEN="tulip-lantern", NEON_API_KEY="tulip\nlantern")
    assert results["supabase-tls"].outcome is Outcome.NOT_ASKED
    assert "supabase refuses SUPABASE_ACCESS_TOKEN: GET /v1/projects/" in results["supabase-tls"].saw
    assert results["neon-up"].saw == "NEON_API_KEY is no line of text"
    assert not [it for it in results.values() if "tulip" in f"{it.saw}{it.check}" or TOKEN in it.saw]


def test_no_redirect_carries_a_token_elsewhere(world: World) -> None:
    elsewhere = Published()
    with serving_published(elsewhere) as target, serving_published(Published(), location=target) as moved:
        results = world.ask(FOOTING_SUPABASE_ENDPOINT=moved)
    assert results["supabase-tls"].outcome is Outcome.NOT_ASKED
    assert results["supabase-tls"].saw.endswith("answers 302")
    assert elsewhere.sent == []


def test_token_goes_over_https_alone(world: World) -> None:
    told = world.ask(FOOTING_SUPABASE_ENDPOINT="http://supabase.example.com")["supabase-tls"]
    assert told.saw == "supabase.example.com is not asked: a token goes over https alone"


def test_vendors_get_their_credentials_as_they_document_them(world: World) -> None:
    world.published.sent.clear()
    world.ask(GRAFANA_AUTH="user:horse", UPSTASH_EMAIL="a@example.com", UPSTASH_API_KEY="battery")
    sent = [{name.lower(): value for name, value in it.items()} for it in world.published.sent]
    given = {it["authorization"] for it in sent if "authorization" in it}
    # user:horse and a@example.com:battery, in Base64.
    assert given == {f"Bearer {TOKEN}", "Basic dXNlcjpob3JzZQ==", "Basic YUBleGFtcGxlLmNvbTpiYXR0ZXJ5"}
    assert any((it.get("dd-api-key"), it.get("dd-application-key")) == (TOKEN, TOKEN) for it in sent)
