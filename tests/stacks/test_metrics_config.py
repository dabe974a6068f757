"""Metrics: where series may be kept, what that takes, and what the whole stack then looks like."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.grafana_plans import PLANS
from footing.plan.model import Plan
from footing.plan.record import record
from policies import planned
from policies.judgement import Verdict
from policies.resource import Stack
from policies.rule import Level
from policies.rules import CATALOGUE
from stacks.config import ConfigError, from_file, parse
from stacks.config.metrics import EXPORTER_CONNECTIONS, FREE_SERIES, MetricsConfig, series_estimate

ROOT = Path(__file__).parents[2]
CLOUD = {
    "provider": "grafana_cloud",
    "slug": "feed",
    "cloud_region": "prod-us-east-0",
    "access_policy_token_secret": "GRAFANA_CLOUD_TOKEN",
}
STORES: dict[str, dict[str, Any]] = {
    "external": {"provider": "external", "remote_write_url": "https://metrics.example.com/write"},
    "amp": {"provider": "amp"},
    "grafana_cloud": {**CLOUD, "plan": "paid", "retention_days": 395},
    "self_hosted": {"provider": "self_hosted"},
}
MAILS = {
    "kind": "worker",
    "image": f"registry.example.com/feed/api@sha256:{'0' * 64}",
    "database_pool": 0,
    "metrics": {"port": 9464, "series": 10},
}
NO_NAT = {
    "nat": "none",
    "endpoints": ["ecr.api", "ecr.dkr", "logs", "secretsmanager"],
}


@pytest.fixture
def values(values: dict[str, Any]) -> dict[str, Any]:
    """Production's keys, with its metrics."""
    declared = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text())["config"]
    return {**values, "metrics": declared["footing:metrics"]}


