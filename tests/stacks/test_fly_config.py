"""Fly.io: what of a stack file has no meaning there, what no Machine reaches, and what is counted."""

from pathlib import Path
from typing import Any

import pytest

from stacks.config import ConfigError, from_file, parse
from stacks.config import fly_problems as checked
from stacks.config.regions import other_regions

ROOT = Path(__file__).parents[2]
IMAGE = f"registry.fly.io/synckairos@sha256:{'0' * 64}"
ARN = "arn:aws:secretsmanager:us-west-1:123456789012:secret:synckairos/jwt-AbCdEf"
CERTIFICATE = "arn:aws:acm:us-west-1:123456789012:certificate/00000000-0000-4000-8000-000000000000"
OPEN = {"certificate_arn": CERTIFICATE, "ingress_cidrs": ["203.0.113.0/24"]}
FARGATE = {"kind": "worker", "image": IMAGE, "database_pool": 0, "redis": []}
UPSTASH = {"provider": "upstash", "role": "primary_store", "primary_region": "us-west-1", "budget_usd": 10}
AMP = {"store": {"provider": "amp"}}
MEASURED = {"metrics": {"requests": "synckairos_http_requests_total"}}


def stack(service: dict[str, Any] | None = None, **blocks: Any) -> dict[str, Any]:
    own = {"kind": "web", "provider": "fly", "image": IMAGE, "database_pool": 0, **(service or {})}
    return {
        "app": "synckairos",
        "environment": "staging",
        "region": "us-west-1",
        "owners": {"team": "platform"},
        "fly": {"organization": "example", "regions": ["sjc"]},
        "services": {"api": own},
        "objectives": {"preset": "none"},
        **blocks,
    }


def problems(values: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        parse("test", values, secrets_stood_in=True)
    return "\n".join(caught.value.problems)


def test_service_at_fly_needs_nothing_of_aws():
    config = parse("test", stack({}, redis={"cache": UPSTASH}))
    assert (config.in_network, config.in_cluster, config.at_aws, config.balanced) == (False, False, False, {})
    assert (config.main_web, config.own_addresses, config.images) == ("api", 1, {})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"task": {"cpu": 1024, "memory_mib": 2048}},
            "services.api.task: given, allowed left out with provider fly",
        ),
        ({"scaling": {"mode": "fixed", "tasks": 4}}, "fly.machines is the most that run, and fly.minimum_running"),
        ({"deployment": {"strategy": "canary"}}, "services.api.deployment: given, allowed left out"),
        ({"capacity": {"spot_percent": 50}}, "services.api.capacity: given, allowed left out"),
        ({"paths": ["/v1/*"]}, "services.api.paths: given, allowed left out with provider fly: there is no load"),
        ({"permissions": [{"actions": ["ses:SendEmail"], "resources": ["*"]}]}, "a Machine has no role at AWS"),
        ({"sidecars": {"agent": {"image": IMAGE}}}, "one container runs in each Machine"),
        ({"tmp_mib": 128}, "a Machine may write to its whole disk"),
        ({"health_codes": "200-204"}, "a check of Fly.io takes every status of 2xx"),
        ({"secrets": {"JWT_SECRET": ARN}}, "JWT_SECRET: given an ARN, allowed generated or config"),
        ({"image": "two words"}, "services.api.image: given 'two words', allowed"),
        (
            {"kind": "job", "schedule": "rate(1 hour)"},
            "services.api.provider: given 'fly', allowed 'fargate' for a job",
        ),
        (
            {"fly": {"guest": {"cpus": 3}}},
            "services.api.fly.guest.cpus: given 3, allowed 1, 2, 4, 8 with cpu_kind",
        ),
        (
            {"fly": {"guest": {"cpus": 2, "memory_mib": 300}}},
            "memory_mib: given 300, allowed 512 to 4096 in steps of 256, with 2 shared CPUs",
        ),
        (
            {"fly": {"guest": {"cpu_kind": "performance"}}},
            "memory_mib: given 512, allowed 2048 to 8192 in steps of 2048",
        ),
        (
            {"fly": {"machines": 2, "minimum_running": 3}},
            "minimum_running: given 3, allowed up to services.api.fly.mac",
        ),
        (
            {"fly": {"strategy": "bluegreen"}},
            "strategy: given 'bluegreen', allowed another value: flyctl makes those",
        ),
        ({"fly": {"strategy": "canary"}}, "the Machines API has no deployments"),
        ({"fly": {"regions": ["us-west-1"]}}, "fly.regions.0: given 'us-west-1', allowed ams, arn"),
        ({"kind": "worker", "fly": {"autostop": "stop"}}, "fly.autostop: given, allowed with kind web"),
        (
            {"provider": "fargate", "fly": {"machines": 4}},
            "services.api.fly: given, allowed with services.NAME.provider",
        ),
    ],
)
def test_setting_without_a_meaning_at_fly_is_refused_with_the_reason(changes: dict[str, Any], sentence: str):
    assert sentence in problems(stack(changes))


