"""The provider `footing-clerk` on the real engine, against the fake of Clerk's two APIs."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Engine, Project

from simulator.vendors.clerk import Clerk
from simulator.vendors.fake import running

pytestmark = pytest.mark.engine
ROOT = Path(__file__).parents[2]
PROGRAM = """\
    import pulumi
    from providers.clerk import resources as clerk

    config = pulumi.Config()
    google = {"enabled": True, "client_id": "shop.example.com"}
    own = {"lifetime_seconds": 120, "signing_algorithm": "HS256", "signing_key": "battery-key"}
    instance = clerk.InstanceConfig(
        "instance",
        application_id=config.get("application") or "app_shop",
        instance="production",
        settings={
            "session": {"lifetime": int(config.get("session") or 3600)},
            "connection_oauth_google": google,
            **({"sign_up": {"mdoe": "restricted"}} if config.get_bool("typo") else {}),
        },
        secrets={"connection_oauth_google": {"client_secret": config.get("secret") or "battery-google"}},
    )
    template = clerk.JwtTemplate(
        "api",
        name=config.get("template") or "api",
        claims={"user_id": "{{user.id}}", "level": config.get_int("level") or 1},
        **({} if config.get_bool("plain") else own),
    )
    redirect = clerk.RedirectUrl("app", url=config.get("url") or "shop://callback")
    clerk.AllowedOrigins("origins", origins=["capacitor://localhost", config.get("origin") or "shop://app"])
    pulumi.export("template", template.id)
