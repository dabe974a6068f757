"""What Vercel refuses is refused in a try-out; its neighbour passes."""

from typing import Any

import pytest

from simulator.computed import resource_id
from simulator.identity import Identity
from simulator.judges import judge
from simulator.scopes import conflict
from simulator.store import Record
from simulator.vercel_values import DOMAIN, ENVIRONMENT, JUDGED, PROJECT, VARIABLE, vercel_faults
from wire_format import UNKNOWN

TARGETS = {"targets": ["production"], "value": "x", "key": "A", "projectId": "prj_1"}
REFUSED: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    (PROJECT, {"name": "Shop"}, {"name": "shop"}, "name"),
    (PROJECT, {"name": "a---b"}, {"name": "a--b"}, "name"),
    (PROJECT, {"framework": "next.js"}, {"framework": "nextjs"}, "framework"),
    (PROJECT, {"nodeVersion": "16.x"}, {"nodeVersion": "22.x"}, "nodeVersion"),
    (PROJECT, {"skewProtection": "1 hour"}, {"skewProtection": "1 day"}, "skewProtection"),
    (
        PROJECT,
        {"vercelAuthentication": {"deploymentType": "all"}},
        {"vercelAuthentication": {"deploymentType": "all_deployments"}},
        "vercelAuthentication.deploymentType",
    ),
    (
        PROJECT,
        {"passwordProtection": {"deploymentType": "none"}},
        {"passwordProtection": {"deploymentType": "all_deployments"}},
        "passwordProtection.deploymentType",
    ),
    (
        PROJECT,
        {"resourceConfig": {"functionDefaultRegions": ["us-east-1"]}},
        {"resourceConfig": {"functionDefaultRegions": ["iad1", UNKNOWN]}},
        "resourceConfig.functionDefaultRegions",
    ),
    (
        PROJECT,
        {"serverlessFunctionRegion": "iad1", "resourceConfig": {"functionDefaultRegions": ["iad1"]}},
        {"serverlessFunctionRegion": "iad1", "resourceConfig": {"fluid": True}},
        "resourceConfig.functionDefaultRegions",
    ),
    (
        PROJECT,
        {"gitRepository": {"type": "gitea", "repo": "a/b"}},
        {"gitRepository": {"type": "github", "repo": "a/b"}},
        "gitRepository.type",
    ),
    (PROJECT, {"gitRepository": {"repo": "shop"}}, {"gitRepository": {"repo": "a/b"}}, "gitRepository.repo"),
    (DOMAIN, {"domain": "https://a.example"}, {"domain": "a.example"}, "domain"),
    (
        DOMAIN,
        {"redirect": "a.example", "redirectStatusCode": 303},
        {"redirect": "a.example", "redirectStatusCode": 308},
        "redirectStatusCode",
    ),
    (DOMAIN, {"redirectStatusCode": 308}, {}, "redirectStatusCode"),
    (DOMAIN, {"gitBranch": "a", "customEnvironmentId": "b"}, {"gitBranch": "a"}, "customEnvironmentId"),
    (VARIABLE, {**TARGETS, "targets": ["staging"]}, TARGETS, "targets"),
    (VARIABLE, {**TARGETS, "key": "1A"}, TARGETS, "key"),
    (VARIABLE, {**TARGETS, "key": "TZ"}, TARGETS, "key"),
    (VARIABLE, {**TARGETS, "valueWo": "y"}, TARGETS, "valueWo"),
    (VARIABLE, {**TARGETS, "value": None}, {**TARGETS, "value": UNKNOWN}, "value"),
    (VARIABLE, {**TARGETS, "targets": None}, {**TARGETS, "customEnvironmentIds": [UNKNOWN]}, "targets"),
    (
        VARIABLE,
        {**TARGETS, "gitBranch": "a"},
        {**TARGETS, "gitBranch": "a", "targets": ["preview"]},
        "gitBranch",
    ),
    (ENVIRONMENT, {"name": "preview"}, {"name": "staging"}, "name"),
    (ENVIRONMENT, {"name": "QA"}, {"name": "qa"}, "name"),
    (
        ENVIRONMENT,
        {"name": "qa", "branchTracking": {"type": "contains"}},
        {"name": "qa", "branchTracking": {"type": "equals"}},
        "branchTracking.type",
    ),
]


@pytest.mark.parametrize(("token", "bad", "good", "path"), REFUSED)
def test_one_is_refused_by_its_path_and_its_neighbour_is_not(
    token: str, bad: dict[str, Any], good: dict[str, Any], path: str
):
    assert path in [it.path for it in vercel_faults(token, bad)]
    assert [*vercel_faults(token, good)] == []
    assert [*vercel_faults("vercel:index/logDrain:LogDrain", bad)] == []


def test_ids_have_vercel_s_forms_and_every_judged_type_is_said_to_be():
    ids = {
        token: resource_id(Identity(urn=f"urn:pulumi:s::p::{token}::a", generation=0), {"domain": "a.example"})
        for token in JUDGED
    }
    assert ids[DOMAIN] == "a.example"
    assert (ids[PROJECT][:4], ids[ENVIRONMENT][:4], len(ids[VARIABLE])) == ("prj_", "env_", 28)
    assert {judge(token) for token in JUDGED} == {"a reviewed table"}


def test_variable_is_alone_in_its_environment_alone():
    def made(**changes: Any) -> Record:
        inputs = {**TARGETS, **changes}
        return Record(
            urn="urn",
            id="one",
            type=VARIABLE,
            generation=0,
            region="",
            inputs=inputs,
            properties={},
            made_in="record",
        )

    assert conflict(made(), made())
    assert not conflict(made(), made(targets=["preview"]))
    assert not conflict(made(), made(projectId="prj_2"))
