"""The file of `--policy-pack-config`: levels go up only, and no typo in it is ignored."""

from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as proto
from sample_rules import RULES, queue

from footing.testing.runners import client_of, named
from footing.testing.wire import request
from policies.analyzer.servicer import PackServicer
from policies.judge import Catalogue
from policies.levels import PackConfigError, configured, read, unmatched
from policies.report import Waiver
from policies.rule import Level
from policies.waivers import Waivers

CATALOGUE = Catalogue(RULES)
LEVELS = {
    "advisory": proto.ADVISORY,
    "mandatory": proto.MANDATORY,
    "disabled": proto.DISABLED,
    "remediate": proto.REMEDIATE,
}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"queue-labeled": "mandatory"}, "no rule 'queue-labeled'; the nearest is 'queue-labelled'"),
    ({"queue-labelled": {"enforcementLevel": "mandatory", "owner": "x"}}, "queue-labelled: unknown key 'owner'"),
    ({"store-encrypted": "advisory"}, "advisory is less strict than mandatory"),
    ({"store-encrypted": "disabled"}, "disabled is less strict than mandatory"),
    ({"queue-labelled": "disabled"}, "disabled is less strict than advisory"),
    ({"queue-labelled": "remediate"}, "no level 'remediate'"),
]


@pytest.mark.parametrize(("given", "sentence"), REFUSED)
def test_refused_configuration_is_named(given: dict[str, Any], sentence: str):
    with pytest.raises(PackConfigError) as error:
        configured(CATALOGUE, "staging", given)
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"queue-labelled": "mandatry"}, "the nearest is 'mandatory'"),
        ({"queue-labelled": {}}, "no enforcementLevel"),
        ({"queue-labelled": {"enforcmentLevel": "mandatory"}}, "the nearest is 'enforcementLevel'"),
        ({"all": "advisory"}, "all: advisory is less strict than mandatory"),
        ({"queue-labelled": 3}, "no level '3'"),
    ],
)
def test_refused_file_is_named(given: dict[str, Any], sentence: str):
    with pytest.raises(PackConfigError) as error:
        configured(CATALOGUE, "staging", given)
    assert sentence in str(error.value)


def test_every_fault_of_a_configuration_is_told_at_once():
    with pytest.raises(PackConfigError) as error:
        configured(CATALOGUE, "staging", {"a": "mandatory", "b": "mandatory"})
    assert len(str(error.value).splitlines()) == 2


def _as_the_engine(client: Any, given: dict[str, Any]) -> None:
    """What the engine makes of a file: every level, with the given ones over them."""
    levels = {it.name: it.enforcementLevel for it in client.GetAnalyzerInfo(empty_pb2.Empty()).policies}
    config = {name: proto.PolicyConfig(enforcementLevel=level) for name, level in levels.items()}
    if "all" in given:
        config = {name: proto.PolicyConfig(enforcementLevel=LEVELS[given["all"]]) for name in [*levels, "all"]}
    for name, entry in given.items():
        block = dict(entry) if isinstance(entry, dict) else {"enforcementLevel": entry}
        properties = Struct()
        properties.update({key: value for key, value in block.items() if key != "enforcementLevel"})
        config[name] = proto.PolicyConfig(
            enforcementLevel=LEVELS[block["enforcementLevel"]], properties=properties
        )
    client.Configure(proto.ConfigureAnalyzerRequest(policyConfig=config))


def _stack(environment: str) -> proto.AnalyzerStackConfigureRequest:
    return proto.AnalyzerStackConfigureRequest(stack="test", config={"footing:environment": environment})


@pytest.mark.parametrize(
    ("given", "sentence"), [*REFUSED, ({"exceptions-reviewed": "advisory"}, "always mandatory")]
)
def test_server_ends_the_operation_on_a_refused_configuration(given: dict[str, Any], sentence: str):
    with client_of(PackServicer(CATALOGUE, Path("none"))) as client:
        client.ConfigureStack(_stack("staging"))
        with pytest.raises(grpc.RpcError) as error:
            _as_the_engine(client, given)
    assert sentence in error.value.details()


@pytest.mark.parametrize("given", [{"queue-labelled": "mandatory"}, {"all": "mandatory"}])
def test_raised_level_counts_in_gate_and_server(given: dict[str, Any]):
    assert configured(CATALOGUE, "staging", given).by_id["queue-labelled"].levels.at("staging") is Level.MANDATORY
    [resource] = named([queue("")])
    with client_of(PackServicer(CATALOGUE, Path("none"))) as client:
        client.ConfigureStack(_stack("staging"))
        _as_the_engine(client, {})
        [before] = client.Analyze(request(resource)).diagnostics
        _as_the_engine(client, given)
        [after] = client.Analyze(request(resource)).diagnostics
    assert (before.enforcementLevel, after.enforcementLevel) == (proto.ADVISORY, proto.MANDATORY)


@pytest.mark.parametrize("text", ["", "[]", "{", "1"])
def test_file_that_is_no_object_is_refused(tmp_path: Path, text: str):
    path = tmp_path / "config.json"
    path.write_text(text)
    with pytest.raises(PackConfigError):
        read(path)
    with pytest.raises(PackConfigError, match="cannot be read"):
        read(tmp_path / "missing.json")


OURS = Waiver(
    rule="queue-labelled", urn="urn:pulumi:test::footing::t::q", reason="r", owner="o", expires="2026-01-01"
)


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"policies": [OURS.rule], "urns": [OURS.urn], "reason": "r"}, None),
        ({"policies": [OURS.rule], "urns": [OURS.urn], "stacks": ["footing/test"], "reason": "r"}, None),
        ({"policies": ["other"], "urns": [OURS.urn], "stacks": ["footing/other"], "reason": "r"}, None),
        ({"policies": ["other"], "urns": [OURS.urn], "reason": "r"}, "needs an entry in exceptions.yaml"),
        ({"policies": [OURS.rule], "reason": "r"}, "name the URNs"),
        ({"policies": [OURS.rule], "urns": [OURS.urn], "reason": "r", "until": "x"}, "unknown key 'until'"),
    ],
)
def test_exception_in_pulumis_shape_needs_one_of_ours(entry: dict[str, Any], sentence: str | None):
    problems = unmatched({"exceptions": [entry]}, Waivers(entries=[OURS]), "footing/test")
    assert [sentence in problem for problem in problems] == ([True] if sentence else [])