def problems(values: dict[str, Any], **metrics: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse("test", {**values, "metrics": {**values["metrics"], **metrics}})
    return list(caught.value.problems)


def only(found: list[str], key: str) -> str:
    [problem] = [it for it in found if it.startswith(f"{key}: ")]
    return problem


def test_without_the_block_nothing_is_collected_and_nothing_is_kept():
    metrics = MetricsConfig()
    assert not metrics.collects
    assert metrics.images() == {}
    assert metrics.store.retention_days == 30
    assert MetricsConfig.model_validate({"store": STORES["external"]}).collects


@pytest.mark.parametrize("seconds", [10, 60])
def test_interval_is_one_of_the_two_that_the_seeds_ask_for(values: dict[str, Any], seconds: int):
    assert "15 or 30" in only(problems(values, scrape_interval_seconds=seconds), "metrics.scrape_interval_seconds")


def test_exporter_without_a_place_to_write_to_is_refused(values: dict[str, Any]):
    found = only(problems(values, store={"provider": "external"}), "metrics.exporters")
    assert found == (
        "metrics.exporters: given postgres, redis, cloudflare, allowed none while metrics.store has no "
        "remote_write_url to send to"
    )


def test_exporter_of_the_zone_and_its_token_come_together(values: dict[str, Any]):
    key, arn = "metrics.cloudflare_token_secret", values["metrics"]["cloudflare_token_secret_arn"]
    assert "give it, or cloudflare_token_secret_arn" in only(
        problems(values, cloudflare_token_secret_arn=None), key
    )
    assert "allowed one of the two" in only(problems(values, cloudflare_token_secret="ZONE_TOKEN"), key)
    found = problems(values, cloudflare_token_secret="ZONE_TOKEN", cloudflare_token_secret_arn=None)
    assert [it.partition(";")[0] for it in found] == ["secrets.ZONE_TOKEN: missing"]
    abroad = problems(values, cloudflare_token_secret_arn=arn.replace("us-east-1", "eu-west-1"))
    assert "given a secret in eu-west-1, allowed one in us-east-1" in only(abroad, f"{key}_arn")
    values["aws_account_id"] = "210987654321"
    foreign = only(problems(values), f"{key}_arn")
    assert foreign.endswith("given a secret of account 123456789012, allowed one of aws_account_id 210987654321")
    values["aws_account_id"] = None
    cut = problems(values, cloudflare_token_secret_arn=arn.removesuffix("-AbCdEf"))
    assert only(cut, f"{key}_arn")
    values["edge"]["metrics"] = "none"
    found = problems(values, exporters=["postgres"], cloudflare_token_secret="ZONE_TOKEN")
    assert "given 'ZONE_TOKEN', allowed with cloudflare" in only(found, key)
    assert "allowed with cloudflare in metrics.exporters" in only(found, f"{key}_arn")


def test_zone_is_told_of_by_its_exporter_or_not_at_all(values: dict[str, Any]):
    assert only(problems(values, exporters=["postgres"]), "edge.metrics") == (
        "edge.metrics: given cloudflare_exporter, allowed with cloudflare in metrics.exporters"
    )
    values["edge"].update(plan="free", when_plan_lacks="degrade")
    assert "allowed none: Cloudflare tells it nothing" in only(problems(values), "edge.metrics")
    values["edge"].update(plan="business", metrics="none")
    assert "allowed with edge.metrics: cloudflare_exporter" in only(problems(values), "metrics.exporters")


def test_exporter_that_tells_of_a_part_has_to_run(values: dict[str, Any]):
    values["redis"]["cache"]["metrics"] = "redis_exporter"
    found = problems(values, exporters=[])
    assert only(found, "database.metrics") == (
        "database.metrics: given postgres_exporter, allowed with postgres in metrics.exporters"
    )
    assert "allowed with redis in" in only(found, "redis.cache.metrics")
    # Somebody else's Prometheus may read exporters that are not ours.
    values["metrics"] = {"store": {"provider": "external"}}
    parse("test", values)


def test_store_sends_alerts_only_where_there_are_topics(values: dict[str, Any]):
    values.pop("cloudwatch_alarms", None)
    found = problems(values, store={"provider": "amp", "alerts": True})
    assert "allowed with cloudwatch_alarms" in only(found, "metrics.store.alerts")


def test_store_that_sends_alerts_gets_them_their_routes_and_leave_to_publish(tmp_path: Path):
    file = tmp_path / "Pulumi.production.yaml"
    text = (ROOT / "Pulumi.production.yaml").read_text()
    file.write_text(text.replace("{provider: amp, ", "{provider: amp, alerts: true, "))
    made = {it.name: it.inputs for it in plan_of(file).resources}
    rules = yaml.safe_load(made["metrics-rules-namespace"]["data"])["groups"]
    assert any("alert" in rule for group in rules for rule in group["rules"])
    assert "definition" in made["metrics-rules-alertmanager"]
    recorded = {it.name: it.inputs for it in plan_of(ROOT / "Pulumi.production.yaml").resources}
    rules = yaml.safe_load(recorded["metrics-rules-namespace"]["data"])["groups"]
    assert all("record" in rule for group in rules for rule in group["rules"])
    assert "metrics-rules-alertmanager" not in recorded


def test_redis_at_upstash_has_no_exporter(values: dict[str, Any]):
    values["redis"]["cache"] = {
        "provider": "upstash",
        "role": "cache",
        "primary_region": "us-east-1",
        "budget_usd": 20,
    }
    assert "given redis" in only(problems(values), "metrics.exporters")


def test_connections_of_the_exporter_are_part_of_the_budget(values: dict[str, Any]):
    with_exporter = parse("test", values).connection_budget.direct_connections
    values["metrics"]["exporters"].remove("postgres")
    values["database"]["metrics"] = "cloudwatch"
    assert with_exporter - parse("test", values).connection_budget.direct_connections == EXPORTER_CONNECTIONS


def test_free_plan_keeps_two_weeks_and_takes_ten_thousand_series(values: dict[str, Any]):
    found = problems(values, store={**CLOUD, "retention_days": 30})
    assert "given 30, allowed 14 with plan: free" in only(found, "metrics.store.retention_days")
    # 100 tasks of production's service while they are replaced, 500 series each.
    sentence = only(found, "metrics.store.plan")
    assert f"series, allowed up to {FREE_SERIES}" in sentence
    # Two tasks of a worker and as many while they are replaced, each with a collector.
    values["services"]["mails"] = {**MAILS, "scaling": {"mode": "fixed", "tasks": 2}}
    more = only(problems(values, store=CLOUD), "metrics.store.plan")
    first, second = (int(re.findall(r"about (\d+) series", it)[0]) for it in (sentence, more))
    assert second - first == 4 * (10 + 50)
    assert "metrics.store.plan" not in str(problems(values, store={**CLOUD, "plan": "paid"}))


def test_estimate_counts_every_task_and_its_collector():
    metrics = MetricsConfig.model_validate({"store": {"provider": "amp"}, "exporters": ["redis"]})
    one = series_estimate(metrics, poolers=1, services={"api": 1}, series={"api": 500})
    assert one == 400 + 500 + 400 + 3 * 50
    assert series_estimate(metrics, poolers=1, services={"api": 2}, series={"api": 500}) - one == 550
    two = {"services": {"api": 1, "admin": 3}, "series": {"api": 500, "admin": 10}}
    assert series_estimate(metrics, poolers=1, **two) - one == 3 * (10 + 50)
    assert series_estimate(metrics, poolers=1, services={}, series={}) == one - 550
    assert series_estimate(MetricsConfig(), poolers=1, services={"api": 1}, series={"api": 500}) == 0


@pytest.mark.parametrize(
    ("store", "key"),
    [
        ("amp", "network.endpoints: missing aps-workspaces"),
        ("grafana_cloud", "metrics.store.provider: given 'grafana_cloud'"),
        ("self_hosted", "metrics.store.provider: given 'self_hosted'"),
    ],
)
def test_store_on_the_internet_is_refused_without_a_way_out(values: dict[str, Any], store: str, key: str):
    values["network"].update(NO_NAT)
    found = problems(values, store=STORES[store], collector={})
    assert [it for it in found if it.startswith(key)]
    assert only(found, "metrics.collector.image").endswith("private ECR registry with network.nat: none")
    values["network"]["endpoints"] = [*NO_NAT["endpoints"], "aps-workspaces"]
    assert not [it for it in problems(values, store=STORES["amp"]) if it.startswith("network.endpoints")]


def plan_with(store: str, path: Path, *, tasks: int = 50, worker: bool = False, **further: Any) -> Plan:
    document = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text())
    document["config"] |= {f"footing:{key}": block for key, block in further.items()}
    document["config"]["footing:metrics"]["store"] = {**STORES, "free": CLOUD}[store]
    document["config"]["footing:services"]["api"]["scaling"].update(
        minimum_tasks=min(tasks, 8), maximum_tasks=tasks
    )
    if worker:
        document["config"]["footing:services"]["mails"] = MAILS
    if store in ("grafana_cloud", "free"):
        document["config"]["footing:secrets"] = {"GRAFANA_CLOUD_TOKEN": {"secure": "v1:sealed"}}
    path.write_text(yaml.safe_dump(document))
    return plan_of(path)


