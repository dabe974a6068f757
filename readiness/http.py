"""Asks what the stack serves, over HTTP.

Parts of an answer: `status`; `statuses`, those of all its requests, once each; `seconds`; `body`; `header NAME` or
`header NAME or OTHER`; `json PATH`, a JMESPath; `metric NAME`, the first sample of a metric in Prometheus' text;
`shared seconds`, for how long a cache of many may keep the answer; `versions`, the headers that tell a version.
"""

import json
import re
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import urljoin

from observability import HttpQuestion
from readiness.answer import AbsentError, Asker, Askers, NotAskedError
from readiness.context import LiveStack, filled
from readiness.look_up import value_at
from readiness.web import HttpAnswer, NoAnswerError, address_of, send

TOO_MANY: Final = 429
AT_ONCE: Final = 8
"""Requests of `statuses` that wait at the same moment."""
SENDING_SECONDS: Final = 8.0
"""How long requests of `statuses` are sent: the run's own limit would leave their thread at it."""
KEPT_WITHOUT_A_WORD: Final = frozenset({200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501})
"""Statuses that a cache may keep although no header says so. https://www.rfc-editor.org/rfc/rfc9110#section-15.1"""
TELLING: Final = ("server", "x-powered-by", "x-aspnet-version", "x-aspnetmvc-version", "x-generator", "via")
"""Headers in which servers name themselves."""
NAMING: Final = ("x-powered-by", "x-aspnet-version", "x-aspnetmvc-version", "x-generator")
"""Those of them that nobody needs, whatever they say."""


def askers(live: LiveStack) -> Askers:
    """Return what asks over HTTP, by the kind of its questions."""
    return {HttpQuestion: asker(live)}


def asker(live: LiveStack) -> Asker:
    """Return what asks over HTTP."""

    def ask(question: HttpQuestion) -> object:
        asked = filled(question, live)
        url = address_of(asked.url, live, main=asked.main)
        try:
            if asked.find:
                # The address of what the page names.
                headers = {it: value for it, value in asked.headers.items() if it.lower() != "accept-encoding"}
                page = _send("GET", url, headers)
                match = re.search(asked.find, page.text)
                if match is None:
                    raise NotAskedError(f"{url} answers {page.status} and names nothing of the kind {asked.find}")
                url = urljoin(url, str(match[1]))
            if asked.part == "statuses":
                return _statuses(asked, url)
            answer = _answer(asked, url)
        except NoAnswerError as error:
            # That nobody answers is the answer to the question whether somebody does.
            if asked.part in ("status", "statuses"):
                raise AbsentError(str(error)) from None
            raise
        return answer if isinstance(answer, str) else part_of(answer, asked.part, asked.headers)

    return ask


def _answer(question: HttpQuestion, url: str) -> HttpAnswer | str:
    """Return the last answer, or what is missing to ask for it."""
    body = question.body.encode() if question.body is not None else None
    for _ in range(question.times):
        answer = _send(question.method, url, question.headers, body)
    if not question.conditional:
        return answer
    tag = answer.headers.get("etag")
    if tag is None:
        return f"no ETag, status {answer.status}"
    return _send(question.method, url, {**question.headers, "If-None-Match": tag}, body)


def _statuses(question: HttpQuestion, url: str) -> list[int]:
    """Return the statuses of up to `times` requests; the first 429 ends them."""
    body = question.body.encode() if question.body is not None else None
    seen: set[int] = set()
    sent, end = 0, time.monotonic() + SENDING_SECONDS
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        while sent < question.times and TOO_MANY not in seen:
            if time.monotonic() > end:
                raise NotAskedError(
                    f"{sent} of {question.times} requests in {SENDING_SECONDS:g} s: ask from nearer"
                )
            count = min(AT_ONCE, question.times - sent)
            answers = list(pool.map(lambda _: _send(question.method, url, question.headers, body), range(count)))
            seen.update(it.status for it in answers)
            sent += count
    return sorted(seen)


def _send(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> HttpAnswer:
    """Return an answer of ours, and not one of Cloudflare. https://developers.cloudflare.com/cloudflare-challenges/."""
    answer = send(method, url, headers, body)
    if answer.headers.get("cf-mitigated") == "challenge":
        raise NotAskedError("Cloudflare challenges this machine as a bot; ask from another, or look at edge.bots")
    return answer


def part_of(answer: HttpAnswer, part: str, asked: Mapping[str, str]) -> object:
    """Return the part of an answer to a request with the headers `asked`.

    Raises:
        NotAskedError: there is no such part.

    """
    name, _, rest = part.partition(" ")
    match name, rest:
        case "status", "":
            return answer.status
        case "seconds", "":
            return answer.seconds
        case "body", "":
            return answer.text
        case "header", _:
            return next((answer.headers[it] for it in rest.lower().split(" or ") if it in answer.headers), None)
        case "json", _:
            return value_at(_json(answer), rest)
        case "metric", _:
            # Of a histogram or a summary, the first sample of one of its series.
            series = rf"^{re.escape(rest)}(?:_bucket|_count|_sum|_total)?(?:{{[^\n]*}})? +(\S+)"
            sample = re.search(series, answer.text, re.MULTILINE)
            return sample[1] if sample else None
        case "shared", "seconds":
            return _shared_seconds(answer, asked)
        case "versions", "":
            told = {it: answer.headers[it] for it in TELLING if it in answer.headers}
            return [f"{it}: {value}" for it, value in told.items() if it in NAMING or re.search(r"/\d", value)]
    raise NotAskedError(f"no answer has a part {part!r}")


def _json(answer: HttpAnswer) -> object:
    try:
        return json.loads(answer.body)
    except ValueError:
        raise NotAskedError(f"status {answer.status}, and no JSON") from None


def _shared_seconds(answer: HttpAnswer, asked: Mapping[str, str]) -> int | None:
    """Return how long a shared cache may keep an answer; None where nothing says so.

    https://www.rfc-editor.org/rfc/rfc9111#section-3 and, for requests with Authorization, section 3.5.
    """
    words = {
        it.partition("=")[0].strip().lower(): it.partition("=")[2].strip().strip('"')
        for it in answer.headers.get("cache-control", "").split(",")
    }
    personal = any(it.lower() == "authorization" for it in asked)
    if words.keys() & {"private", "no-store", "no-cache"}:
        return 0
    if personal and not words.keys() & {"public", "s-maxage", "must-revalidate"}:
        return 0
    age = words.get("s-maxage", words.get("max-age", ""))
    if age.isdigit():
        return int(age)
    return None if answer.status in KEPT_WITHOUT_A_WORD else 0
