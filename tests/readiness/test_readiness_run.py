"""Checks are asked at once, each with its time limit; what cannot be asked is neither green nor silent."""

import threading
import time

import pytest

from observability import ByHand, Check, Comparison, Group, RedisQuestion, SqlQuestion, Wanted
from readiness.answer import NotAskedError, Outcome, as_wanted
from readiness.run import AT_ONCE, run


def check(question: object, id_: str = "database-tls") -> Check:
    return Check(id=id_, group=Group.DATABASE, title="PostgreSQL", question=question, fix="Mend it.")  # type: ignore[arg-type]


def sql(text: str = "SHOW ssl", wanted: Wanted | None = None) -> SqlQuestion:
    return SqlQuestion(sql=text, wanted=wanted or Wanted(Comparison.IS, True))


@pytest.mark.parametrize(
    ("answer", "wanted", "holds"),
    [
        ("on", Wanted(Comparison.IS, True), True),
        ("off", Wanted(Comparison.IS, True), False),
        ("t", Wanted(Comparison.IS, True), True),
        ("200", Wanted(Comparison.IS, 200), True),
        (200, Wanted(Comparison.IS_NOT, 500), True),
        ("noeviction", Wanted(Comparison.IS, "volatile-lru"), False),
        ("79", Wanted(Comparison.AT_LEAST, 80), False),
        (80.0, Wanted(Comparison.AT_LEAST, 80), True),
        ("none", Wanted(Comparison.AT_MOST, 80), False),
        (None, Wanted(Comparison.AT_MOST, 80), False),
        ([], Wanted(Comparison.EMPTY), True),
        (0, Wanted(Comparison.EMPTY), False),
        (["idx"], Wanted(Comparison.EMPTY), False),
        ("public, max-age=60", Wanted(Comparison.CONTAINS, "max-age"), True),
        (None, Wanted(Comparison.CONTAINS, "max-age"), False),
        (None, Wanted(Comparison.CONTAINS_NOT, "max-age"), False),
        (["a"], Wanted(Comparison.CONTAINS, "b"), False),
        (None, Wanted(Comparison.PRESENT), False),
    ],
)
def test_answer_is_compared_as_its_server_spells_it(answer: object, wanted: Wanted, holds: bool) -> None:
    assert as_wanted(answer, wanted) is holds


def test_each_check_gets_its_own_outcome_in_the_order_given() -> None:
    def ask(question: SqlQuestion) -> object:
        if question.sql == "away":
            raise NotAskedError("no DATABASE_URL")
        return question.sql

    checks = [
        check(sql("on"), "a"),
        check(sql("off"), "b"),
        check(sql("away"), "c"),
        check(ByHand("the invoice"), "d"),
        check(RedisQuestion(store="cache", command=("PING",), wanted=Wanted(Comparison.IS, "PONG")), "e"),
    ]
    told: list[str] = []
    results = run(checks, {SqlQuestion: ask}, progress=lambda it: told.append(it.check.id))
    assert [(it.check.id, it.outcome, it.saw) for it in results] == [
        ("a", Outcome.HOLDS, "on"),
        ("b", Outcome.FAILS, "off"),
        ("c", Outcome.NOT_ASKED, "no DATABASE_URL"),
        ("d", Outcome.BY_HAND, "look at it"),
        ("e", Outcome.NOT_ASKED, "nobody asks this here"),
    ]
    assert sorted(told) == ["a", "b", "c", "d", "e"]


def test_late_answer_holds_up_nobody() -> None:
    released = threading.Event()
    began = time.monotonic()
    late, quick = run(
        [check(sql("late"), "late"), check(sql("on"), "quick")],
        {SqlQuestion: lambda it: released.wait(20) if it.sql == "late" else "on"},
        limit_seconds=0.2,
    )
    released.set()
    assert (late.outcome, late.saw) == (Outcome.NOT_ASKED, "no answer in 0.2 s")
    assert quick.outcome is Outcome.HOLDS
    assert time.monotonic() - began < 10


def test_questions_wait_beside_each_other() -> None:
    everybody = threading.Barrier(AT_ONCE, timeout=10)

    def ask(_: object) -> object:
        everybody.wait()
        return "on"

    results = run([check(sql(), str(it)) for it in range(AT_ONCE)], {SqlQuestion: ask})
    assert {it.outcome for it in results} == {Outcome.HOLDS}
