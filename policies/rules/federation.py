"""Whether a trust in an identity provider of the web names who may come from there."""

from collections.abc import Iterator, Mapping
from re import compile as pattern
from typing import Any, Final

from policies.rules.document import texts
from policies.rules.reading import items

PUBLIC_ISSUERS: Final = (
    *("token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "oidc.circleci.com"),
    *("api.pulumi.com/oidc", "api.bitbucket.org", "agent.buildkite.com", "oidc.vercel.com", "oidc.fly.io"),
    *("vstoken.dev.azure.com", "app.spacelift.io", "oidc.eks.", "oidc.codefresh.io", "token.actions."),
)
"""Issuers that give a token to every customer, or to every workload: only its `sub` says whose it is."""
_COMPARISONS: Final = pattern(r"(?:foranyvalue:)?string(?:equals|equalsignorecase|like)")
_OWNER: Final = pattern(
    r"(?:pulumi:(?:\w+:)?org:|system:serviceaccount:)[^*?:]+:.*|\{[^*?]+\}:.*"
    r"|(?!pulumi:|system:)[^*?:/]+[:/][^*?:/]+[:/].*|[^*?]+"
)
"""A subject that is whole, or whose wildcards come after an owner: `repo:owner/*`, never `repo:*`."""


def is_anybody(provider: str, statement: Mapping[str, Any]) -> bool:
    """Return whether everybody whom an identity `provider` of the web knows may take the role of `statement`."""
    actions = [it.lower() for it in texts(statement.get("Action"))]
    issuer = provider.partition("oidc-provider/")[2] or provider
    if "saml-provider/" in provider or "sts:assumerolewithsaml" in actions:
        return False
    is_public = any(it in issuer.lower() for it in PUBLIC_ISSUERS)
    compared = dict(_compared(statement.get("Condition")))
    named = [value for key, values in compared.items() if key.endswith(":sub") for value in values]
    if named:
        return not all(_OWNER.fullmatch(it) for it in named)
    # Another issuer, or one that knows people by the application they use, is told apart by its audience.
    claims = [values for key, values in compared.items() if key.rpartition(":")[2] in ("aud", "oaud", "app_id")]
    return is_public or not any(values and "*" not in values for values in claims)


def _compared(condition: Any) -> Iterator[tuple[str, list[str]]]:
    for operator, test in condition.items() if isinstance(condition, Mapping) else ():
        if isinstance(test, Mapping) and _COMPARISONS.fullmatch(str(operator).lower()):
            for key, values in test.items():
                yield str(key).lower(), [str(it) for it in items(values)]
