"""The committed stacks as plans: what matters in them, and how a change of configuration shows."""

import json
import runpy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from footing.plan.model import Plan, PlannedResource
from footing.plan.record import record
from policies import limits, planned
from policies.judgement import Verdict
from policies.resource import Stack
from policies.rule import Level, Rule
from policies.rules import CATALOGUE
from stacks.config import from_file

ROOT = Path(__file__).parents[2]
COMPONENTS = {
    *("cluster", "database", "domain", "edge", "load-balancer", "network", "observability", "origin-pull"),
    *("pooler", "redis", "sentry", "service", "storage"),
}
OWN_COMPONENTS = {"staging": set(), "production": {"alarms", "collector", "metrics", "metrics-rules", "probe"}}
"""What one stack asks for and the other does not."""
TASK = "aws:ecs/taskDefinition:TaskDefinition"


def plan_of_file(path: Path) -> Plan:
    file = from_file(path)
    return record(
        lambda: runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__"),
        project="footing",
        stack="test",
        config=file.engine_config,
        secret_keys=file.secret_keys,
        root=ROOT,
    )


@cache
def committed(stack: str) -> Plan:
    return plan_of_file(ROOT / f"Pulumi.{stack}.yaml")


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[Callable[[dict[str, Any]], None]], Plan]:
    """The production stack after a change of its file."""

    def plan_of(change: Callable[[dict[str, Any]], None]) -> Plan:
        document = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text())
        change(document["config"])
        path = tmp_path / "Pulumi.changed.yaml"
        path.write_text(yaml.safe_dump(document))
        return plan_of_file(path)

    return plan_of


def of(plan: Plan, type_: str) -> dict[str, PlannedResource]:
    return {it.name: it for it in plan.resources if it.type.endswith(f":{type_}")}


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_stack_holds_every_component_and_nothing_outside_them(stack: str):
    plan = committed(stack)
    components = {it.name: it.urn for it in plan.resources if it.type.startswith("footing:")}
    assert set(components) == COMPONENTS | OWN_COMPONENTS[stack]
    outside = {it.name for it in plan.resources if it.custom and it.parent not in components.values()}
    assert outside == {"aws"}


def test_production_protects_what_cannot_be_made_again():
    protected = {it.name for it in committed("production").resources if it.protect}
    assert protected == {
        *("database-primary", "database-browse", "database-analytics"),
        *("redis-store", "domain-zone", "sentry-project", "storage-files-bucket", "storage-cdn"),
        "alarms-key",
        *("storage-log-bucket", "load-balancer-log-bucket", "origin-pull-authority-bucket"),
        "metrics-workspace",
    }
    assert not any(it.protect for it in committed("staging").resources)


@pytest.mark.parametrize(
    ("stack", "pool", "gateways", "backend"),
    [
        ("staging", "50", 1, "upstash:index/redisDatabase:RedisDatabase"),
        ("production", "80", 3, "aws:elasticache/replicationGroup:ReplicationGroup"),
    ],
)
def test_differences_between_environments_reach_the_resources(stack: str, pool: str, gateways: int, backend: str):
    plan = committed(stack)
    assert of(plan, "TaskDefinition")["pooler-task"].inputs["tags"]["footing:server-connections"] == pool
    assert len(of(plan, "NatGateway")) == gateways
    assert next(it.type for it in plan.resources if it.name == "redis-store") == backend


def test_every_aws_resource_uses_the_one_provider_with_the_tags():
    plan = committed("production")
    [provider] = [it for it in plan.resources if it.type == "pulumi:providers:aws"]
    tags = json.loads(provider.inputs["defaultTags"])["tags"]
    assert tags == {"app": "feed", "environment": "production", "managed-by": "footing", "owner:team": "platform"}
    strangers = [
        it.name for it in plan.resources if it.type.startswith("aws:") and provider.urn not in it.provider
    ]
    assert strangers == []


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_every_documented_limit_is_judged_and_holds(stack: str):
    stated = {limit.key for limit in limits.DOCUMENTED}
    resources = planned.resources(json.loads(committed(stack).to_json()))
    found: dict[str, set[Verdict]] = {}
    for it in CATALOGUE.of_all(Stack(environment=stack, resources=resources)):
        if isinstance(it.rule, Rule) and stated & {*it.rule.keys} and it.level is Level.MANDATORY:
            found.setdefault(it.rule.id, set()).add(it.judgement.verdict)
    assert len(found) == len(stated)
    for rule, verdicts in found.items():
        assert verdicts <= {Verdict.PASS, Verdict.NOT_APPLICABLE}, rule
        # Staging's plan holds one rate limit, which goes to sign-in.
        left_out = stack == "staging" and rule in {"edge-api-rate", "edge-api-burst", "edge-failed-logins"}
        assert (Verdict.PASS in verdicts) is not left_out, rule


