import pulumi
import pytest
from msgspec import Struct

from components.component import Component
from tests.components.recording import UNKNOWN, Secret, record_component


class Sample(Component):
    answer: pulumi.Output[str]

    def __init__(self, answer: pulumi.Output[str]) -> None:
        super().__init__("sample", Struct(), None)
        self.answer = answer
        self._finish()


def test_recording_raises_the_error_of_an_apply_that_nobody_awaits():
    def build() -> Sample:
        pulumi.Output.from_input(1).apply(lambda number: number / 0)
        return Sample(pulumi.Output.from_input("fine"))

    with pytest.raises(ZeroDivisionError):
        record_component(build)


def test_recording_raises_the_error_of_the_program():
    with pytest.raises(LookupError, match="not there"):
        record_component(lambda: Sample({}["not there"]))


def test_recording_tells_secrets_apart_in_outputs_and_in_what_is_read():
    recorded = record_component(
        lambda: Sample(pulumi.Output.secret("hidden")), read=lambda it: {"a": [it.answer], "b": "open"}
    )
    assert recorded.outputs == {"answer": Secret("hidden")}
    assert recorded.registered_outputs["sample"] == {"answer": Secret("hidden")}
    assert recorded.read == Secret({"a": ["hidden"], "b": "open"})


def test_recording_keeps_what_only_the_provider_knows_unknown_in_a_preview():
    from components.redis.roles import Role
    from components.redis.upstash import UpstashRedis, UpstashRedisArgs

    args = UpstashRedisArgs(database_name="shop", role=Role.CACHE, primary_region="us-east-1", budget_usd=20)
    recorded = record_component(lambda: UpstashRedis("redis", args), preview=True)
    assert recorded.registered_outputs["redis"]["host"] == UNKNOWN
