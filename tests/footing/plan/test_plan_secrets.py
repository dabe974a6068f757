"""A secret that goes into a program must not come out of its plan, in any form."""

import base64
import io
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pulumi
import pulumi_aws as aws
import pytest
from plan_programs import IMPORT_WARNING, ROOT
from rich.console import Console

from footing.plan.model import Plan, is_secret, secret
from footing.plan.record import record
from footing.plan.render import tree

CANARY = "s3cr3t/cän+ary?&=pw"
pytestmark = pytest.mark.filterwarnings(IMPORT_WARNING)


def canary() -> pulumi.Output[str]:
    return pulumi.Output.secret(CANARY)


class Box(pulumi.ComponentResource):
    def __init__(self, name: str, content: Any) -> None:
        super().__init__("footing:index:Box", name, {"content": content})
        self.content = pulumi.Output.from_input(content)
        self.register_outputs({"content": self.content})


def _as_an_input() -> None:
    aws.ssm.Parameter("p", type="SecureString", value=canary())


def _where_the_sdk_knows_it_is_secret() -> None:
    aws.rds.Instance("db", instance_class="db.t4g.micro", password=CANARY)


def _nested() -> None:
    values = aws.ecs.ClusterSettingArgs(name="x", value=canary())
    aws.ecs.Cluster("c", settings=[values], tags={"deep": canary()})


def _in_a_document() -> None:
    aws.iam.Policy("p", policy=pulumi.Output.json_dumps({"a": [{"b": canary()}]}))


def _made_into_other_forms() -> None:
    encoded = canary().apply(lambda text: base64.b64encode(text.encode()).decode())
    pulumi.export("encoded", encoded)
    pulumi.export("url", pulumi.Output.concat("rediss://:", canary().apply(quote), "@cache:6379"))
    aws.ssm.Parameter("p", type="String", name=pulumi.Output.format("/{0}", canary()), value="x")


def _in_component_args() -> None:
    box = Box("box", {"list": [{"password": canary()}], "plain": "x"})
    pulumi.export("out", box.content)


def _echoed_by_a_resource() -> None:
    parameter = aws.ssm.Parameter("p", type="SecureString", value=canary())
    aws.ssm.Parameter("again", type="String", value="x", description=parameter.value)
    pulumi.export("parameter", parameter)


def _named_by_additional_secret_outputs() -> None:
    hidden = pulumi.ResourceOptions(additional_secret_outputs=["display_name"])
    topic = aws.sns.Topic("t", display_name=CANARY, opts=hidden)
    pulumi.export("name", topic.display_name)


def _on_a_provider() -> None:
    abroad = aws.Provider("abroad", secret_key=canary(), default_tags={"tags": {"x": canary()}})
    aws.sns.Topic("t", opts=pulumi.ResourceOptions(provider=abroad))


def _in_an_asset() -> None:
    text = canary().apply(pulumi.StringAsset)
    aws.s3.BucketObject("o", bucket="b", key="k", source=text)


def _from_secret_configuration() -> None:
    Box("box", pulumi.Config().require_secret("password"))


def _from_secret_configuration_without_its_mark() -> None:
    password = pulumi.Config().require("password")
    Box("box", {"env": [password, f"redis://:{password}@cache"]})
    pulumi.export("lost", password)


def _in_a_replacement_trigger() -> None:
    again = pulumi.ResourceOptions(replacement_trigger=canary())
    aws.sns.Topic("t", opts=again)


PROGRAMS = [value for name, value in list(vars().items()) if name.startswith("_") and hasattr(value, "__code__")]


def forms() -> set[str]:
    raw = CANARY.encode()
    # base64 of a text inside of another depends on where it starts, at its ends.
    inside = {base64.b64encode(b"x" * pad + raw).decode()[4:-4] for pad in range(3)}
    words = {quote(CANARY), quote(CANARY, safe=""), quote_plus(CANARY), json.dumps(CANARY)[1:-1], raw.hex()}
    return {CANARY, *words, *inside}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_secret_is_in_no_form_of_the_plan(program: Callable[[], None]) -> None:
    # A secret that the plan was told of is hidden by its text as well: only where that is what is tested.
    config = {"password": CANARY} if "configuration" in program.__name__ else {}
    made = record(program, project="p", stack="s", config=config, secret_keys=config.keys(), root=ROOT)
    printed = Console(file=io.StringIO(), width=10_000)
    tree(made, printed, verbose=True)
    shown = printed.file
    assert isinstance(shown, io.StringIO)
    texts = {"json": made.to_json(), "tree": shown.getvalue(), "object": repr(made)}
    assert [(where, form) for where, text in texts.items() for form in forms() if form in text] == []
    assert '"$secret": true' in texts["json"]
    if program is not _in_a_replacement_trigger:
        assert "[secret]" in texts["tree"]


def test_a_short_secret_hides_its_own_value_only() -> None:
    def program() -> None:
        Box("box", {"own": pulumi.Config().require("pin"), "other": "10.1.0.0/16"})

    made: Plan = record(program, project="p", stack="s", config={"pin": "10"}, secret_keys=["pin"], root=ROOT)
    content = made.resources[0].inputs["content"]
    assert content == {"own": secret(), "other": "10.1.0.0/16"}
    assert is_secret(content["own"])
    assert not is_secret(content["other"])
