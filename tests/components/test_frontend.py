import pytest
from msgspec.structs import replace

from components.frontend.args import (
    BuildArgs,
    EnvironmentArgs,
    FunctionArgs,
    GitArgs,
    PreviewArgs,
    VariableArgs,
    VercelDomainArgs,
    VercelFrontendArgs,
)
from components.frontend.vercel import VercelFrontend
from tests.components.inventory import inventory
from tests.components.recording import Recorded, Secret, record_component

ARGS = VercelFrontendArgs(
    project_name="shop-production-web",
    git=GitArgs(provider="gitlab", repository="example/shop", production_branch="release"),
    build=BuildArgs(
        framework="nextjs",
        root_directory="apps/web",
        install_command="pnpm i",
        build_command="pnpm build",
        output_directory="out",
        ignore_command="git diff --quiet HEAD^ HEAD .",
        node_version="22.x",
    ),
    functions=FunctionArgs(regions=["iad1", "fra1"], timeout_seconds=60),
    previews=PreviewArgs(protection="all", skew_protection="1 day"),
    environments={"qa": EnvironmentArgs(description="Tests", branch="qa/", branch_match="startsWith")},
    domains=[
        VercelDomainArgs(hostname="www.shop.example", redirect_to="shop.example", record_zone="shop.example"),
        VercelDomainArgs(hostname="shop.example", record_zone="shop.example"),
        VercelDomainArgs(hostname="qa.other.example", custom_environment="qa"),
        VercelDomainArgs(hostname="next.other.example", git_branch="next"),
    ],
    variables=[
        VariableArgs(key="NEXT_PUBLIC_API_URL", target="production", value="https://a", sensitive=False),
        VariableArgs(key="API_KEY", target="preview", value="key", sensitive=True),
        VariableArgs(key="API_KEY", target="qa", value="other", sensitive=True),
    ],
    zone_id="zone",
    protect=False,
)


def record(**changes: object) -> Recorded[VercelFrontend]:
    return record_component(
        lambda: VercelFrontend("frontend", replace(ARGS, **changes)),
        read=lambda it: (it.url, it.hostnames, it.project_id, it.origin_hostname),
    )


def test_project_is_made_with_every_setting_and_nothing_else():
    made = inventory(record())
    project, of = made.pop("Project/frontend-project"), {"projectId": "frontend-project-id"}
    assert project == {
        "name": "shop-production-web",
        "gitRepository": {"type": "gitlab", "repo": "example/shop", "productionBranch": "release"},
        "framework": "nextjs",
        "rootDirectory": "apps/web",
        "installCommand": "pnpm i",
        "buildCommand": "pnpm build",
        "outputDirectory": "out",
        "ignoreCommand": "git diff --quiet HEAD^ HEAD .",
        "nodeVersion": "22.x",
        "resourceConfig": {
            "fluid": True,
            "functionDefaultRegions": ["iad1", "fra1"],
            "functionDefaultTimeout": 60,
        },
        "automaticallyExposeSystemEnvironmentVariables": False,
        "gitForkProtection": True,
        "directoryListing": False,
        "customerSuccessCodeVisibility": False,
        "protectedSourcemaps": True,
        "prioritiseProductionBuilds": True,
        "previewDeploymentsDisabled": False,
        "vercelAuthentication": {"deploymentType": "all_deployments"},
        "skewProtection": "1 day",
    }
    custom = {"customEnvironmentIds": ["frontend-environment-qa-id"], "sensitive": True}
    www, apex = "www.shop.example", "shop.example"
    record_of = {"zoneId": "zone", "proxied": False, "ttl": 1}
    assert made == {
        "CustomEnvironment/frontend-environment-qa": {
            **of,
            "name": "qa",
            "description": "Tests",
            "branchTracking": {"pattern": "qa/", "type": "startsWith"},
        },
        "ProjectEnvironmentVariable/frontend-next-public-api-url-production": {
            **of,
            "key": "NEXT_PUBLIC_API_URL",
            "value": Secret("https://a"),
            "sensitive": False,
            "targets": ["production"],
        },
        "ProjectEnvironmentVariable/frontend-api-key-preview": {
            **of,
            "key": "API_KEY",
            "value": Secret("key"),
            "sensitive": True,
            "targets": ["preview"],
        },
        "ProjectEnvironmentVariable/frontend-api-key-qa": {
            **of,
            "key": "API_KEY",
            "value": Secret("other"),
            **custom,
        },
        f"ProjectDomain/frontend-{www}": {
            **of,
            "domain": www,
            "redirect": apex,
            "redirectStatusCode": 308,
        },
        f"ProjectDomain/frontend-{apex}": {**of, "domain": apex},
        "ProjectDomain/frontend-qa.other.example": {
            **of,
            "domain": "qa.other.example",
            "customEnvironmentId": "frontend-environment-qa-id",
        },
        "ProjectDomain/frontend-next.other.example": {**of, "domain": "next.other.example", "gitBranch": "next"},
        f"DnsRecord/frontend-{www}-record": {
            **record_of,
            "name": www,
            "type": "CNAME",
            "content": "cname.vercel-dns-0.com",
        },
        f"DnsRecord/frontend-{apex}-record": {
            **record_of,
            "name": apex,
            "type": "A",
            "content": "76.76.21.21",
        },
    }


def test_outputs_are_those_of_a_front_end_with_and_without_a_domain():
    served = ["shop.example", "qa.other.example", "next.other.example"]
    origin = "cname.vercel-dns-0.com"
    assert record().read == ("https://shop.example", served, "frontend-project-id", origin)
    own = "shop-production-web.vercel.app"
    assert record(domains=()).read == (f"https://{own}", [own], "frontend-project-id", origin)


def test_strangers_are_kept_out_by_default_and_by_what_a_plan_has():
    standard = inventory(record(previews=PreviewArgs()))["Project/frontend-project"]
    assert standard["vercelAuthentication"] == {"deploymentType": "standard_protection_new"}
    more = PreviewArgs(enabled=False, password="word", trusted_ips=["203.0.113.7"])
    found = inventory(record(previews=more))["Project/frontend-project"]
    kind = "standard_protection_new"
    assert found["previewDeploymentsDisabled"] is True
    assert found["passwordProtection"] == {"password": "word", "deploymentType": kind}
    assert found["trustedIps"] == {"addresses": [{"value": "203.0.113.7"}], "deploymentType": kind}


def test_variable_is_replaced_by_deleting_it_first_and_a_project_may_be_protected():
    made = record(protect=True)
    assert {it.name for it in made.resources if it.delete_before_replace} == {
        "frontend-next-public-api-url-production",
        "frontend-api-key-preview",
        "frontend-api-key-qa",
    }
    assert [it.name for it in made.resources if it.protect] == ["frontend-project"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"environments": {}, "domains": ()}, "API_KEY is for 'qa'"),
        ({"environments": {}, "variables": ()}, "qa.other.example is for 'qa'"),
        ({"variables": [ARGS.variables[0]] * 2}, "NEXT_PUBLIC_API_URL is there twice for production"),
        ({"zone_id": None}, "records are asked for without zone_id"),
    ],
)
def test_what_vercel_would_refuse_is_refused_before(changes: dict[str, object], reason: str):
    with pytest.raises(ValueError, match=reason):
        replace(ARGS, **changes)
