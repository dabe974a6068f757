"""The whole configuration as a stack file: it says the same, and where each value is from."""

import re
from pathlib import Path

import pytest
import yaml

from footing.configuration.show import as_json, as_yaml, origins
from policies import unique_yaml
from stacks.config import StackConfig, from_file
from stacks.config.load import lines_of

ROOT = Path(__file__).parents[3]
STAGING = (ROOT / "Pulumi.staging.yaml").read_text()

VARIANTS = {
    "a replica and a schedule": (
        ("    protect: false\n  footing:redis:", "    replicas: [{purpose: browse}]\n  footing:redis:"),
        (
            "maximum_tasks: 4}",
            "maximum_tasks: 4, schedules: [{name: a, at: cron(0 1 * * ? *), minimum_tasks: 2, maximum_tasks: 3}]}",
        ),
    ),
    "words that some reader takes for no text": (
        (
            "{LOG_LEVEL: debug}",
            "{A: 'yes', B: '1:20', C: 'null', D: ' x', E: 'a: b', F: 'x:', G: '', H: '1e3', I: \"ö\\t\\u0001\"}",
        ),
        (
            "{SESSION_KEY: generated}\n",
            "{SESSION_KEY: generated}\n      metrics: {route_label: 'y', sign_in_routes: 'a #b|{x}:'}\n",
        ),
    ),
    "a block that is left out, and values of null": (
        ("  footing:storage:\n    provider: s3\n    protect: false\n", ""),
        ("  footing:load_balancer:\n", "  footing:load_balancer:\n    access_log_days: null\n"),
    ),
    "a long list": (
        (
            "    cache:\n      session",
            "    cache:\n      static_paths: ["
            + ", ".join(f"/folder-{it}/" for it in range(12))
            + "]\n      session",
        ),
    ),
    "secrets": (
        (
            "  footing:sentry:",
            "  footing:secrets:\n    B: {secure: v1:abc:def}\n    A: {secure: v1:ghi:jkl}\n  footing:sentry:",
        ),
    ),
}


def written(tmp_path: Path, text: str) -> tuple[StackConfig, str]:
    """The configuration in `text`, and that of what is shown of it."""
    path = tmp_path / "Pulumi.sample.yaml"
    path.write_text(text)
    return from_file(path, secrets_stood_in=True).config, path.read_text()


def varied(name: str) -> str:
    text = STAGING
    for old, new in VARIANTS.get(name, ()):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("comments", [True, False])
@pytest.mark.parametrize("name", ["staging", "production", *VARIANTS])
def test_what_is_shown_is_a_stack_file_with_the_same_configuration(tmp_path: Path, name: str, comments: bool):
    text = (ROOT / f"Pulumi.{name}.yaml").read_text() if name not in VARIANTS else varied(name)
    config, _ = written(tmp_path, text)
    shown = as_yaml(origins(config, lines_of(text)), comments=comments)
    assert written(tmp_path, shown)[0] == config
    # A reader of YAML 1.1, to which `on` is true and `1:20` a number, reads the same.
    assert yaml.safe_load(shown) == unique_yaml.parse(shown)
    assert ("#" in re.sub(r'"[^"]*"', "", shown)) == comments
    assert all(line == line.rstrip() for line in shown.splitlines())


def shown_of(text: str, tmp_path: Path) -> dict[str, str]:
    config, _ = written(tmp_path, text)
    lines = as_yaml(origins(config, lines_of(text)), comments=True).splitlines()
    return {re.split(r"  +# ", it)[0].strip(): it.rpartition("  # ")[2] for it in lines}


def test_each_value_says_where_it_is_from(tmp_path: Path):
    lines = STAGING.splitlines()
    shown = shown_of(STAGING, tmp_path)
    line = lines.index('    postgres_version: "16"') + 1
    assert shown['postgres_version: "16"'] == f"line {line}"
    assert shown["slow_statement_ms: 500"] == "default"
    assert shown["eviction_policy: null"] == "derived: the role decides"
    assert "  # footing:datadog: left out" in as_yaml(
        origins(written(tmp_path, STAGING)[0], lines_of(STAGING)), comments=True
    )


def test_default_of_a_block_above_is_a_default(tmp_path: Path):
    text = STAGING.replace("      deployment: {minimum_percent: 0, maximum_percent: 100}\n", "")
    shown = shown_of(text.replace("      tasks: 1\n", "      tasks: 2\n"), tmp_path)
    assert shown["minimum_percent: 50"] == "default"


def test_secrets_are_names_alone(tmp_path: Path):
    text = varied("secrets")
    config, _ = written(tmp_path, text)
    found = origins(config, lines_of(text))
    shown = as_yaml(found, comments=True) + as_json(found)
    assert 'A: {secure: "[sealed]"}' in shown
    assert not re.search(r"v1:|\bdef\b|ghi|jkl", shown)
    assert f'"origin": "line {text.splitlines().index("    A: {secure: v1:ghi:jkl}") + 1}"' in shown


def test_value_that_stands_for_a_block_is_from_its_line(tmp_path: Path):
    shown = shown_of(STAGING, tmp_path)
    line = STAGING.splitlines().index("      database_pool: 20") + 1
    assert (shown["maximum: 20"], shown["minimum: 0"]) == (f"line {line}", "default")
