"""Pages made from the code are current, and the numbers of the README are those of the limits."""

import re
from pathlib import Path

import pytest

from footing.configuration.explain import explain
from footing.configuration.init import stack_file_text
from footing.documents import PAGES
from footing.markdown import link_requirements
from footing.scaling import table
from policies import limits, unique_yaml
from policies.rules import CATALOGUE
from stacks import cost
from stacks.autoscaling import LAUNCH_DAY
from stacks.config import from_file
from stacks.config.load import parse
from stacks.config.network import TASK_ENDPOINTS, NetworkConfig

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("page", PAGES)
def test_generated_page_is_current(page: str):
    assert (ROOT / "docs" / page).read_text() == PAGES[page](), "run: uv run footing docs"


def test_every_documented_limit_has_its_row_and_its_rule():
    text = PAGES["limits.md"]()
    for limit in limits.DOCUMENTED:
        [row] = [line for line in text.splitlines() if f"`{limit.key}`" in line]
        assert limit.range in row
        assert any(f"`{rule.id}`" in row for rule in CATALOGUE)


def test_page_of_rules_tells_everything_about_every_rule():
    text = PAGES["rules.md"]()
    sections = dict(zip(*[iter(re.split(r"^## (.*)\n", text, flags=re.MULTILINE)[1:])] * 2, strict=True))
    assert list(sections) == [rule.id for rule in CATALOGUE]
    for rule in CATALOGUE:
        source = link_requirements(rule.source)
        facts = (rule.title, rule.why, rule.severity, rule.remedy, source, *rule.controls, *rule.types)
        assert [it for it in facts if it not in sections[rule.id]] == []
        assert f"{rule.levels.production} in production, {rule.levels.elsewhere} elsewhere" in sections[rule.id]
        assert f"[`{rule.id}`](#{rule.id})" in text


def test_numbers_of_the_readme_are_those_of_the_limits():
    text = (ROOT / "README.md").read_text()
    pool, connections = limits.POOL_SERVER_CONNECTIONS, limits.POSTGRES_MAX_CONNECTIONS
    assert f"PgBouncer: {pool.minimum} to {pool.maximum} connections" in text
    assert f"PostgreSQL: {connections.maximum} connections" in text
    api, auth = limits.API_REQUESTS_PER_MINUTE.maximum, limits.AUTH_REQUESTS_PER_MINUTE.maximum
    assert f"{api}/min API, {auth}/min auth" in text


def test_numbers_of_the_page_on_scaling_are_those_of_the_simulation():
    text, load = (ROOT / "docs" / "scaling.md").read_text(), LAUNCH_DAY
    service = from_file(ROOT / "Pulumi.production.yaml").config.web["api"]
    assert table(service) in text
    tasks = (
        f"{service.scaling.minimum_tasks} to {service.scaling.maximum_tasks}, each with {service.task.cpu} units"
    )
    assert tasks in text
    for row in (
        f"and {load.ramp_minutes} minutes after it | {load.users_before:,}, {load.users_after:,} |",
        f"between two requests, in seconds | {load.seconds_between_requests:g} |",
        f"that the edge answers | {load.edge_percent} % |",
        f"in milliseconds of one vCPU | {load.request_cpu_ms:g} |",
        f"first request, in seconds | {load.start_up_seconds} |",
        f"until its metric is seen, in seconds | {load.metric_delay_seconds} |",
    ):
        assert row in text


def test_prices_of_the_page_on_the_network_are_those_of_the_budget():
    text = (ROOT / "docs" / "network.md").read_text()
    endpoints, nat = cost.INTERFACE_ENDPOINT, cost.NAT_GATEWAY
    for kind in ("none", "single", "per_zone"):
        alone = "not possible" if kind == "none" else f"{monthly_usd(kind, []):.2f}"
        assert f"| `{kind}` | {alone} | {monthly_usd(kind, list(TASK_ENDPOINTS)):.2f} |" in text
    for price in (nat, cost.PUBLIC_ADDRESS, endpoints):
        assert f"{price.per_hour} ([source]({price.source}))" in text
    assert f"list prices of {cost.PRICE_REGION} as of {cost.PRICES_AS_OF}" in text
    assert f"costs {nat.per_gb} USD, each through an interface endpoint {endpoints.per_gb} USD" in text
    even_gb = monthly_usd("none", list(TASK_ENDPOINTS)) / (nat.per_gb - endpoints.per_gb)
    assert f"At {even_gb:,.0f} GB a month to AWS the {len(TASK_ENDPOINTS)} endpoints" in text
    assert ", ".join(f"`{name}`" for name in TASK_ENDPOINTS) in text


def monthly_usd(nat: str, endpoints: list[str]) -> float:
    return cost.way_out(NetworkConfig.model_validate({"nat": nat, "endpoints": endpoints}), 3).monthly_usd


def test_page_on_services_has_a_valid_example_and_a_key_a_test_or_a_reason_for_every_capability():
    text = (ROOT / "docs" / "services.md").read_text()
    answers = {"app": "shop", "domain": "shop.example", "region": "eu-central-1", "environment": "live"}
    config = unique_yaml.parse(stack_file_text({**answers, "plan": "free"}), days=False)["config"]
    values = {key.removeprefix("footing:"): it for key, it in config.items()}
    blocks = [unique_yaml.parse(it, days=False) for it in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    services = blocks[0]["footing:services"]
    services["api"] |= blocks[1]
    values["redis"]["queue"] = {"provider": "elasticache", "role": "queue"}
    values["edge"]["hostnames"].append("admin.shop.example")
    assert set(parse("docs/services.md", {**values, "services": services}).services) == set(services)
    table = text.partition("## What was asked for")[2]
    rows = re.findall(r"^\| (.+?) \| (.+?) \| ?(.*?) ?\|$", table, re.MULTILINE)[1:]
    assert len(rows) >= 20
    for capability, said, tests in rows:
        for key in re.findall(r"`([a-z_]+(?:\.[a-zA-Z_]+)+)`", said):
            assert explain(key).meanings, capability
        assert tests or len(said.split()) > 8, capability
        assert [it for it in re.findall(r"`(\S+)`", tests) if not (ROOT / it).is_file()] == [], capability
