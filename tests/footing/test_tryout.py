"""What a try-out is given of the machine and of the stack's file, without the engine."""

import json
from pathlib import Path

import pytest

from footing.pulumi_cli import tryout
from footing.pulumi_cli.display import data_first, without_removal_hint
from footing.pulumi_cli.session import Session
from stacks.config.load import SEALED

ENGINE = """#!/bin/sh
[ "$1" = env ] && exec env -0
exit 0
"""
SECRET = "v1:sealed-by-the-engine"  # what stands in a file; the secret itself is in none
FILE = f"""\
secretsprovider: awskms://alias/footing
encryptedkey: {SECRET}
encryptionsalt: {SECRET}
config:
  footing:app: feed  # {SECRET}
  footing:secrets:
    STRIPE_KEY: {{secure: {SECRET}}}
  other:nested: {{list: [{{secure: {SECRET}}}], port: 0o17}}
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "pulumi"
    path.write_text(ENGINE)
    path.chmod(0o755)
    monkeypatch.setattr(tryout, "engine_executable", lambda: path)
    return path


def environment(engine: Path, *, simulated: bool) -> dict[str, str]:
    session = Session(executable=engine, stack="x", root=engine.parent, environment={}, simulated=simulated)
    return dict(line.split("=", 1) for line in session.read("env").split("\0") if "=" in line)


@pytest.mark.parametrize("simulated", [True, False])
def test_no_proxy_comes_between_the_engine_and_the_program(engine, monkeypatch, *, simulated: bool) -> None:
    monkeypatch.setenv("NO_PROXY", "inside.example")
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    given = environment(engine, simulated=simulated)
    for name in ("NO_PROXY", "no_proxy"):
        assert {"127.0.0.1", "localhost"} <= set(given[name].split(","))
    assert ("inside.example" in given["NO_PROXY"]) is not simulated
    assert ("https_proxy" in given) is not simulated


@pytest.mark.parametrize(
    "name",
    [
        *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2", "AWS_PROFILE", "AWS_CA_BUNDLE", "HTTPS_PROXY", "all_proxy"),
        *(
            "grpc_proxy",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "PULUMI_OPTION_PARALLEL",
            "PULUMI_BACKEND_URL",
            "PULUMI_CONFIG",
        ),
    ],
)
def test_try_out_uses_no_address_or_option_of_the_environment(engine, monkeypatch, name: str) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "kept")
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    given = environment(engine, simulated=True)
    assert name not in given
    assert given["PULUMI_CONFIG_PASSPHRASE"] == "kept"
    assert "PYTHONWARNINGS" not in given
    real = environment(engine, simulated=False)
    assert real[name] == "http://127.0.0.1:1"
    assert "PYTHONWARNINGS" not in real


@pytest.mark.parametrize("code", [0, 3])
def test_what_the_engine_prints_is_edited_and_its_code_kept(engine, capfd, code: int) -> None:
    engine.write_text(f"#!/bin/sh\necho one\necho two\necho three >&2\nexit {code}\n")
    session = Session(executable=engine, stack="x", root=engine.parent, environment={})
    assert session.run("up", edit=lambda lines: (line for line in lines if line != "one\n")) == code
    assert capfd.readouterr() == ("two\n", "three\n")


def test_destroyed_try_out_does_not_send_to_pulumi() -> None:
    printed = [
        "    - 198 deleted\n",
        "The resources in the stack have been deleted, but the history and configuration are still maintained. \n",
        "If you want to remove the stack completely, run `pulumi stack rm shop`.\n",
    ]
    assert list(without_removal_hint(printed)) == printed[:1]


DIFF = """\
    \x1b[1m~ aws:ecs/service:Service: (update)\x1b[0m
        [urn=urn:pulumi:shop::footing::aws:ecs/service:Service::service]
        - tags: {
        }
        \x1b[1m+-aws:rds/instance:Instance: (replace)\x1b[0m
            [id=db]
            [urn=urn:pulumi:shop::footing::footing:index:Database$aws:rds/instance:Instance::database-primary]
        +-tls:index/certRequest:CertRequest: (replace)
            [urn=urn:pulumi:shop::footing::tls:index/certRequest:CertRequest::request]
    - aws:s3/bucket:Bucket: (delete)
        [urn=urn:pulumi:shop::footing::aws:s3/bucket:Bucket::files]
    ~ aws:s3/bucket:Bucket: (update)
        [urn=urn:pulumi:shop::footing::aws:s3/bucket:Bucket::logs]
"""


def test_diff_names_first_what_loses_its_data() -> None:
    lines = DIFF.splitlines(keepends=True)
    first, second, *rest = data_first(lines)
    assert first == "DATA AT RISK: replace database-primary, aws.rds.Instance\n"
    assert second == "DATA AT RISK: delete files, aws.s3.Bucket\n"
    assert rest == lines
    harmless = lines[:4]
    assert list(data_first(harmless)) == [
        "Of what follows, nothing that holds data is replaced or deleted.\n",
        *harmless,
    ]


def test_try_out_stands_in_for_secrets_and_says_so_once(engine, tmp_path: Path, monkeypatch, capsys) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: footing\nruntime: python\n")
    (tmp_path / "Pulumi.shop.yaml").write_text(FILE)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    seen: list[dict[str, str]] = []

    class Cloud:
        def __init__(self, _directory, _packages, environment) -> None:
            seen.append(environment)

        def __enter__(self):
            return {}

        def __exit__(self, *_) -> None:
            pass

    monkeypatch.setattr("simulator.process.simulated_cloud", Cloud)
    directory = tmp_path / ".footing" / "shop"
    with tryout.try_out("shop", root=tmp_path, directory=directory, missing_secrets=["LATER"]) as session:
        assert session.simulated
    text = (directory / "project" / "Pulumi.shop.yaml").read_text()
    assert json.loads(text) == {
        "config": {
            "footing:app": "feed",
            "footing:secrets": {"STRIPE_KEY": SEALED, "LATER": SEALED},
            "other:nested": {"list": [SEALED], "port": 15},
        }
    }
    kept = [path.read_text() for path in directory.rglob("*") if path.is_file()]
    assert not any(SECRET in text for text in kept)
    said = capsys.readouterr().err
    assert said == "This try-out reads no secret: a stand-in takes the place of STRIPE_KEY, LATER, list.\n"
    assert "AWS_ENDPOINT_URL" not in seen[0]


def test_try_out_keeps_the_salt_that_its_state_was_made_with(engine, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: footing\nruntime: python\n")
    (tmp_path / "Pulumi.shop.yaml").write_text("config: {}\n")
    made = tmp_path / ".footing" / "shop" / "project" / "Pulumi.shop.yaml"
    made.parent.mkdir(parents=True)
    made.write_text("config: {}\nencryptionsalt: v1:salt\n")
    monkeypatch.setattr("simulator.process.simulated_cloud", lambda *_: pytest.fail("not needed"))
    session = Session(executable=engine, stack="shop", root=tmp_path, environment={})
    tryout._prepare(session, made.parents[1], (), None)
    assert json.loads(made.read_text())["encryptionsalt"] == "v1:salt"
