"""Whose answer it is: the conditions that decide what may be shared."""

from edge_rules.expression import Expression, some
from edge_rules.fields import COOKIE, PATH, REQUEST_HEADERS, RESPONSE_HEADERS, at, under
from edge_rules.settings import EdgeSettings

READ_ELSEWHERE = ("%2f", "%5c", "%25", ";")
"""Parts of a path that some origins read as a slash or cut off, and Cloudflare does not.

`/assets/..%2frest/me` may be `/rest/me` there. Source: https://portswigger.net/web-security/web-cache-deception
"""

CREDENTIAL_HEADERS = (
    *("authorization", "proxy-authorization", "dpop", "x-signature", "x-hub-signature"),
    *("ocp-apim-subscription-key", "x-goog-iap-jwt-assertion", "x-amzn-oidc-data", "x-amzn-oidc-identity"),
    *("x-access-key", "x-functions-key", "x-master-key", "x-ms-client-principal", "x-ms-client-principal-id"),
    *(
        "x-client-id",
        "x-company-id",
        "x-workspace-id",
        "x-team-id",
        "x-org",
        "x-org-id",
        "x-organization",
        "x-project",
    ),
    *(
        "x-organization-id",
        "x-project-id",
        "x-forwarded-user",
        "x-forwarded-email",
        "x-remote-user",
        "remote-user",
    ),
)
"""Headers that say who asks, or for whom; `PARTS_OF_CREDENTIAL_HEADERS` has the most. Lower case.

Sources: RFC 9110 section 11, RFC 9449 (DPoP), and the documentation of Azure API Management, Google IAP and of
the load balancers of AWS.
"""
PARTS_OF_CREDENTIAL_HEADERS = (
    *("token", "api-key", "apikey", "api_key", "x-auth", "jwt", "secret", "password", "session", "csrf", "xsrf"),
    *("credential", "tenant", "impersonate", "x-user", "account", "customer"),
)
"""Parts of the names of such headers: `X-Api-Key`, `apikey` (Supabase), `X-Auth-Token` (OpenStack),
`Private-Token` (GitLab), `X-Amz-Security-Token`, `Cf-Access-Jwt-Assertion`, `X-Tenant-Id`.

No browser sends one by itself.
"""
NEGOTIATING_HEADERS = (
    *("accept-profile", "prefer", "range", "range-unit"),
    *("accept-version", "api-version", "x-api-version"),
)
"""Headers by which an API answers otherwise at the same address; the first four are PostgREST's.

Source: https://docs.postgrest.org/en/stable/references/api/
"""
USUAL_ACCEPTS = ("*/*", "application/json", "application/json, text/plain, */*")
"""Values of Accept to which an API gives its one usual answer: none in particular, JSON, and axios' own."""
CHANGING_ENDINGS = (
    *(
        "/sw.js",
        "-sw.js",
        "_sw.js",
        ".sw.js",
        "/sw.mjs",
        "serviceworker.js",
        "service-worker.js",
        "service_worker.js",
    ),
    *("/ngsw-worker.js", "/ngsw.json", "sdkworker.js", "/registersw.js"),
    *("/manifest.json", ".webmanifest", "/version.json", "/remoteentry.js"),
)
"""Ends of the paths of service workers and manifests, whose names stay when they change; lower case.

Sources: Workbox, Angular (`ngsw`), Firebase (`firebase-messaging-sw.js`), OneSignal (`OneSignalSDKWorker.js`),
Vite's PWA plugin (`registerSW.js`), module federation (`remoteEntry.js`).
"""
PAGE = RESPONSE_HEADERS.says("content-type", "text/html") | RESPONSE_HEADERS.says("content-type", "xhtml")
"""The answer is a page: under the name of a script, it is what an origin sends when the script is gone."""


def changing(settings: EdgeSettings) -> Expression:
    """Return the condition for a file that keeps its name when it changes, such as a service worker."""
    return at(*settings.cache.changing_files) | some(*map(PATH.lower().ends_with, CHANGING_ENDINGS))


def credentials(settings: EdgeSettings) -> Expression:
    """Return the condition that a header says who asks, or for whom."""
    parts = map(REQUEST_HEADERS.has_part, PARTS_OF_CREDENTIAL_HEADERS)
    return some(REQUEST_HEADERS.has(*CREDENTIAL_HEADERS, *settings.cache.credential_headers), *parts)


def negotiated() -> Expression:
    """Return the condition that a request asks for another form of the answer than the usual one."""
    return REQUEST_HEADERS.has(*NEGOTIATING_HEADERS) | REQUEST_HEADERS.other_than("accept", *USUAL_ACCEPTS)


def fingerprinted(settings: EdgeSettings) -> Expression:
    """Return the condition for a file named by its content: the same for every visitor, whatever the cookies."""
    plain = ~some(*[PATH.lower().contains(part) for part in READ_ELSEWHERE])
    return under(*settings.cache.fingerprinted_paths) & plain & ~changing(settings)


def signed_in(settings: EdgeSettings) -> Expression:
    """Return the condition that a request claims to be somebody's; whether it is, the application knows."""
    cookies = [COOKIE.contains(name) for name in settings.cache.session_cookies]
    return some(REQUEST_HEADERS.has("authorization", *settings.cache.credential_headers), *cookies)


def personal(settings: EdgeSettings) -> Expression:
    """Return the condition that the answer may belong to one person: nobody else may get it."""
    cookies = some(*[COOKIE.contains(name) for name in settings.cache.session_cookies])
    # A visitor's cookie goes along with every file of the build, which is the same for all.
    return credentials(settings) | (cookies & ~fingerprinted(settings))


def sign_in(settings: EdgeSettings) -> Expression:
    """Return the condition for sign-in itself."""
    return under(*settings.auth.paths)


def calls(settings: EdgeSettings) -> Expression:
    """Return the condition for what programs call: the API and sign-in."""
    return under(*settings.api.paths, *settings.auth.paths)