@pytest.mark.parametrize(
    ("service", "blocks", "sentence"),
    [
        (
            {"database_pool": 5},
            {"database": {"provider": "rds"}},
            "database.provider: given 'rds', allowed supabase, neon or fly with services.api.provider fly",
        ),
        (
            {},
            {"redis": {"cache": {"provider": "elasticache", "role": "cache"}}},
            "redis.cache.provider: given 'elasticache', allowed upstash or redis_cloud with services.api",
        ),
        ({**MEASURED}, {"metrics": AMP}, "metrics.store.provider: given 'amp', allowed grafana_cloud or external"),
        (
            {},
            {"storage": {"provider": "s3"}},
            "storage: given, allowed where something runs on Fargate",
        ),
        ({}, {"fly": None}, "fly: missing; required with services.api.provider fly"),
        ({}, {"region": "sjc"}, "region: given 'sjc', allowed a region of AWS, next to it us-west-1; fly.regions"),
        (
            {"provider": "fargate"},
            {"load_balancer": OPEN},
            "fly: given, allowed where a service or the database has provider fly",
        ),
        (
            {"provider": "fargate", "database_pool": 5},
            {"load_balancer": OPEN, "database": {"provider": "fly"}},
            "database.provider: given 'fly', allowed rds, supabase or neon with services.api on Fargate",
        ),
    ],
)
def test_what_no_machine_reaches_is_refused_with_what_to_choose(
    service: dict[str, Any], blocks: dict[str, Any], sentence: str
):
    assert sentence in problems(stack(service, **blocks))


def test_store_in_the_vpc_is_fine_for_who_runs_there():
    cache = {"provider": "elasticache", "role": "cache"}
    values = stack({"redis": []}, redis={"cache": cache})
    values["services"]["mails"] = {**FARGATE, "redis": ["cache"]}
    config = parse("test", values)
    assert (config.in_network, list(config.on_fly), list(config.on_fargate)) == (True, ["api"], ["mails"])


EDGE = {
    "provider": "cloudflare",
    "plan": "pro",
    "zone": "synckairos.example",
    "hostnames": ["synckairos.example"],
    "when_plan_lacks": "degrade",
    "rate_limits": {"api": {"paths": ["/v1/"]}},
    "cache": {"session_cookies": ["session"]},
}


def test_edge_leads_to_the_app_which_knows_no_client_certificate():
    assert "edge.origin_pull: given 'verify', allowed none or present with services.api.provider fly" in problems(
        stack(edge={**EDGE, "origin_pull": "verify"})
    )
    config = parse("test", stack(edge={**EDGE, "origin_pull": "none"}))
    assert (config.probed_web, config.in_network, config.at_aws) == ("api", False, True)


def test_flys_own_series_count_in_the_free_plan():
    free = {"provider": "grafana_cloud", "slug": "shop", "cloud_region": "prod-us-west-0"}
    store = {"store": {**free, "access_policy_token_secret": "GRAFANA_CLOUD_TOKEN"}}
    fly = {"organization": "example", "regions": ["sjc"], "metrics_token_secret": "FLY_METRICS_TOKEN"}
    many = stack({"fly": {"machines": 60}}, metrics=store, fly=fly)
    assert "metrics.store.plan: given 'free' for about 12000 series, allowed up to 10000" in problems(many)
    del fly["metrics_token_secret"]
    parse("test", stack({"fly": {"machines": 60}}, metrics=store, fly=fly), secrets_stood_in=True)


