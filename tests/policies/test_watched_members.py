"""Metrics name the members of a Redis replication group, which is watched when one of them is."""

import json

import pytest

from policies.judgement import Verdict
from policies.resource import Resource, Stack
from policies.rule import StackRule
from policies.rules import CATALOGUE
from policies.rules.tokens import ALERTS, REDIS


@pytest.mark.parametrize(
    ("queried", "expected"),
    [
        ("feed-redis", Verdict.PASS),
        ("feed-redis-001", Verdict.PASS),
        ("feed-redis-0001-001", Verdict.PASS),
        ("feed-redis-queue-001", Verdict.FAIL),
        ("feed-redis-queue", Verdict.FAIL),
        ("other-feed-redis-001", Verdict.FAIL),
    ],
)
def test_replication_group_is_watched_by_its_members(queried: str, expected: Verdict):
    model = json.dumps({"dimensions": {"CacheClusterId": [queried]}})
    group = Resource(type=ALERTS, urn="a", properties={"rules": [{"datas": [{"model": model}]}]})
    redis = Resource(type=REDIS, urn="r", properties={"replicationGroupId": "feed-redis"})
    rule = CATALOGUE.by_id["alerts-on-data"]
    assert isinstance(rule, StackRule)
    judgements = {
        it.urn: judgement.verdict for it, judgement in rule.check(Stack(environment="", resources=[group, redis]))
    }
    assert judgements["r"] is expected
