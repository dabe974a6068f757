"""Whose answer it is: the conditions that decide what may be shared."""

from edge_rules.expression import Expression, some
from edge_rules.fields import COOKIE, PATH, REQUEST_HEADERS, at, under
from edge_rules.settings import EdgeSettings

READ_ELSEWHERE = ("%2f", "%5c", "%25", ";")
"""Parts of a path that some origins read as a slash or cut off, and Cloudflare does not.

`/assets/..%2frest/me` may be `/rest/me` there. Source: https://portswigger.net/web-security/web-cache-deception
"""


def changing(settings: EdgeSettings) -> Expression:
    """Return the condition for a file that keeps its name when it changes, such as a service worker."""
    return at(*settings.cache.changing_files)


def fingerprinted(settings: EdgeSettings) -> Expression:
    """Return the condition for a file named by its content: the same for every visitor, whatever the cookies."""
    plain = ~some(*[PATH.lower().contains(part) for part in READ_ELSEWHERE])
    return under(*settings.cache.fingerprinted_paths) & plain & ~changing(settings)


def signed_in(settings: EdgeSettings) -> Expression:
    """Return the condition that a request claims to be somebody's; whether it is, the application knows."""
    cookies = [COOKIE.contains(name) for name in settings.cache.session_cookies]
    return some(REQUEST_HEADERS.has("authorization"), *cookies)


def personal(settings: EdgeSettings) -> Expression:
    """Return the condition that the answer may belong to one person: nobody else may get it."""
    cookies = some(*[COOKIE.contains(name) for name in settings.cache.session_cookies])
    # A visitor's cookie goes along with every file of the build, which is the same for all.
    return REQUEST_HEADERS.has("authorization") | (cookies & ~fingerprinted(settings))


def sign_in(settings: EdgeSettings) -> Expression:
    """Return the condition for sign-in itself."""
    return under(*settings.auth.paths)


def calls(settings: EdgeSettings) -> Expression:
    """Return the condition for what programs call: the API and sign-in."""
    return under(*settings.api.paths, *settings.auth.paths)
