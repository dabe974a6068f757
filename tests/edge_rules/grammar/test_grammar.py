"""Our conditions against Cloudflare's own published filter engine: what we write, it reads, with our verdicts.

The published engine knows comparisons, sets, `and`, `or` and `not`. It knows no functions, lists of headers or
wildcards: such a call stands here as a flag with our own value, so that all around it is still the engine's.
"""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_rules import fields
from edge_rules.evaluation.traffic import Exchange, Request, Response, request
from edge_rules.expression import Condition, Every, Expression, Not, Some, every, some
from stacks.config.load import from_file
from stacks.edge import edge_rules
from tests.edge_rules.grammar import build

ROOT = Path(__file__).parents[3]
Run = Callable[[str, dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    built = subprocess.run(
        [sys.executable, "-m", "tests.edge_rules.grammar.build"],
        cwd=ROOT,
        check=False,
        text=True,
        capture_output=True,
    )
    assert built.returncode == 0, built.stderr
    with subprocess.Popen(
        [built.stdout.strip()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as engine:
        assert engine.stdin
        assert engine.stdout

        def ask(text: str, values: dict[str, Any]) -> dict[str, Any]:
            engine.stdin.write(json.dumps({"filter": text, "fields": values}) + "\n")
            engine.stdin.flush()
            answer: dict[str, Any] = json.loads(engine.stdout.readline())
            return answer

        yield ask
        engine.stdin.close()


TEXTS = {
    it.written: it
    for it in (
        *(fields.HOST, fields.METHOD, fields.PATH),
        *(fields.EXTENSION, fields.COOKIE, fields.MEDIA_TYPE),
    )
}
WORDS = st.sampled_from(["", "a", "ab", "GET", "/rest/", "session=1", 'say "hi"', "back\\slash", "é", "text/html"])
NUMBERS = st.sampled_from([200, 304, 400, 401, 403, 404, 500])

text_conditions = st.one_of(
    st.builds(lambda field, word: field.equals(word), st.sampled_from(list(TEXTS.values())), WORDS),
    st.builds(lambda field, word: field.contains(word), st.sampled_from(list(TEXTS.values())), WORDS.filter(bool)),
    st.builds(
        lambda field, describe_action: field.among(*describe_action),
        st.sampled_from(list(TEXTS.values())),
        st.lists(WORDS, min_size=1, max_size=3, unique=True),
    ),
)
conditions = st.one_of(
    text_conditions,
    st.builds(fields.STATUS.compared, st.sampled_from(sorted(fields.COMPARISONS)), NUMBERS),
    st.builds(lambda numbers: fields.STATUS.among(*numbers), st.lists(NUMBERS, min_size=1, max_size=3)),
    st.just(fields.LEAKED_PASSWORD),
    st.builds(lambda field, word: field.starts_with(word), st.sampled_from(list(TEXTS.values())), WORDS),
    st.builds(fields.REQUEST_HEADERS.has, st.sampled_from(["authorization", "cookie"])),
)
# Most texts differ, so most conditions are false: these two give `and`, `or` and `not` something to decide.
FLAGS = {
    "flag.true": Condition(written="flag.true", check=lambda _: True, closed=True),
    "flag.false": Condition(written="flag.false", check=lambda _: False, closed=True),
}
expressions = st.recursive(
    st.one_of(st.sampled_from(list(FLAGS.values())), conditions),
    lambda parts: st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(lambda found: every(*found)),
        st.lists(parts, min_size=2, max_size=3).map(lambda found: some(*found)),
        parts.map(lambda part: ~part),
    ),
    max_leaves=8,
)
exchanges = st.builds(
    lambda method, host, path, cookie, leaked, status, kind: Exchange(
        request=Request(
            method=method, host=host, path=path, headers={"cookie": cookie} if cookie else {},
            leaked_password=leaked,
        ),
        response=Response(status=status, headers={"content-type": kind}),
    ),
    WORDS, WORDS, WORDS, WORDS, st.booleans(), NUMBERS, st.sampled_from(["text/html", "a"]),
)  # fmt: skip


REQUESTS = [
    Exchange(
        request=request(method, path, host="feed.example", headers=headers),
        response=Response(status=status, headers={"content-type": "text/html", **answered}),
    )
    for method, path, headers, status, answered in [
        ("GET", "/rest/feed?cursor=1", [], 200, {}),
        ("GET", "/REST/me", [("Authorization", "Bearer x")], 200, {}),
        ("GET", "/rpc/read", [("Cookie", "a=1; session=1")], 500, {}),
        ("POST", "/auth/login", [], 401, {"set-cookie": "session=1"}),
        ("GET", "/assets/app.1f2e.js", [], 200, {}),
        ("GET", "/_app/version.json", [], 404, {}),
        ("GET", "/logo.png", [], 200, {"cache-control": "no-store"}),
        ("HEAD", "/.env", [], 403, {}),
        ("GET", "/", [], 304, {"content-security-policy": "default-src 'self'"}),
    ]
]
"""Requests that meet every kind of rule."""


@dataclass
class Standing:
    """A condition in which calls stand as flags, with the values of those flags."""

    exchange: Exchange
    flags: dict[str, Any] = field(default_factory=dict)

    def of(self, condition: Expression) -> Expression:
        """`condition` as the published engine can read it."""
        match condition:
            case Every(parts=parts):
                return every(*map(self.of, parts))
            case Some(parts=parts):
                return some(*map(self.of, parts))
            case Not(part=part):
                return Not(part=self.of(part))
            case Condition(written=written) if "(" in written:
                name = f"call.{len(self.flags)}"
                self.flags[name] = condition.holds(self.exchange)
                return Condition(written=name, check=condition.check, closed=True)
        return condition


def values(exchange: Exchange) -> dict[str, Any]:
    return {
        **{name: it.holds(exchange) for name, it in FLAGS.items()},
        **{written: it.read(exchange) for written, it in TEXTS.items()},
        "http.response.code": fields.STATUS.read(exchange),
        fields.LEAKED_PASSWORD.written: exchange.request.leaked_password,
    }


@settings(max_examples=500)
@given(condition=expressions, exchange=exchanges)
def test_conditions_mean_what_cloudflares_engine_reads(run: Run, condition, exchange):
    standing = Standing(exchange)
    text = standing.of(condition).text()
    assert run(text, values(exchange) | standing.flags) == {"holds": condition.holds(exchange)}, text


@pytest.mark.parametrize(
    ("given_", "same"),
    [
        ('http.host eq "a" or http.host eq "b" and http.cookie contains "c"', False),
        ('(http.host eq "a" or http.host eq "b") and http.cookie contains "c"', True),
    ],
)
def test_engine_tells_a_missing_bracket(run: Run, given_, same):
    # The check above rests on this: the engine binds `and` closer than `or`.
    condition = (fields.HOST.equals("a") | fields.HOST.equals("b")) & fields.COOKIE.contains("c")
    exchange = Exchange(request=Request(host="a"), response=Response())
    assert (run(given_, values(exchange))["holds"] == condition.holds(exchange)) is same


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_every_rule_of_our_stacks_means_what_cloudflares_engine_reads(run: Run, stack):
    rules = [
        rule for phase in edge_rules(from_file(ROOT / f"Pulumi.{stack}.yaml").config).values() for rule in phase
    ]
    counts = {True: 0, False: 0}
    for rule, exchange in itertools.product(rules, REQUESTS):
        standing = Standing(exchange)
        # "Always" is written `true`, a word that the published engine does not have.
        text = standing.of(rule.when & FLAGS["flag.true"]).text()
        holds = rule.when.holds(exchange)
        assert run(text, values(exchange) | standing.flags) == {"holds": holds}, (rule.ref, text)
        counts[holds] += 1
    assert min(counts.values()) > len(rules)


def test_engine_refuses_what_it_does_not_know(run: Run):
    exchange = Exchange(request=Request(), response=Response())
    assert "error" in run(fields.PATH.starts_with("/").text(), values(exchange))


def test_a_cargo_without_a_toolchain_is_passed_over(tmp_path, monkeypatch):
    rustup = tmp_path / "cargo"
    rustup.write_text("#!/bin/sh\necho 'rustup could not choose a version of cargo' >&2\nexit 1\n")
    rustup.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert build.cargo() == "/usr/bin/cargo"
    monkeypatch.setattr(build, "DEBIANS", tmp_path / "none")
    with pytest.raises(FileNotFoundError, match="rustup default stable"):
        build.cargo()
