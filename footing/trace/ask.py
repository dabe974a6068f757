"""A request from what a person types."""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge_rules.evaluation.traffic import Exchange, Response, request
from stacks.config import ConfigError

SOURCE = "footing trace"
METHOD = re.compile(r"[A-Za-z]+")
TARGET = re.compile(r"(https?://[^/\s]+)?/\S*")
HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(.*)")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as it was typed."""

    method: str
    """HTTP method."""
    target: str
    """Path with its query, or a whole address."""
    headers: Sequence[str] = ()
    """Headers of the request, each `Name: value`."""
    address: str = "192.0.2.1"
    """Address of the visitor."""
    status: int = 200
    """Status that the origin is to answer with."""
    answer_headers: Sequence[str] = ()
    """Headers of its answer, each `Name: value`."""


def exchange(asked: Asked, *, host: str) -> Exchange:
    """The request, with the answer that is assumed; `host` serves where the target is a path alone.

    Raises:
        ConfigError: with one sentence for each thing that is wrong.

    """
    problems = [*_problems(asked), *_bad_headers(asked)]
    if problems:
        raise ConfigError(SOURCE, problems)
    answer = {name.lower(): value for name, value in _pairs(asked.answer_headers)}
    return Exchange(
        request=request(
            asked.method, asked.target, host=host, headers=_pairs(asked.headers), address=asked.address
        ),
        response=Response(status=asked.status, headers=answer),
    )


def _problems(asked: Asked) -> Iterator[str]:
    if not METHOD.fullmatch(asked.method):
        yield f"METHOD: given {asked.method!r}, allowed a word such as GET"
    if not TARGET.fullmatch(asked.target):
        yield f"PATH: given {asked.target!r}, allowed a path such as /rest/feed?cursor=1, or a whole https address"
    if not 100 <= asked.status <= 599:
        yield f"--status: given {asked.status}, allowed 100 to 599"
    try:
        ipaddress.ip_address(asked.address)
    except ValueError:
        yield f"--ip: given {asked.address!r}, allowed an IPv4 or IPv6 address"


def _bad_headers(asked: Asked) -> Iterator[str]:
    for option, written in (("--header", asked.headers), ("--answer-header", asked.answer_headers)):
        for number, header in enumerate(written, start=1):
            if not HEADER.fullmatch(header):
                # Not repeated: it may be a token, typed without the name of its header.
                yield f"{option}: number {number} is no header, allowed 'Name: value' such as 'Accept: text/html'"


def _pairs(headers: Sequence[str]) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for header in headers if (found := HEADER.fullmatch(header))]
