"""Types that no rule knows: named and counted in every form of the report, and never green."""

import json
import re
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from footing.check import formats, terminal
from footing.check.pack import GateError, Pack, load
from footing.check.run import report_on, saved
from policies import gate, unjudged, waivers
from policies.aliases import present_name
from policies.report import Report
from policies.resource import Resource, Stack
from policies.rules import CATALOGUE
from policies.rules.tokens import TASK

ROOT = Path(__file__).parents[3]
UNKNOWN_TYPE = "aws:memorydb/cluster:Cluster"
POLICY = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::uploads/*"}]}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load(ROOT, "production")


def planned(type_: str, name: str = "it", **given: Any) -> dict[str, Any]:
    return {
        "type": type_,
        "name": name,
        "urn": f"urn:pulumi:production::footing::{type_}::{name}",
        "parent": "",
        "provider": "",
        "custom": True,
        "external": False,
        "protect": True,
        "inputs": {},
        "dependencies": [],
        "property_dependencies": {},
        "source": "app.py:1",
        "options": {},
        **given,
    }


def plan(*resources: Any, **given: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "project": "footing",
        "stack": "production",
        "outputs": {},
        "resources": [*resources],
        **given,
    }


PULL = planned("aws:iam/rolePolicy:RolePolicy", inputs={"role": "r", "policy": json.dumps(POLICY)})


def judged(pack: Pack, *resources: Any) -> Report:
    return report_on(plan(*resources), "production", pack, date(2026, 5, 1), is_whole=False)


def test_type_that_no_rule_knows_stops_and_is_named_in_every_form(pack: Pack):
    report = judged(pack, PULL, planned(UNKNOWN_TYPE, "jobs"), planned(UNKNOWN_TYPE, "orders"))
    assert not report.passed
    shown = terminal.text(report)
    assert f"STOPS  not judged: {UNKNOWN_TYPE} (2: jobs, orders)." in shown
    assert "1 type not judged." in shown
    assert shown.endswith("The change is stopped by 0 findings and 1 type that no rule knows.\n")
    document = json.loads(formats.render(report, "json"))
    urns = [f"urn:pulumi:production::footing::{UNKNOWN_TYPE}::{name}" for name in ("jobs", "orders")]
    assert document["unjudged"] == [{"type": UNKNOWN_TYPE, "resources": urns}]
    assert document["passed"] is False
    assert f"::error title=The gate itself::not judged: {UNKNOWN_TYPE}" in formats.render(report, "github")
    assert f'<error message="not judged: {UNKNOWN_TYPE}' in formats.render(report, "junit")
    [run] = json.loads(formats.render(report, "sarif"))["runs"]
    [told] = run["invocations"][0]["toolConfigurationNotifications"]
    assert told["message"]["text"].startswith(f"not judged: {UNKNOWN_TYPE}")


def test_what_makes_nothing_or_is_on_the_list_goes_on(pack: Pack):
    component = planned("awsx:ec2:Vpc", custom=False)
    assert judged(
        pack, PULL, component, planned("random:index/randomId:RandomId"), planned("pulumi:providers:gcp")
    ).passed
    assert not judged(pack, PULL, planned("awsx:ec2:Vpc")).passed


def test_engine_is_told_of_the_same_types(tmp_path: Path):
    (tmp_path / "PulumiPolicy.yaml").touch()
    (tmp_path / unjudged.FILE).write_text("unjudged:\n- types: ['random:*']\n  reason: made in the state alone\n")
    allowed = unjudged.read(tmp_path, CATALOGUE)
    assert allowed is not None
    resources = [Resource(type=it, name="it") for it in (UNKNOWN_TYPE, "random:index/randomId:RandomId", TASK)]
    assert [*allowed.unjudged(CATALOGUE, resources)] == [UNKNOWN_TYPE]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("unjudged: {}", "with a list of blocks"),
        ("unjudged: [{types: [a], reason: short}]", "20 are the least"),
        ("unjudged: [{types: a, reason: a reason of enough characters}]", "types must be a list"),
        (f"unjudged: [{{types: ['{TASK}'], reason: a reason of enough characters}}]", "a rule judges"),
    ],
)
def test_malformed_list_stops_the_change(tmp_path: Path, text: str, sentence: str):
    (tmp_path / "PulumiPolicy.yaml").touch()
    (tmp_path / unjudged.FILE).write_text(text)
    allowed = unjudged.read(tmp_path, CATALOGUE)
    stack = Stack(environment="production", resources=[])
    report = gate.judge(CATALOGUE, stack, name="production", today=date(2026, 5, 1), allowed_unjudged=allowed)
    assert sentence in report.problems[0]


def test_every_type_that_a_component_makes_is_judged_or_listed(pack: Pack):
    assert pack.allowed_unjudged is not None
    made = {
        f"pulumi_{call}"
        for path in (ROOT / "components").rglob("*.py")
        for call in re.findall(
            r"(?<![\w.])((?:aws|cloudflare|datadog|github)\.(?:\w+\.)?[A-Z]\w+)\(", path.read_text()
        )
        if not call.endswith("Args")
    }
    types = set()
    for name in made:
        package, *module, class_ = name.split(".")
        source = _folder(package).joinpath(*module, f"{_snake(class_)}.py").read_text()
        types |= set(re.findall(r"super\(\w+, __self__\)\.__init__\(\s*'([^']+)'", source))
    assert len(types) > 60
    resources = [Resource(type=it, name=it) for it in types]
    assert [*pack.allowed_unjudged.unjudged(CATALOGUE, resources)] == []


def _folder(package: str) -> Path:
    """The folder of an SDK, found without loading it: what is loaded here would be there for other tests."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _snake(name: str) -> str:
    special = {"BucketObjectv2": "bucket_objectv2"}
    return special.get(name, re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())


def test_names_that_the_sdks_call_aliases_are_one_type():
    found = {}
    for package in ("pulumi_aws", "pulumi_cloudflare", "pulumiverse_grafana"):
        for path in _folder(package).rglob("*.py"):
            text = path.read_text()
            own = re.search(r"super\(\w+, __self__\)\.__init__\(\s*'([^']+)'", text)
            if own and "alias_opts" in text and CATALOGUE.knows(own[1]):
                found |= dict.fromkeys(re.findall(r'pulumi\.Alias\(type_="([^"]+)"\)', text), own[1])
    assert len(found) >= 5
    assert {alias: present_name(alias) for alias in found} == found
    assert present_name("aws:alb/listener:Listener") == "aws:lb/listener:Listener"
    assert present_name("cloudflare:index/record:Record") == "cloudflare:index/dnsRecord:DnsRecord"


def test_saved_plan_is_not_stopped_for_what_our_own_lists_hold_for_the_rest(pack: Pack, tmp_path: Path):
    assert judged(pack, PULL).passed
    whole = report_on(plan(PULL), "production", pack, date(2026, 5, 1))
    assert "iam-no-wildcard decides every" in whole.problems[0]


def _write(tmp_path: Path, document: Any) -> Path:
    path = tmp_path / "plan.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (plan(), "it holds no resource"),
        (plan(PULL, project="evil"), "a plan of the project 'evil'"),
        (plan(PULL, PULL), "resource 2: .* is there twice"),
        (plan({**PULL, "urn": "garbage"}), "resource 1: its urn is not"),
        (plan({**PULL, "urn": 7}), "must be texts"),
        (plan({**PULL, "custom": "yes"}), "must be true or false"),
        (plan({**PULL, "inputs": []}), "inputs must be an object"),
        (plan({**PULL, "dependencies": [7]}), "URNs"),
        (plan({**PULL, "inputs": {"password": {"$secret": {"it": 1}}}}), "must be true"),
        (json.dumps(plan(PULL)).replace('"r"', "[" * 300 + "]" * 300), "more than 100 deep"),
        (json.dumps(plan(PULL)).replace('"r"', "[" * 9000 + "]" * 9000), "nested too deep"),
    ],
)
def test_plan_that_is_none_is_refused_in_a_sentence(tmp_path: Path, document: Any, sentence: str):
    with pytest.raises(GateError, match=sentence):
        saved(_write(tmp_path, document), "production")
    assert saved(_write(tmp_path, plan(PULL)), "production")["resources"] == [PULL]


def task(*variables: tuple[str, str]) -> dict[str, Any]:
    container = {
        "name": "it",
        "image": f"it@sha256:{'a' * 64}",
        "user": "1000",
        "readonlyRootFilesystem": True,
        "logConfiguration": {"logDriver": "awslogs"},
        "environment": [{"name": name, "value": value} for name, value in (*variables, ("SENTRY_DSN", "it"))],
    }
    return planned(TASK, inputs={"containerDefinitions": json.dumps([container])})


def test_variable_that_is_no_secret_is_excused_by_its_name_alone(pack: Pack, tmp_path: Path):
    entry = (
        f"exceptions:\n- rule: container-no-secret-literal\n  urn: {task()['urn']}\n  owner: team-web\n"
        "  reason: A key for all that sounds like a secret.\n  expires: 2026-06-01\n  variables: [MAPS_TOKEN]\n"
    )
    (tmp_path / waivers.FILE).write_text(entry)
    excused = Pack(**{**vars(pack), "waivers": waivers.read(tmp_path / waivers.FILE, CATALOGUE)})

    def stopping(*variables: tuple[str, str]) -> list[str]:
        found = judged(excused, task(*variables)).stopping
        return [it.rule.id for it in found if it.rule.id == "container-no-secret-literal"]

    assert stopping(("MAPS_TOKEN", "it")) == []
    assert stopping(("MAPS_TOKEN", "it"), ("DB_PASSWORD", "hunter2")) == ["container-no-secret-literal"]


def test_day_that_is_none_is_one_sentence(tmp_path: Path):
    (tmp_path / waivers.FILE).write_text("exceptions:\n- expires: 2027-02-31\n")
    [problem] = waivers.read(tmp_path / waivers.FILE, CATALOGUE).problems[:1]
    assert "exceptions.yaml" in problem
    (tmp_path / waivers.FILE).write_text("[" * 5000 + "]" * 5000)
    assert waivers.read(tmp_path / waivers.FILE, CATALOGUE).problems


def test_advice_that_no_key_follows_is_counted_and_shown_on_demand(pack: Pack):
    report = judged(pack, planned("aws:cloudwatch/logGroup:LogGroup", inputs={"retentionInDays": 30}))
    short, whole = terminal.text(report, shows_all=False), terminal.text(report)
    assert "advice  log-own-key" in whole
    assert "advice  log-own-key" not in short
    assert "advice  log-retention-year" in short
    assert "1 violation told as advice that no key of the stack's file follows" in short
