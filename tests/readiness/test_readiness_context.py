"""What askers know of the live stack is filled into questions, and nothing secret comes out of it."""

import pytest

from observability import AwsQuestion, Comparison, Login, OutputQuestion, RedisQuestion, SqlQuestion, Wanted
from readiness import aws, local, postgres, redis_store
from readiness.answer import AbsentError, NotAskedError
from readiness.context import LiveStack, filled, secrets_of

ANY = Wanted(Comparison.PRESENT)
PASSWORD = "correct-horse"
LIVE = LiveStack(
    outputs={"url": f"postgresql://shop:{PASSWORD}@db.example:5432/shop", "urls": ["a", "b"], "map": {"x": "1"}},
    ids={"aws.s3.Bucket files": "files-1"},
    secrets=secrets_of({"url": f"postgresql://shop:{PASSWORD}@db.example:5432/shop"}, {"url": {"mark": "x"}}),
)


def test_outputs_and_ids_take_their_places_at_any_depth() -> None:
    question = AwsQuestion(
        service="s3", operation="GetObject", parameters={"B": ["{id:aws.s3.Bucket files}"]}, path="x", wanted=ANY
    )
    assert filled(question, LIVE).parameters == {"B": ["files-1"]}
    sql = SqlQuestion(sql="SELECT '{output:urls.1}{output:map.x}'", wanted=ANY, login=Login.APPLICATION)
    assert filled(sql, LIVE).sql == "SELECT 'b1'"
    assert filled(sql, LIVE).login is Login.APPLICATION


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{output:dsn}", "the stack has no output dsn; run footing up"),
        ("{output:map}", "the output map holds no text; run footing up"),
        ("{id:aws.s3.Bucket logs}", "the stack has no aws.s3.Bucket logs; run footing up"),
    ],
)
def test_what_the_stack_has_not_is_a_reason_not_to_ask(text: str, sentence: str) -> None:
    with pytest.raises(NotAskedError, match=f"^{sentence}$"):
        filled(SqlQuestion(sql=text, wanted=ANY), LIVE)


def test_no_secret_is_printed() -> None:
    assert PASSWORD not in repr(LIVE) + str(LIVE)
    assert (
        LIVE.redacted(f"FATAL: {PASSWORD} for redis://u:other@host/1")
        == "FATAL: [secret] for redis://u:[secret]@host/1"
    )


def test_who_has_no_address_says_how_to_get_one() -> None:
    with pytest.raises(NotAskedError, match="footing connect STACK database"):
        postgres.askers(LIVE)[SqlQuestion](SqlQuestion(sql="SELECT 1", wanted=ANY))
    with pytest.raises(NotAskedError, match="REDIS_URL_JOBS"):
        redis_store.askers(LIVE)[RedisQuestion](RedisQuestion(store="jobs", command=("PING",), wanted=ANY))
    with pytest.raises(NotAskedError, match="FLUSHALL is no command that only reads"):
        redis_store.askers(LIVE)[RedisQuestion](RedisQuestion(store="jobs", command=("FLUSHALL",), wanted=ANY))


def test_nobody_listens_is_a_reason_without_the_password() -> None:
    live = LiveStack(environment={"READY_DATABASE_URL": f"postgresql://shop:{PASSWORD}@127.0.0.1:9/shop"})
    with pytest.raises(NotAskedError, match=r"READY_DATABASE_URL, 127\.0\.0\.1:9/shop: ") as refused:
        postgres.askers(live)[SqlQuestion](SqlQuestion(sql="SELECT 1", wanted=ANY))
    assert PASSWORD not in str(refused.value)


def test_aws_is_asked_once_for_checks_of_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    asker = aws.AwsAsker(LIVE)

    def call(asked: AwsQuestion, region: str) -> object:
        calls.append(f"{asked.operation} {region}")
        return {"A": 1, "B": [{"C": True}]}

    monkeypatch.setattr(asker, "_call", call)
    base = {"service": "rds", "operation": "DescribeDBInstances", "wanted": ANY}
    assert asker(AwsQuestion(path="A", **base)) == 1
    assert asker(AwsQuestion(path="B[0].C", **base)) is True
    assert asker(AwsQuestion(path="A", region="eu-west-1", **base)) == 1
    assert calls == ["DescribeDBInstances ", "DescribeDBInstances eu-west-1"]


def test_outputs_and_programs_are_looked_at_here() -> None:
    live = LiveStack(outputs={"app_contract": '{"services":{"api":{"port":8080}}}'})
    output = local.askers(live)[OutputQuestion]
    assert output(OutputQuestion(output="app_contract", path="services.api.port", wanted=ANY)) == 8080
    with pytest.raises(NotAskedError, match="no output registers"):
        output(OutputQuestion(output="registers", path="x", wanted=ANY))
    assert local.major_version(local.ProgramQuestion(program="git", wanted=ANY)) == 2
    with pytest.raises(AbsentError, match="no-such-program is not on this machine"):
        local.major_version(local.ProgramQuestion(program="no-such-program", wanted=ANY))
