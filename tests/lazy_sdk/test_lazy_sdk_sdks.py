"""The installed SDKs: every spelling gives the true class, the same one, and plans do not change by a byte."""

import ast
import json
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fresh_process import ROOT, environment, printed

from lazy_sdk import layout

PROGRAMS = [*(ROOT / "components").rglob("*.py"), *(ROOT / "stacks").rglob("*.py")]
SITE = sysconfig.get_path("purelib")
PROVIDERS = ("pulumi_", "pulumiverse_", "upstash_")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for the whole session, as on a machine that planned before."""
    return tmp_path_factory.mktemp("cache")


SPELLINGS = """
import json, sys
import pulumi_aws as aws
import pulumi_cloudflare as cloudflare
import pulumi_aws.rds as rds
from pulumi_cloudflare import Zone
from pulumi_cloudflare.zone import ZoneArgs
from pulumi_aws.ec2 import Vpc
from pulumi_aws.ecs import ServiceLoadBalancerArgs
import pulumi_random
from pulumi_random import *

cloudflare.GetIpRangesResult  # loads the module that has the function's name
pairs = {
    "module": (cloudflare.Zone, Zone),
    "its own file": (cloudflare.ZoneArgs, ZoneArgs),
    "service": (aws.ec2.Vpc, Vpc),
    "nested": (aws.ecs.ServiceLoadBalancerArgs, ServiceLoadBalancerArgs),
    "nested, by its file": (aws.ecs._inputs.ServiceLoadBalancerArgs, ServiceLoadBalancerArgs),
    "in a resource": (sys.modules[aws.ecs.Service.__module__].ServiceLoadBalancerArgs, ServiceLoadBalancerArgs),
    "service, imported": (rds, aws.rds),
    "outputs": (cloudflare.outputs.RulesetRule, sys.modules["pulumi_cloudflare.outputs"].RulesetRule),
    "star": (RandomPassword, pulumi_random.RandomPassword),
}
print(json.dumps({
    "same": {name: one is other for name, (one, other) in pairs.items()},
    "functions": [callable(cloudflare.get_ip_ranges), callable(cloudflare.get_ip_ranges_output)],
    "modules": [cloudflare.ruleset.Ruleset is cloudflare.Ruleset, aws.ecs.service.Service is aws.ecs.Service],
    "provider": [aws.Provider.__module__, cloudflare.Provider.__module__],
    "config": [aws.config.region, type(aws.config).__name__],
    "missing": [hasattr(aws, "nothing"), hasattr(cloudflare._inputs, "nothing")],
    "listed": ["Worker" in dir(cloudflare), "Vpc" in dir(aws.ec2), "ClusterSettingArgs" in dir(aws.ecs._inputs)],
    "loaded": len([name for name in sys.modules if name.startswith(("pulumi_aws", "pulumi_cloudflare"))]),
}))
"""


def test_every_spelling_gives_the_same_class_and_loads_little(cache: Path) -> None:
    seen = printed(SPELLINGS, cache)
    assert set(seen["same"].values()) == {True}, seen["same"]
    assert seen["functions"] == [True, True]
    assert seen["modules"] == [True, True]
    assert seen["provider"] == ["pulumi_aws.provider", "pulumi_cloudflare.provider"]
    assert seen["config"] == [None, "_ExportableConfig"]
    assert seen["missing"] == [False, False]
    assert seen["listed"] == [True, True, True]
    assert seen["loaded"] < 50
    whole = printed(SPELLINGS, cache, plain=True)
    assert whole.pop("loaded") > 1000
    assert whole == {key: value for key, value in seen.items() if key != "loaded"}


REFERENCES = """
import json
import pulumi
from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc, set_mocks, test

