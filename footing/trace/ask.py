"""The request of `footing trace`, read from what a person types."""

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
class RequestSpec:
    """Request as a person typed it, with the answer to assume."""

    method: str
    """HTTP method."""
    target: str
    """Path with its query, or a whole address."""
    headers: Sequence[str] = ()
    """Headers of the request, each `Name: value`."""
    address: str = "192.0.2.1"
    """Address of the visitor."""
    status: int = 200
    """Status of the origin's answer."""
    answer_headers: Sequence[str] = ()
    """Headers of the origin's answer, each `Name: value`."""


def exchange(spec: RequestSpec, *, host: str) -> Exchange:
    """Return the request with its assumed answer; `host` serves where the target is a path alone.

    Raises:
        ConfigError: with one sentence for each thing that is wrong.

    """
    if problems := list(_problems(spec)):
        raise ConfigError(SOURCE, problems)
    answer = {name.lower(): value for name, value in _pairs(spec.answer_headers)}
    return Exchange(
        request=request(spec.method, spec.target, host=host, headers=_pairs(spec.headers), address=spec.address),
        response=Response(status=spec.status, headers=answer),
    )


def _problems(spec: RequestSpec) -> Iterator[str]:
    if not METHOD.fullmatch(spec.method):
        yield f"METHOD: given {spec.method!r}, allowed a word such as GET"
    if not TARGET.fullmatch(spec.target):
        yield f"PATH: given {spec.target!r}, allowed a path such as /rest/feed?cursor=1, or a whole https address"
    if not 100 <= spec.status <= 599:
        yield f"--status: given {spec.status}, allowed 100 to 599"
    try:
        ipaddress.ip_address(spec.address)
    except ValueError:
        yield f"--ip: given {spec.address!r}, allowed an IPv4 or IPv6 address"
    for option, headers in (("--header", spec.headers), ("--answer-header", spec.answer_headers)):
        for number, header in enumerate(headers, start=1):
            if not HEADER.fullmatch(header):
                # Not repeated: it may be a token, typed without the name of its header.
                yield f"{option}: number {number} is no header, allowed 'Name: value' such as 'Accept: text/html'"


def _pairs(headers: Sequence[str]) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for header in headers if (found := HEADER.fullmatch(header))]
