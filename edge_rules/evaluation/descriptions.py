"""Actions of rules in describe_action."""

from edge_rules.rule import (
    Action,
    Block,
    BypassCache,
    CacheControl,
    Challenge,
    Compress,
    EligibleForCache,
    ExecuteManaged,
    RateLimit,
    Redirect,
    SetHeaders,
    Skip,
)


def describe_action(action: Action) -> str:
    """Return what `action` does, a clause without a full stop; empty for directives that set nothing."""
    match action:
        case Redirect(hostname=hostname, status=status):
            return f"{status}, the same path at {hostname}"
        case Skip(phases=phases):
            return f"skip {', '.join(phases)}"
        case Challenge():
            return "challenge the visitor"
        case Block(status=status, content_type=content_type):
            return f"block with {status} and {content_type}"
        case RateLimit():
            counted = "answers" if action.counted else "uncached requests" if action.only_uncached else "requests"
            limit = f"after {action.requests} {counted} in {action.period_seconds} seconds"
            then = f"{limit} {describe_action(action.then)}"
            return then + (f" for {action.mitigation_seconds} seconds" if action.mitigation_seconds else "")
        case ExecuteManaged(title=title, action=instead):
            return f"execute {title}" + (f", every rule only to {instead}" if instead else "")
        case SetHeaders(headers=headers):
            return "; ".join(
                f"set {name}: {value}" if value else f"remove {name}" for name, value in headers.items()
            )
        case Compress(algorithms=algorithms):
            return f"compress with {', '.join(algorithms)}"
    return _caching(action)


def _caching(action: EligibleForCache | BypassCache | CacheControl) -> str:
    match action:
        case EligibleForCache(edge_ttl_seconds=edge):
            kept = "for as long as the origin's headers say" if edge is None else f"for {edge} seconds"
            return f"eligible for cache {kept}"
        case BypassCache():
            return "bypass cache"
        case CacheControl(cloudflare_only=own):
            age, stale = action.max_age_seconds, action.stale_while_revalidate_seconds
            directives = {
                "no-store": action.no_store,
                "public": action.public,
                f"max-age={age}": age is not None,
                f"stale-while-revalidate={stale}": stale is not None,
                "immutable": action.immutable,
            }
            return ", ".join(it for it, is_set in directives.items() if is_set) + (
                " (at the edge alone)" if own else ""
            )
