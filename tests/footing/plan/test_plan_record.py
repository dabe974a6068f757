"""What `record` takes from a program."""

import asyncio
import gc
import os
import subprocess
import sys
from contextvars import Context
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from plan_programs import IMPORT_WARNING, ROOT, Cache, Shop, only, plan
from pulumi.runtime.settings import SETTINGS

from footing.plan.model import Plan, unknown

pytestmark = pytest.mark.filterwarnings(IMPORT_WARNING)


def test_urns_follow_the_whole_chain_of_components() -> None:
    made = plan(lambda: Shop("front"))
    top, cache, group = made.resources
    assert top.urn == "urn:pulumi:dev::shop::footing:index:Shop::front"
    assert top.parent == ""
    assert (cache.parent, group.parent) == (top.urn, cache.urn)
    assert group.urn == (
        "urn:pulumi:dev::shop::footing:index:Shop$footing:index:Cache"
        "$aws:ec2/securityGroup:SecurityGroup::cache-firewall"
    )
    assert [resource.custom for resource in made.resources] == [False, False, True]


def test_order_is_parents_first_then_name_whatever_the_program_does() -> None:
    def program(names: list[str]) -> None:
        for name in names:
            Cache(name)
        aws.sns.Topic("b")

    forwards, backwards = (plan(lambda given=given: program(given)) for given in (["a", "c"], ["c", "a"]))
    assert [item.name for item in forwards.resources] == ["a", "a-firewall", "b", "c", "c-firewall"]
    assert [item.urn for item in forwards.resources] == [item.urn for item in backwards.resources]


def test_dependencies_name_what_each_input_comes_from() -> None:
    def program() -> None:
        cache = Cache("cache")
        topic = aws.sns.Topic("alarms", display_name="alarms")
        aws.sns.TopicSubscription(
            "mail",
            topic=topic.arn,
            protocol="email",
            endpoint="ops@example.com",
            opts=pulumi.ResourceOptions(depends_on=[cache]),
        )

    made = plan(program)
    topic, firewall, mail = (only(made, name) for name in ("alarms", "cache-firewall", "mail"))
    assert mail.inputs == {"topic": unknown(), "protocol": "email", "endpoint": "ops@example.com"}
    assert mail.property_dependencies == {"topic": (topic.urn,)}
    assert mail.dependencies == tuple(sorted([topic.urn, firewall.urn]))


def test_what_was_given_is_known_and_the_rest_is_not() -> None:
    def program() -> None:
        topic = aws.sns.Topic("alarms", display_name="Alarms")
        pulumi.export("given", topic.display_name)
        pulumi.export("changed", topic.display_name.apply(str.upper))
        pulumi.export("made", topic.arn)
        pulumi.export("id", topic.id)
        pulumi.export("urn", topic.urn)

    assert plan(program).outputs == {
        "given": "Alarms",
        "changed": "ALARMS",
        "made": unknown(),
        "id": unknown(),
        "urn": "urn:pulumi:dev::shop::aws:sns/topic:Topic::alarms",
    }


def test_options_are_taken_and_inherited_as_the_engine_does() -> None:
    def program() -> None:
        abroad = aws.Provider("abroad", region="eu-west-1")
        shop = Cache(
            "shop",
            opts=pulumi.ResourceOptions(protect=True, retain_on_delete=True, providers={"aws": abroad}),
        )
        inside = pulumi.ResourceOptions(
            parent=shop,
            aliases=[pulumi.Alias(name="former"), "urn:pulumi:dev::shop::aws:sns/topic:Topic::oldest"],
            ignore_changes=["display_name"],
            replace_on_changes=["name"],
            delete_before_replace=False,
            additional_secret_outputs=["arn"],
            custom_timeouts=pulumi.CustomTimeouts(create="30m"),
            deleted_with=shop.group,
        )
        aws.sns.Topic("topic", opts=inside)
        aws.sns.Topic("free", opts=pulumi.ResourceOptions(parent=shop, protect=False, retain_on_delete=False))
        aws.sns.Topic("adopted", opts=pulumi.ResourceOptions(import_="arn:aws:sns:eu-west-1:1:adopted"))

    made = plan(program)
    abroad, shop, topic, free = (only(made, name) for name in ("abroad", "shop", "topic", "free"))
    assert shop.options.providers == {"aws": abroad.urn}
    assert topic.provider == abroad.urn
    assert (topic.protect, topic.options.retain_on_delete) == (True, True)
    assert (free.protect, free.options.retain_on_delete) == (False, False)
    options = topic.options
    assert options.aliases == ({"name": "former"}, "urn:pulumi:dev::shop::aws:sns/topic:Topic::oldest")
    assert (options.ignore_changes, options.replace_on_changes) == (("displayName",), ("name",))
    assert (options.delete_before_replace, free.options.delete_before_replace) == (False, None)
    assert options.additional_secret_outputs == ("arn",)
    assert options.custom_timeouts == {"create": "30m"}
    assert options.deleted_with == only(made, "shop-firewall").urn
    assert only(made, "adopted").options.import_id == "arn:aws:sns:eu-west-1:1:adopted"


