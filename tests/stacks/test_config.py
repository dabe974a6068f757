"""Configuration: every error at once, each with its key, what was given and what is allowed."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from policies.limits import DOCUMENTED
from stacks.config import ConfigError, StackConfig, from_file, parse
from stacks.config.load import SEALED, lines_of
from stacks.config.schema import schema

ROOT = Path(__file__).parents[2]
STACKS = ("staging", "production")


def put(values: dict[str, Any], path: str, value: Any) -> None:
    *blocks, last = path.split(".")
    for block in blocks:
        values = values[block]
    values[last] = value


def problems(values: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    return list(caught.value.problems)


@pytest.mark.parametrize("stack", STACKS)
def test_committed_stack_is_valid_and_holds_no_secret(stack: str) -> None:
    file = from_file(ROOT / f"Pulumi.{stack}.yaml")
    assert file.config.environment == stack
    assert file.secret_keys == frozenset()


@pytest.mark.parametrize(
    ("path", "bad", "good"),
    [
        ("database.pooler.server_connections", 49, 50),
        ("database.pooler.server_connections", 101, 100),
        ("database.max_connections", 199, 200),
        ("database.max_connections", 201, 200),
        ("edge.rate_limits.api.requests_per_minute", 101, 100),
        ("edge.rate_limits.api.burst_requests", 31, 30),
        ("edge.rate_limits.auth.requests_per_minute", 21, 20),
        ("edge.rate_limits.auth.failed_logins", 6, 5),
        ("edge.rate_limits.auth.failed_logins", 1, 2),
        ("logs.retention_days", 14, 30),
        ("logs.retention_days", 3654, 3653),
        ("services.api.task.log_retention_days", 7, 30),
        ("network.flow_log_retention_days", 7, 30),
    ],
)
def test_documented_limit_holds_on_both_sides(values: dict[str, Any], path: str, bad: int, good: int) -> None:
    put(values, path, good)
    parse("test", values)
    put(values, path, bad)
    [problem] = problems(values)
    assert problem.startswith(f"{path}: given {bad}, allowed ")


def test_every_documented_limit_is_tried_on_both_sides() -> None:
    [mark] = test_documented_limit_holds_on_both_sides.pytestmark
    assert {limit.key for limit in DOCUMENTED} <= {path for path, _, _ in mark.args[1]}


@pytest.mark.parametrize(
    ("path", "bad", "good"),
    [
        ("database.backup_retention_days", 0, 1),
        ("database.backup_retention_days", 36, 35),
        ("database.storage_gib", 19, 20),
        ("database.direct_connections", 0, 1),
        ("database.direct_connections", 101, 65),
        ("database.statement_timeout_seconds", 0, 1),
        ("database.statement_timeout_seconds", 2881, 2880),
        ("database.idle_in_transaction_timeout_seconds", 0, 1),
        ("database.idle_in_transaction_timeout_seconds", 3601, 3600),
        ("database.slow_statement_ms", 0, 1),
        ("database.slow_statement_ms", 60001, 60000),
        ("database.storage_max_gib", 65537, 65536),
        ("database.storage_max_gib", 109, 110),
        ("database.insights_retention_days", 8, 7),
        ("database.insights_retention_days", 732, 731),
        ("database.insights_retention_days", 744, 713),
        ("database.pooler.tasks", 0, 2),
        ("database.pooler.tasks", 1, 2),
        ("database.pooler.tasks", 11, 10),
        ("database.pooler.client_connections", 20002, 20000),
        ("database.pooler.query_wait_timeout_seconds", 0, 1),
        ("database.pooler.query_wait_timeout_seconds", 121, 120),
        ("database.pooler.server_idle_timeout_seconds", 0, 1),
        ("database.pooler.server_idle_timeout_seconds", 3601, 3600),
        ("database.replicas", [{"purpose": "browse", "max_connections": 199}], [{"purpose": "browse"}]),
        ("database.replicas", [{"purpose": p} for p in "abcdef"], [{"purpose": p} for p in "abcde"]),
        ("database.credentials", {"mode": "generated", "rotation_days": 7}, {"mode": "generated"}),
        ("database.backup_window", "03:00-03:29", "03:00-03:30"),
        ("database.maintenance_window", "sun:03:59-sun:05:00", "sun:04:00-sun:05:00"),
        ("database.maintenance_window", "mon:04:30-tue:04:30", "tue:23:30-wed:00:30"),
        ("database.maintenance_window", "sunday:04:30-05:30", "sat:23:45-sun:00:15"),
    ],
)
def test_range_of_the_database_holds_on_both_sides(values: dict[str, Any], path: str, bad: Any, good: Any) -> None:
    put(values, path, good)
    parse("test", values)
    put(values, path, bad)
    assert any(problem.startswith(path) for problem in problems(values))


@pytest.mark.parametrize(("connections", "holds"), [(200, True), (5000, True), (5001, False), (199, False)])
def test_replica_accepts_as_many_connections_as_its_primary(
    values: dict[str, Any], connections: int, *, holds: bool
) -> None:
    put(values, "database.replicas", [{"purpose": "browse", "max_connections": connections}])
    if holds:
        parse("test", values)
    else:
        assert problems(values)[0].startswith("database.replicas")


ALONE = {"replicas": [], "protect": False}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"credentials": {"mode": "managed"}}, "credentials.mode: given managed, allowed generated with replicas"),
        (
            {**ALONE, "credentials": {"mode": "managed"}, "upgrade": {"method": "blue_green"}},
            "credentials.mode: given managed, allowed generated with blue/green",
        ),
        ({"protect": False, "upgrade": {"method": "blue_green"}}, "allowed in_place with replicas"),
        ({"replicas": [], "upgrade": {"method": "blue_green"}}, "allowed only with protect: false"),
    ],
)
def test_database_that_rds_would_refuse_is_refused(
    values: dict[str, Any], changes: dict[str, Any], message: str
) -> None:
    values["database"].update(changes)
    [problem] = problems(values)
    assert problem.startswith("database.")
    assert message in problem


@pytest.mark.parametrize(
    "changes",
    [
        {**ALONE, "credentials": {"mode": "managed", "rotation_days": 30}},
        {**ALONE, "upgrade": {"method": "blue_green", "allow_major": True}},
        {"credentials": {"generation": 2}, "upgrade": {"apply_immediately": True}},
    ],
)
def test_choices_that_go_together_are_accepted(values: dict[str, Any], changes: dict[str, Any]) -> None:
    values["database"].update(changes)
    chosen = parse("test", values).database.model_dump(exclude_unset=True)
    assert {key: chosen[key] for key in changes} == changes


def test_every_error_is_told_at_once(values: dict[str, Any]) -> None:
    put(values, "database.pooler.server_connections", 120)
    put(values, "redis.cache.replicas", "3")
    put(values, "edge.plan", "gold")
    put(values, "network.cidr", "8.8.8.0/24")
    put(values, "databse", {})
    del values["app"]
    sentences = problems(values)
    assert [problem.partition(":")[0] for problem in sentences] == [
        "app",
        "network.cidr",
        "database.pooler.server_connections",
        "redis.cache.replicas",
        "edge.plan",
        "databse",
    ]
    assert sentences[-1] == "databse: unknown key; did you mean database?"
    assert sentences[3] == "redis.cache.replicas: given '3', allowed a whole number"


@pytest.mark.parametrize(
    ("path", "bad", "message"),
    [
        ("database.postgres_version", 16, "allowed a text"),
        ("services.api.task", {"cpu": 256, "memory_mib": 4096}, "allowed with cpu 256: 512, 1024, 2048"),
        ("services.api.task", {"cpu": 300, "memory_mib": 512}, "given cpu 300, allowed 256, 512"),
        ("services.api.scaling.minimum_tasks", 51, "allowed 1 up to maximum_tasks, 50"),
        (
            "redis.cache.provider",
            "memcached",
            "redis.cache.provider: given 'memcached', allowed 'elasticache', 'elasticache_serverless', 'upstash'",
        ),
        ("redis.cache", {"role": "cache"}, "redis.cache.provider: missing"),
        (
            "services.api.metrics",
            {"operations": [{"id": "switch", "title": "Switch", "duration": "switch_ms", "p95_ms": 50}] * 2},
            "services.api.metrics.operations: given switch, switch, allowed each once",
        ),
        ("database.storage_max_gib", 109, "given 109, allowed 110 or more with storage_gib 100"),
        ("database.replicas", [{"purpose": "browse"}, {"purpose": "browse"}], "allowed each purpose once"),
        ("network.zones", ["us-east-1a", "us-west-2b"], "given us-west-2b, allowed zones of region us-east-1"),
        ("network.zones", ["us-east-1a", "us-east-1i"], "given us-east-1i, allowed zones of region us-east-1"),
        ("network.zones", ["us-east-1a", "use1-az2"], "given use1-az2, allowed zones of region us-east-1"),
        *(
            (key, [entry, entry], f"given {entry}, {entry}, allowed each once")
            for key, entry in (
                ("network.zones", "us-east-1a"),
                ("network.endpoints", "logs"),
                ("cloudwatch_alarms.email", "a@feed.example"),
                ("grafana.contacts.email", "a@feed.example"),
                ("database.preload_libraries", "pgaudit"),
                ("services.api.redis", "cache"),
            )
        ),
        (
            "edge.hostnames",
            ["a.b.feed.example"],
            "allowed feed.example or one level below it: Cloudflare's Universal SSL covers no deeper name",
        ),
        ("edge.hostnames", ["feed.example", "*.b.feed.example"], "which needs Advanced Certificate Manager"),
        (
            "edge.hostnames",
            ["notfeed.example"],
            "allowed feed.example or one level below it: the stack has one zone",
        ),
        ("edge.hostnames", ["feed.example", "*.other.example"], "one level below it: the stack has one zone"),
        ("edge.hostnames", ["*.feed.example"], "given *.feed.example first, allowed a single name first"),
        ("edge.hostnames", ["feed.example", "a.*.example"], "dot and none at its end, or *. and one"),
        ("edge.redirect_hostnames", ["*.feed.example"], "allowed a host name in lower case"),
        ("alerts.database_connections", {"warning": 95, "critical": 80}, "allowed warning below critical"),
        ("alerts.database_connections", {"critical": 200}, "critical below database.max_connections, 200"),
        ("services.api.secrets", {"LOG_LEVEL": "generated"}, "given LOG_LEVEL also under environment"),
        ("grafana.contacts.email", ["nobody"], "allowed a mail address"),
    ],
)
def test_bad_value_is_refused_in_one_sentence(values: dict[str, Any], path: str, bad: Any, message: str) -> None:
    put(values, path, bad)
    [problem] = problems(values)
    assert problem.startswith(path)
    assert message in problem


@pytest.mark.parametrize(("pool", "warning", "critical"), [(50, 50, 60), (80, 80, 90), (100, 100, 110)])
def test_alerts_on_connections_begin_above_normal_full_use(
    values: dict[str, Any], pool: int, warning: int, critical: int
) -> None:
    put(values, "database.pooler.server_connections", pool)
    in_force = parse("test", values).connection_thresholds
    # Left out, it also lies above what a deployment holds while one of two poolers drains.
    assert (in_force.warning, in_force.critical) == (warning, critical + pool // 2)
    put(values, "alerts.database_connections", {"warning": warning, "critical": critical})
    parse("test", values)
    put(values, "alerts.database_connections", {"warning": warning, "critical": critical - 1})
    [problem] = problems(values)
    assert problem.startswith(f"alerts.database_connections.critical: given {critical - 1}, which normal full use")
    assert f"allowed {critical} or more with database.pooler.server_connections {pool}" in problem
    put(values, "alerts.database_connections", {"warning": warning - 1, "critical": critical})
    [problem] = problems(values)
    assert problem.startswith(
        f"alerts.database_connections.warning: given {warning - 1}, which a full pool passes"
    )


def test_alerts_count_the_poolers_of_a_deployment(values: dict[str, Any]) -> None:
    put(values, "database.pooler.server_connections", 50)
    put(values, "database.pooler.deployment", {"minimum_percent": 100, "maximum_percent": 200})
    assert parse("test", values).connection_thresholds.critical == 100 + 10


def test_alert_that_fires_before_a_pooler_has_drained_counts_its_connections(values: dict[str, Any]) -> None:
    """An alert waits 300 seconds; a statement that may run for longer keeps a leaving pooler for as long."""
    put(values, "database.statement_timeout_seconds", 269)
    put(values, "alerts.database_connections", {"warning": 80, "critical": 90})
    parse("test", values)
    put(values, "database.statement_timeout_seconds", 270)
    [problem] = problems(values)
    assert problem.startswith("alerts.database_connections.critical: given 90, which normal full use passes, ")
    assert "allowed 130 or more" in problem
    assert "of which a deployment makes 120 for 300 seconds" in problem


def test_missing_secret_names_the_command(values: dict[str, Any]) -> None:
    put(values, "services.api.secrets", {"STRIPE_KEY": "config"})
    put(values, "grafana.contacts.slack_webhook_secret", "SLACK_WEBHOOK")
    sentences = problems(values)
    assert [problem.partition(":")[0] for problem in sentences] == ["secrets.SLACK_WEBHOOK", "secrets.STRIPE_KEY"]
    assert "pulumi config set --secret --path 'footing:secrets.STRIPE_KEY'" in sentences[1]
    put(values, "secrets", frozenset({"STRIPE_KEY", "SLACK_WEBHOOK"}))
    assert parse("test", values).secrets == {"STRIPE_KEY", "SLACK_WEBHOOK"}


def test_pager_needs_leave(values: dict[str, Any]) -> None:
    put(values, "secrets", frozenset({"PAGER"}))
    put(values, "grafana.contacts.pagerduty_key_secret", "PAGER")
    put(values, "alerts.may_page", False)
    assert "allowed only with alerts.may_page: true" in problems(values)[0]
    put(values, "alerts.may_page", "yes")
    assert "allowed true or false" in problems(values)[0]
    put(values, "alerts.may_page", True)
    assert parse("test", values).alerts.may_page


def test_channel_without_a_webhook_is_refused(values: dict[str, Any]) -> None:
    put(values, "grafana.contacts.slack_channel", "#alerts")
    assert problems(values) == ["grafana.contacts.slack_channel: given, allowed only with slack_webhook_secret"]


def test_hours_of_tickets_end_after_they_begin(values: dict[str, Any]) -> None:
    put(values, "grafana.ticket_hours", {"first_hour": 18, "last_hour": 8, "timezone": "Europe/Amsterdam"})
    [sentence] = problems(values)
    assert sentence.startswith("grafana.ticket_hours: ")
    assert "from 18 to 8, allowed a last_hour after the first_hour" in sentence


def test_config_is_frozen(values: dict[str, Any]) -> None:
    config = parse("test", values)
    with pytest.raises(ValidationError, match="frozen"):
        config.app = "other"  # type: ignore[misc]


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "Pulumi.test.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("config:\n  footing:app: [\n", "not YAML: line 3"),
        ("config:\n  footing:app: a\n  footing:app: b\n", "the key footing:app is written twice"),
        ("config:\n  - a\n", "config: given list, allowed a block of keys"),
        ("just text\n", "given no keys"),
        ("config:\n  footing:secrets:\n    STRIPE_KEY: sk_live_1\n", "secrets.STRIPE_KEY: written in clear text"),
        ("config:\n  footing:secrets: [sk_live_1]\n", "secrets: given one value, allowed a block of names"),
        ("config:\n  footing:secrets:\n", "secrets: given one value, allowed a block of names"),
        ("config:\n  footing:secrets: {secure: v1:x}\n", "secrets: given one value, allowed a block of names"),
    ],
)
def test_bad_file_is_refused_in_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_file(written(tmp_path, text))
    [problem] = caught.value.problems
    assert message in problem
    assert "sk_live_1" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "at"),
    [
        ("redis.cache.replicas", "9", "redis.cache.replicas"),
        ("database.replicas.1.max_connections", "0", "database.replicas.1.max_connections"),
        ("database.storage_max_gib", "101", "database.storage_max_gib"),
        ("network.zones", "[us-west-2a, us-west-2b]", "network.zones"),
        ("services.api.databse", "1", "services.api.databse"),
        ("redis.cache.role", None, "redis.cache"),
        ("region", None, ""),
        ("secrets.STRIPE_KEY", "sk_live_1", "secrets.STRIPE_KEY"),
        ("owners.team", "null", "owners.team"),
    ],
)
def test_problem_has_the_line_of_its_key_or_of_the_block_that_lacks_it(
    tmp_path: Path, key: str, value: str | None, at: str
) -> None:
    document = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text())
    values: Any = document["config"]
    first, *parts = key.split(".")
    *blocks, last = [f"footing:{first}", *parts]
    for block in blocks:
        values = values[int(block)] if isinstance(values, list) else values.setdefault(block, {})
    if value is None:
        del values[last]
    else:
        values[last] = yaml.safe_load(value)
    path = written(tmp_path, yaml.dump(document))
    with pytest.raises(ConfigError) as caught:
        from_file(path)
    [problem] = caught.value.problems
    assert problem.startswith(f"{key}: ")
    assert str(caught.value) == f"Pulumi.test.yaml:{lines_of(path.read_text())[at]}: {problem}"
    assert "sk_live_1" not in problem


def test_problem_without_a_file_has_no_line(values: dict[str, Any]) -> None:
    put(values, "redis.cache.replicas", 9)
    with pytest.raises(ConfigError, match=r"^stack test: redis\.cache\.replicas: "):
        parse("stack test", values)


def test_unknown_stack_names_those_there_are(tmp_path: Path) -> None:
    written(tmp_path, "config: {}\n")
    with pytest.raises(ConfigError, match=r"no such stack file; there are Pulumi\.test\.yaml"):
        from_file(tmp_path / "Pulumi.prod.yaml")


def test_encrypted_value_is_never_opened_offline(tmp_path: Path) -> None:
    text = (ROOT / "Pulumi.staging.yaml").read_text()
    secret = "  footing:secrets:\n    STRIPE_KEY:\n      secure: v1:abc:def\n"
    text = text.replace("secrets: {SESSION_KEY", "secrets: {STRIPE_KEY: config, SESSION_KEY")
    file = from_file(written(tmp_path, text + secret))
    assert file.config.secrets == {"STRIPE_KEY"}
    assert file.secret_keys == {"footing:secrets"}
    assert json.loads(file.engine_config["footing:secrets"]) == {"STRIPE_KEY": SEALED}


@pytest.mark.parametrize("stack", STACKS)
def test_schema_for_editors_accepts_the_committed_stack(stack: str) -> None:
    document = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())
    validator = Draft202012Validator(schema())
    assert list(validator.iter_errors(document)) == []
    # An exception may allow any pool; more attempts to sign in none.
    document["config"]["footing:database"]["pooler"]["server_connections"] = 120
    document["config"]["footing:edge"]["rate_limits"] = {"auth": {"requests_per_minute": 21}}
    document["config"]["footing:databse"] = {}
    assert len(list(validator.iter_errors(document))) == 2


def test_every_key_tells_what_it_is() -> None:
    def undescribed(model: dict[str, Any]) -> list[str]:
        return [
            f"{name}.{key}"
            for name, block in model["$defs"].items()
            for key, field in block.get("properties", {}).items()
            if "description" not in field and "$ref" not in field and "const" not in field and "enum" not in field
        ]

    assert undescribed(StackConfig.model_json_schema()) == []


def test_every_key_has_its_line() -> None:
    text = (ROOT / "Pulumi.production.yaml").read_text()
    lines = lines_of(text)
    of = text.splitlines()
    for key in (
        "app",
        "owners.team",
        "database.protect",
        "database.pooler.metrics",
        "edge.cache.session_cookies",
    ):
        assert (key in lines) is (key != "database.protect")
        if key in lines:
            assert key.rpartition(".")[2] in of[lines[key] - 1]
    assert "purpose: analytics" in of[lines["database.replicas.1.purpose"] - 1]
    assert lines["services.api.task.cpu"] == lines["services.api.task"]
