"""What the configuration refuses to hold in plain text, with the key of the stack file."""

from pathlib import Path

import pytest

from stacks.config import ConfigError, from_file

ROOT = Path(__file__).parents[2]
PRODUCTION = (ROOT / "Pulumi.production.yaml").read_text()
VARIABLES, GRAFANA = "environment: {LOG_LEVEL: info}", "url: https://example.grafana.net"


def problems(tmp_path: Path, old: str, new: str) -> str:
    assert old in PRODUCTION
    path = tmp_path / "Pulumi.production.yaml"
    path.write_text(PRODUCTION.replace(old, new, 1))
    try:
        from_file(path)
    except ConfigError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("variable", "sentence"),
    [
        (
            "STRIPE_SECRET_KEY: sk_live_51CANARY0000",
            "STRIPE_SECRET_KEY: looks like a secret; move it to services.api.secrets",
        ),
        ("DB_PASSWORD: hunter2", "DB_PASSWORD: looks like a secret; move it"),
        ("ALERTS: 'https://hooks.slack.com/services/T0/B0/CANARY0000'", "ALERTS: looks like a secret; move it"),
        ("VITE_REDIS_URL: 'rediss://:CANARY@h:6379'", "VITE_REDIS_URL: looks like a secret, and browsers load"),
        ("NEXT_PUBLIC_API_SECRET: CANARY", "NEXT_PUBLIC_API_SECRET: looks like a secret, and browsers load"),
    ],
)
def test_secret_among_the_plain_variables_is_refused_without_its_value(
    tmp_path: Path, variable: str, sentence: str
):
    said = problems(tmp_path, VARIABLES, f"environment: {{{variable}}}")
    assert f"services.api.environment.{sentence}" in said
    assert "CANARY" not in said


def test_variable_that_only_sounds_like_a_secret_is_let_through_where_the_file_says_so(tmp_path: Path):
    assert (
        problems(tmp_path, VARIABLES, "environment: {TOKEN_TTL: '3600', NEXT_PUBLIC_POSTHOG_KEY: phc_abcdefghij}")
        == ""
    )
    said = f"{VARIABLES.replace('LOG_LEVEL: info', 'MAPS_TOKEN: it')}\n      public_variables: [MAPS_TOKEN]"
    assert problems(tmp_path, VARIABLES, said) == ""
    assert "allowed names of services.api.environment" in problems(
        tmp_path, VARIABLES, f"{VARIABLES}\n      public_variables: [A]"
    )


def test_secret_with_a_name_for_browsers_is_refused(tmp_path: Path):
    said = problems(tmp_path, "secrets: {SESSION_KEY: generated}", "secrets: {VITE_KEY: generated}")
    assert "services.api.secrets.VITE_KEY: given a name that builds show to browsers" in said


@pytest.mark.parametrize(
    "url", ["https://admin:CANARY@example.grafana.net", "https://example.grafana.net/?token=CANARY"]
)
def test_address_with_a_credential_is_refused_anywhere(tmp_path: Path, url: str):
    said = problems(tmp_path, "runbook_url: https://example.com/runbook", f"runbook_url: {url}")
    # The pattern of an address already refuses a user before its host.
    assert (
        "alerts.runbook_url: holds a password" in said or "an address https://HOST/PATH without a password" in said
    )
    assert "CANARY" not in said
    assert "CANARY" not in said
    assert "grafana.url: " in problems(tmp_path, GRAFANA, f"url: {url}")
