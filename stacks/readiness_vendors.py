"""Checks of what only a vendor's API knows, from the stack's file; ids come from the stack's state.

Each path is of the vendor's published API; `readiness.vendors` has the addresses and the tokens.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from edge_rules.phases import phases
from observability import Check, Comparison, Group, Vendor, VendorQuestion, Wanted
from stacks.config.managed_postgres import SupabaseConfig
from stacks.config.metrics import sends_alerts
from stacks.config.observability import GrafanaConfig
from stacks.config.redis_cloud import RedisCloudConfig
from stacks.config.stack import StackConfig
from stacks.config.upstash import UpstashConfig
from stacks.edge import edge_settings
from stacks.naming import component_name

_TRUE, _EMPTY, _PRESENT = Wanted(Comparison.IS, value=True), Wanted(Comparison.EMPTY), Wanted(Comparison.PRESENT)


def vendor_checks(config: StackConfig) -> Iterator[Check]:
    """Yield the checks of every vendor that the stack uses."""
    yield from _cloudflare(config)
    if isinstance(config.database, SupabaseConfig):
        yield from _supabase(config.database)
    for name, store in config.redis.items():
        if isinstance(store, RedisCloudConfig):
            yield from _redis_cloud(name)
        if isinstance(store, UpstashConfig):
            yield from _upstash(name)
    yield from _grafana(config)
    yield from _github(config)
    yield from _datadog(config)


def _check(id_: str, group: Group, title: str, fix: str, question: VendorQuestion) -> Check:
    return Check(id=id_, group=group, title=title, question=question, fix=fix)


def _cloudflare(config: StackConfig) -> Iterator[Check]:
    edge = config.edge
    if edge is None:
        return
    zone = "/zones/{id:cloudflare.Zone domain-zone}"
    settings = edge_settings(config, edge)
    used = [it.value for it in phases(settings)]
    count = f"length(result[?kind=='zone' && contains(`{json.dumps(used)}`, phase)])"
    asked: list[tuple[str, str, str, str, Wanted, str]] = [
        (
            "plan",
            f"The zone has the plan {edge.plan}",
            zone,
            "result.plan.legacy_id",
            Wanted(Comparison.IS, edge.plan),
            "Buy the plan in Cloudflare's pages, or write the zone's own into edge.plan.",
        ),
        (
            "ssl",
            "Cloudflare verifies the origin's certificate",
            f"{zone}/settings/ssl",
            "result.value",
            Wanted(Comparison.IS, "strict"),
            "Apply again: somebody changed SSL/TLS, Overview in Cloudflare's pages.",
        ),
        (
            "rulesets",
            f"Rules are in force in {len(used)} phases",
            f"{zone}/rulesets",
            count,
            Wanted(Comparison.IS, len(used)),
            "Apply again: a rule set is gone. `footing edge` shows what each has.",
        ),
    ]
    if edge.dnssec:
        asked.append(
            (
                "dnssec",
                "The zone is signed, and the registrar says so",
                f"{zone}/dnssec",
                "result.status",
                Wanted(Comparison.IS, "active"),
                "pending: enter the output ds_record at the registrar.",
            )
        )
    for word, title, url, path, wanted, fix in asked:
        question = VendorQuestion(vendor=Vendor.CLOUDFLARE, url=url, path=path, wanted=wanted)
        yield _check(f"edge-{word}", Group.EDGE, title, fix, question)


def _supabase(database: SupabaseConfig) -> Iterator[Check]:
    project = "/v1/projects/{id:footing-supabase.Project database-project}"

    def ask(url: str, path: str, wanted: Wanted) -> VendorQuestion:
        return VendorQuestion(vendor=Vendor.SUPABASE, url=project + url, path=path, wanted=wanted)

    auth = database.auth
    wanted = {
        **{f"rate_limit_{name}": number for name, number in auth.rate_limits.items()},
        **({"security_captcha_enabled": True} if auth.captcha_provider else {}),
        **({"disable_signup": True} if auth.disable_signup else {}),
    }
    if wanted:
        yield _check(
            "supabase-auth",
            Group.SIGN_IN,
            "Supabase's settings of sign-in are those of the stack's file",
            "Apply again: somebody changed Authentication in Supabase's pages; the key is database.auth.",
            ask("/config/auth", " && ".join(f"{key} == `{json.dumps(it)}`" for key, it in wanted.items()), _TRUE),
        )
    if database.advisor_findings_max is not None:
        most = database.advisor_findings_max
        yield _check(
            "supabase-advisor-count",
            Group.DATABASE,
            f"Supabase's security advisor has {most} findings at the most, those of PostGIS among them",
            "Read them in Supabase's pages, Advisors; database.advisor_findings_max is the number that is known.",
            ask("/advisors/security", "length(lints)", Wanted(Comparison.AT_MOST, most)),
        )


def _redis_cloud(name: str) -> Iterator[Check]:
    component = component_name("redis", name)
    subscription = f"{{id:footing-rediscloud.EssentialsSubscription {component}-subscription}}"
    for word, title, path, wanted in (
        ("database", "is active", "status", Wanted(Comparison.IS, "active")),
        ("tls", "demands TLS", "security.enableTls", _TRUE),
    ):
        yield _check(
            f"{component}-{word}",
            Group.REDIS,
            f"The database of {name} at Redis Cloud {title}",
            f"Apply again: what somebody changed of redis.{name} in Redis Cloud's pages shows in a preview.",
            VendorQuestion(
                vendor=Vendor.REDIS_CLOUD,
                url=f"/fixed/subscriptions/{subscription}/databases",
                path=f"subscription.databases[0].{path}",
                wanted=wanted,
            ),
        )


def _upstash(name: str) -> Iterator[Check]:
    component = component_name("redis", name)
    for word, title, path, wanted in (
        ("database", "is active", "state", Wanted(Comparison.IS, "active")),
        ("tls", "demands TLS", "tls", _TRUE),
    ):
        yield _check(
            f"{component}-{word}",
            Group.REDIS,
            f"The database of {name} at Upstash {title}",
            f"suspended: redis.{name}.budget_usd or the plan's commands are used up until the next month.",
            VendorQuestion(
                vendor=Vendor.UPSTASH,
                url=f"/redis/database/{{id:upstash.RedisDatabase {component}-store}}",
                path=path,
                wanted=wanted,
            ),
        )


def _grafana(config: StackConfig) -> Iterator[Check]:
    """Yield the checks of Grafana's API, and of what it asks Prometheus for the checks.

    https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/
    """
    grafana = config.grafana
    if grafana is None:
        return
    for id_, title, url, path, wanted, fix in (
        *_grafana_sources(grafana),
        *(_grafana_rules(config) if not sends_alerts(config.metrics.store) else ()),
        *(_targets(config, grafana) if config.metrics.collects else ()),
    ):
        question = VendorQuestion(vendor=Vendor.GRAFANA, url=grafana.url + url, path=path, wanted=wanted)
        yield _check(id_, Group.OBSERVABILITY, title, fix, question)


_Row = tuple[str, str, str, str, Wanted, str]
"""Id, fact, path, JMESPath, wanted answer and remedy of a check."""


def _grafana_sources(grafana: GrafanaConfig) -> Iterator[_Row]:
    yield (
        "grafana-health",
        "Grafana and its database answer",
        "/api/health",
        "database",
        Wanted(Comparison.IS, "ok"),
        "Read Grafana's log; at Grafana Cloud, its status page.",
    )
    for key in ("cloudwatch", "prometheus", "postgres", "upstash"):
        uid = getattr(grafana, f"{key}_datasource_uid")
        if uid is not None:
            yield (
                f"grafana-source-{key}",
                f"Grafana reaches its data source {uid}",
                f"/api/datasources/uid/{uid}/health",
                "status",
                Wanted(Comparison.IS, "OK"),
                f"Look at its page in Grafana: credentials and address; the key is grafana.{key}_datasource_uid.",
            )


def _grafana_rules(config: StackConfig) -> Iterator[_Row]:
    ours = f"[?labels.environment=='{config.environment}' && labels.service=='{config.app}']"
    rules = "/api/v1/provisioning/alert-rules"
    yield (
        "grafana-rules",
        "Grafana has the alert rules of the stack",
        rules,
        f"length({ours})",
        Wanted(Comparison.AT_LEAST, 1),
        "Apply again: somebody deleted them.",
    )
    yield (
        "grafana-rules-paused",
        "No alert rule of the stack is paused",
        rules,
        f"{ours} | [?isPaused].title",
        _EMPTY,
        "Let each run again: Alerting, Alert rules.",
    )


def _targets(config: StackConfig, grafana: GrafanaConfig) -> Iterator[_Row]:
    uid = grafana.prometheus_datasource_uid
    if uid is not None:
        up = quote(f'min by (job) (up{{environment="{config.environment}"}})')
        yield (
            "collector-targets-up",
            "Every scrape target is up, and remote_write succeeds",
            f"/api/datasources/proxy/uid/{uid}/api/v1/query?query={up}",
            "data.result[].value[1]",
            Wanted(Comparison.AT_LEAST, 1),
            "Read the collector's log: each stream has the name of its container, a target's job its panel.",
        )


def _github(config: StackConfig) -> Iterator[Check]:
    if config.github is None:
        return
    base = f"/repos/{config.github.repository}/environments/{config.environment}"
    rules: list[tuple[str, str, str, Any]] = [
        ("branches", "Only some branches are deployed from", "deployment_branch_policy", _PRESENT),
    ]
    if config.github.reviewers.users or config.github.reviewers.teams:
        path = "protection_rules[?type=='required_reviewers'].reviewers[]"
        rules.append(("reviewers", "Somebody approves each deployment", path, _PRESENT))
    for word, title, path, wanted in rules:
        yield _check(
            f"github-{word}",
            Group.LAUNCH,
            title,
            "Apply again: somebody changed Settings, Environments of the repository; see github.branches.",
            VendorQuestion(vendor=Vendor.GITHUB, url=base, path=path, wanted=wanted),
        )


def _datadog(config: StackConfig) -> Iterator[Check]:
    if config.datadog is None:
        return
    api = f"https://api.{config.datadog.site}/api/v1/monitor?monitor_tags="
    # The names of the monitors end with the environment.
    ours = f"[?ends_with(name, '({config.environment})')]"
    yield _check(
        "datadog-monitors",
        Group.OBSERVABILITY,
        "The monitors of the stack are at Datadog, and none is silenced",
        "None: apply again. Silenced: take the downtime away in Datadog's pages.",
        VendorQuestion(
            vendor=Vendor.DATADOG,
            url=f"{api}app:{config.app}",
            path=f"length({ours}) > `0` && length({ours}.options.silenced | [?length(keys(@)) > `0`]) == `0`",
            wanted=_TRUE,
        ),
    )
