"""Actions of rules in words."""

from collections.abc import Iterator

from edge_rules.rule import (
    Action,
    Block,
    CacheControl,
    Challenge,
    Compress,
    Keep,
    NeverKeep,
    RateLimit,
    Redirect,
    RunManaged,
    SetHeaders,
    Skip,
)


def words(action: Action) -> str:
    """What `action` does, a clause without a full stop; empty for directives that set nothing."""
    match action:
        case Redirect(hostname=hostname, status=status):
            return f"{status}, the same path at {hostname}"
        case Skip(phases=phases):
            return f"leave out {', '.join(phases)}"
        case Challenge():
            return "challenge the visitor"
        case Block(status=status, content_type=content_type):
            return f"refuse with {status} and {content_type}"
        case RateLimit():
            return _limit(action)
        case RunManaged(title=title, action=instead):
            return f"run {title}" + (f", every rule only to {instead}" if instead else "")
        case SetHeaders(headers=headers):
            return "; ".join(
                f"set {name}: {value}" if value else f"remove {name}" for name, value in headers.items()
            )
        case Compress(algorithms=algorithms):
            return f"compress with {', '.join(algorithms)}"
    return _caching(action)


def _caching(action: Keep | NeverKeep | CacheControl) -> str:
    match action:
        case Keep(edge_ttl_seconds=edge, browser_ttl_seconds=browser):
            kept = "for as long as the origin's headers say" if edge is None else f"for {edge} seconds"
            return f"keep {kept}" + (f", browsers for {browser} seconds" if browser is not None else "")
        case NeverKeep():
            return "keep nothing"
        case CacheControl(cloudflare_only=own):
            return ", ".join(_directives(action)) + (" (at the edge alone)" if own else "")


def _limit(limit: RateLimit) -> str:
    counted = "answers" if limit.counted else "uncached requests" if limit.only_uncached else "requests"
    then = f"after {limit.requests} {counted} in {limit.period_seconds} seconds {words(limit.then)}"
    return then + (f" for {limit.mitigation_seconds} seconds" if limit.mitigation_seconds else "")


def _directives(control: CacheControl) -> Iterator[str]:
    if control.no_store:
        yield "no-store"
    if control.public:
        yield "public"
    if control.max_age_seconds is not None:
        yield f"max-age={control.max_age_seconds}"
    if control.stale_while_revalidate_seconds is not None:
        yield f"stale-while-revalidate={control.stale_while_revalidate_seconds}"
    if control.immutable:
        yield "immutable"
