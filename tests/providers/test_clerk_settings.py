"""What the engine's test of `footing-clerk` does not reach: refused inputs, and secrets among the settings."""

import threading
from typing import Any

import pytest

from providers._server.api import Access, Api, VendorError
from providers.clerk.backend import TemplateHandler
from providers.clerk.instances import ConfigHandler
from simulator.vendors.clerk import Clerk
from simulator.vendors.fake import running
from wire_format import UNKNOWN

GOOGLE = {"connection_oauth_google": {"client_id": "shop", "client_secret": "battery"}}


@pytest.mark.parametrize(
    ("settings", "secrets", "keys"),
    [
        (
            {"connection_oauth_google": {"client_id": "shop"}},
            {"connection_oauth_google": {"client_secret": "b"}},
            [],
        ),
        (UNKNOWN, {"session": UNKNOWN}, []),
        (GOOGLE, GOOGLE, ["secrets"]),
        ({"config_version": "4", "session": {"lifetime": 60}}, None, ["settings"]),
    ],
)
def test_settings_that_are_given_twice_or_are_none_are_refused(settings: Any, secrets: Any, keys: list[str]):
    given = {"applicationId": "app", "instance": "production", "settings": settings, "secrets": secrets}
    assert [key for key, _ in ConfigHandler().faults(given)] == keys


@pytest.mark.parametrize(
    ("given", "keys"),
    [
        ({}, []),
        ({"signingKey": "k", "signingAlgorithm": "HS256"}, []),
        ({"signingKey": "k"}, ["signingAlgorithm"]),
        ({"signingAlgorithm": "HS256"}, ["signingKey"]),
    ],
)
def test_key_and_algorithm_go_together(given: dict[str, str], keys: list[str]):
    assert [key for key, _ in TemplateHandler().faults(given)] == keys


def test_secret_among_the_settings_is_an_error_that_shows_it_not():
    fake, ids = Clerk(), list[str]()
    with running(fake) as address:
        api = Api(Access(address, fake.headers_of("/platform/")), threading.Event())
        given = {"applicationId": "app", "instance": "production", "settings": GOOGLE}
        with pytest.raises(
            VendorError, match=r"took no notice of connection_oauth_google\.client_secret of app/"
        ) as it:
            ConfigHandler().create(api, given, ids.append)
    assert ids == ["app/production"]
    assert "battery" not in str(it.value)
