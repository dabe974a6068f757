"""What the edge is made from, and what it refuses to be made from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulumi

from components._cloudflare.plans import CloudflarePlan, refusals

PATH_PREFIX = re.compile(r"/([A-Za-z0-9._~-]+/)*")
"""A path prefix without anything that could end a string in a rule's expression."""


@dataclass(frozen=True, kw_only=True)
class EdgeArgs:
    """What `Edge` is made from."""

    zone_name: str
    """Registered domain of the zone, for example `feed.example`. Source: config `edge.zone`."""
    zone_id: pulumi.Input[str]
    """Id of the zone. Source: `Domain.zone_id`."""
    plan: CloudflarePlan
    """Plan the zone is on; it is bought by hand. Source: config `edge.plan`."""
    origin_hostname: pulumi.Input[str]
    """Name of the load balancer that answers what the edge does not."""
    hostnames: Sequence[str]
    """Names served by the edge, each within the zone: one proxied record each."""
    api_paths: Sequence[str]
    """Path prefixes of the API, each with a slash at both ends, for example `/rest/`."""
    auth_paths: Sequence[str]
    """Path prefixes of sign-in, as above; never kept, counted on their own."""
    api_requests_per_minute: int | None
    """Requests one address may send to the API in a minute; None for no such limit."""
    api_burst_requests: int | None
    """Requests one address may send to the API in `api_burst_window_seconds`; None for no such limit."""
    api_burst_window_seconds: int
    """Window of the burst, in seconds; the plan decides which there are, and 10 is in all of them."""
    auth_requests_per_minute: int | None
    """Requests one address may send to sign-in in a minute; None for no such limit."""
    static_extensions: Sequence[str]
    """Endings of files named by their content, without the dot, for example `woff2`."""
    static_dirs: Sequence[str]
    """Path prefixes of files named by their content, for example `/assets/`. The same for every visitor."""
    static_ttl_seconds: int
    """How long the edge and browsers keep those files, in seconds."""
    api_cache_ttl_seconds: int
    """How long the edge keeps an anonymous API read, in seconds.

    Where the plan cannot keep it this briefly, the origin's headers decide and an answer without any is not kept.
    """
    session_cookies: Sequence[str]
    """Parts of the names of cookies that mark a signed-in visitor, for example `session`."""

    def __post_init__(self) -> None:
        """Refuse what Cloudflare would refuse only when it is applied.

        Raises:
            ValueError: the plan cannot hold the limits, or a name, path or number is not one.

        """
        reasons = [*_bad_names(self), *_bad_paths(self), *_bad_numbers(self), *_refused(self)]
        if reasons:
            raise ValueError("; ".join(reasons))


def _bad_names(args: EdgeArgs) -> Iterator[str]:
    if not args.hostnames:
        yield "hostnames is empty: name at least one host of the zone"
    for hostname in args.hostnames:
        if hostname != args.zone_name and not hostname.endswith(f".{args.zone_name}"):
            yield f"hostname {hostname!r} is not in the zone {args.zone_name!r}"
    for cookie in args.session_cookies:
        if not cookie.strip():
            yield "a session cookie without a name would match every visitor"


def _bad_paths(args: EdgeArgs) -> Iterator[str]:
    for field in ("api_paths", "auth_paths", "static_dirs"):
        for path in getattr(args, field):
            if not PATH_PREFIX.fullmatch(path):
                yield f"{field} {path!r} is no path prefix: write it like '/rest/', without a pattern"
    for extension in args.static_extensions:
        if not extension.isalnum():
            yield f"static_extensions {extension!r} is no file ending: write it like 'css', without the dot"
    asked = {
        "api": (args.api_requests_per_minute, args.api_burst_requests),
        "auth": (args.auth_requests_per_minute,),
    }
    for kind, limits in asked.items():
        if any(limits) and not getattr(args, f"{kind}_paths"):
            yield f"{kind}_paths is empty: a limit without paths would count every request"


def _bad_numbers(args: EdgeArgs) -> Iterator[str]:
    for field in ("api_requests_per_minute", "api_burst_requests", "auth_requests_per_minute"):
        number = getattr(args, field)
        if number is not None and number < 1:
            yield f"{field} is {number}: at least 1, or None for no limit"
    if args.api_cache_ttl_seconds < 1:
        yield f"api_cache_ttl_seconds is {args.api_cache_ttl_seconds}: at least 1"


def _refused(args: EdgeArgs) -> list[str]:
    return refusals(
        args.plan,
        api_requests_per_minute=args.api_requests_per_minute,
        api_burst_requests=args.api_burst_requests,
        api_burst_window_seconds=args.api_burst_window_seconds,
        auth_requests_per_minute=args.auth_requests_per_minute,
        static_ttl_seconds=args.static_ttl_seconds,
    )
