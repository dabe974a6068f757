"""The matrix of every rule: what spoils it, what is unknown, what is nonsense, what must not be printed."""

import base64
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import quote

import pytest
from good_stack import GONE, deepcopy_marked, edited, get, good, label, put
from spoils import SPOILS, Spoil

from policies.judge import Catalogue
from policies.judgement import Judgement, Verdict
from policies.resource import SECRET, UNKNOWN, Resource, Stack
from policies.rule import Rule
from policies.rules import CATALOGUE

BAD = (Verdict.FAIL, Verdict.UNDECIDED, Verdict.BROKEN)
RULES = list(CATALOGUE.by_id)
Judgements = Mapping[tuple[str, str], Judgement]
CANARY = "c4nary~+/=<&é Pa55"
NONSENSE: Sequence[Any] = (
    *(True, False, 0, -1, 200.5, 10**30, math.nan, math.inf, "", "200", "many", "{", "[1]", "{}"),
    *([], ["x"], [None], [[]], [{}], [[["x"]]], {}, {"x": {}}, {"0": None}, [UNKNOWN], [SECRET], SECRET),
)


def judgements(
    stack: Sequence[Resource], rules: Catalogue = CATALOGUE, environment: str = "production"
) -> Judgements:
    """What the rules say, by rule and resource."""
    findings = rules.of_all(Stack(environment=environment, resources=stack))
    return {(it.rule.id, label(it.resource)): it.judgement for it in findings}


@cache
def only(rule: str) -> Catalogue:
    return Catalogue([CATALOGUE.by_id[rule]])


@cache
def judgements_of_good(environment: str) -> Judgements:
    return judgements(good(), environment=environment)


def environment_of(rule: str) -> str:
    """One in which the rule is asked."""
    return "production" if CATALOGUE.by_id[rule].levels.at("production") != "off" else "staging"


# --- spoiling one thing


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_every_rule_that_is_asked_passes_on_the_good_stack(environment: str):
    assert {key: it.reason for key, it in judgements_of_good(environment).items() if it.verdict in BAD} == {}


def test_every_rule_has_something_to_pass_on():
    passed = {
        rule
        for it in ("production", "staging")
        for (rule, _), j in judgements_of_good(it).items()
        if j.verdict == "pass"
    }
    assert set(RULES) - passed == set()


def test_every_rule_has_a_spoil():
    assert {it.rule for it in SPOILS} == set(RULES)


@pytest.mark.parametrize("spoil", SPOILS, ids=lambda it: it.id)
def test_spoiling_one_thing_fails_exactly_one_rule_on_exactly_one_resource(spoil: Spoil):
    before = judgements_of_good(spoil.environment)
    after = judgements(edited(good(), spoil.edit), environment=spoil.environment)
    changed = {key: it.verdict for key, it in after.items() if it.verdict is not before.get(key, it).verdict}
    assert changed == {(spoil.rule, spoil.fails): Verdict.FAIL}


# --- what a rule reads


class Read(Mapping[str, Any]):
    """Properties that write down which of them were looked at."""

    def __init__(self, value: Mapping[str, Any], seen: set[tuple[str, ...]], path: tuple[str, ...] = ()) -> None:
        self._value, self._seen, self._path = value, seen, path

    def __getitem__(self, key: str) -> Any:
        path = (*self._path, key)
        self._seen.add(path)
        return _watched(self._value[key], self._seen, path)

    def __iter__(self) -> Iterator[str]:
        return iter(self._value)

    def __len__(self) -> int:
        return len(self._value)


def _watched(value: Any, seen: set[tuple[str, ...]], path: tuple[str, ...]) -> Any:
    if isinstance(value, Mapping):
        return Read(value, seen, path)
    if isinstance(value, list):
        seen.update((*path, str(index)) for index in range(len(value)))
        return [_watched(item, seen, (*path, str(index))) for index, item in enumerate(value)]
    return value