SELF_HOSTED = {"provider": "self_hosted", "instance_type": "t4g.small", "storage_gib": 20}


@pytest.mark.parametrize("store", [None, SELF_HOSTED], ids=["amp", "self_hosted"])
def test_one_key_sets_the_retention_of_every_log(changed: Callable[..., Plan], store: dict[str, Any] | None):
    def change(config: dict[str, Any]) -> None:
        config["footing:logs"] = {"retention_days": 731}
        if store:
            config["footing:metrics"]["store"] = store

    groups = of(changed(change), "LogGroup")
    assert len(groups) >= 11
    assert {it.inputs["retentionInDays"] for it in groups.values()} == {731}


def test_log_groups_of_shared_helpers_point_to_who_asked_for_them():
    sources = {it.source.partition(":")[0] for it in of(committed("production"), "LogGroup").values()}
    assert {
        *("components/service/tasks.py", "components/collector/service.py"),
        "components/postgres/pooler/service.py",
    } < sources
    made_by_helpers = [
        it.name
        for it in committed("production").resources
        if it.source.startswith(("components/aws/", "components/alloy/", "components/component.py"))
    ]
    assert made_by_helpers == []


def test_a_part_may_keep_its_log_for_another_time(changed: Callable[..., Plan]):
    def change(config: dict[str, Any]) -> None:
        config["footing:network"]["flow_log_retention_days"] = 60
        config["footing:services"]["api"]["task"]["log_retention_days"] = 90

    groups = {name: it.inputs["retentionInDays"] for name, it in of(changed(change), "LogGroup").items()}
    assert sorted(days for days in groups.values() if days != 365) == [60, 90]


def test_production_keeps_every_log_as_long_as_the_rules_advise():
    resources = planned.resources(json.loads(committed("production").to_json()))
    findings = CATALOGUE.of_all(Stack(environment="production", resources=resources))
    verdicts = {it.judgement.verdict for it in findings if it.rule.id == "log-retention-year"}
    assert verdicts == {Verdict.PASS}


OTHER_REDIS = {
    "redisDatabase": {"provider": "upstash", "role": "queue", "primary_region": "us-east-1", "budget_usd": 20},
    ":EssentialsDatabase": {"provider": "redis_cloud", "role": "queue", "plan_id": 34858, "size": "1GB"},
    "serverlessCache": {
        "provider": "elasticache_serverless",
        "role": "session",
        "storage_max_gb": 5,
        "ecpu_max_per_second": 5000,
    },
}


@pytest.mark.parametrize("kind", OTHER_REDIS)
def test_redis_of_another_provider_changes_nothing_but_redis(changed: Callable[..., Plan], kind: str):
    def to_another(config: dict[str, Any]) -> None:
        config["footing:redis"]["cache"] = OTHER_REDIS[kind]
        # Upstash has no exporter; without redis among them the collector is the same.
        config["footing:metrics"]["exporters"].remove("redis")

    def others(plan: Plan) -> set[str]:
        # A store that publishes nothing has no board.
        return {it.urn for it in plan.resources if "redis" not in it.name and it.name != "observability-cache"}

    plan = changed(to_another)
    assert others(plan) == others(committed("production"))
    store = next(it for it in plan.resources if it.name == "redis-store")
    assert f"/{kind}:" in store.type or store.type.endswith(kind)
    assert store.protect
    assert {"redis_url", "redis_reader_url"} <= set(plan.outputs)


