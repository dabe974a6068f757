"""A deployment is told to Sentry once, with the stack's own projects, against the fake of Sentry's API."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from footing.cli import app
from simulator.vendors.fake import TOKEN, running
from simulator.vendors.sentry import Sentry

SLUGS = ["nexod-staging-api", "nexod-staging-web"]


@pytest.fixture
def sentry() -> Sentry:
    fake = Sentry()
    for slug in SLUGS:
        fake.state["projects"][f"example/{slug}"] = {"slug": slug}
    return fake


def released(fake: Sentry | None, monkeypatch: pytest.MonkeyPatch, *options: str, token: str = TOKEN) -> Result:
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", token)
    command = ["release", "staging", "--system", "nexod", *options]
    if fake is None:
        return CliRunner().invoke(app, command)
    with running(fake) as url:
        monkeypatch.setenv("FOOTING_SENTRY_ENDPOINT", url)
        return CliRunner().invoke(app, command)


def test_release_is_made_once_and_each_deployment_told(sentry: Sentry, monkeypatch: pytest.MonkeyPatch):
    for _ in range(2):
        done = released(sentry, monkeypatch, "--version", "4b825dc6")
        assert done.exit_code == 0, done.output
        assert f"4b825dc6 runs in staging, projects {', '.join(SLUGS)}" in done.output
        assert TOKEN not in done.output
    [(place, made)] = sentry.state["releases"].items()
    assert (place, made["projects"]) == ("example/4b825dc6", SLUGS)
    assert [it["environment"] for it in made["deploys"]] == ["staging", "staging"]
    assert all(it["projects"] == SLUGS and it["dateFinished"].endswith("+00:00") for it in made["deploys"])


def test_refusal_of_sentry_is_one_sentence_and_code_1(sentry: Sentry, monkeypatch: pytest.MonkeyPatch):
    del sentry.state["projects"][f"example/{SLUGS[1]}"]
    done = released(sentry, monkeypatch, "--version", "4b825dc6")
    assert done.exit_code == 1
    assert "/organizations/example/releases/ answers 400" in done.stderr
    wrong = released(sentry, monkeypatch, "--version", "4b825dc6", token="stolen")
    assert wrong.exit_code == 1
    assert "answers 401" in wrong.stderr
    assert "stolen" not in wrong.output


@pytest.mark.parametrize(
    ("version", "token", "endpoint", "sentence"),
    [
        (
            "a/b",
            TOKEN,
            "https://sentry.example",
            "--version: given 'a/b', allowed up to 200 characters, without /",
        ),
        ("x" * 201, TOKEN, "https://sentry.example", "allowed up to 200 characters"),
        ("4b8", "", "https://sentry.example", "SENTRY_AUTH_TOKEN is not set"),
        ("4b8", TOKEN, "http://sentry.example", "SENTRY_AUTH_TOKEN goes over https alone"),
    ],
)
def test_what_cannot_be_told_is_one_sentence_and_code_2(
    monkeypatch: pytest.MonkeyPatch, version: str, token: str, endpoint: str, sentence: str
):
    monkeypatch.setenv("FOOTING_SENTRY_ENDPOINT", endpoint)
    done = released(None, monkeypatch, "--version", version, token=token)
    assert done.exit_code == 2
    assert sentence in done.stderr


def test_stack_without_sentry_tells_nobody(monkeypatch: pytest.MonkeyPatch):
    done = CliRunner().invoke(app, ["release", "development", "--system", "nexod", "--version", "4b8"])
    assert (done.exit_code, done.stdout) == (0, "stack nexod-development has no block sentry: nobody is told\n")
    assert Path("systems/nexod/Pulumi.development.yaml").is_file()
