"""Clerk in a stack file."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.config import ConfigError, parse


def key(kind: str, host: str = "clerk.example.com$") -> str:
    return f"pk_{kind}_{base64.b64encode(host.encode()).decode()}"


CLERK = {"application_id": "app_shop", "publishable_key": key("live")}
PAGE = Path(__file__).parents[2] / "docs" / "frontends.md"
GOOGLE = "connection_oauth_google"


def test_issuer_follows_from_the_key_and_the_secret_one_is_needed(values: dict[str, Any]):
    config = parse("test", {**values, "clerk": CLERK}, secrets_stood_in=True)
    assert config.clerk is not None
    assert config.clerk.issuer == "https://clerk.example.com"
    assert "CLERK_SECRET_KEY" in config.missing_secrets
    secrets = {"secret_key_secret": "SIGN_IN", "setting_secrets": {f"{GOOGLE}.client_secret": "GOOGLE"}}
    config = parse("test", {**values, "clerk": {**CLERK, **secrets}}, secrets_stood_in=True)
    assert {"SIGN_IN", "GOOGLE"} <= {*config.missing_secrets}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"application_id": "shop"}, "application_id: given 'shop', allowed the id of an application at Clerk"),
        ({"publishable_key": "pk_live_x"}, "allowed a key pk_live_... or pk_test_..., whole"),
        ({"publishable_key": key("live", "clerk.example.com")}, "allowed a key pk_live_... or pk_test_..., whole"),
        (
            {"publishable_key": "sk_live_abcdefgh"},
            "given '...', allowed pk_..., for everybody: this is the secret",
        ),
        ({"publishable_key": key("test")}, "allowed pk_live_... with instance production"),
        ({"instance": "development"}, "given a key of the other instance, allowed pk_test_..."),
        ({"instance": "staging"}, "clerk.instance: given 'staging', allowed 'production' or 'development'"),
        ({"settings": {"session": 5}}, "clerk.settings.session: given 5, allowed a block of keys"),
        ({"sign_up": "closed"}, "clerk.sign_up: given 'closed', allowed 'public', 'restricted' or 'waitlist'"),
        ({"session_lifetime_seconds": 60}, "session_lifetime_seconds: given 60, allowed 300 or more"),
        ({"settings": {"sign_up": {"mode": "public"}}}, "settings.sign_up.mode: given, allowed as clerk.sign_up"),
        ({"setting_secrets": {"session.lifetime": "A"}}, "session.lifetime: given, allowed as clerk.session_life"),
        ({"settings": {GOOGLE: {"client_secret": "x"}}}, "looks like a secret; move it to clerk.setting_secrets"),
        (
            {"settings": {GOOGLE: {"key": "x"}}, "setting_secrets": {f"{GOOGLE}.key": "A"}},
            "which setting_secrets has too, allowed one place",
        ),
        ({"allowed_origins": ["http://app.example.com"]}, "allowed https://, or http://localhost"),
        ({"allowed_origins": ["app.example.com"]}, "allowed scheme and host, such as https://app.example.com"),
        ({"jwt_templates": {"a": {"claims": {"sub": "x"}}}}, "claims: given sub, which Clerk sets itself"),
        ({"jwt_templates": {"a": {"claims": {}, "lifetime_seconds": 5}}}, "given 5, allowed 30 or more"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(
    values: dict[str, Any], changes: dict[str, Any], sentence: str
):
    with pytest.raises(ConfigError) as caught:
        parse("test", {**values, "clerk": {**CLERK, **changes}}, secrets_stood_in=True)
    assert sentence in "\n".join(caught.value.problems)


def test_page_shows_blocks_that_are_right_together(values: dict[str, Any]):
    for block in re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL):
        values |= {key.removeprefix("footing:"): it for key, it in yaml.safe_load(block).items()}
    values["sentry"]["frontend"] = {}
    config = parse("test", values, secrets_stood_in=True)
    assert (config.clerk is not None, list(config.frontends)) == (True, ["web"])


def test_key_of_clerk_is_given_where_there_is_clerk(values: dict[str, Any]):
    values["services"]["api"]["secrets"] = {"CLERK_SECRET_KEY": "clerk.secret_key"}
    with pytest.raises(ConfigError, match=r"given clerk\.secret_key, allowed with the block clerk"):
        parse("test", values, secrets_stood_in=True)
    parse(
        "test", {**values, "clerk": {**CLERK, "allowed_origins": ["http://localhost:3000"]}}, secrets_stood_in=True
    )