def test_service_finds_each_replica_and_the_size_of_each_pool(changed: Callable[..., Plan]):
    def change(config: dict[str, Any]) -> None:
        config["footing:database"]["replicas"] = [{"purpose": "open-data"}]
        config["footing:services"]["api"]["reader_pools"] = {"open-data": 1}

    def found(plan: Plan) -> dict[str, str]:
        variables = of(plan, "Service")["service"].inputs["variables"]
        sizes = {name: value for name, value in variables["plain"].items() if "POOL_MAX" in name}
        return {
            **sizes,
            **{name: "secret" for name in variables["secret"] if "_URL" in name and "REDIS" not in name},
        }

    assert found(changed(change)) == {
        "DATABASE_POOL_MAX": "18",
        "DATABASE_URL": "secret",
        "READER_POOL_MAX_OPEN_DATA": "1",
        "READER_URL_OPEN_DATA": "secret",
    }
    assert {"READER_URL_BROWSE", "READER_URL_ANALYTICS"} < set(found(committed("production")))
    assert not [name for name in found(committed("staging")) if "READER" in name]


def test_service_and_stack_hand_out_the_same_key_contract():
    plan = committed("production")
    given = of(plan, "Service")["service"].inputs["variables"]["plain"]
    assert given["CACHE_CONTRACT"] == plan.outputs["cache_contract"]
    assert json.loads(given["CACHE_CONTRACT"])["schema"] == "footing/cache-contract/1"
    assert given["APP_CONTRACT"] == plan.outputs["app_contract"], "one service: its part is the whole"
    assert given["KEEP_ALIVE_SECONDS"] == str(
        json.loads(given["APP_CONTRACT"])["services"]["api"]["http"]["keep_alive_seconds"]
    )
    assert "registers" not in plan.outputs


def test_ticket_hours_and_the_tree_of_policies_are_there_when_asked_for(changed: Callable[..., Plan]):
    def change(config: dict[str, Any]) -> None:
        config["footing:grafana"]["owns_notification_policy"] = True
        config["footing:grafana"]["ticket_hours"] = {"first_hour": 7, "timezone": "Europe/Amsterdam"}

    plan = changed(change)
    [hours] = of(plan, "MuteTiming").values()
    assert hours.inputs["intervals"][0]["times"][0] == {"start": "00:00", "end": "07:00"}
    assert len(of(plan, "NotificationPolicy")) == 1
    assert of(committed("production"), "MuteTiming") == of(committed("production"), "NotificationPolicy") == {}


def test_calls_are_shown_only_where_postgres_is_asked(changed: Callable[..., Plan]):
    def without(config: dict[str, Any]) -> None:
        del config["footing:grafana"]["postgres_datasource_uid"]

    assert "observability-rpc" in of(committed("production"), "Dashboard")
    assert "observability-rpc" not in of(changed(without), "Dashboard")


def test_encrypted_value_reaches_the_stack_as_a_secret_only(changed: Callable[..., Plan]):
    def with_secret(config: dict[str, Any]) -> None:
        config["footing:secrets"] = {"STRIPE_KEY": {"secure": "v1:sealed"}, "HOOK": {"secure": "v1:sealed"}}
        config["footing:services"]["api"]["secrets"]["STRIPE_KEY"] = "config"
        config["footing:grafana"]["contacts"]["slack_webhook_secret"] = "HOOK"

    plan = changed(with_secret)
    assert of(plan, "SecretVersion")["service-environment"].inputs["secretString"] == {"$secret": True}
    page = of(plan, "ContactPoint")["observability-page"].inputs
    assert page["slacks"] == {"$secret": True} or page["slacks"][0]["url"] == {"$secret": True}
    assert "sealed" not in plan.to_json()


def test_messages_go_where_their_severity_says(changed: Callable[..., Plan]):
    def with_every_place(config: dict[str, Any]) -> None:
        config["footing:secrets"] = {"KEY": {"secure": "v1:sealed"}, "HOOK": {"secure": "v1:sealed"}}
        config["footing:grafana"]["contacts"] |= {
            "slack_webhook_secret": "HOOK",
            "pagerduty_key_secret": "KEY",
        }
        config["footing:alerts"]["may_page"] = True

    def ways(plan: Plan) -> dict[str, set[str]]:
        points = of(plan, "ContactPoint").items()
        kinds = ("emails", "slacks", "pagerduties")
        return {name: {kind for kind in kinds if it.inputs.get(kind)} for name, it in points}

    assert ways(changed(with_every_place)) == {
        "observability-page": {"pagerduties", "slacks"},
        "observability-ticket": {"slacks"},
        "observability-info": {"emails"},
    }
    assert set().union(*ways(committed("staging")).values()) == {"emails"}


