"""Pages made from the code are current, and the numbers of the README are those of the limits."""

import re
from pathlib import Path

import pytest

from footing.documents import PAGES
from policies import limits
from policies.rules import CATALOGUE

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
        told = (rule.title, rule.why, rule.severity, rule.remedy, rule.source, *rule.controls, *rule.types)
        assert [it for it in told if it not in sections[rule.id]] == []
        assert f"{rule.levels.production} in production, {rule.levels.elsewhere} elsewhere" in sections[rule.id]
        assert f"[`{rule.id}`](#{rule.id})" in text


def test_numbers_of_the_readme_are_those_of_the_limits():
    text = (ROOT / "README.md").read_text()
    pool, connections = limits.POOL_SERVER_CONNECTIONS, limits.POSTGRES_MAX_CONNECTIONS
    assert f"PgBouncer: {pool.minimum} to {pool.maximum} connections" in text
    assert f"PostgreSQL: {connections.maximum} connections" in text
    api, auth = limits.API_REQUESTS_PER_MINUTE.maximum, limits.AUTH_REQUESTS_PER_MINUTE.maximum
    assert f"{api}/min API, {auth}/min auth" in text
