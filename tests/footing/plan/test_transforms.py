"""Resource transforms in a plan: what the program changes of a resource is what is recorded."""

from collections.abc import Callable
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from footing.plan import sdk
from footing.plan.model import PlannedResource, secret, unknown
from footing.plan.monitor import OfflineError
from footing.plan.record import record
from footing.plan.transforms import TransformError

ROOT = Path(__file__).parents[3]

Args = pulumi.ResourceTransformArgs
Result = pulumi.ResourceTransformResult


def planned(program: Callable[[], object]) -> dict[str, PlannedResource]:
    made = record(program, project="shop", stack="test", config={}, root=ROOT)
    return {it.name: it for it in made.resources}


def rename(args: Args) -> Result | None:
    if args.type_ != "aws:sns/topic:Topic":
        return None
    return Result({**args.props, "displayName": "changed"}, args.opts)


def test_transform_of_the_stack_changes_every_later_resource_and_no_other():
    def program() -> None:
        aws.sns.Topic("early")
        pulumi.runtime.register_resource_transform(rename)
        aws.sns.Topic("late", display_name="own")
        aws.sqs.Queue("queue")

    made = planned(program)
    assert [made[name].inputs.get("displayName") for name in ("early", "late", "queue")] == [None, "changed", None]


def test_transform_of_look_ups_is_taken_for_none_is_answered():
    def program() -> None:
        pulumi.runtime.register_invoke_transform(lambda args: None)
        aws.sns.Topic("topic")

    assert list(planned(program)) == ["topic"]


def test_unknown_and_secret_values_and_their_sources_outlive_a_transform():
    def program() -> None:
        pulumi.runtime.register_resource_transform(
            lambda args: Result({**args.props, "tags": {"a": "b"}}, args.opts)
        )
        topic = aws.sns.Topic("topic")
        aws.ssm.Parameter("parameter", type="String", value=pulumi.Output.secret("hidden"), description=topic.arn)
        aws.sns.TopicSubscription("mail", topic=topic.arn, protocol="email", endpoint="a@example.com")

    made = planned(program)
    assert made["mail"].inputs == {
        "topic": unknown(),
        "protocol": "email",
        "endpoint": "a@example.com",
        "tags": {"a": "b"},
    }
    assert made["mail"].property_dependencies == {"topic": (made["topic"].urn,)}
    assert made["parameter"].inputs["value"] == secret()
    assert made["parameter"].inputs["description"] == unknown()


def test_transform_that_changes_nothing_leaves_everything_as_it_was():
    def program() -> None:
        topic = aws.sns.Topic("topic")
        aws.ssm.Parameter(
            "parameter",
            type="String",
            value=pulumi.Output.secret("hidden"),
            tags={"of": topic.arn},
            description="plain",
        )

    def transformed() -> None:
        pulumi.runtime.register_resource_transform(lambda _: None)
        program()

    assert planned(transformed)["parameter"].inputs == planned(program)["parameter"].inputs


def test_transform_changes_options():
    def program() -> None:
        pulumi.runtime.register_resource_transform(
            lambda args: Result(
                args.props,
                pulumi.ResourceOptions.merge(
                    args.opts,
                    pulumi.ResourceOptions(protect=True, ignore_changes=["tags"], delete_before_replace=True),
                ),
            )
        )
        first = aws.sns.Topic("first")
        aws.sns.Topic("second", opts=pulumi.ResourceOptions(depends_on=[first], retain_on_delete=True))

    made = planned(program)
    second = made["second"]
    assert second.protect
    assert second.options.ignore_changes == ("tags",)
    assert second.options.delete_before_replace is True
    assert second.options.retain_on_delete is True
    assert second.dependencies == (made["first"].urn,)


def test_own_transforms_run_before_those_of_the_parent_and_of_the_stack():
    seen = []

    def recorder(who: str) -> Callable[[Args], None]:
        return lambda args: seen.append((who, args.name))

    def program() -> None:
        pulumi.runtime.register_resource_transform(recorder("stack"))
        parent = pulumi.ComponentResource(
            "shop:index:Topics", "parent", opts=pulumi.ResourceOptions(transforms=[recorder("parent")])
        )
        aws.sns.Topic("child", opts=pulumi.ResourceOptions(parent=parent, transforms=[recorder("child")]))

    planned(program)
    assert [who for who, name in seen if name == "child"] == ["child", "parent", "stack"]
    assert [who for who, name in seen if name == "parent"] == ["parent", "stack"]


def test_many_resources_are_transformed_in_the_same_order_each_time():
    def program() -> None:
        pulumi.runtime.register_resource_transform(rename)
        for number in range(60):
            aws.sns.Topic(f"topic-{number}")

    assert len(planned(program)) == 60
    assert [*planned(program)] == [*planned(program)]


def test_error_of_a_transform_names_the_resource_and_the_line():
    def program() -> None:
        pulumi.runtime.register_resource_transform(lambda args: args.nothing)  # type: ignore[attr-defined]
        aws.sns.Topic("alarms")

    with pytest.raises(
        TransformError, match=r"transform of alarms .aws:sns/topic:Topic. raised AttributeError at"
    ):
        planned(program)


def test_sdk_of_another_shape_refuses_transforms(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sdk, "_CALLBACKS", "_AnotherName")
    with pytest.raises(OfflineError, match="does not run resource transforms with this version"):
        planned(lambda: pulumi.runtime.register_resource_transform(rename))
    own = pulumi.ResourceOptions(transforms=[rename])
    with pytest.raises(OfflineError, match="does not run resource transforms with this version"):
        planned(lambda: aws.sns.Topic("alarms", opts=own))
