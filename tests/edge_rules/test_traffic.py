"""Requests as the rules see them, and conditions on them."""

import pytest

from edge_rules import fields
from edge_rules.evaluation.traffic import Exchange, Response, request
from edge_rules.expression import ALWAYS, NEVER, AnswerUnknownError, every, some
from edge_rules.rule import LONGEST_EXPRESSION, BypassCache, Rule


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("/rest/feed", "/rest/feed"),
        ("//rest///feed", "/rest/feed"),
        ("/assets/../rest/me", "/rest/me"),
        ("/assets/%2e%2E/rest/me", "/rest/me"),
        ("/%72est/feed", "/rest/feed"),
        ("/rest\\feed", "/rest/feed"),
        ("/rest/.", "/rest/"),
        ("/../..", "/"),
        ("/a%2Fb%20c", "/a%2Fb%20c"),
    ],
)
def test_path_is_seen_as_cloudflare_normalises_it(written, seen):
    assert request("get", f"{written}?cursor=/..").path == seen


def test_request_is_read_as_a_person_writes_it():
    read = request(
        "get",
        "https://API.feed.example:443/rest/Feed.JSON?cursor=1",
        headers=[("Cookie", "a=1"), ("cookie", "b=2"), ("Accept", "x"), ("accept", "y")],
    )
    assert (read.method, read.host, read.path, read.query) == (
        "GET",
        "api.feed.example",
        "/rest/Feed.JSON",
        "cursor=1",
    )
    assert (read.cookie, read.headers["accept"], read.extension) == ("a=1; b=2", "x, y", "json")


def test_answer_that_is_not_known_is_said_so():
    unanswered = Exchange(request=request("get", "/"))
    answered = Exchange(request=unanswered.request, response=Response(headers={"content-type": "Text/HTML; a=b"}))
    html = fields.MEDIA_TYPE.equals("text/html")
    with pytest.raises(AnswerUnknownError):
        html.holds(unanswered)
    assert html.holds(answered)
    assert not (fields.PATH.equals("/other") & html).holds(unanswered)


def test_header_and_path_are_known_in_any_case():
    signed_in = Exchange(request=request("get", "/REST/me", headers=[("AUTHORIZATION", "Bearer x")]))
    assert (fields.REQUEST_HEADERS.has("Authorization") & fields.under("/Rest/")).holds(signed_in)
    assert not fields.under("/rest/").holds(Exchange(request=request("get", "/restaurant")))


def test_nothing_to_ask_is_written_as_nothing():
    host = fields.HOST.equals("a")
    assert (every(), some(), every(host, ALWAYS), some(host, NEVER)) == (ALWAYS, NEVER, host, host)
    assert (~ALWAYS, ~NEVER, ~~host, host & ~NEVER) == (NEVER, ALWAYS, host, host)
    assert (every(host, NEVER), some(host, ALWAYS), fields.under(), host & host) == (NEVER, ALWAYS, NEVER, host)


def test_text_of_a_constant_cannot_leave_its_quotes():
    assert fields.COOKIE.contains('a" or true or "').text() == 'http.cookie contains "a\\" or true or \\""'
    with pytest.raises(ValueError, match="cannot be shown"):
        fields.COOKIE.contains("a\nb")


def test_expression_that_cloudflare_would_refuse_is_refused():
    hosts = [f"{number:04}.feed.example" for number in range(LONGEST_EXPRESSION // 10)]
    with pytest.raises(ValueError, match=f"rule long: .* at most {LONGEST_EXPRESSION}"):
        Rule(ref="long", description="", when=fields.HOST.among(*hosts), then=BypassCache())
