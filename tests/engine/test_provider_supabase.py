"""The provider `footing-supabase` on the real engine, against the fake of Supabase's management API."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Engine, Project

from simulator.vendors.fake import TOKEN, running
from simulator.vendors.supabase import Supabase

pytestmark = pytest.mark.engine
ROOT = Path(__file__).parents[2]
PROGRAM = """\
    import pulumi
    from providers.supabase import resources as supabase

    config = pulumi.Config()
    project = supabase.Project(
        "feed",
        name=config.get("name") or "feed-staging",
        organization_slug="acme",
        region=config.get("region") or "us-west-1",
        database_password="correct-horse-battery",
        compute=config.get("compute") or "small",
        opts=pulumi.ResourceOptions(protect=False),
    )
    pooler = supabase.Pooler(
        "pooler", project_ref=project.ref, pool_mode="transaction", default_pool_size=config.get_int("pool") or 60
    )
    supabase.PostgresSettings("postgres", project_ref=project.ref, settings={"max_connections": 90})
    supabase.NetworkRestrictions("networks", project_ref=project.ref, cidrs=["203.0.113.0/24", "2001:db8::/32"])
    supabase.TlsEnforcement("tls", project_ref=project.ref, enforced=True)
    supabase.AuthSettings("auth", project_ref=project.ref, settings={"rate_limit_token_refresh": 120})
    supabase.ApiSettings("api", project_ref=project.ref, max_rows=500)
    supabase.Addon("recovery", project_ref=project.ref, variant="pitr_7")
    public = supabase.PublicKey("public", project_ref=project.ref)
    pulumi.export("public", public.key)
    replica = supabase.ReadReplica("browse", project_ref=project.ref, region="us-east-1")
    supabase.FunctionSecrets("secrets", project_ref=project.ref, secrets={"REDIS_URL": "rediss://:battery@h:6379"})
    pulumi.export("pooled", pulumi.Output.format("{0}@{1}:{2}", pooler.user, pooler.host, pooler.port))
    pulumi.export("clients", pooler.max_client_connections)
    pulumi.export("replica", replica.host)
