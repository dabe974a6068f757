"""What the rules say of the documents' own workflow, of faults put into a right one, and of what is right."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from footing.cli import app
from footing.workflows.rules import RULES, findings
from footing.workflows.shell import commands
from footing.workflows.workflow import read

REQUESTED = Path(__file__).with_name("requested_deploy.yml")
RIGHT = """\
on: {push: {branches: [main]}}
permissions: {contents: read}
concurrency: production
jobs:
  deploy:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    environment: production
    env: {TOKEN: "${{ secrets.TOKEN }}"}
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
      - run: |
          STEP
"""


def said(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "deploy.yml"
    path.write_text(text)
    return [it.rule for it in findings(read(path))]


def test_c_27_each_fault_of_the_documents_workflow_is_one_sentence():
    found = findings(read(REQUESTED))
    lines = REQUESTED.read_text().splitlines()
    for name in ("deploy-staging", "deploy-production"):
        ours = {it.rule: it for it in found if f"jobs.{name}" in it.sentence}
        assert ours.keys() == {"runner", "task-definition", "concurrency", "environment", "timeout"}
        assert "no machine runs the job" in ours["runner"].sentence
        assert "without a new task definition: it deploys nothing" in ours["task-definition"].sentence
        assert lines[ours["runner"].line - 1].strip() == f"{name}:"
        assert "- name: Deploy to" in lines[ours["task-definition"].line - 1]
    assert [it.rule for it in found if "jobs.deploy" not in it.sentence] == [
        "permissions",
        "timeout",
        "action-commit",
    ]
    done = CliRunner().invoke(app, ["check-workflows", str(REQUESTED)])
    assert (done.exit_code, done.stdout.count("\n")) == (1, len(found) + 1)


@pytest.mark.parametrize(
    ("step", "rule"),
    [
        ("aws ecs update-service --cluster c --service s", "task-definition"),
        ("aws --region us-east-1 ecs update-service --cluster=c --service=s --output json", "task-definition"),
        ("set -e && /usr/local/bin/aws ecs update-service --service s", "task-definition"),
        ("sudo aws ecs update-service \\\n            --cluster c --service s", "task-definition"),
        ("x=$(aws ecs update-service --service s)", "task-definition"),
        ("flyctl deploy --image registry.example.com/api:latest", "image-digest"),
        ("kubectl set image deployment/api api=registry.example.com/api:1.2", "image-digest"),
        ("echo ${{ secrets.TOKEN }}", "secret-printed"),
        ('printf "%s" "$TOKEN"', "secret-printed"),
        ("printenv TOKEN", "secret-printed"),
        ("echo '${{ toJSON(secrets) }}' > all.json", "secret-printed"),
    ],
)
def test_step_is_refused_by_its_rule(tmp_path: Path, step: str, rule: str):
    assert said(tmp_path, RIGHT.replace("STEP", step)) == [rule]


@pytest.mark.parametrize(
    "step",
    [
        "aws ecs update-service --cluster c --service s --task-definition r",
        "aws ecs update-service --cluster c --service s --force-new-deployment",
        "aws ecs update-service --cluster c --service s --desired-count 0",
        "echo 'then type: aws ecs update-service --cluster c --service s'",
        "# aws ecs update-service --cluster c --service s\n          aws ecs describe-services",
        'echo "$TOKEN" | docker login --password-stdin',
        'flyctl deploy --image "registry.example.com/api@${{ needs.image.outputs.digest }}"',
        "for it in a b; do\n            echo $it\n          done",
    ],
)
def test_step_that_is_right_is_let_through(tmp_path: Path, step: str):
    assert said(tmp_path, RIGHT.replace("STEP", step)) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("    runs-on: ubuntu-24.04\n", "", "runner"),
        ("    timeout-minutes: 30\n", "", "timeout"),
        ("    environment: production\n", "", "environment"),
        ("concurrency: production\n", "", "concurrency"),
        ("concurrency: production", "concurrency: {group: p, cancel-in-progress: true}", "concurrency"),
        ("permissions: {contents: read}\n", "", "permissions"),
        ("{contents: read}", "write-all", "permissions"),
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1", "@v7", "action-commit"),
        ('TOKEN: "${{ secrets.TOKEN }}"', 'K: "${{ secrets.PROD_AWS_SECRET_ACCESS_KEY }}"', "aws-keys"),
        ('TOKEN: "${{ secrets.TOKEN }}"', "AWS_ACCESS_KEY_ID: AKIAIOSFODNN7EXAMPLE", "aws-keys"),
        (
            "on: {push: {branches: [main]}}\n",
            "on: pull_request_target\nenv: {R: x}\n",
            "stranger-code",
        ),
    ],
)
def test_fault_put_into_a_right_workflow_is_found(tmp_path: Path, old: str, new: str, rule: str):
    right = RIGHT.replace("STEP", "make deploy")
    assert said(tmp_path, right) == []
    spoilt = right.replace(old, new)
    assert spoilt != right
    if rule == "stranger-code":
        head = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
        spoilt = spoilt.replace(head, f"{head}\n        with: {{ref: '${{{{ github.head_ref }}}}'}}")
    assert said(tmp_path, spoilt) == [rule]


def test_every_rule_is_tried_and_explained():
    page = (Path(__file__).parents[3] / "docs" / "delivery.md").read_text()
    told = page.partition("## What workflows may not do")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", told, re.MULTILINE) == list(RULES)
    text = Path(__file__).read_text()
    assert [it for it in RULES if f'"{it}"' not in text] == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a: [", "no YAML"),
        ("name: x\n", "jobs: missing, allowed a map of jobs"),
        (None, "No such file or directory"),
    ],
)
def test_what_is_no_workflow_is_one_sentence(tmp_path: Path, content: str | None, sentence: str):
    path = tmp_path / "w.yml"
    if content is not None:
        path.write_text(content)
    done = CliRunner().invoke(app, ["check-workflows", str(path)])
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_commands_are_read_as_the_shell_does():
    script = """a 'b; c' && X=1 d "e $(f g)" | h # i
sudo j --k=l > m || n"""
    found = [(it.text, it.piped) for it in commands(script)]
    assert found == [
        ("a b; c", False),
        ("d e $(f g)", True),
        ("h", False),
        ("j --k=l > m", True),
        ("n", False),
        ("f g", False),
    ]
