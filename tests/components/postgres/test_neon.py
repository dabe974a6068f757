import pytest
from msgspec.structs import replace

from components.postgres.neon import (
    NeonBranchArgs,
    NeonComputeArgs,
    NeonPostgres,
    NeonPostgresArgs,
    NeonReplicaArgs,
)
from tests.components.inventory import inventory
from tests.components.recording import Recorded, Secret, record_component

COMPUTE = NeonComputeArgs(min_cu=1, max_cu=4, suspend_timeout_seconds=-1)
ARGS = NeonPostgresArgs(
    project_name="shop-production",
    organization="org-acme-12345678",
    region="aws-us-west-2",
    postgres_version=17,
    database_name="shop",
    username="shop_app",
    compute=COMPUTE,
    history_retention_seconds=604_800,
    allowed_cidrs=["203.0.113.0/24"],
    replicas=[NeonReplicaArgs(purpose="browse", compute=replace(COMPUTE, max_cu=2))],
    branches=[NeonBranchArgs(name="preview", data="schema-only")],
)


def record(**changes: object) -> Recorded[NeonPostgres]:
    return record_component(lambda: NeonPostgres("database", replace(ARGS, **changes)))


def test_project_is_made_with_a_login_replicas_and_previews_and_nothing_else():
    project = {"projectId": "database-project-id"}
    own, scaling = {**project, "branchId": "br-made"}, {"autoscalingLimitMinCu": 1, "suspendTimeoutSeconds": -1}
    small = {"autoscalingLimitMinCu": 0.25, "autoscalingLimitMaxCu": 0.25, "suspendTimeoutSeconds": 0}
    assert inventory(record()) == {
        "Project/database-project": {
            "name": "shop-production",
            "orgId": "org-acme-12345678",
            "regionId": "aws-us-west-2",
            "pgVersion": 17,
            "historyRetentionSeconds": 604_800,
            "autoscalingLimitMaxCu": 4,
            **scaling,
            "allowedIps": ["203.0.113.0/24"],
            "allowedIpsProtectedBranchesOnly": False,
            "protect": True,
        },
        "Role/database-role": {**own, "name": "shop_app"},
        "Database/database-database": {**own, "name": "shop", "ownerName": "shop_app", "protect": True},
        "Endpoint/database-browse": {**own, "type": "read_only", "autoscalingLimitMaxCu": 2, **scaling},
        "Branch/database-branch-preview": {
            **project,
            "name": "preview",
            "parentId": "br-made",
            "initSource": "schema-only",
        },
        "Endpoint/database-branch-preview-compute": {
            **project,
            "branchId": "br-copied",
            "type": "read_write",
            **small,
        },
    }


def test_doors_are_secret_urls_of_the_applications_role_over_verified_tls():
    login, rest = "postgresql://shop_app:made%2Fpassword", ":5432/shop?sslmode=verify-full"
    recorded = record_component(lambda: NeonPostgres("database", ARGS), read=lambda it: it.reader_urls["browse"])
    assert recorded.outputs["pooled_url"] == Secret(f"{login}@ep-made-pooler.example.com{rest}")
    assert recorded.outputs["direct_url"] == Secret(f"{login}@ep-made.example.com{rest}")
    assert recorded.read == Secret(f"{login}@ep-read-pooler.example.com{rest}")
    ports = record_component(
        lambda: NeonPostgres("database", ARGS),
        read=lambda it: [(up.port, up.security_group_id) for up in it.upstreams_for(pool=True, readers=())],
    )
    assert ports.read == [(5432, None)]


def test_capacity_is_that_of_the_compute():
    found = record().component.capacity
    # https://neon.com/docs/reference/compatibility: 4 units are 1,678 connections, of which the pool takes 0.9.
    assert (found.max_connections, found.server_connections, found.client_connections) == (1678, 1510, 10_000)


def test_plan_without_ranges_sends_none_and_no_range_is_refused():
    project = record(allowed_cidrs=None, protect=False).one("Project")
    assert "allowedIps" not in project.inputs
    assert project.protect is False
    with pytest.raises(ValueError, match="allowed_cidrs is empty, which Neon takes for everybody"):
        replace(ARGS, allowed_cidrs=[])
