"""The registers: what the database must have, growth, load tests, what is deferred, budgets, who is on call."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observability import CloudWatch, Signal, Signals
from observability.records.limits import over
from policies import unique_yaml
from stacks.config import ConfigError, parse
from stacks.config.growth import LoadTestConfig, PhaseConfig, growth_problems
from stacks.config.operations import DeferredConfig, built_already
from stacks.config.schema_register import SchemaRegister
from stacks.registers import phase_notes, registers_document, unknown_triggers

ROOT = Path(__file__).parents[2]
PHASES = [
    {"name": "launch", "first_month": 0, "last_month": 1, "users": 400_000, "concurrent_users": 20_000},
    {"name": "growth", "first_month": 4, "users": 750_000, "concurrent_users": 37_500},
]
UPSTASH = {"provider": "upstash", "role": "cache", "primary_region": "us-east-1", "budget_usd": 20}
ITEM = {"name": "partitions", "owner": "platform"}
MIGRATE = {"kind": "task", "database_login": "owner", "database_pool": 1}


def put(values: dict[str, Any], **changes: Any) -> dict[str, Any]:
    for path, value in changes.items():
        *above, name = path.split("__")
        block = values
        for key in above:
            block = block[key]
        block[name] = value
    return values


def problems(values: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    return list(caught.value.problems)


def phases(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**phase, **change} for phase, change in zip(PHASES, changes, strict=False)]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"phases": phases({}, {"name": "launch"})}, "phases: given launch twice, allowed once"),
        ({"phases": phases({"last_month": 5}, {})}, "phases.1.first_month: given 4, allowed 5 or later"),
        ({"phases": phases({}, {"first_month": 0})}, "phases.1.first_month: given 0, allowed 1 or later: launch"),
        (
            {"phases": phases({}, {"users": 399_999})},
            "phases.1.users: given 399999, allowed 400000 or more, what launch",
        ),
        (
            {"phases": phases({"last_month": 1, "first_month": 2})},
            "phases.0.last_month: given 1, allowed first_month, 2",
        ),
        (
            {"phases": phases({"concurrent_users": 400_001})},
            "phases.0.concurrent_users: given 400001, allowed up to users, 400000",
        ),
        (
            {"phases": phases({"requests_per_second": 2001, "think_time_seconds": 10})},
            "requests_per_second: given 2001, allowed up to 2000, what 20000 concurrent_users send",
        ),
        ({"phases": phases({}), "phase": "scale"}, "phase: given scale, allowed one of phases: launch"),
        ({"phase": "scale"}, "phase: given scale, allowed one of phases: none so far"),
        (
            {"phases": phases({}, {"scale": {"services.api.database_pool": 19}})},
            "phases.1.scale.services.api.database_pool: given 19; all services are 1900 clients",
        ),
        (
            {"phases": phases({}, {"scale": {"services.api.scaling.maximum_tasks": 51}})},
            "phases.1.scale: given what makes a stack that is refused, services.api.database_pool: given 18",
        ),
        (
            {"phases": phases({}, {"scale": {"database.instance_class": "db.r6g.3xlarge"}})},
            "phases.1.scale.database.instance_class: given 'db.r6g.3xlarge', allowed db.r6g.4xlarge, the nearest",
        ),
        (
            {"phases": phases({}, {"scale": {"database.tasks.many": 9}})},
            "phases.1.scale.database.tasks.many: given 9, allowed a key of a block that the stack has",
        ),
        ({"phases": [{"name": "a", "first_month": -1}]}, "phases.0.first_month: given -1, allowed 0 or more"),
        (
            {"load_tests": [{"name": "a", "virtual_users": 1, "phase": "b"}]},
            "load_tests.0.phase: given b, allowed one of",
        ),
        (
            {"deferred": [{**ITEM, "trigger": {}}]},
            "deferred.0.trigger: given nothing, allowed one of metric, phase, query, users",
        ),
        (
            {"deferred": [{**ITEM, "trigger": {"users": 9, "phase": "x"}}]},
            "deferred.0.trigger: given phase and users, allowed one of",
        ),
        (
            {"deferred": [{**ITEM, "trigger": {"query": "select 1"}}]},
            "deferred.0.trigger.above: missing; required with",
        ),
        (
            {"deferred": [{**ITEM, "trigger": {"users": 9, "above": 1}}]},
            "deferred.0.trigger.above: given 1 with users",
        ),
        (
            {"deferred": [{**ITEM, "trigger": {"phase": "x"}}]},
            "deferred.0.trigger.phase: given x, allowed one of phases",
        ),
        (
            {"deferred": [{**ITEM, "trigger": {"users": 9}, "key": "databse.replicas"}]},
            "deferred.0.key: given databse",
        ),
        ({"deferred": 2 * [{**ITEM, "trigger": {"users": 9}}]}, "deferred: given partitions twice, allowed once"),
        ({"deferred": [{"name": "x", "trigger": {"users": 9}}]}, "deferred.0.owner: missing; it is required"),
        ({"oncall": {"primary": "ann", "secondary": "ann"}}, "oncall.secondary: given ann, who is primary"),
        (
            {"budget": {"monthly_usd": 19}, "redis__cache": UPSTASH},
            "budget.monthly_usd: given 19, allowed 20 or more, what is in it alone: redis.cache.budget_usd 20",
        ),
        (
            {"budget": {"monthly_usd": 8499}, "phases": phases({"monthly_usd": 8500})},
            "budget.monthly_usd: given 8499, allowed 8500 or more, what phase launch may cost",
        ),
        (
            {"database__required_indexes": ["a", {"name": "a", "table": "t"}]},
            "database.required_indexes: given a twice, allowed once",
        ),
        ({"database__required_indexes": ["No"]}, "required_indexes.0: given 'No', allowed a name of PostgreSQL"),
        ({"database__required_rls": "public"}, "database.required_rls: given 'public', allowed a list"),
        (
            {"database__required_extensions": ["pg_cron"]},
            "required_extensions: given pg_cron, allowed with the same in database.preload_libraries",
        ),
        (
            {"database__migrations": {"tool": "supabase", "run_by": "pipeline"}},
            "database.migrations.tool: given supabase with database.provider rds",
        ),
        (
            {"database__migrations": {"tool": "alembic", "task": "api"}},
            "database.migrations.task: given api, allowed a service of kind task with database_login owner",
        ),
        (
            {"database__migrations": {"tool": "alembic", "task": "api", "run_by": "pipeline"}},
            "database.migrations.task: given api with run_by pipeline, allowed left out",
        ),
        (
            {"database__migrations": {"tool": "psql", "run_by": "pipeline"}},
            "database.migrations.path: missing; required with tool psql and run_by pipeline",
        ),
        (
            {"database__recovery": {"rpo_minutes": 1, "rto_minutes": 60}},
            "database.recovery.rpo_minutes: given 1, allowed 5 or more with provider rds",
        ),
        (
            {
                "database__recovery": {"rpo_minutes": 5, "rto_minutes": 60, "restore_test": "weekly"},
                "cloudwatch_alarms": None,
            },
            "given weekly, allowed with the block cloudwatch_alarms: a failed test would reach nobody",
        ),
    ],
)
def test_register_that_does_not_fit_is_one_sentence_with_its_key(
    values: dict[str, Any], changes: dict[str, Any], sentence: str
):
    [problem] = problems(put(values, **changes))
    assert sentence in problem


def test_required_migration_needs_somebody_who_applies_it_and_a_known_phase(values: dict[str, Any]):
    values["database"]["required_migrations"] = ["010_scale_400k_indexes"]
    [problem] = problems(values)
    assert problem == (
        "database.required_migrations: given 1, and nothing of the stack applies them, allowed with a service of "
        "kind task with database_login owner, or with database.migrations.run_by pipeline: 010_scale_400k_indexes"
    )
    image, values["services"]["api"]["database_pool"] = values["services"]["api"]["image"], 16
    values["services"]["migrate"] = {**MIGRATE, "image": image, "database_login": "application"}
    assert len(problems(values)) == 1
    values["services"]["migrate"]["database_login"] = "owner"
    parse("test", values)
    values["services"]["backfill"] = {**MIGRATE, "image": image}
    values["database"]["migrations"] = {"tool": "alembic"}
    assert problems(values) == ["database.migrations.task: missing; allowed one of migrate, backfill"]
    values["database"]["migrations"]["task"] = "migrate"
    values["database"]["required_migrations"] = [{"name": "011", "required_by": "growth"}]
    assert "required_by: given growth, allowed a day, YYYY-MM-DD, or one of phases" in problems(values)[0]
    values["phases"] = PHASES
    parse("test", values)
    values["database"]["required_migrations"] = [{"name": "011", "required_by": "2027-02-30"}]
    assert "required_by: given 2027-02-30, allowed a day" in problems(values)[0]


def test_whole_register_is_one_document_and_the_next_phase_one_line(values: dict[str, Any]):
    config = parse("test", values)
    assert registers_document(config) is None
    assert phase_notes(config) == []
    values["database"] |= {"required_rls": "all_public", "required_functions": ["check_rate_limit"]}
    values["phases"] = phases({}, {"scale": {"services.api.scaling.maximum_tasks": 50}})
    values["oncall"] = {"primary": "platform", "channel": "#launch-war-room"}
    config = parse("test", values)
    document = json.loads(registers_document(config) or "")
    assert document["database"]["required_rls"] == ["public.*"]
    assert document["database"]["required_functions"] == [
        {"fails_silently": False, "name": "check_rate_limit", "security": None}
    ]
    assert (document["phase"], [it["users"] for it in document["phases"]]) == ("launch", [400_000, 750_000])
    assert document["oncall"]["escalation_minutes"] == 15
    assert phase_notes(config) == [
        (
            "Next phase: growth, from month 4: 750,000 users, 37,500 at the same moment, "
            "services.api.scaling.maximum_tasks 50 -> 50."
        )
    ]
    values["phase"] = "growth"
    assert phase_notes(parse("test", values)) == []


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("services.api.websockets", 0),
        ("database.multi_az", 1),
        ("storage.hostname", 0),
        ("database.replicas.0", 0),
    ],
)
def test_deferred_item_that_is_there_already_is_a_warning(values: dict[str, Any], key: str, told: int):
    values["database"]["replicas"], values["services"]["api"]["websockets"] = [], False
    values["deferred"] = [{**ITEM, "trigger": {"users": 9}, "key": key}]
    del values["storage"]
    config = parse("test", values)
    assert len([*built_already(config.deferred, config)]) == told


@settings(max_examples=300)
@given(
    played=st.integers(1, 5000), wanted=st.integers(1, 50_000), pause=st.integers(1, 60), own=st.integers(1, 60)
)
def test_virtual_users_stand_for_whoever_sends_as_many_requests(played: int, wanted: int, pause: int, own: int):
    phase = PhaseConfig(name="launch", first_month=0, think_time_seconds=pause)
    test = LoadTestConfig(name="a", virtual_users=played, represents_users=wanted, think_time_seconds=own)
    refused = list(growth_problems([phase], None, [test]))
    assert bool(refused) == (wanted > played and wanted > round(played * pause / own))
    if refused:
        enough = int(refused[0][1].partition("need virtual_users ")[2].partition(",")[0])
        again = test.model_copy(update={"virtual_users": enough})
        assert list(growth_problems([phase], None, [again])) == []


def test_page_has_an_example_that_holds_and_a_row_for_every_register(values: dict[str, Any]):
    text = (ROOT / "docs" / "registers.md").read_text()
    example = unique_yaml.parse(text.partition("```yaml\n")[2].partition("```")[0], days=False)
    blocks = {key.removeprefix("footing:"): it for key, it in example.items()}
    api = values["services"]["api"]
    values["services"]["migrate"] = {**MIGRATE, "image": api["image"]}
    api["scaling"] = {"mode": "target", "minimum_tasks": 2, "maximum_tasks": 10}
    values["database"] |= blocks.pop("database")
    config = parse("test", {**values, **blocks})
    registers = {*blocks} - {"phase"} | {f"database.{key}" for key in SchemaRegister.model_fields}
    assert [it for it in registers if it.partition(".")[2] not in text or it.partition(".")[0] not in text] == []
    assert all(getattr(config.database, key) for key in SchemaRegister.model_fields)
    assert json.loads(registers_document(config) or "")["deferred"][1]["trigger"]["users"] == 100_000


def test_trigger_names_an_alert_or_a_panel_of_the_stack():
    record = Signal(
        id="thing",
        title="Thing",
        description="A thing.",
        query=CloudWatch(namespace="A", metric="B", dimensions={}),
        unit="short",
        thresholds=over(page=1),
        runbook="Look.",
    )
    signals = [Signals(subject="It", signals=(record,))]
    for metric, told in (("thing", 0), ("thing-page", 0), ("thing-pag", 1)):
        item = DeferredConfig.model_validate({**ITEM, "trigger": {"metric": metric}})
        found = list(unknown_triggers([item], signals))
        assert len(found) == told
    assert found == [
        (
            "deferred.0.trigger.metric: given thing-pag, allowed an alert or a panel of the stack; did you mean "
            "thing-page?"
        )
    ]