def plan_of(path: Path) -> Plan:
    file = from_file(path)
    return record(
        lambda: runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__"),
        project="footing",
        stack="production",
        config=file.engine_config,
        secret_keys=file.secret_keys,
        root=ROOT,
    )


@pytest.mark.parametrize("store", STORES)
def test_production_with_any_store_collects_the_same_and_breaks_no_rule(store: str, tmp_path: Path):
    plan = plan_with(store, tmp_path / "Pulumi.other.yaml", worker=True)
    names = {it.name for it in plan.resources}
    assert {"collector-service", "pooler-service", "service-service"} <= names
    into = {it for it in names if it.endswith("-into-metrics")}
    collecting = {"collector", "pooler", "service", "worker-mails"}
    assert into == ({f"{it}-tasks-into-metrics" for it in collecting} if store == "self_hosted" else set())
    signing = {f"{it}-metrics" for it in collecting}
    assert (signing <= names) is (store == "amp")
    resources = planned.resources(yaml.safe_load(plan.to_json()))
    found = CATALOGUE.of_all(Stack(environment="production", resources=resources))
    failed = {
        (it.rule.id, it.resource.name)
        for it in found
        if it.judgement.verdict in (Verdict.FAIL, Verdict.BROKEN) and it.level is Level.MANDATORY
    }
    assert failed == set()
    assert "sealed" not in plan.to_json()
    assert ("metrics_query_url" in plan.outputs) is (store != "external")


def test_stack_at_grafana_cloud_is_made_with_a_token_of_the_organization(tmp_path: Path):
    plan = plan_with("grafana_cloud", tmp_path / "Pulumi.cloud.yaml")
    by_name = {(it.type.rpartition(":")[2], it.name): it for it in plan.resources}
    provider = by_name["grafana", "grafana-cloud"]
    assert provider.inputs["cloudAccessPolicyToken"] == {"$secret": True}
    made = [it for it in plan.resources if it.type.startswith("grafana:cloud/")]
    assert len(made) == 3
    assert all(provider.urn in it.provider for it in made)
    # Folder, dashboard and alerts stay with the Grafana of the environment's own credentials.
    assert provider.urn not in by_name["Dashboard", "observability-objectives"].provider


@pytest.mark.parametrize("preset", ["base", "realtime"])
def test_promises_go_with_a_store_of_two_weeks_where_their_budgets_are_as_long(preset: str, tmp_path: Path):
    promised = {"preset": preset, "period_days": 14}
    plan = plan_with("free", tmp_path / "Pulumi.free.yaml", tasks=2, objectives=promised)
    texts = [
        json.dumps(it.inputs) for it in plan.resources if "burn" in str(it.inputs) or "budget" in str(it.inputs)
    ]
    assert any("14 days" in text for text in texts)
    # The keys of panels stay: shared links point to them.
    assert not [text for text in texts if re.search(r"30d|30 days|2592000", text)]
    with pytest.raises(ConfigError, match=r"kept for 14 days.*allowed a shorter window .objectives.period_days"):
        plan_with("free", tmp_path / "Pulumi.month.yaml", tasks=2, objectives={"preset": preset})


@pytest.mark.parametrize("url", ["http://metrics.example.com/", "https://metrics.example.com:9090/api/v1/write"])
def test_address_that_the_tasks_may_not_call_is_refused(values: dict[str, Any], url: str):
    store = {"provider": "external", "remote_write_url": url}
    assert "metrics.store" in str(problems(values, store=store))


@pytest.mark.parametrize(("plan", "most"), [("free", 14), ("paid", 395)])
def test_no_plan_of_grafana_cloud_keeps_more_than_thirteen_months(values: dict[str, Any], plan: str, most: int):
    assert PLANS[plan].retention_days == most
    found = problems(values, store={**CLOUD, "plan": plan, "retention_days": 396})
    assert only(found, "metrics.store.retention_days") == (
        "metrics.store.retention_days: given 396, allowed up to 395, 13 months"
    )