"""


@pytest.fixture
def fake() -> Supabase:
    return Supabase()


@pytest.fixture
def stack(engine: Engine, project: Project, fake: Supabase) -> Iterator[Engine]:
    project.program(
        "name: small\n"
        "runtime: {name: python, options: {toolchain: uv, virtualenv: .venv}}\n"
        f"plugins: {{providers: [{{name: footing-supabase, path: {ROOT / 'providers/supabase'}}}]}}\n",
        "Pulumi.yaml",
    )
    project.program(PROGRAM)
    with running(fake) as address:
        engine.environment.update({Supabase.endpoint_variable: address, "SUPABASE_ACCESS_TOKEN": TOKEN})
        yield engine


def asked(fake: Supabase) -> list[str]:
    """What was written since the last time, in its order."""
    found = [name for name, _ in fake.requests if not name.startswith("GET")]
    fake.requests.clear()
    return found


def test_project_and_its_settings_live_their_whole_life(stack: Engine, fake: Supabase):
    printed = stack.up()
    assert printed.returncode == 0, printed.stdout
    [(ref, made)] = fake.state["projects"].items()
    assert made["pooler"] == {"pool_mode": "transaction", "default_pool_size": 60}
    assert (made["postgres"], made["tls"]) == ({"max_connections": 90}, True)
    assert made["networks"] == {"dbAllowedCidrs": ["203.0.113.0/24"], "dbAllowedCidrsV6": ["2001:db8::/32"]}
    assert (made["auth"], made["api"]["max_rows"]) == ({"rate_limit_token_refresh": 120}, 500)
    assert made["addons"] == {"compute_instance": "ci_small", "pitr": "pitr_7"}
    assert (list(made["replicas"].values()), list(made["secrets"])) == (["us-east-1"], ["REDIS_URL"])
    outputs = json.loads(stack.ok("stack", "output", "--json"))
    assert outputs == {
        "pooled": f"postgres.{ref}@aws-0-us-west-1.pooler.supabase.com:6543",
        "clients": 400,
        "replica": "aws-0-us-east-1.pooler.supabase.com",
        "public": f"sb_publishable_{ref}",
    }
    state = stack.ok("stack", "export")
    assert "battery" not in state
    assert TOKEN not in re.sub(r"simulated[-_]", "", state)

    asked(fake)
    stack.ok("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert asked(fake) == []

    made["pooler"] = {"pool_mode": "session", "default_pool_size": 15}
    made["networks"]["dbAllowedCidrs"].append("0.0.0.0/0")
    made["secrets"]["REDIS_URL"] = "of somebody else"
    fake.state["publishable"] = False
    printed = stack.ok("refresh", "--yes", "--skip-preview", "--diff")
    assert '"session"' in printed
    assert '"0.0.0.0/0"' in printed
    state = stack.ok("stack", "export")
    assert f"anon-of-{ref}" in state
    assert "service_role" not in state
    stack.ok("up", "--yes", "--skip-preview")
    assert made["pooler"] == {"pool_mode": "transaction", "default_pool_size": 60}
    assert made["networks"]["dbAllowedCidrs"] == ["203.0.113.0/24"]
    assert len(made["secrets"]["REDIS_URL"]) == 64

    for key, value in {"pool": "80", "name": "feed", "compute": "large"}.items():
        stack.ok("config", "set", key, value)
    asked(fake)
    stack.ok("up", "--yes", "--skip-preview")
    assert sorted(asked(fake)) == [
        "PATCH /v1/projects/{ref}",
        "PATCH /v1/projects/{ref}/billing/addons",
        "PATCH /v1/projects/{ref}/config/database/pooler",
    ]
    assert (made["name"], made["addons"]["compute_instance"]) == ("feed", "ci_large")

    stack.ok("config", "set", "region", "eu-west-1")
    previewed = stack.ok("preview", "--diff")
    assert "replace" in previewed
    assert '"us-west-1" => "eu-west-1"' in previewed
    stack.ok("config", "rm", "region")

    stack.ok(
        "import",
        "footing-supabase:index:Pooler",
        "found",
        ref,
        "--yes",
        "--generate-code=false",
        "--protect=false",
    )
    stack.ok("state", "delete", "--yes", next(it for it in stack.urns() if it.endswith("::found")))

    fake.state["projects"].clear()
    assert "11 deleted" in re.sub(r"\s+", " ", stack.ok("refresh", "--yes", "--skip-preview"))
    stack.ok("up", "--yes", "--skip-preview")
    assert len(fake.state["projects"]) == 1
    stack.ok("destroy", "--yes", "--skip-preview")
    assert fake.state["projects"] == {}


def test_failures_leave_no_twin_and_no_secret(stack: Engine, fake: Supabase):
    stack.environment["SUPABASE_ACCESS_TOKEN"] = "wrong-horse"
    refused = stack.up()
    assert refused.returncode != 0
    assert "answers 401: Unauthorized (the token comes from SUPABASE_ACCESS_TOKEN)" in refused.stdout
    del stack.environment["SUPABASE_ACCESS_TOKEN"]
    assert "SUPABASE_ACCESS_TOKEN is not set: the token of Supabase's management API" in stack.up().stdout
    stack.environment["SUPABASE_ACCESS_TOKEN"] = TOKEN
    assert fake.state["projects"] == {}

    # Its answer is lost, and what is asked next as well; then it is asked too often.
    fake.fail("POST /v1/projects", 500, carried_out=True)
    fake.fail("GET /v1/projects/{ref}", 400)
    half = stack.up()
    assert half.returncode != 0
    assert "answers 400" in half.stdout
    assert len(fake.state["projects"]) == 1
    fake.fail("PATCH /v1/projects/{ref}/config/database/pooler", 429, headers={"Retry-After": "1"})
    fake.fail("GET /v1/projects/{ref}", 503)
    printed = stack.up()
    assert printed.returncode == 0, printed.stdout
    assert len(fake.state["projects"]) == 1
    assert "battery" not in refused.stdout + half.stdout + printed.stdout + stack.ok("stack", "export")
