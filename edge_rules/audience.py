"""Whose answer it is: the conditions that decide what may be shared."""

from edge_rules.expression import Expression, some
from edge_rules.fields import COOKIE, PATH, REQUEST_HEADERS, at, under
from edge_rules.settings import EdgeSettings

READ_ELSEWHERE = ("%2f", "%5c", "%25", ";")
"""Parts of a path that some origins read as a slash or cut off, and Cloudflare does not.

`/assets/..%2frest/me` may be `/rest/me` there. Source: https://portswigger.net/web-security/web-cache-deception
"""


def changing(settings: EdgeSettings) -> Expression:
    """A file that keeps its name when it changes, such as a service worker."""
    return at(*settings.cache.changing_files)


def fingerprinted(settings: EdgeSettings) -> Expression:
    """A file of the build, named by its content: the same for every visitor, whatever cookies come with it."""
    plain = ~some(*[PATH.lower().contains(part) for part in READ_ELSEWHERE])
    return under(*settings.cache.fingerprinted_paths) & plain & ~changing(settings)


def signed_in(settings: EdgeSettings) -> Expression:
    """The request claims to be somebody's; whether it is right only the application knows."""
    cookies = [COOKIE.contains(name) for name in settings.cache.session_cookies]
    return some(REQUEST_HEADERS.has("authorization"), *cookies)


def personal(settings: EdgeSettings) -> Expression:
    """The answer may belong to one person: nobody else may get it."""
    cookies = some(*[COOKIE.contains(name) for name in settings.cache.session_cookies])
    # A visitor's cookie goes along with every file of the build, which is the same for all.
    return REQUEST_HEADERS.has("authorization") | (cookies & ~fingerprinted(settings))


def sign_in(settings: EdgeSettings) -> Expression:
    """Sign-in itself."""
    return under(*settings.auth.paths)


def calls(settings: EdgeSettings) -> Expression:
    """What programs call: the API and sign-in."""
    return under(*settings.api.paths, *settings.auth.paths)