"""
CONFIG = "/platform/applications/{applicationID}/instances/{envOrInsID}/config"


@pytest.fixture
def fake() -> Clerk:
    return Clerk()


@pytest.fixture
def stack(engine: Engine, project: Project, fake: Clerk) -> Iterator[Engine]:
    project.program(
        "name: small\n"
        "runtime: {name: python, options: {toolchain: uv, virtualenv: .venv}}\n"
        f"plugins: {{providers: [{{name: footing-clerk, path: {ROOT / 'providers/clerk'}}}]}}\n",
        "Pulumi.yaml",
    )
    project.program(PROGRAM)
    with running(fake) as address:
        engine.environment.update({Clerk.endpoint_variable: address, **Clerk.environment})
        yield engine


def asked(fake: Clerk) -> list[str]:
    """What was written since the last time, in its order."""
    found = [name for name, _ in fake.requests if not name.startswith("GET")]
    fake.requests.clear()
    return found


def test_configuration_template_and_address_live_their_whole_life(stack: Engine, fake: Clerk):
    printed = stack.up()
    assert printed.returncode == 0, printed.stdout
    [(id_, config)] = fake.state["configs"].items()
    google = {"enabled": True, "client_id": "shop.example.com", "client_secret": "battery-google"}
    beside = {"mode": "public"}
    assert (id_, config) == (
        "app_shop/production",
        {"session": {"lifetime": 3600}, "sign_up": beside, "connection_oauth_google": google},
    )
    [(number, template)] = fake.state["templates"].items()
    claims = {"user_id": "{{user.id}}", "level": 1}
    own = {"lifetime": 120, "custom_signing_key": True, "signing_algorithm": "HS256", "signing_key": "battery-key"}
    assert {"name": "api", "claims": claims, **own}.items() <= template.items()
    [redirect] = fake.state["redirects"].values()
    assert redirect["url"] == "shop://callback"
    assert fake.state["origins"] == ["capacitor://localhost", "shop://app"]
    state = stack.ok("stack", "export")
    assert "battery" not in printed.stdout + state
    assert not any(token in state for token in Clerk.environment.values())

    asked(fake)
    stack.ok("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert asked(fake) == []

    # What is given is managed, and nothing beside it.
    config["session"] |= {"lifetime": 60, "inactivity": 5}
    config["sign_up"]["mode"] = "waitlist"
    config["connection_oauth_google"]["enabled"] = False
    fake.state["origins"] = ["shop://app", "shop://strange"]
    template |= {"claims": {"user_id": "{{user.external_id}}"}, "lifetime": 30, "custom_signing_key": False}
    printed = re.sub(r"\s+", " ", stack.ok("refresh", "--yes", "--skip-preview", "--diff"))
    for seen in (
        "lifetime: 3600 => 60",
        "true => false",
        "{{user.external_id}}",
        "120 => 30",
        "signingAlgorithm",
        "shop://strange",
    ):
        assert seen in printed
    assert "waitlist" not in printed
    stack.ok("up", "--yes", "--skip-preview")
    assert config["session"] == {"lifetime": 3600, "inactivity": 5}
    assert fake.state["origins"] == ["capacitor://localhost", "shop://app"]
    # The order is Clerk's.
    fake.state["origins"].reverse()
    stack.ok("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes")
    assert (config["connection_oauth_google"], config["sign_up"]["mode"]) == (google, "waitlist")
    assert {"claims": claims, **own}.items() <= template.items()

    changes = ("session=7200", "secret=battery-new", "template=web", "plain=true", "origin=shop://new")
    stack.ok("config", "set-all", *(part for it in changes for part in ("--plaintext", it)))
    asked(fake)
    printed = stack.up()
    assert "battery" not in printed.stdout
    assert sorted(asked(fake)) == [
        "PATCH /instance",
        "PATCH /jwt_templates/{template_id}",
        f"PATCH {CONFIG}",
        f"PATCH {CONFIG}",
    ]
    assert config["session"]["lifetime"] == 7200
    assert config["connection_oauth_google"]["client_secret"] == "battery-new"
    plain = {"lifetime": 60, "custom_signing_key": False, "signing_key": None}
    assert {"id": number, "name": "web", **plain}.items() <= template.items()

    stack.ok("config", "set-all", "--plaintext", "application=app_other", "--plaintext", "url=shop://back")
    previewed = stack.ok("preview", "--diff")
    assert '"app_shop" => "app_other"' in previewed
    assert '"shop://callback" => "shop://back"' in previewed
    assert "2 to replace" in re.sub(r"\s+", " ", previewed)
    stack.ok("config", "rm-all", "application", "url")

    found = {
        "JwtTemplate": number,
        "RedirectUrl": redirect["id"],
        "InstanceConfig": id_,
        "AllowedOrigins": "instance",
    }
    wanted = [
        {"type": f"footing-clerk:index:{kind}", "name": f"found-{kind}", "id": it} for kind, it in found.items()
    ]
    stack.project.program(json.dumps({"resources": wanted}), "found.json")
    stack.ok("import", "--file", "found.json", "--yes", "--generate-code=false", "--protect=false")
    state = stack.ok("stack", "export")
    assert "waitlist" in state
    assert "REDACTED" not in state

    fake.state |= {"templates": {}, "redirects": {}, "gone": ["app_shop"]}
    assert "6 deleted" in re.sub(r"\s+", " ", stack.ok("refresh", "--yes", "--skip-preview"))
    fake.state["gone"] = []
    stack.ok("up", "--yes", "--skip-preview")
    assert (len(fake.state["templates"]), len(fake.state["redirects"])) == (1, 1)
    stack.ok("destroy", "--yes", "--skip-preview")
    assert (fake.state["templates"], fake.state["redirects"]) == ({}, {})
    assert config["session"]["lifetime"] == 7200


def test_failures_leave_no_twin_and_no_secret(stack: Engine, fake: Clerk):
    up = ("up", "--yes", "--skip-preview", "--continue-on-error")
    # A type needs its own token alone; a setting that Clerk does not know is no silence.
    del stack.environment["CLERK_SECRET_KEY"]
    stack.ok("config", "set", "typo", "true")
    fake.state["unknown"] = ["mdoe"]
    half = stack.run(*up)
    assert half.returncode != 0
    assert "CLERK_SECRET_KEY is not set: the token of Clerk's API" in half.stdout
    assert "Clerk took no notice of sign_up.mdoe of app_shop/production" in half.stdout
    assert any(it.endswith("InstanceConfig::instance") for it in stack.urns())

    # Answers are lost; what Clerk made is found.
    stack.environment.update({**Clerk.environment, "CLERK_PLATFORM_API_KEY": "wrong-horse"})
    fake.fail("POST /jwt_templates", 500, carried_out=True)
    fake.fail("POST /redirect_urls", 502, carried_out=True)
    refused = stack.run(*up)
    assert refused.returncode != 0
    assert "answers 401: Unauthorized (the token comes from CLERK_PLATFORM_API_KEY)" in refused.stdout
    assert (len(fake.state["templates"]), len(fake.state["redirects"])) == (1, 1)

    # What Clerk would refuse is not written.
    stack.environment.update(Clerk.environment)
    stack.ok("config", "set-all", "--plaintext", "typo=false", "--plaintext", "session=0")
    asked(fake)
    wrong = stack.run(*up)
    assert "answers 422: session.lifetime must be a positive integer" in wrong.stdout
    assert asked(fake) == [f"PATCH {CONFIG}"]
    stack.ok("config", "rm", "session")
    fake.fail(f"PATCH {CONFIG}", 429, headers={"Retry-After": "1"})
    printed = stack.up()
    assert printed.returncode == 0, printed.stdout
    assert fake.state["configs"]["app_shop/production"]["session"]["lifetime"] == 3600
    assert (len(fake.state["templates"]), len(fake.state["redirects"])) == (1, 1)
    told = half.stdout + refused.stdout + wrong.stdout + printed.stdout + stack.ok("stack", "export")
    for secret in ("battery", "wrong-horse", *Clerk.environment.values()):
        assert secret not in told
    stack.ok("destroy", "--yes", "--skip-preview")
    assert (fake.state["templates"], fake.state["redirects"]) == ({}, {})
