"""What a front end gets of its stack, and that nothing of a vendor is loaded without one."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from test_compose import ROOT, plan_of_file

from footing.plan.model import Plan, PlannedResource

SEALED = {"secure": "v1:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
PLANNED = """
import sys
from pathlib import Path
from footing.project import plan
from stacks.config.load import from_file
plan("staging", from_file(Path("Pulumi.staging.yaml")))
names = ("pulumiverse_vercel", "components.frontend.vercel", "components.clerk.")
print([name for name in sys.modules if name == names[1] or name.startswith((names[0],))])
"""
CLERK = {
    "application_id": "app_feed",
    "publishable_key": "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k",
    "sign_up": "waitlist",
}


def planned(tmp_path: Path, web: dict[str, Any], **blocks: Any) -> Plan:
    content = yaml.safe_load((ROOT / "systems" / "feed" / "Pulumi.production.yaml").read_text())
    content["config"]["footing:frontends"]["web"] = {"provider": "vercel", "team": "example", **web}
    content["config"]["footing:edge"] |= blocks.pop("edge", {})
    content["config"] |= {f"footing:{name}": it for name, it in blocks.items()}
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text(yaml.safe_dump(content))
    return plan_of_file(file)


def of(plan: Plan, kind: str) -> dict[str, PlannedResource]:
    return {it.name: it for it in plan.resources if it.type.rpartition(":")[2] == kind}


def test_variables_are_of_the_environments_that_they_say(tmp_path: Path):
    web = {
        "custom_environments": {"qa": {"branch": "qa-", "branch_match": "starts_with"}},
        "environment": {"MODE": "all", "LEVEL": {"*": "low", "preview": "high", "development": "own"}},
        "outputs": {
            "VITE_KEY": "clerk.publishable_key",
            "VITE_ISSUER": {"qa": "clerk.issuer"},
            "VITE_URL": "edge.url",
        },
        "secrets": {
            "CLERK_SECRET_KEY": "clerk.secret_key",
            "REDIS_URL": {"production": "redis.cache", "preview": "config.REDIS_TEST"},
            "DATABASE_URL": "database.pooled_url",
            "API_KEY": "config",
        },
    }
    names = ("CLERK_SECRET_KEY", "API_KEY", "REDIS_TEST")
    plan = planned(tmp_path, web, clerk=CLERK, secrets=dict.fromkeys(names, SEALED))
    [frontend] = of(plan, "VercelFrontend").values()
    given = {(it["key"], it["target"]): it["value"] for it in frontend.inputs["variables"] if not it["sensitive"]}
    key, url = CLERK["publishable_key"], "https://feed.example"
    everywhere = ("production", "preview", "qa")
    assert given == {
        **{("MODE", at): "all" for at in everywhere},
        ("LEVEL", "production"): "low",
        ("LEVEL", "preview"): "high",
        ("LEVEL", "qa"): "low",
        ("LEVEL", "development"): "own",
        **{("VITE_KEY", at): key for at in everywhere},
        ("VITE_ISSUER", "qa"): "https://clerk.example.com",
        **{("VITE_URL", at): url for at in everywhere},
    }
    hidden = {(it["key"], it["target"]) for it in frontend.inputs["variables"] if it["sensitive"]}
    production = {(it, "production") for it in ("CLERK_SECRET_KEY", "REDIS_URL", "DATABASE_URL", "API_KEY")}
    assert hidden == {*production, ("REDIS_URL", "preview")}
    variables = of(plan, "ProjectEnvironmentVariable")
    sources = {name: " ".join(it.dependencies) for name, it in variables.items()}
    assert "redisDatabase:RedisDatabase::redis-store" in sources["frontend-redis-url-production"]
    assert "redisDatabase" not in sources["frontend-redis-url-preview"]
    assert "Pooler::database-pooler" in sources["frontend-database-url-production"]
    [instance] = of(plan, "InstanceConfig").values()
    assert instance.inputs["settings"] == {"sign_up": {"mode": "waitlist"}}
    [custom] = of(plan, "CustomEnvironment").values()
    assert custom.inputs["branchTracking"] == {"pattern": "qa-", "type": "startsWith"}


def test_records_are_of_the_zone_and_the_edge_stands_where_it_is_asked_to(tmp_path: Path):
    web = {"domains": {"app.feed.example": {}, "other.example.com": {}, "notfeed.example": {}}}
    plan = planned(tmp_path, web)
    records = {
        it.inputs["name"]: it.inputs for it in of(plan, "DnsRecord").values() if isinstance(it.inputs["name"], str)
    }
    assert {name: it["proxied"] for name, it in records.items()} == {
        "feed.example": True,
        "api.feed.example": True,
        "app.feed.example": False,
    }
    assert {it["content"] for it in records.values()} == {"cname.vercel-dns-0.com"}
    domains = {it.inputs["domain"] for it in of(plan, "ProjectDomain").values()}
    assert domains == {"feed.example", "api.feed.example", *web["domains"]}
    project, team = of(plan, "Project")["frontend-project"], of(plan, "vercel")["frontend-team"]
    assert (project.provider, team.inputs["team"]) == (team.urn, "example")
    elsewhere = {"origin_frontend": None, "origin_hostname": "origin.example.net"}
    alone = planned(tmp_path, {"plan": "hobby", "team": None}, edge=elsewhere)
    assert of(alone, "ProjectDomain") == {}
    assert of(alone, "Project")["frontend-project"].provider == ""


def test_stack_without_front_ends_loads_nothing_of_vercel():
    done = subprocess.run([sys.executable, "-c", PLANNED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