class Cloud(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return f"{args.name}-id", args.inputs
    def call(self, args):
        return {}

set_mocks(Cloud())
import pulumi_aws as aws
import pulumi_cloudflare as cloudflare

def reference(urn):
    value = {rpc._special_sig_key: rpc._special_resource_sig, "urn": urn, "id": "", "packageVersion": ""}
    return rpc.deserialize_property(json_format.ParseDict(value, struct_pb2.Struct()))

async def read():
    made = [
        cloudflare.Zone("zone", name="example.com", account={"id": "1"}),
        aws.ec2.Vpc("network", cidr_block="10.0.0.0/16"),
        aws.Provider("place", region="eu-west-1"),
        cloudflare.Provider("edge"),
    ]
    urns = [await each.urn.future() for each in made]
    referred = [reference(urn) for urn in urns]
    same = [type(one) is type(other) for one, other in zip(made, referred, strict=True)]
    zone = await referred[0].name.future()
    # Of a service that nobody imported yet.
    topic = reference(await pulumi.CustomResource("aws:sns/topic:Topic", "topic", {}).urn.future())
    print(json.dumps([same, zone, type(topic).__module__]))

@test
def main():
    return pulumi.Output.from_input(read())

main()
"""


def test_resource_references_become_resources_of_both_sdks(cache: Path) -> None:
    referred = printed(REFERENCES, cache)
    assert referred == [[True] * 4, "example.com", "pulumi_aws.sns.topic"]
    assert printed(REFERENCES, cache, plain=True) == referred


def used() -> Iterator[str]:
    """Names such as `pulumi_aws.ec2.Vpc` that components and stacks write."""
    for path in PROGRAMS:
        tree = ast.parse(path.read_text())
        aliases = {
            alias.asname or alias.name: alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
            if alias.name.startswith(PROVIDERS)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                root, _, rest = ast.unparse(node).partition(".")
                if root in aliases and rest.replace(".", "").isidentifier():
                    yield f"{aliases[root]}.{rest}"


DESCRIBE = """
import hashlib, importlib, inspect, json, sys, typing
import pulumi
from pulumi import _types

def touch(name):
    package, _, rest = name.partition(".")
    value = importlib.import_module(package)
    for part in rest.split("."):
        value = getattr(value, part, None)
    return value

def own(value):
    return inspect.isclass(value) and value.__module__.startswith(("pulumi_", "pulumiverse_", "upstash_"))

def classes():
    for name in sorted(sys.modules):
        if name.startswith(("pulumi_aws", "pulumi_cloudflare", "pulumiverse_", "pulumi_random", "upstash_")):
            for value in list(vars(sys.modules[name]).values()):
                if own(value) and value.__module__ == name:
                    yield f"{name}.{value.__qualname__}", value

def describe(value):
    if typing.is_typeddict(value):
        return "TypedDict"  # The hook leaves the keys out: they are for type checkers.
    hints = {key: str(kind) for key, kind in sorted(_types._types_from_py_properties(value).items())}
    facts = [
        [base.__qualname__ for base in value.__mro__],
        {key: str(kind) for key, kind in getattr(value, "__annotations__", {}).items()},
        sorted(key for key in vars(value) if not key.startswith("__")),
        # The hook leaves annotations as texts.
        str(inspect.signature(value.__init__, eval_str=True)),
        value.__doc__,
        value.__init__.__code__.co_firstlineno if hasattr(value.__init__, "__code__") else 0,
        hints,
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

for name in NAMES:
    touch(name)
wanted = WANTED
print(json.dumps({name: describe(value) for name, value in list(classes()) if wanted is None or name in wanted}))
"""


def described(names: list[str], wanted: list[str] | None, cache: Path, *, plain: bool = False) -> dict[str, Any]:
    program = DESCRIBE.replace("NAMES", repr(names)).replace("WANTED", repr(wanted))
    return printed(program, cache, plain=plain)


def test_installed_sdks_have_the_known_shape() -> None:
    assert {name.partition(".")[0] for name in used()} <= layout.SDKS
    for package in ("pulumi_aws", "pulumi_aws.ec2", "pulumi_cloudflare", "pulumiverse_grafana.alerting"):
        file = Path(SITE, *package.split("."), "__init__.py")
        assert layout.package_file(package, file.read_text()), package
        for stem in layout.CLASS_FILES - ({"_enums"} if package != "pulumi_aws.ec2" else set()):
            assert layout.class_file(file.with_name(f"{stem}.py").read_text()), f"{package}.{stem}"


def test_every_class_that_components_reach_is_as_in_the_whole_sdk(cache: Path) -> None:
    names = sorted(set(used()))
    assert {"pulumi_aws.ec2.Vpc", "pulumi_cloudflare.Ruleset", "pulumiverse_grafana.alerting.RuleGroup"} <= set(
        names
    )
    lazily = described(names, None, cache)
    assert len(lazily) > 500
    assert lazily == described(names, list(lazily), cache, plain=True)


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_plan_is_the_same_byte_for_byte(stack: str, cache: Path) -> None:
    command = [sys.executable, "-c", "from footing.cli import main; main()", "plan", stack, "--json"]
    lazily, whole = (
        subprocess.run(command, cwd=ROOT, env=environment(cache, plain=plain), check=True, capture_output=True)
        for plain in (False, True)
    )
    assert lazily.stdout == whole.stdout
    assert len(json.loads(lazily.stdout)["resources"]) > 50
    assert list(cache.glob("imports/*/pulumi_aws-*"))
