"""Front ends in a stack file: what fits, what is refused, and what becomes of it."""

from typing import Any

import pytest
from test_contradictions import changed

from stacks.config import ConfigError, frontend_problems, parse
from stacks.config.regions import other_regions

WEB = {"provider": "vercel", "team": "acme"}
SUPABASE = {"provider": "supabase", "organization": "acme"}
APP, WWW = "app.example.com", "www.example.com"


def problems(values: dict[str, Any], changes: dict[str, Any], **more: Any) -> str:
    values["frontends"] = {"web": {**WEB, **changes}}
    with pytest.raises(ConfigError) as caught:
        parse("test", changed(values, more), secrets_stood_in=True)
    return "\n".join(caught.value.problems)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"provider": "netlify"}, "frontends.web.provider: given 'netlify', allowed 'vercel'"),
        ({"team": None}, "frontends.web.team: missing; required with plan pro, which only a team has"),
        ({"framework": "next.js"}, "frontends.web.framework: given 'next.js', allowed"),
        ({"node_version": "16.x"}, "node_version: given '16.x', allowed 18.x, 20.x, 22.x, 24.x"),
        ({"regions": ["us-east-1"]}, "regions.0: given 'us-east-1', allowed iad1"),
        ({"root_directory": "../web"}, "root_directory: given '../web', allowed a directory below"),
        ({"git": {"repository": "web"}}, "git.repository: given 'web', allowed owner and name"),
        (
            {"plan": "hobby", "custom_environments": {"staging": {}}},
            "environments: given 1, allowed none with plan hobby, allowed with pro, the smallest that has it",
        ),
        (
            {"custom_environments": {"a": {}, "b": {}}},
            "given 2, allowed up to 1 with plan pro, allowed with enterprise, the smallest that has it",
        ),
        (
            {"plan": "hobby", "previews": {"protection": "all"}},
            "previews.protection: given all, which plan hobby lacks, allowed with pro, the smallest that has it",
        ),
        (
            {"previews": {"trusted_ips": ["203.0.113.7"]}},
            "previews.trusted_ips: given trusted_ips, which plan pro lacks, allowed with enterprise",
        ),
        (
            {"plan": "hobby", "previews": {"password_secret": "WORD"}},
            "previews.password_secret: given password, which plan hobby lacks, allowed with pro",
        ),
        (
            {"previews": {"protection": "none", "password_secret": "WORD"}},
            "previews.password_secret: given, allowed with previews.protection standard or all",
        ),
        ({"plan": "hobby", "regions": ["iad1", "fra1"]}, "given 2, allowed up to 1 with plan hobby"),
        (
            {"plan": "hobby", "function_timeout_seconds": 301},
            "given 301, allowed up to 300 with plan hobby, allowed with pro",
        ),
        ({"plan": "hobby", "skew_protection": "1 day"}, "skew_protection: given, which plan hobby lacks"),
        (
            {"custom_environments": {"production": {}}},
            "custom_environments.production: given production, which every project has, allowed another",
        ),
        (
            {"environment": {"VITE_MODE": {"staging": "x"}}},
            "environment.VITE_MODE: given for staging, allowed production, preview, development",
        ),
        ({"environment": {"VITE_MODE": {}}}, "given an empty block, allowed a value for an environment"),
        ({"environment": {"TZ": "UTC"}}, "environment.TZ: given a name that Vercel keeps for itself"),
        ({"outputs": {"VERCEL_ENV": "edge.url"}}, "VERCEL_ENV: given a name that Vercel keeps for itself"),
        (
            {"environment": {"A": "x"}, "outputs": {"A": "edge.url"}},
            "outputs.A: given also under environment, allowed one place",
        ),
        ({"environment": {"A": "x" * 65536}}, "given 65537 bytes, allowed 65536 for all variables"),
        (
            {"outputs": {"VITE_DSN": "clerk.publishable_key"}},
            "outputs.VITE_DSN: given clerk.publishable_key, which the stack does not have, allowed ",
        ),
        (
            {"outputs": {"VITE_DSN": "sentry_frontend_dsn"}},
            "VITE_DSN: given 'sentry_frontend_dsn', allowed an output of the stack for everybody",
        ),
        (
            {"secrets": {"REDIS_URL": "redis.cache"}},
            "secrets.REDIS_URL: given redis.cache, which the stack does not have on the internet, allowed config",
        ),
        (
            {"domains": {"www.example.com": {"redirect_to": "example.org"}}},
            "given example.org, allowed another of",
        ),
        (
            {"domains": {WWW: {"redirect_to": APP}, APP: {"redirect_to": WWW}}},
            "redirect_to: given app.example.com, allowed a domain that redirects nowhere",
        ),
        ({"domains": {WWW: {"redirect_to": WWW}}}, "given redirects alone"),
        ({"domains": {APP: {"git_branch": "a", "redirect_to": APP}}}, "given beside redirect_to, allowed one"),
        (
            {"domains": {APP: {"custom_environment": "qa"}}},
            "given qa, allowed of custom_environments: nothing so far",
        ),
        (
            {"git": {"repository": "a/b"}, "domains": {APP: {"git_branch": "main"}}},
            "git_branch: given main, which is git.production_branch, allowed another branch",
        ),
        ({"domains": {"web.vercel.app": {}}}, "given a name of Vercel's own, which the project has by itself"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(
    values: dict[str, Any], changes: dict[str, Any], sentence: str
):
    assert sentence in problems(values, changes)


@pytest.mark.parametrize(
    "prefix", ["VITE_", "NEXT_PUBLIC_", "PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_", "EXPO_PUBLIC_"]
)
def test_no_secret_comes_to_a_browser(values: dict[str, Any], prefix: str):
    key, text = f"{prefix}REDIS_URL", "rediss://:pw@h:6379"
    moved = f"frontends.web.environment.{key}: looks like a secret, and browsers load what a build names so"
    assert moved in problems(values, {"environment": {key: {"production": "", "preview": text}}})
    shown = f"frontends.web.secrets.{key}: given a name that builds show to browsers"
    assert shown in problems(values, {"secrets": {key: "config"}})


def test_domain_has_one_place_in_the_stack(values: dict[str, Any]):
    served = values["edge"]["hostnames"][0]
    assert f"given {served}, which edge.hostnames has, allowed one place" in problems(
        values, {"domains": {served: {}}}
    )


def test_secret_is_in_no_plain_sight_and_on_nobody_s_machine(values: dict[str, Any]):
    assert "environment.STRIPE: looks like a secret; move it to" in problems(
        values, {"environment": {"STRIPE": "sk_live_0123456789abcdefghij"}}
    )
    assert (
        "secrets.API_KEY: given for development, allowed production, preview or a custom environment"
        in problems(values, {"secrets": {"API_KEY": {"development": "config"}}})
    )


def test_secrets_that_the_file_has_to_hold_are_counted_by_name(values: dict[str, Any]):
    secrets = {"A": "config", "B": {"production": "config", "preview": "config.B_TEST"}}
    values["frontends"] = {"web": {**WEB, "secrets": secrets, "previews": {"password_secret": "WORD"}}}
    config = parse("test", values, secrets_stood_in=True)
    assert {"A", "B", "B_TEST", "WORD"} <= {*config.missing_secrets}


def test_edge_stands_in_front_of_a_front_end_that_exists(values: dict[str, Any]):
    zone = values["edge"]["zone"]
    assert "edge.origin_frontend: given shop, allowed what is under frontends: web" in problems(
        values, {}, **{"edge.origin_frontend": "shop"}
    )
    both = problems(values, {}, **{"edge.origin_frontend": "web"})
    assert "edge.origin_frontend: given web beside services of kind web, allowed one of them" in both
    both = problems(values, {}, **{"edge.origin_frontend": "web", "edge.hostnames": [zone, f"*.{zone}"]})
    assert "allowed single names with edge.origin_frontend" in both
    values["services"] = {}
    wrong = problems(values, {}, **{"edge.origin_hostname": None, "edge.origin_frontend": None})
    assert "edge.origin_hostname: missing, as is edge.origin_frontend" in wrong
    wrong = problems(values, {}, **{"edge.origin_frontend": "web", "edge.origin_pull": "verify"})
    assert "edge.origin_pull: given 'verify', allowed none or present with edge.origin_frontend" in wrong


def test_domain_is_of_one_front_end_and_functions_are_near_the_stack(values: dict[str, Any]):
    values["frontends"] = {name: {**WEB, "domains": {APP: {}}} for name in ("web", "shop")}
    with pytest.raises(ConfigError, match=r"which frontends\.web has, allowed another"):
        parse("test", values, secrets_stood_in=True)
    values["frontends"] = {name: {**WEB, "project_name": "shop"} for name in ("web", "shop")}
    with pytest.raises(
        ConfigError, match=r"shop\.project_name: given shop, which frontends\.web has, allowed another"
    ):
        parse("test", values, secrets_stood_in=True)
    values["frontends"], values["region"] = {"web": WEB}, "eu-south-2"
    with pytest.raises(
        ConfigError, match=r"frontends\.web\.regions: missing; required where Vercel has no region"
    ):
        parse("test", values, secrets_stood_in=True)


def test_functions_far_from_the_services_are_a_warning(values: dict[str, Any]):
    for regions, found in ((["fra1"], ["frontends.web.regions"]), (["fra1", "iad1"], []), ([], [])):
        values["frontends"] = {"web": {**WEB, "regions": regions}}
        assert [
            it.partition(":")[0] for it in other_regions(parse("test", values, secrets_stood_in=True))
        ] == found


def test_missing_extra_is_one_sentence(values: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(frontend_problems, "SDK", "pulumi_that_is_not_installed")
    assert (
        "frontends: given, allowed only with the extra; install it with: pip install 'footing[vercel]'"
        in problems(values, {})
    )
