"""A request and its answer, as Cloudflare's rules see them."""

import posixpath
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from msgspec import Struct, field

ENCODED_UNRESERVED = re.compile(r"%(2[dDeE]|3[0-9]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF]|7[eE])")
"""Percent-encoded letters, digits and `-._~`: encoding them changes nothing."""


class Response(Struct, frozen=True, kw_only=True):
    """What the origin answers."""

    status: int = 200
    """HTTP status, 100 to 599."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers by their lower-case names."""

    @property
    def media_type(self) -> str:
        """Media type without its parameters, in lower case: `text/html`; empty without a Content-Type."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Request(Struct, frozen=True, kw_only=True):
    """What a visitor sends. Names of headers are lower case, as HTTP/2 sends them."""

    method: str = "GET"
    """HTTP method, upper case."""
    host: str = ""
    """Host name without a port."""
    path: str = "/"
    """Path as Cloudflare normalises it, without the query."""
    query: str = ""
    """Query without the question mark."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers by their lower-case names."""
    address: str = "192.0.2.1"
    """Address of the visitor."""
    leaked_password: bool = False
    """Whether Cloudflare found the password of this sign-in in a collection of leaked ones."""

    @property
    def cookie(self) -> str:
        """The whole Cookie header; empty without one."""
        return self.headers.get("cookie", "")

    @property
    def extension(self) -> str:
        """Ending of the last part of the path, lower case, without the dot; empty without one."""
        return posixpath.splitext(self.path)[1].removeprefix(".").lower()


class Exchange(Struct, frozen=True, kw_only=True):
    """One request with its answer, where it is known."""

    request: Request
    """What was asked."""
    response: Response | None = None
    """What the origin answers; None while only the request is known."""


def request(
    method: str,
    target: str,
    *,
    host: str = "",
    headers: Sequence[tuple[str, str]] = (),
    address: str = "192.0.2.1",
) -> Request:
    """Read a request from what a person writes: a path with a query, or a whole address.

    Args:
        method: HTTP method, in any case.
        target: `/rest/feed?cursor=1` or `https://feed.example/rest/feed`.
        host: Host name; a whole address brings its own.
        headers: Names, in any case, and values; values of one name are joined.
        address: Address of the visitor.

    """
    parts = urlsplit(target if "://" in target else f"https://{host}{target}")
    joined: dict[str, str] = {}
    for name, value in headers:
        key = name.strip().lower()
        # Cookies are one header in which pairs are parted by semicolons; all others are lists.
        separator = "; " if key == "cookie" else ", "
        joined[key] = f"{joined[key]}{separator}{value.strip()}" if key in joined else value.strip()
    return Request(
        method=method.upper(),
        host=(parts.hostname or "").lower(),
        path=normalised(parts.path),
        query=parts.query,
        headers=joined,
        address=address,
    )


def normalised(path: str) -> str:
    """Return the path as rules see it: Cloudflare resolves dots, merges slashes and undoes needless encoding.

    Source: https://developers.cloudflare.com/rules/normalization/how-it-works/
    """
    decoded = ENCODED_UNRESERVED.sub(lambda found: chr(int(found[1], 16)), path).replace("\\", "/")
    merged = re.sub("/{2,}", "/", decoded)
    kept: list[str] = []
    for part in merged.split("/")[1:]:
        if part == "..":
            kept = kept[:-1]
        elif part != ".":
            kept.append(part)
    # A path that ends in a directory keeps its slash.
    ends_in_directory = merged.endswith(("/.", "/.."))
    return "/" + "/".join([*kept, ""] if ends_in_directory and kept else kept)
