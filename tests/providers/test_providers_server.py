"""The server of our own providers: what it refuses, what it never shows, and what it does without an answer."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from providers._server.api import Access, Api, UncertainError, VendorError
from providers._server.values import input_faults, marked, without_secrets
from providers.supabase.resources import Addon, FunctionSecrets, Project
from wire_format import UNKNOWN, is_secret, secret

GIVEN = {
    "name": "feed",
    "organizationSlug": "acme",
    "region": "us-west-1",
    "databasePassword": secret("horse-battery"),
}


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, []),
        ({"region": UNKNOWN, "databasePassword": secret(UNKNOWN)}, []),
        ({"regoin": "us-west-1"}, [("regoin", "is no property of it; did you mean region?")]),
        ({"name": None}, [("name", "is missing")]),
        ({"name": 4}, [("name", "given a int, allowed string")]),
        ({"compute": "huge"}, [("compute", "given 'huge', allowed nano, micro, small, medium, large, ")]),
        ({"compute": secret("huge")}, [("compute", "given a secret, allowed nano, ")]),
        ({"databasePassword": secret("abc")}, [("databasePassword", "given a secret, allowed .{4,}")]),
    ],
)
def test_inputs_are_held_to_their_description(changes: dict[str, object], faults: list[tuple[str, str]]):
    found = list(input_faults(Project, {**GIVEN, **changes}))
    assert [name for name, _ in found] == [name for name, _ in faults]
    assert all(text.startswith(wanted) for (_, text), (_, wanted) in zip(found, faults, strict=True))


def test_values_keep_the_marks_of_the_program_and_of_their_type():
    out = marked(
        Project, {"name": "feed", "databasePassword": "horse-battery", "host": "h"}, {"name": secret("feed")}
    )
    assert (is_secret(out["name"]), is_secret(out["databasePassword"]), is_secret(out["host"])) == (
        True,
        True,
        False,
    )
    moved = marked(Addon, {"variant": "pitr_14"}, {"variant": secret("pitr_7")})
    assert is_secret(moved["variant"])


def test_message_of_a_vendor_shows_no_secret():
    text = "answers 400: password horse-battery of rediss://:pw-of-redis@h"
    assert "horse-battery" not in without_secrets(text, Project, GIVEN)
    given = {"secrets": {"REDIS_URL": "rediss://:pw-of-redis@h"}}
    assert "pw-of-redis" not in without_secrets(text, FunctionSecrets, given)


@pytest.mark.parametrize("endpoint", ["http://api.example.com", "ftp://127.0.0.1", "api.example.com"])
def test_token_is_sent_to_nobody_in_the_clear(endpoint: str):
    with pytest.raises(VendorError, match="allowed an https:// address"):
        Access(endpoint, {})


def test_unknown_property_of_a_program_is_refused():
    with pytest.raises(TypeError, match="Project has no property ref, regoin"):
        Project("x", regoin="a", ref="b")  # type: ignore[call-arg]


@contextmanager
def vendor(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that reads each request and gives the next of `answers`, or hangs up where that is empty."""
    asked: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for answer in answers:
            connection, _ = listener.accept()
            with connection:
                asked.append(connection.recv(65536))
                connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    with listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked


def answer(status: int, content: Any = None, *headers: str) -> bytes:
    text = b"" if content is None else json.dumps(content).encode()
    lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(text)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + text


def api(address: str) -> Api:
    return Api(Access(address, {"x-api-key": "token"}), threading.Event())


def test_creation_whose_connection_broke_is_looked_for_before_another():
    listings: list[dict[str, Any]] = [{"old": {"id": "old"}}, {"old": {"id": "old"}, "new": {"id": "new"}}]
    with vendor(b"") as (address, asked):
        assert api(address).create("/things", {"name": "a"}, lambda: listings.pop(0)) == {"id": "new"}
    assert len(asked) == 1


def test_creation_that_never_left_is_no_uncertain_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("providers._server.api.REPEATS", 1)
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    with pytest.raises(VendorError, match="POST /things: no answer from") as raised:
        api(address).call("POST", "/things", {})
    assert not isinstance(raised.value, UncertainError)


def test_read_is_repeated_and_a_redirect_is_not_followed():
    with vendor(answer(503), b"", answer(200, {"a": 1})) as (address, asked):
        assert api(address).get("/thing") == {"a": 1}
    assert len(asked) == 3
    with vendor(answer(302, None, "Location: http://127.0.0.1:9/")) as (address, asked):
        with pytest.raises(VendorError, match="answers 302"):
            api(address).get("/thing")
        assert len(asked) == 1
    with vendor(answer(200, None) + b"") as (address, _):
        assert api(address).get("/thing") is None
