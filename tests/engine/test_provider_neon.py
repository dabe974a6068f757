"""The provider `footing-neon` on the real engine, against the fake of Neon's API."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Engine, Project

from simulator.vendors.fake import TOKEN, running
from simulator.vendors.neon import Neon

pytestmark = pytest.mark.engine
ROOT = Path(__file__).parents[2]
PROGRAM = """\
    import pulumi
    from providers.neon import resources as neon

    config = pulumi.Config()
    unprotected = pulumi.ResourceOptions(protect=False)
    project = neon.Project(
        "shop",
        name=config.get("name") or "shop-staging",
        region_id=config.get("region") or "aws-us-west-2",
        pg_version=17,
        org_id="org-acme-12345678",
        history_retention_seconds=86400,
        autoscaling_limit_min_cu=1,
        autoscaling_limit_max_cu=config.get_int("largest") or 4,
        suspend_timeout_seconds=-1,
        pgbouncer_settings={"default_pool_size": config.get("pool") or "60"},
        allowed_ips=["203.0.113.0/24"],
        opts=unprotected,
    )
    branch = neon.Branch(
        "staging", project_id=project.id, name="staging", expires_at=config.get("end"), opts=unprotected
    )
    compute = neon.Endpoint(
        "compute",
        project_id=project.id,
        branch_id=branch.branch_id,
        type="read_write",
        autoscaling_limit_min_cu=0.25,
        autoscaling_limit_max_cu=0.25,
        suspend_timeout_seconds=300,
    )
    replica = neon.Endpoint(
        "replica", project_id=project.id, branch_id=project.default_branch_id, type="read_only"
    )
    role = neon.Role("role", project_id=project.id, branch_id=compute.branch_id, name="api")
    database = neon.Database(
        "database",
        project_id=project.id,
        branch_id=compute.branch_id,
        name=config.get("database") or "shop",
        owner_name=role.name,
        opts=unprotected,
    )
    pulumi.export("doors", [project.host, project.pooler_host, replica.host])
    pulumi.export("pooled", database.pooled_connection_uri)
