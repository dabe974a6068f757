"""Containers of a task: who may be root, and which images move."""

import json
from typing import Any

import pytest

from policies.judgement import Verdict
from policies.resource import Resource
from policies.rules import CATALOGUE

USER, IMAGE = (CATALOGUE.by_id[rule] for rule in ("container-user", "container-image-pinned"))
PREPARES = {"name": "prepare", "user": "0:0", "essential": False}
SERVES = {"name": "main", "user": "70:70", "dependsOn": [{"containerName": "prepare", "condition": "SUCCESS"}]}


def task(*containers: dict[str, Any]) -> Resource:
    return Resource(
        type="aws:ecs/taskDefinition:TaskDefinition",
        properties={"containerDefinitions": json.dumps(containers)},
    )


@pytest.mark.parametrize(
    ("containers", "verdict"),
    [
        ([PREPARES, SERVES], Verdict.PASS),
        ([PREPARES, {**SERVES, "user": "root"}], Verdict.FAIL),
        ([{**PREPARES, "essential": True}, SERVES], Verdict.FAIL),
        ([PREPARES, {**SERVES, "dependsOn": [{"containerName": "prepare", "condition": "START"}]}], Verdict.FAIL),
        ([PREPARES, {**SERVES, "dependsOn": []}], Verdict.FAIL),
        ([PREPARES], Verdict.FAIL),
    ],
)
def test_root_is_for_a_container_that_ends_before_the_others_start(containers: list[Any], verdict: Verdict):
    assert USER.judge(task(*containers)).verdict is verdict


@pytest.mark.parametrize(
    ("image", "verdict"),
    [
        (f"registry.example.com/api@sha256:{'0' * 64}", Verdict.PASS),
        ("registry.example.com/api:1.2.3", Verdict.PASS),
        ("registry.example.com/api:v1.24.1-p1", Verdict.PASS),
        ("registry.example.com/api:1", Verdict.FAIL),
        ("registry.example.com/api:latest", Verdict.FAIL),
        ("registry.example.com/api:staging", Verdict.FAIL),
        ("registry.example.com:5000.1/api", Verdict.FAIL),
        ("registry.example.com/api", Verdict.FAIL),
        (f"registry.example.com/api@sha256:{'0' * 63}", Verdict.FAIL),
    ],
)
def test_image_is_pinned_by_digest_or_version(image: str, verdict: Verdict):
    assert IMAGE.judge(task({"name": "main", "image": image})).verdict is verdict
