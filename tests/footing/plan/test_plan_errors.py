"""A program's own errors come through, and what a plan cannot hold is refused."""

import asyncio
import gc
import logging
import re
from collections.abc import Callable

import pulumi
import pulumi_aws as aws
import pytest
from plan_programs import IMPORT_WARNING, Cache, plan

from footing.plan.loop import StalledPlanError
from footing.plan.monitor import DuplicateResourceError, OfflineError

pytestmark = pytest.mark.filterwarnings(IMPORT_WARNING)


class OddError(Exception):
    """An error of the program's own."""


def raise_odd(*_: object) -> str:
    raise OddError("pool_size must be 50..100")


def _fails_in_the_program() -> None:
    aws.sns.Topic("alarms")
    raise_odd()


def _fails_in_an_export() -> None:
    pulumi.export("x", pulumi.Output.from_input(1).apply(raise_odd))


def _fails_in_an_unused_output() -> None:
    aws.sns.Topic("alarms", display_name="a").display_name.apply(raise_odd)


def _fails_in_an_input() -> None:
    first = aws.sns.Topic("first", display_name=pulumi.Output.from_input("a").apply(raise_odd))
    aws.sns.Topic("second", display_name=first.arn)


def _fails_in_a_component_input() -> None:
    Cache("cache", size=pulumi.Output.from_input("a").apply(raise_odd))


async def _fails_later() -> None:
    await asyncio.sleep(0)
    raise_odd()


@pytest.mark.parametrize(
    "program",
    [
        _fails_in_the_program,
        _fails_in_an_export,
        _fails_in_an_unused_output,
        _fails_in_an_input,
        _fails_in_a_component_input,
        _fails_later,
    ],
)
def test_an_error_of_the_program_comes_through(
    program: Callable[[], object], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(OddError, match=r"pool_size must be 50\.\.100"):
        plan(program)
    # A future says that nobody asked for its error when it is collected.
    gc.collect()
    assert "never retrieved" not in caplog.text


def test_two_resources_with_one_urn_are_refused_with_both_lines() -> None:
    def program() -> None:
        aws.sns.Topic("alarms")
        aws.sns.Topic("alarms")

    with pytest.raises(
        DuplicateResourceError, match=r"'alarms' at tests/footing/plan/test_plan_errors\.py:"
    ) as caught:
        plan(program)
    second, first = re.findall(r"\.py:(\d+)", str(caught.value))
    assert int(second) == int(first) + 1


def test_what_only_a_cloud_can_answer_is_refused_by_name() -> None:
    with pytest.raises(OfflineError, match="aws:index/getRegion:getRegion"):
        plan(aws.get_region)


def test_waiting_for_what_never_comes_is_an_error() -> None:
    async def program() -> None:
        await asyncio.get_running_loop().create_future()

    def stuck_input() -> None:
        aws.sns.Topic("alarms", display_name=asyncio.get_running_loop().create_future())

    for waiting in (program, stuck_input):
        with pytest.raises(StalledPlanError, match="waits for a value"):
            plan(waiting)


def test_a_program_may_sleep_and_use_threads() -> None:
    async def program() -> None:
        await asyncio.sleep(0.01)
        pulumi.export("from_a_thread", await asyncio.to_thread(lambda: 4))

    assert plan(program).outputs == {"from_a_thread": 4}