"""


@pytest.fixture
def fake() -> Neon:
    return Neon()


@pytest.fixture
def stack(engine: Engine, project: Project, fake: Neon) -> Iterator[Engine]:
    project.program(
        "name: small\n"
        "runtime: {name: python, options: {toolchain: uv, virtualenv: .venv}}\n"
        f"plugins: {{providers: [{{name: footing-neon, path: {ROOT / 'providers/neon'}}}]}}\n",
        "Pulumi.yaml",
    )
    project.program(PROGRAM)
    with running(fake) as address:
        engine.environment.update({Neon.endpoint_variable: address, "NEON_API_KEY": TOKEN})
        yield engine


def asked(fake: Neon) -> list[str]:
    """What was written since the last time, in its order."""
    found = [name for name, _ in fake.requests if not name.startswith("GET")]
    fake.requests.clear()
    return found


def test_project_and_what_is_on_it_live_their_whole_life(stack: Engine, fake: Neon):
    printed = stack.up()
    assert printed.returncode == 0, printed.stdout
    [(id_, made)] = fake.state["projects"].items()
    sizes = {"autoscaling_limit_min_cu": 1, "autoscaling_limit_max_cu": 4, "suspend_timeout_seconds": -1}
    pool = {"pgbouncer_settings": {"default_pool_size": "60"}}
    assert made["default_endpoint_settings"] == {**sizes, **pool}
    assert made["settings"] == {"allowed_ips": {"ips": ["203.0.113.0/24"], "protected_branches_only": False}}
    main, staging = made["branches"].values()
    assert (staging["name"], staging["parent_id"]) == ("staging", main["id"])
    own, *others = made["endpoints"].values()
    assert {**sizes, "settings": pool}.items() <= own.items()
    assert {(it["branch_id"], it["type"]) for it in others} == {
        (staging["id"], "read_write"),
        (main["id"], "read_only"),
    }
    outputs = json.loads(stack.ok("stack", "output", "--json", "--show-secrets"))
    replica = next(it["id"] for it in others if it["type"] == "read_only")
    domain = "us-west-2.aws.neon.tech"
    assert outputs["doors"] == [f"{it}.{domain}" for it in (own["id"], f"{own['id']}-pooler", replica)]
    compute = next(it["id"] for it in others if it["type"] == "read_write")
    password = staging["roles"]["api"]
    assert outputs["pooled"] == f"postgresql://api:{password}@{compute}-pooler.{domain}/shop?sslmode=require"
    assert "battery" not in printed.stdout + stack.ok("stack", "export")
    assert TOKEN not in re.sub(r"simulated[-_]", "", stack.ok("stack", "export"))

    asked(fake)
    stack.ok("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert asked(fake) == []

    own["suspend_timeout_seconds"] = 300
    made["default_endpoint_settings"]["autoscaling_limit_max_cu"] = 8
    made["settings"]["allowed_ips"]["ips"].append("0.0.0.0/0")
    staging["expires_at"] = "2026-12-31T00:00:00Z"
    printed = stack.ok("refresh", "--yes", "--skip-preview", "--diff")
    for seen in ("300", "8", '"0.0.0.0/0"', '"2026-12-31T00:00:00Z"'):
        assert seen in printed
    stack.ok("up", "--yes", "--skip-preview")
    assert own["suspend_timeout_seconds"] == -1
    assert made["default_endpoint_settings"] == {**sizes, **pool}
    assert made["settings"]["allowed_ips"]["ips"] == ["203.0.113.0/24"]
    assert staging["expires_at"] is None

    changes = {"name": "shop", "largest": "2", "pool": "80", "database": "orders", "end": "2027-01-31T00:00:00Z"}
    for key, value in changes.items():
        stack.ok("config", "set", key, value)
    asked(fake)
    number = staging["databases"]["shop"]["id"]
    stack.ok("up", "--yes", "--skip-preview")
    assert sorted(asked(fake)) == [
        "PATCH /projects/{project_id}",
        "PATCH /projects/{project_id}/branches/{branch_id}",
        "PATCH /projects/{project_id}/branches/{branch_id}/databases/{database_name}",
        "PATCH /projects/{project_id}/endpoints/{endpoint_id}",
    ]
    assert (made["name"], own["autoscaling_limit_max_cu"], own["settings"]) == (
        "shop",
        2,
        {"pgbouncer_settings": {"default_pool_size": "80"}},
    )
    assert (staging["databases"]["orders"]["id"], staging["expires_at"]) == (number, changes["end"])

    stack.ok("config", "set", "region", "aws-eu-central-1")
    previewed = stack.ok("preview", "--diff")
    assert "replace" in previewed
    assert '"aws-us-west-2" => "aws-eu-central-1"' in previewed
    stack.ok("config", "rm", "region")
    stack.ok("config", "set", "largest", "10")
    assert "given 10 with a least size of 1, allowed 1 to 9" in stack.run("preview").stdout
    stack.ok("config", "rm", "largest")

    stack.ok(
        *("import", "footing-neon:index:Database", "found", f"{id_}/{staging['id']}/{number}"),
        *("--yes", "--generate-code=false", "--protect=false"),
    )
    stack.ok("state", "delete", "--yes", next(it for it in stack.urns() if it.endswith("::found")))

    fake.state["projects"].clear()
    assert "6 deleted" in re.sub(r"\s+", " ", stack.ok("refresh", "--yes", "--skip-preview"))
    stack.ok("up", "--yes", "--skip-preview")
    assert len(fake.state["projects"]) == 1
    stack.ok("destroy", "--yes", "--skip-preview")
    assert fake.state["projects"] == {}
    # One change at a time was asked for, so that Neon never said that a project is locked.
    assert fake.state["locked"] == 0


def test_failures_leave_no_twin_and_no_secret(stack: Engine, fake: Neon):
    stack.environment["NEON_API_KEY"] = "wrong-horse"
    refused = stack.up()
    assert refused.returncode != 0
    assert "answers 401: Unauthorized (the token comes from NEON_API_KEY)" in refused.stdout
    del stack.environment["NEON_API_KEY"]
    assert "NEON_API_KEY is not set: the token of Neon's API" in stack.up().stdout
    stack.environment["NEON_API_KEY"] = TOKEN
    assert fake.state["projects"] == {}

    # It is locked, which is no reason to make it again later; then its answer is lost, and an operation fails.
    fake.fail("POST /projects", 423, times=2)
    fake.fail("POST /projects", 500, carried_out=True)
    fake.state["failing"] = ["start_compute"]
    half = stack.up()
    assert half.returncode != 0
    assert re.search(r"start_compute of quiet-lake-\d+ is failed: for no reason that it says", half.stdout)
    assert len(fake.state["projects"]) == 1
    again = stack.up()
    assert again.returncode != 0
    assert re.search(r"compute ep-still-rain-\d+ is init, and nothing is going on", again.stdout)

    [made] = fake.state["projects"].values()
    fake.state["failing"] = []
    for it in made["endpoints"].values():
        it["state"] = "active"
    fake.fail("POST /projects/{project_id}/branches/{branch_id}/roles", 500, carried_out=True)
    fake.fail("POST /projects/{project_id}/endpoints", 423)
    fake.fail("GET /projects/{project_id}/operations/{operation_id}", 429, headers={"Retry-After": "1"})
    printed = stack.up()
    assert printed.returncode == 0, printed.stdout
    assert len(fake.state["projects"]) == 1
    assert (len(made["branches"]), len(made["endpoints"])) == (2, 3)
    told = refused.stdout + half.stdout + again.stdout + printed.stdout + stack.ok("stack", "export")
    assert "battery" not in told

    # What Neon will not delete is not gone.
    staging = next(it for it in made["branches"].values() if it["name"] == "staging")
    staging["protected"] = True
    kept = stack.run("destroy", "--yes", "--skip-preview")
    assert "answers 422: branch is protected, or has children" in kept.stdout
    assert any(it.endswith("Branch::staging") for it in stack.urns())
    staging["protected"] = False
    stack.ok("destroy", "--yes", "--skip-preview")
    assert fake.state["projects"] == {}