def test_endpoints_admit_whatever_runs_tasks(changed: Callable[..., Plan]):
    def with_endpoints(config: dict[str, Any]) -> None:
        config["footing:network"]["endpoints"] = ["ecr.api", "logs"]

    plan = changed(with_endpoints)
    by_urn = {it.urn: it.name for it in plan.resources}
    groups = {
        by_urn[urn]
        for it in plan.resources
        if it.type == "aws:ecs/service:Service"
        for urn in it.property_dependencies["networkConfiguration"]
        if by_urn[urn].endswith("-tasks")
    }
    admitted = {
        by_urn[urn]
        for it in of(plan, "SecurityGroupIngressRule").values()
        if "network-endpoints" in {by_urn[urn] for urn in it.property_dependencies["securityGroupId"]}
        for urn in it.property_dependencies["referencedSecurityGroupId"]
    }
    assert groups == admitted == {"pooler-tasks", "service-tasks", "collector-tasks"}


@pytest.mark.parametrize(
    ("choice", "shown", "mode"), [("none", 0, "off"), ("present", 1, "off"), ("verify", 1, "verify")]
)
def test_zone_shows_its_certificate_before_the_service_demands_it(
    changed: Callable[..., Plan], choice: str, shown: int, mode: str
):
    def choose(config: dict[str, Any]) -> None:
        config["footing:edge"]["origin_pull"] = choice

    plan = changed(choose)
    listener = of(plan, "Listener")["load-balancer-https"]
    assert listener.inputs["mutualAuthentication"]["mode"] == mode
    settings = of(plan, "AuthenticatedOriginPullsSettings")
    assert len(settings) == shown
    before = waited_for(plan, listener.urn)
    assert ("origin-pull-shown" in before, "origin-pull-leaf" in before) == (mode == "verify",) * 2


def waited_for(plan: Plan, urn: str) -> set[str]:
    """Names of all resources that must be there before this one."""
    direct = {it.urn: it.dependencies for it in plan.resources}
    names = {it.urn: it.name for it in plan.resources}
    found, waiting = set[str](), [urn]
    while waiting:
        new = set(direct[waiting.pop()]) - found
        found |= new
        waiting += new
    return {names[it] for it in found}


def test_stack_elsewhere_has_a_static_name_and_every_name_of_its_zone(changed: Callable[..., Plan]):
    def move(config: dict[str, Any]) -> None:
        config.update(json.loads(json.dumps(config).replace("us-east-1", "eu-central-1")))
        config["footing:edge"]["hostnames"] = ["feed.example", "*.feed.example"]
        config["footing:edge"]["redirect_hostnames"] = ["www.feed.example"]
        config["footing:edge"]["rate_limits"] = {"api": {"except_hostnames": ["*.feed.example"]}}

    plan = changed(move)
    certificates = {name: it.inputs for name, it in of(plan, "Certificate").items()}
    assert {name: it.get("region") for name, it in certificates.items()} == {
        "domain-certificate": None,
        "storage-certificate": "us-east-1",
    }
    assert certificates["storage-certificate"]["domainName"] == "static.feed.example"
    # What names of the wildcard show at the origin.
    assert certificates["domain-certificate"]["subjectAlternativeNames"] == ["*.feed.example"]
    distribution, listener = of(plan, "Distribution")["storage-cdn"], of(plan, "Listener")["load-balancer-https"]
    assert distribution.inputs["aliases"] == ["static.feed.example"]
    assert {"storage-issued", "storage-proof"} <= waited_for(plan, distribution.urn)
    assert "storage-issued" not in waited_for(plan, listener.urn)
    proof = of(plan, "DnsRecord")["storage-proof"]
    assert {"storage-certificate", "domain-zone"} <= waited_for(plan, proof.urn)
    records = {name: it.inputs["name"] for name, it in of(plan, "DnsRecord").items()}
    assert {name: it for name, it in records.items() if name.startswith(("edge", "storage-alias"))} == {
        "edge-feed.example": "feed.example",
        "edge-_wildcard.feed.example": "*.feed.example",
        "edge-www.feed.example": "www.feed.example",
        "storage-alias": "static.feed.example",
    }
    cors = of(plan, "ResponseHeadersPolicy")["storage-headers"].inputs["corsConfig"]
    assert cors["accessControlAllowOrigins"] == {"items": ["https://feed.example", "https://*.feed.example"]}
    assert of(plan, "HealthCheck")["probe-check"].inputs["fqdn"] == "feed.example"
    assert plan.outputs["urls"] == ["https://feed.example"]
    [limits] = [
        it.inputs["rules"] for it in of(plan, "Ruleset").values() if it.inputs["phase"] == "http_ratelimit"
    ]
    expressions = {it["ref"]: it["expression"] for it in limits}
    assert 'not ends_with(http.host, ".feed.example")' in expressions["api-per-minute"]


