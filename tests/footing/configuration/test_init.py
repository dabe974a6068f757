"""`footing init`: what it writes plans and passes the gate, and it refuses what the models refuse."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from footing.cli import app
from footing.configuration.init import QUESTIONS, faults, stack_file_text
from policies import unique_yaml
from stacks.config import from_file
from stacks.config.identity import REGIONS

ROOT = Path(__file__).parents[3]
ANSWERS = {it.option: it.example for it in QUESTIONS}
LONGEST = {"app": "a-234567890123-b", "environment": "e-234567890123-f"}
SCHEMA = json.loads((ROOT / "docs/stack.schema.json").read_text())


@pytest.fixture(autouse=True)
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without any stack."""
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def footing(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


def options(**answers: str) -> list[str]:
    return [part for name, it in {**ANSWERS, **answers}.items() for part in (f"--{name}", it)]


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"region": "us-gov-west-1", "plan": "business", "image": f"ghcr.io/shop/api@sha256:{'0' * 64}"},
        {**LONGEST, "domain": "one.two.three.four.example.co.uk", "region": "us-west-1", "plan": "pro"},
    ],
    ids=["shortest", "govcloud", "longest"],
)
def test_file_is_short_plans_and_passes_the_gate(
    clone: Path, answers: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    made = footing("init", *options(**answers))
    assert made.exit_code == 0, made.output
    stack = {**ANSWERS, **answers}["environment"]
    text = (clone / f"Pulumi.{stack}.yaml").read_text()
    assert len(text.splitlines()) <= 20
    assert text.startswith("# yaml-language-server: $schema=docs/stack.schema.json\n")
    assert list(Draft202012Validator(SCHEMA).iter_errors(unique_yaml.parse(text, days=False))) == []
    assert f"\n  make up STACK={stack}\n" in made.output
    assert f"pulumi config set --secret --path 'footing:secrets.STRIPE_KEY' -s {stack}" in made.output
    monkeypatch.chdir(ROOT)
    judged = footing("check", stack, "--config-file", str(clone / f"Pulumi.{stack}.yaml"))
    assert judged.exit_code == 0, judged.output
    assert "STOPS" not in judged.output
    assert {it.split()[1] for it in judged.output.splitlines() if it.startswith("advice")} <= {"secret-rotation"}


def test_file_is_never_overwritten(clone: Path):
    (clone / "Pulumi.live.yaml").write_text("mine\n")
    refused = footing("init", *options())
    assert refused.exit_code == 2
    assert refused.output.startswith("Pulumi.live.yaml is there already")
    assert refused.output.count("\n") == 1
    assert (clone / "Pulumi.live.yaml").read_text() == "mine\n"


@pytest.mark.parametrize(
    ("option", "given", "said"),
    [
        ("app", "Shop", "--app: given 'Shop', allowed lower-case letters"),
        ("app", "a" * 17, "allowed at most 16 characters"),
        ("app", "user", "--app: given 'user', which names the database"),
        ("domain", "localhost", "--domain: given 'localhost', allowed"),
        ("domain", "shop.example\n  footing:app: other", "--domain: given"),
        ("region", "eu-centrall-1", "did you mean eu-central-1?"),
        ("region", "cn-north-1", "--region: given 'cn-north-1'"),
        ("environment", "../up", "--environment: given"),
        ("image", "shop:latest", "--image: given 'shop:latest', allowed a digest"),
        ("plan", "gratis", "--plan: given 'gratis', allowed"),
        ("email", "nobody", "--email: given 'nobody', allowed"),
    ],
)
def test_wrong_answer_is_the_models_own_sentence_and_writes_nothing(
    clone: Path, option: str, given: str, said: str
):
    refused = footing("init", *options(**{option: given}))
    assert refused.exit_code == 2
    assert said in refused.output
    assert refused.output.count("\n") == 1
    assert not list(clone.glob("Pulumi.*.yaml"))


@pytest.mark.parametrize("option", list(ANSWERS))
def test_without_a_terminal_what_is_missing_is_named(option: str):
    given = options()
    at = given.index(f"--{option}")
    refused = footing("init", *given[:at], *given[at + 2 :])
    assert (refused.exit_code, refused.output) == (
        2,
        f"--{option}: missing; required where no terminal can be asked\n",
    )


def test_on_a_terminal_it_asks_again_until_an_answer_is_right(clone: Path, monkeypatch: pytest.MonkeyPatch):
    terminal = SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("footing.configuration.init.sys", terminal)
    asked = footing("init", "--region", "eu-west-1", typed="Shop\nshop\nshop.example\nlive\n")
    assert asked.exit_code == 0, asked.output
    assert "given 'Shop', allowed lower-case letters" in asked.output
    assert "Region of AWS" not in asked.output
    config = from_file(clone / "Pulumi.live.yaml").config
    assert (config.app, config.region, config.edge.zone) == ("shop", "eu-west-1", "shop.example")


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_every_region_gets_zones_of_its_own(region: str):
    assert faults({**ANSWERS, "region": region}) == {}


def test_words_of_yaml_stay_texts():
    text = stack_file_text({**ANSWERS, "plan": "free", "app": "null", "environment": "on"})
    config = unique_yaml.parse(text, days=False)["config"]
    assert (config["footing:app"], config["footing:environment"]) == ("null", "on")
