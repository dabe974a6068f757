"""The line of the stack's file that a finding points at."""

import json
import os
import re
import subprocess
import sysconfig
from pathlib import Path

import pytest
from format_samples import finding, report, resource, rule

from footing.check.formats import render
from footing.check.stack_key import StackKey, stack_key
from footing.check.terminal import text
from policies.judge import Finding
from policies.judgement import fail
from policies.report import Report
from stacks.config.load import lines_of

ROOT = Path(__file__).parents[3]
FOOTING = Path(sysconfig.get_path("scripts")) / "footing"
STACK = """\
config:
  footing:app: shop
  footing:database:
    protect: false
    pooler: {tasks: 1}
  footing:services:
    api:
      environment:
        LOG_LEVEL: debug
        DB_PASSWORD: hunter2
      images: [a, b]
"""
PATH = "Pulumi.staging.yaml"


def of_component(component: str) -> str:
    return f"urn:pulumi:staging::footing::footing:index:{component}$aws:rds/instance:Instance::it"


def said(*keys: str, observed: str = "no", urn: str = of_component("Observability")) -> tuple[Report, Finding]:
    found = finding(rule("violated", keys=keys), fail(observed, "yes"), resource(urn=urn))
    return report(found, stack_file=PATH, key_lines=lines_of(STACK)), found


@pytest.mark.parametrize(
    ("keys", "component", "expected"),
    [
        (["database.protect"], "Database", StackKey("database.protect", PATH, 4)),
        (["database.multi_az"], "Database", StackKey("database.multi_az", PATH, 3, "footing:database")),
        (["database.pooler.mode"], "Pooler", StackKey("database.pooler.mode", PATH, 5, "footing:database.pooler")),
        (["redis.cache.replicas"], "Redis", StackKey("redis.cache.replicas", PATH, 1, "config")),
        (["redis.cache.protect", "database.protect"], "Sentry", StackKey("database.protect", PATH, 4)),
        (["database", "database.protect"], "Database", StackKey("database.protect", PATH, 4)),
        # What made the resource decides, also where the key of another block stands in the file.
        (["database.protect", "redis.cache.protect"], "Redis", StackKey("redis.cache.protect", PATH, 1, "config")),
        (
            ["database.protect", "services.NAME.image"],
            "Service",
            StackKey("services.api.image", PATH, 7, "footing:services.api"),
        ),
        (["services.api.image", "database.pooler.tasks"], "Pooler", StackKey("database.pooler.tasks", PATH, 5)),
        ([], "Database", None),
    ],
)
def test_most_specific_key_of_the_file_is_named_or_the_block_it_is_missing_in(
    keys: list[str], component: str, expected: StackKey | None
) -> None:
    assert stack_key(*said(*keys, urn=of_component(component))) == expected


def test_variable_that_a_rule_names_has_its_own_line() -> None:
    found = stack_key(*said("services.api.environment", observed="the variables DB_PASSWORD"))
    assert found == StackKey("services.api.environment.DB_PASSWORD", PATH, 10)
    assert stack_key(*said("services.api.images", observed="0 of 1")) == StackKey("services.api.images", PATH, 11)


def test_plan_without_its_file_points_at_the_program() -> None:
    found = finding(rule("violated", keys=("database.protect",)), fail("a", "b"))
    assert stack_key(report(found), found) is None
    assert "file=components/postgres/rds/primary.py,line=41" in render(report(found), "github")


def test_every_format_tells_the_key_and_where_the_resource_is_made() -> None:
    given, _ = said("database.multi_az")
    add, made = "add `database.multi_az` under `footing:database`", "components/postgres/rds/primary.py:41"
    annotation, *_ = render(given, "github").splitlines()
    assert f"file={PATH},line=3," in annotation
    assert add in annotation
    assert annotation.endswith(f"::it at {made}")
    shown = text(given)
    assert f"{PATH}:3: {add}\n" in shown
    assert f"at {made}\n" in shown
    [result] = json.loads(render(given, "sarif"))["runs"][0]["results"]
    [place], [related] = result["locations"], result["relatedLocations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == PATH
    assert place["physicalLocation"]["region"] == {"startLine": 3}
    assert related["physicalLocation"]["region"] == {"startLine": 41}
    [told] = json.loads(render(given, "json"))["findings"]
    assert told["key"] == {"name": "database.multi_az", "path": PATH, "line": 3, "present": False}
    assert f"{PATH}:3\n{made}" in render(given, "junit")


def test_check_annotates_the_line_of_a_wrong_value_and_the_block_of_a_missing_one(tmp_path: Path) -> None:
    lines = ["# One line more.", *(ROOT / PATH).read_text().splitlines()]
    file = tmp_path / "changed.yaml"
    file.write_text("\n".join(lines))
    done = subprocess.run(
        [FOOTING, "check", "staging", "--config-file", str(file), "--format", "github"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = {
        rule_id: (path, int(line), message)
        for path, line, rule_id, message in re.findall(r"file=(.+?),line=(\d+),title=(\S+?)%3A (.*)", done.stdout)
    }
    path, line, message = found["database-multi-az"]
    assert path == os.path.relpath(file, ROOT)
    assert lines[line - 1] == "    multi_az: false"
    assert "The default is in force" not in message
    _, line, message = found["distribution-tls-version"]
    assert lines[line - 1] == "  footing:storage:"
    assert "The default is in force: add `storage.hostname` under `footing:storage`. " in message
    assert "at components/storage/" in message
