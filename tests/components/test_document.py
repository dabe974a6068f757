"""Documents that name Outputs: the same text as the SDK's own way, with the same secrets and dependencies."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.document import joined_text, json_text
from footing.plan.model import PlannedResource, secret, unknown
from footing.plan.record import record


def planned(value: Callable[[aws.sns.Topic], pulumi.Input[str]]) -> PlannedResource:
    def program() -> None:
        topic = aws.sns.Topic("topic", display_name="alarms")
        aws.sns.Topic("document", delivery_policy=value(topic))

    made = record(program, project="p", stack="s", config={}, root=Path(__file__).parent)
    return next(resource for resource in made.resources if resource.name == "document")


def documents() -> Iterator[Callable[[aws.sns.Topic], Any]]:
    yield lambda topic: {"b": [1, 2.5, None, True], "a": "plain"}
    yield lambda topic: {"name": topic.display_name, "again": [topic.display_name, {"x": topic.display_name}]}
    yield lambda topic: {"arn": topic.arn, "name": topic.display_name}
    yield lambda topic: [{"password": pulumi.Output.secret("long enough")}, topic.display_name]
    yield lambda topic: {"nested": topic.display_name.apply(lambda name: {"b": [name], "a": 1})}
    yield lambda topic: topic.tags
    yield lambda topic: {}


@pytest.mark.parametrize("separators", [None, (",", ":")])
@pytest.mark.parametrize("document", list(documents()))
def test_a_document_is_what_the_sdk_writes(
    document: Callable[[aws.sns.Topic], Any], separators: tuple[str, str] | None
) -> None:
    ours = planned(lambda topic: json_text(document(topic), separators))
    theirs = planned(
        lambda topic: pulumi.Output.json_dumps(document(topic), sort_keys=True, separators=separators)
    )
    assert (ours.inputs, ours.dependencies, ours.property_dependencies) == (
        theirs.inputs,
        theirs.dependencies,
        theirs.property_dependencies,
    )


def test_secrets_stay_secret_and_what_the_cloud_gives_stays_unknown() -> None:
    hidden = planned(lambda topic: json_text([topic.display_name, pulumi.Output.secret("long enough")]))
    assert hidden.inputs["deliveryPolicy"] == secret()
    assert planned(lambda topic: json_text([topic.arn])).inputs["deliveryPolicy"] == unknown()
    assert planned(lambda topic: joined_text("a", topic.arn)).inputs["deliveryPolicy"] == unknown()
    joined = planned(lambda topic: joined_text("a", pulumi.Output.secret("long enough"), "b"))
    assert joined.inputs["deliveryPolicy"] == secret()


def test_texts_of_one_document_are_joined_in_their_order() -> None:
    made = planned(lambda topic: joined_text("<", topic.display_name, "|", pulumi.Output.from_input("b"), ">"))
    assert made.inputs["deliveryPolicy"] == "<alarms|b>"


def test_no_output_makes_a_plain_text() -> None:
    assert json_text({"b": 1, "a": [None]}) == '{"a": [null], "b": 1}'
    assert joined_text("a", "b") == "ab"


def test_what_is_no_json_is_refused_where_it_is_written() -> None:
    with pytest.raises(TypeError, match="a set, which is neither an Output nor JSON"):
        json_text({"a": {1}})