def test_two_apps_have_two_names():
    values = stack({"fly": {"app_name": "synckairos"}})
    values["services"]["web"] = {
        "kind": "web",
        "provider": "fly",
        "image": IMAGE,
        "fly": {"app_name": "synckairos"},
    }
    assert "services.web.fly.app_name: given synckairos, which services.api has" in problems(values)


def test_missing_extra_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checked, "find_spec", lambda _: None)
    assert "install it with: pip install 'footing[fly]'" in problems(stack())


@pytest.mark.parametrize(
    ("strategy", "machines", "connected"),
    [("rolling", 4, 5), ("rolling", 1, 2), ("immediate", 4, 8), ("rolling", 7, 8)],
)
def test_machines_are_counted_at_the_worst_moment_of_a_deployment(strategy: str, machines: int, connected: int):
    fly = {"machines": machines, "strategy": strategy, "regions": ["sjc"]}
    neon = {"provider": "neon", "region": "aws-us-west-2"}
    config = parse("test", stack({"database_pool": 5, "fly": fly}, database=neon))
    held = config.connection_budget
    assert held is not None
    assert (held.clients[0].connected, held.client_side_demand) == (connected, 5 * connected)


def test_pool_that_does_not_fit_names_the_machines():
    database = {"provider": "fly", "plan": "basic"}
    told = problems(stack({"database_pool": 40, "fly": {"machines": 4}}, database=database))
    assert "all services are 200 clients at the worst moment" in told
    assert "lower services.api.fly.machines, or choose a larger database.plan" in told


@pytest.mark.parametrize(
    ("database", "sentence"),
    [
        (
            {"cluster_size": 2, "vm_size": "shared-cpu-1x", "volume_gb": 10},
            "database.cluster_size: given 2, allowed left out: an unmanaged cluster is Machines that nobody",
        ),
        (
            {"vm_size": "shared-cpu-1x"},
            "database.plan basic is a primary and a standby of 2 shared CPUs and 1024 MiB",
        ),
        (
            {"pooler": {"default_pool_size": 25}},
            "default_pool_size: given 25, allowed left out: database.plan decides",
        ),
        ({"pooler": {"client_connections": 10000}}, "client_connections: given 10000, allowed left out"),
        ({"plan": "free"}, "database.plan: given 'free', allowed basic, starter, launch, scale, performance"),
        ({"region": "dfw"}, "database.region: given 'dfw', allowed ams, fra, gru"),
        ({"postgres_version": "15"}, "postgres_version: given '15', allowed '16' or '17'"),
    ],
)
def test_postgres_at_fly_refuses_what_it_cannot_do(database: dict[str, Any], sentence: str):
    assert sentence in problems(stack(database={"provider": "fly", **database}))


def test_data_lies_next_to_the_machines_where_the_vendor_has_a_region():
    near = {
        "database": {"provider": "neon", "region": "aws-us-west-2", "plan": "launch"},
        "redis": {"cache": UPSTASH},
    }
    assert [*other_regions(parse("test", stack({"database_pool": 5}, **near)))] == []
    far = {
        "database": {"provider": "supabase", "organization": "acme", "region": "eu-west-1"},
        "redis": {"cache": {**UPSTASH, "primary_region": "us-east-1"}},
    }
    told = [*other_regions(parse("test", stack({"database_pool": 5}, **far)))]
    assert [it.partition(":")[0] for it in told] == ["database.region", "redis.cache.primary_region"]
    assert "the services run in sjc at Fly.io, next to us-west-1" in told[0]


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_stack_of_the_documents_promises_for_as_long_as_its_series_are_kept(environment: str):
    file = ROOT / f"systems/synckairos/Pulumi.{environment}.yaml"
    config = from_file(file).config
    assert config.objectives.preset == "realtime"
    assert config.objectives.period_days <= config.metrics.store.retention_days
    assert {it.role for it in config.redis.values()} == {"primary_store"}
    assert all(getattr(it, "eviction_policy", None) in (None, "noeviction") for it in config.redis.values())
    assert not config.at_aws