@cache
def reads(rule: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Resource and path of everything a rule looks at in the good stack; of many alike, the first."""
    seen: dict[str, set[tuple[str, ...]]] = {label(it): set() for it in good()}
    watched = [replace(it, properties=Read(it.properties, seen[label(it)])) for it in good()]
    list(only(rule).of_all(Stack(environment=environment_of(rule), resources=watched)))
    spoiled = {(it.edit.on, tuple(path.split("."))) for it in SPOILS if it.rule == rule for path in it.edit.set}
    found: dict[Any, tuple[str, tuple[str, ...]]] = {}
    for resource in good():
        for path in sorted(seen[label(resource)]):
            pattern = tuple("*" if step.isdigit() else step for step in path)
            key = (label(resource), path)
            found.setdefault(key if key in spoiled else (resource.type, pattern), key)
    return tuple(found.values())


def with_value(on: str, path: tuple[str, ...], value: Any) -> list[Resource]:
    """The good stack with one property set."""
    return [_set(it, path, value) if label(it) == on else it for it in good()]


def _set(resource: Resource, path: tuple[str, ...], value: Any) -> Resource:
    properties = deepcopy_marked(resource.properties)
    put(properties, path, value)
    return replace(resource, properties=properties)


def alternatives(rule: str, on: str, path: tuple[str, ...]) -> Iterator[Any]:
    """Other values that a property of this kind may turn out to have; nothing is not among them."""
    [properties] = [it.properties for it in good() if label(it) == on]
    old = get(properties, path)
    yield from _like(old)
    for spoil in SPOILS:
        new = spoil.edit.set.get(".".join(path), GONE) if (spoil.rule, spoil.edit.on) == (rule, on) else GONE
        new = new(old) if callable(new) and old is not UNKNOWN else new
        if new is not GONE and new != "":
            yield new


def _like(old: Any) -> Iterator[Any]:
    if isinstance(old, bool):
        yield not old
    elif isinstance(old, (int, float)):
        yield from (0, 1, old - 1, old + 1, 10**6)
    elif isinstance(old, str) and old.isdigit():
        yield from (str(it) for it in (0, 1, int(old) - 1, int(old) + 1, 10**6))
    elif isinstance(old, list):
        yield from ([], ["x"])
    elif isinstance(old, str):
        yield from ("x", "*", "default", "0.0.0.0/0", "HTTP", "false")


STATED_TWICE = {"pooler-server-connections", "pooler-transaction-mode"}
"""Rules of what a task's tags state as well as its containers: one decides while the other is unknown. ADR 3."""


@pytest.mark.parametrize("rule", RULES)
def test_what_is_unknown_never_passes_where_some_value_would_fail(rule: str):
    environment, resting = environment_of(rule), []
    for on, path in reads(rule):
        if rule in STATED_TWICE and path[0] in ("tags", "containerDefinitions"):
            continue
        unknown = judgements(with_value(on, path, UNKNOWN), only(rule), environment)
        assert [key for key, it in unknown.items() if it.verdict is Verdict.BROKEN] == [], path
        for value in alternatives(rule, on, path):
            known = judgements(with_value(on, path, value), only(rule), environment)
            resting += [
                (key, ".".join(path), value)
                for key, it in known.items()
                if it.verdict is Verdict.FAIL and unknown.get(key, it).verdict is Verdict.PASS
            ]
    assert resting == []


@pytest.mark.parametrize("rule", RULES)
def test_nonsense_breaks_no_rule(rule: str):
    environment, broken = environment_of(rule), []
    for on, path in reads(rule):
        for value in (None, *NONSENSE):
            verdicts = judgements(with_value(on, path, value), only(rule), environment)
            broken += [
                (key, path, value, it.observed) for key, it in verdicts.items() if it.verdict is Verdict.BROKEN
            ]
    assert broken == []


HSTS = "securityHeadersConfig.strictTransportSecurity.accessControlMaxAgeSec"
NUMBERS: Mapping[tuple[str, str, str], tuple[Any, Any]] = {
    ("supabase-pool-size", "Pooler/sample-pool", "defaultPoolSize"): (1, 100),
    ("supabase-max-connections", "PostgresSettings/sample-settings", "settings.max_connections"): (200, 200),
    ("database-backups", "Instance/database-primary", "backupRetentionPeriod"): (1, 35),
    ("database-backups-week", "Instance/database-primary", "backupRetentionPeriod"): (7, 35),
    ("database-enhanced-monitoring", "Instance/database-primary", "monitoringInterval"): (1, 60),
    ("database-storage-ceiling", "Instance/database-primary", "maxAllocatedStorage"): (101, None),
    ("database-max-connections", "ParameterGroup/database-parameters", "parameters.0.value"): (200, 200),
    ("database-forced-tls", "ParameterGroup/database-parameters", "parameters.1.value"): (1, 1),
    ("database-slow-query-log", "ParameterGroup/database-parameters", "parameters.4.value"): (0, None),
    ("connection-budget", "Service/pooler-service", "deploymentMaximumPercent"): (1, 199),
    ("pooler-server-connections", "TaskDefinition/pooler-task", "tags.footing:server-connections"): (80, 80),
    ("pooler-server-connections", "TaskDefinition/pooler-task", "tags.footing:server-connections-per-task"): (
        40,
        40,
    ),
    ("redis-failover", "ReplicationGroup/redis-store", "numCacheClusters"): (2, None),
    ("redis-snapshots", "ReplicationGroup/redis-store", "snapshotRetentionLimit"): (1, 35),
    ("redis-snapshots-week", "ReplicationGroup/redis-store", "snapshotRetentionLimit"): (7, 35),
    ("service-two-tasks", "Target/service-scaling", "minCapacity"): (2, None),
    ("scaling-bounds", "Target/service-scaling", "maxCapacity"): (9, None),
    ("scaling-target", "Policy/sample-scaling", "targetTrackingScalingPolicyConfiguration.targetValue"): (30, 80),
    ("secret-recovery", "Secret/service-environment", "recoveryWindowInDays"): (7, 30),
    ("key-deletion-window", "Key/sample-key", "deletionWindowInDays"): (7, 30),
    ("distribution-hsts", "ResponseHeadersPolicy/storage-headers", HSTS): (31_536_000, None),
    ("log-retention", "LogGroup/service-log", "retentionInDays"): (30, 3653),
    ("log-retention-year", "LogGroup/service-log", "retentionInDays"): (365, 3653),
    ("edge-api-rate", "Ruleset/edge-http-ratelimit", "rules.3.ratelimit.requestsPerPeriod"): (1, 100),
    ("edge-api-burst", "Ruleset/edge-http-ratelimit", "rules.2.ratelimit.requestsPerPeriod"): (1, 30),
    ("edge-auth-rate", "Ruleset/edge-http-ratelimit", "rules.1.ratelimit.requestsPerPeriod"): (1, 20),
}
"""Every property that a rule reads as a number, with the least and the greatest that it takes."""


def test_every_rule_that_is_spoilt_by_a_number_has_its_bounds_in_the_table():
    numeric = {
        (it.rule, it.edit.on, path)
        for it in SPOILS
        for path, value in it.edit.set.items()
        if (isinstance(value, int) and not isinstance(value, bool))
        or (isinstance(value, str) and value.lstrip("-").isdigit())
    }
    # -1 is never, and no number of seconds.
    others = {
        "neon-never-suspended",
        "network-no-open-ingress",
        "edge-failed-logins",
        "machine-metadata",
        "network-no-open-egress",
    }
    rows = {(rule, path) for rule, _, path in NUMBERS}
    assert {(rule, path) for rule, _, path in numeric if rule not in others} - rows == set()


@pytest.mark.parametrize(("rule", "on", "path"), NUMBERS)
def test_number_is_held_to_both_bounds_and_nonsense_is_no_number(rule: str, on: str, path: str):
    least, greatest = NUMBERS[rule, on, path]
    good_ones = [least] if greatest is None else [least, greatest]
    bad_ones = [least - 1] if greatest is None else [least - 1, greatest + 1]
    confused = [True, False, [], {}, "", "many", least + 0.5, math.nan, -1, [least], {"it": least}]
    environment = "staging" if rule in ("database-backups", "redis-snapshots", "log-retention") else "production"

    def verdicts(value: Any) -> set[Verdict]:
        found = judgements(with_value(on, tuple(path.split(".")), value), only(rule), environment)
        return {it.verdict for it in found.values()}

    for value in (it for number in good_ones for it in (number, str(number), float(number))):
        fraction = rule == "scaling-target" and isinstance(value, str)
        assert (Verdict.FAIL in verdicts(value)) is fraction, value
    for value in (*bad_ones, *(str(it) for it in bad_ones), *confused):
        allowed = rule == "scaling-target" and value == least + 0.5
        assert (Verdict.FAIL in verdicts(value)) is not allowed, value
    assert Verdict.FAIL not in verdicts(UNKNOWN)


# --- what is printed

LEAKS = (
    CANARY,
    CANARY[:8],
    base64.b64encode(CANARY.encode()).decode()[:10],
    quote(CANARY)[:12],
    json.dumps(CANARY)[1:10],
)


def poisoned(value: Any) -> Any:
    """A copy in which every text is the canary."""
    if isinstance(value, Mapping):
        return {key: poisoned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item) for item in value]
    return CANARY if isinstance(value, str) else value


def leaking(stack: Sequence[Resource], rule: str) -> list[str]:
    findings = judgements(stack, only(rule), environment_of(rule)).values()
    texts = [part for it in findings for part in (it.observed, it.required, it.reason)]
    return [text for text in texts if any(leak in text for leak in LEAKS)]


@pytest.mark.parametrize("rule", RULES)
def test_no_text_of_a_resource_is_printed(rule: str):
    assert leaking([replace(it, properties=poisoned(it.properties)) for it in good()], rule) == []
    for on, path in reads(rule):
        for value in (CANARY, [CANARY], {CANARY: CANARY}, [{"name": CANARY, "value": CANARY}]):
            assert leaking(with_value(on, path, value), rule) == [], path


@pytest.mark.parametrize("rule", [it.id for it in CATALOGUE if isinstance(it, Rule)])
def test_rule_over_one_resource_is_asked_of_its_types_alone(rule: str):
    stranger = Resource(type="aws:ec2/eip:Eip", properties={"storageEncrypted": False})
    found = CATALOGUE.by_id[rule]
    assert isinstance(found, Rule)
    assert found.judge(stranger).verdict is Verdict.NOT_APPLICABLE
