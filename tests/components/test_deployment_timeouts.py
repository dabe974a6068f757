"""The engine waits for a service at least as long as its tasks need to be replaced, and to be taken back."""

import pytest

from components.aws.fargate import START_SECONDS, deployment_timeouts
from tests.components.postgres import test_pooler


@pytest.mark.parametrize(
    ("tasks", "minimum", "maximum", "leaving_seconds", "batches"),
    [
        (2, 50, 100, 180, 2),
        (10, 90, 100, 180, 10),
        (50, 100, 200, 240, 1),
        (8, 100, 125, 240, 4),
        (3, 0, 100, 3000, 1),
    ],
)
def test_wait_covers_every_batch_and_its_way_back(
    tasks: int, minimum: int, maximum: int, leaving_seconds: int, batches: int
):
    waits = deployment_timeouts(
        tasks=tasks, minimum_percent=minimum, maximum_percent=maximum, leaving_seconds=leaving_seconds
    )
    minutes = int((waits.update or "").removesuffix("m"))
    assert minutes * 60 >= max(30 * 60, 2 * batches * (START_SECONDS + leaving_seconds))
    assert (minutes - 1) * 60 < max(30 * 60, 2 * batches * (START_SECONDS + leaving_seconds))
    assert waits.create == waits.update == waits.delete


def test_pooler_with_long_statements_is_waited_for_longer():
    short, long = (test_pooler.record(statement_timeout_seconds=it) for it in (30, 2850))
    [brief, lasting] = [it.one("aws:ecs/service:Service").update_timeout for it in (short, long)]
    assert int(brief.removesuffix("m")) < 60
    assert int(lasting.removesuffix("m")) * 60 >= 2 * 2 * (START_SECONDS + 2850)
