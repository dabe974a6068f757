"""Sentry's API of releases and deploys: https://docs.sentry.io/api/releases/."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from footing.observe.remote import LOOPBACK, UsageError, address, ask
from footing.plan.model import Plan

PROJECT = "footing-sentry:index:Project"
TOKEN_VARIABLE = "SENTRY_AUTH_TOKEN"  # noqa: S105  a name, the one that the provider reads
ENDPOINT_VARIABLE = "FOOTING_SENTRY_ENDPOINT"
LONGEST_VERSION = 200
"""Characters of a version, at the most."""


def projects(plan: Plan) -> list[str]:
    """Return the slugs of the stack's projects."""
    return sorted(it.inputs["slug"] for it in plan.resources if it.type == PROJECT)


def version_problem(version: str) -> str | None:
    """Return why Sentry does not take a version; None where it does.

    https://docs.sentry.io/product/releases/naming-releases/
    """
    odd = any(it in version for it in "\n\t\r/\\") or version in {"", ".", ".."} or version.strip() != version
    if not odd and len(version) <= LONGEST_VERSION:
        return None
    allowed = f"allowed up to {LONGEST_VERSION} characters, without / and without spaces at its ends"
    return f"--version: given {version!r}, {allowed}"


def release(organization: str, slugs: Sequence[str], *, version: str, environment: str) -> None:
    """Make the release where Sentry does not have it, and tell that it is deployed.

    Raises:
        UsageError: there is no token, or it would go unencrypted.
        RemoteError: Sentry does not answer, or refuses.

    """
    url = address(os.environ.get(ENDPOINT_VARIABLE, "https://sentry.io"))
    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise UsageError(f"{TOKEN_VARIABLE} is not set: a token with the scope project:releases is needed")
    if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in LOOPBACK:
        raise UsageError(f"{TOKEN_VARIABLE} goes over https alone, {ENDPOINT_VARIABLE} is without")
    releases, shown = f"{url}/api/0/organizations/{quote(organization, safe='')}/releases/", f"Bearer {token}"
    # Asked again it answers 208 and changes nothing, so a step that is repeated is one release.
    ask(releases, shown=shown, body={"version": version, "projects": list(slugs)})
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    deploy = {"environment": environment, "dateFinished": finished, "projects": list(slugs)}
    ask(f"{releases}{quote(version, safe='')}/deploys/", shown=shown, body=deploy)