def test_read_resources_are_marked_external() -> None:
    def program() -> None:
        pulumi.export("other", pulumi.StackReference("org/network/dev").get_output("vpc"))
        aws.sns.Topic.get("theirs", "arn:aws:sns:eu-west-1:1:theirs")

    made = plan(program)
    assert only(made, "theirs").external
    assert only(made, "theirs").options.import_id == "arn:aws:sns:eu-west-1:1:theirs"
    assert made.outputs == {"other": unknown()}


def test_source_is_the_line_that_called_the_constructor() -> None:
    made = plan(lambda: Shop("front"))

    def text(name: str) -> str:
        path, _, number = only(made, name).source.rpartition(":")
        assert path.startswith("tests/footing/plan/")
        return (ROOT / path).read_text(encoding="utf-8").splitlines()[int(number) - 1].strip()

    assert text("front") == 'made = plan(lambda: Shop("front"))'
    assert text("cache") == 'self.cache = Cache("cache", opts=pulumi.ResourceOptions(parent=self))'
    assert text("cache-firewall").startswith("self.group = aws.ec2.SecurityGroup(")


def test_source_is_empty_outside_of_the_project(tmp_path: Path) -> None:
    assert {item.source for item in plan(lambda: Shop("front"), root=tmp_path).resources} == {""}


def test_source_is_the_project_own_line_not_a_library_one(tmp_path: Path) -> None:
    def load(path: Path, code: str, **names: Any) -> dict[str, Any]:
        exec(compile(code, str(path), "exec"), names)  # noqa: S102 to give the code a file of its own
        return names

    library = tmp_path / ".venv" / "site-packages" / "kit.py"
    kit = load(library, "def make():\n    sns.Topic('alarms')\n", sns=aws.sns)
    app = load(tmp_path / "app" / "main.py", "\n\ndef program():\n    make()\n", make=kit["make"])
    assert plan(app["program"], root=tmp_path).resources[0].source == "app/main.py:4"


def test_config_stack_and_project_are_as_in_the_engine() -> None:
    def program() -> None:
        config = pulumi.Config()
        pulumi.export("own", config.require_int("size"))
        pulumi.export("theirs", pulumi.Config("aws").get("region"))
        pulumi.export("missing", str(config.get("other")))
        pulumi.export("names", [pulumi.get_project(), pulumi.get_stack()])
        pulumi.export("secret", [pulumi.runtime.is_config_secret(f"shop:{key}") for key in ("size", "password")])
        pulumi.export("preview", pulumi.runtime.is_dry_run())

    made = plan(
        program, config={"size": "3", "aws:region": "eu-west-1", "password": "x"}, secret_keys=["password"]
    )
    assert made.outputs == {
        "own": 3,
        "theirs": "eu-west-1",
        "missing": "None",
        "names": ["shop", "dev"],
        "preview": True,
        "secret": [False, True],
    }


def test_plans_do_not_leave_anything_behind() -> None:
    def ambient() -> tuple[Any, ...]:
        return (
            SETTINGS.monitor,
            SETTINGS.dry_run,
            SETTINGS.stack,
            SETTINGS.project,
            pulumi.Config("shop").get("a"),
        )

    def everywhere() -> list[tuple[Any, ...]]:
        # Threads begin with an empty context.
        return [ambient(), Context().run(ambient)]

    # A command that ran in this process before leaves it off.
    gc.enable()
    before = everywhere()
    first = plan(lambda: Shop("front"), stack="one", config={"a": "1"})
    with pytest.raises(ZeroDivisionError):
        plan(lambda: 1 / 0)
    second = plan(lambda: Cache("other"), stack="two")
    assert everywhere() == before
    assert gc.isenabled()
    assert {item.urn.split(":")[2] for item in first.resources} == {"one"}
    assert [item.name for item in second.resources] == ["other", "other-firewall"]


def test_the_sdk_has_nothing_left_to_wait_for_when_a_program_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = []
    wait = asyncio.wait

    async def counted(waited: Any, **how: Any) -> Any:
        rounds.append(len(waited))
        return await wait(waited, **how)

    def chain() -> None:
        name: pulumi.Input[str] = "first"
        for number in range(20):
            name = aws.sns.Topic(f"topic-{number}", display_name=name).arn

    monkeypatch.setattr(asyncio, "wait", counted)
    assert len(plan(chain).resources) == 20
    # It waits for all that is open, again and again: as many rounds as the chain is long without this.
    assert len(rounds) <= 3


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    program = """
import pulumi, pulumi_aws as aws, sys
from pathlib import Path
from footing.plan.record import record
def stack():
    topics = [aws.sns.Topic(f"topic-{n}") for n in range(9)]
    wait = pulumi.ResourceOptions(depends_on=topics)
    aws.ssm.Parameter("all", type="String", value=pulumi.Output.json_dumps([t.arn for t in topics]), opts=wait)
    pulumi.export("names", {t._name: t.arn for t in topics})
sys.stdout.write(record(stack, project="p", stack="s", config={}, root=Path.cwd()).to_json())
"""
    texts = []
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True, text=True)
        texts.append(done.stdout)
    assert texts[0] == texts[1]
    assert len(Plan.from_json(texts[0]).resources) == 10


def test_no_provider_and_no_terminal_library_is_imported_for_a_plan() -> None:
    program = """
import sys
import footing.plan.model, footing.plan.format
assert not {"pulumi", "rich"} & set(sys.modules)
import footing.plan.record
assert not [name for name in sys.modules if name.startswith(("pulumi_", "pulumiverse_", "upstash_", "rich"))]
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