def test_service_is_told_where_its_files_are_and_a_stack_without_files_has_none(changed: Callable[..., Plan]):
    variables = of(committed("production"), "Service")["service"].inputs["variables"]["plain"]
    assert variables["STORAGE_URL"] == "https://static.feed.example"
    assert "STORAGE_BUCKET" in variables
    assert "STORAGE_REPLICA_BUCKET" not in variables
    plan = changed(lambda config: config.pop("footing:storage"))
    assert (
        not {"STORAGE_URL", "STORAGE_BUCKET"} & of(plan, "Service")["service"].inputs["variables"]["plain"].keys()
    )
    assert [it.name for it in plan.resources if it.name.startswith(("storage", "alarms-storage"))] == []
    assert not {key for key in plan.outputs if key.startswith("storage")}


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_world_enters_by_the_edge_alone_and_every_group_is_without_rules_inside(stack: str):
    plan = committed(stack)
    groups = [*of(plan, "SecurityGroup").values(), *of(plan, "DefaultSecurityGroup").values()]
    assert groups
    assert [it.name for it in groups if {"ingress", "egress"} & it.inputs.keys()] == []
    assert of(plan, "SecurityGroupRule") == {}
    sources = {
        it.name: {"cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"} & it.inputs.keys()
        for it in of(plan, "SecurityGroupIngressRule").values()
    }
    by_range = {name for name, kinds in sources.items() if kinds != {"referencedSecurityGroupId"}}
    assert by_range == {"load-balancer-from-edge-443", "load-balancer-from-edge-80"}
    entries = of(plan, "ManagedPrefixList")["load-balancer-edge"].inputs["entries"]
    assert "0.0.0.0/0" not in {entry["cidr"] for entry in entries}


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_public_subnets_hold_gateways_and_public_load_balancers_alone(stack: str):
    plan = committed(stack)
    public = {it.urn for it in of(plan, "Subnet").values() if it.name.startswith("network-public")}
    inside = {
        it.type.rpartition(":")[2]
        for it in plan.resources
        if it.custom and public & {urn for urns in it.property_dependencies.values() for urn in urns}
    }
    assert inside == {"LoadBalancer", "NatGateway", "RouteTableAssociation"}
    balancers = [it for it in of(plan, "LoadBalancer").values() if it.custom and public & set(it.dependencies)]
    assert [it.name for it in balancers] == ["load-balancer-alb"]


def test_a_variable_of_the_stack_may_be_a_secret_of_the_configuration(
    changed: Callable[[Callable[[dict[str, Any]], None]], Plan],
) -> None:
    """The stack's own plain value goes then: ECS refuses a name in both lists."""
    plan = changed(
        lambda config: config["footing:services"]["api"].update(secrets={"CACHE_CONTRACT": "generated"})
    )
    assert "service-cache-contract" in {it.name for it in plan.resources if it.type.endswith(":RandomPassword")}


def test_grafana_without_a_source_of_cloudwatch_draws_the_rest_and_says_so(
    changed: Callable[..., Plan], monkeypatch: pytest.MonkeyPatch
):
    said: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", lambda text, *_: said.append(text))

    def without(config: dict[str, Any]) -> None:
        del config["footing:grafana"]["cloudwatch_datasource_uid"]

    plan = changed(without)
    made = [it for it in plan.resources if it.type.startswith("grafana:")]
    texts = json.dumps([it.inputs for it in made])
    assert '"cloudwatch"' not in texts.replace("\\", "")
    assert '"prometheus"' in texts.replace("\\", "")
    [sentence] = [it for it in said if it.startswith("grafana.cloudwatch_datasource_uid: ")]
    assert "database-cpu" in sentence
    # What AWS itself evaluates stays.
    assert of(plan, "MetricAlarm").keys() == of(committed("production"), "MetricAlarm").keys()
