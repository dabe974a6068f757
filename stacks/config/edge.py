"""Configuration of the edge at Cloudflare."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from edge_rules.rule import Phase
from policies import limits
from stacks.config.base import UNIQUE, Hostname, Model, Name, ServedHostname, Within
from stacks.config.dialects import EdgeMetrics

UrlPath = Annotated[str, Field(pattern=r"^/([A-Za-z0-9._~-]+/)*$")]
"""Beginning of a URL path, with a slash at both ends."""

CalledPath = Annotated[str, Field(pattern=r"^/([A-Za-z0-9._~-]+/)*[A-Za-z0-9._~-]*$")]
"""A URL path: with a slash at the end all that is below it, without one that path alone."""

CALLED_PATHS = (
    "Paths: /rest/ with all below it, /graphql alone (with a slash at its end, or in another case, as well)."
)

FilePath = Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._~-]+)+$")]
"""Path of one file."""

CloudflareId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
"""An id at Cloudflare."""

ErrorStatus = Annotated[int, Field(ge=400, le=499)]
"""HTTP status of a refusal."""

ANY_COOKIE = "="
"""What every cookie holds: safe where nobody said which of them mark a signed-in visitor."""

MINIFY_IS_GONE = (
    "nothing: Cloudflare removed Auto Minify on 2024-08-05; minify in the build, and leave the key out"
)
"""What to do about `edge.minify`. Source: https://developers.cloudflare.com/fundamentals/api/reference/deprecations/"""


class ApiLimitConfig(Model):
    """Requests one address may send to the API."""

    paths: Annotated[list[CalledPath], UNIQUE] = Field(
        default=["/rest/", "/rpc/"], min_length=1, description=CALLED_PATHS
    )
    requests_per_minute: Annotated[int, Within(limits.API_REQUESTS_PER_MINUTE)] = Field(
        default=limits.API_REQUESTS_PER_MINUTE.maximum,
        description=f"{limits.API_REQUESTS_PER_MINUTE.range_or_exception}.",
    )
    burst_requests: Annotated[int, Within(limits.API_BURST_REQUESTS)] | None = Field(
        default=limits.API_BURST_REQUESTS.maximum,
        description=f"Requests in {limits.API_BURST_WINDOW_SECONDS} seconds; null where the plan lacks the rule. "
        f"{limits.API_BURST_REQUESTS.range_or_exception}.",
    )
    count: Literal["all", "uncached"] = Field(
        default="all", description="uncached: only what reaches the origin, so that readers are not refused."
    )
    except_signed_in: bool = Field(
        default=False,
        description="Leave requests with credentials, true or not, to the application (enterprise plan).",
    )
    except_hostnames: Annotated[list[ServedHostname], UNIQUE] = Field(
        default=[], description="Hosts left to the application, which must refuse there whoever is not signed in."
    )


class AuthLimitConfig(Model):
    """Requests one address may send to the sign-in paths."""

    paths: Annotated[list[CalledPath], UNIQUE] = Field(default=["/auth/"], min_length=1, description=CALLED_PATHS)
    requests_per_minute: Annotated[int, Within(limits.AUTH_REQUESTS_PER_MINUTE)] = Field(
        default=limits.AUTH_REQUESTS_PER_MINUTE.maximum, description="Requests a minute."
    )
    failed_logins: Annotated[int, Within(limits.FAILED_LOGINS)] | None = Field(
        default=limits.FAILED_LOGINS.maximum,
        description="After so many failed logins the next is challenged; null where the plan cannot count.",
    )
    failed_login_window_seconds: Annotated[int, Field(ge=10, le=3600)] = Field(
        default=600, description="Window in which failed logins are counted, in seconds; the plan has a list."
    )
    failed_login_statuses: Annotated[list[ErrorStatus], UNIQUE] = Field(
        default=[400, 401, 403], min_length=1, description="What the sign-in answers to a wrong password."
    )


class RateLimitsConfig(Model):
    """Rate limits at the edge, by address and data centre."""

    api: ApiLimitConfig = ApiLimitConfig()
    auth: AuthLimitConfig = AuthLimitConfig()


class CacheConfig(Model):
    """What the edge keeps."""

    static_extensions: Annotated[list[Annotated[str, Field(pattern=r"^[a-z0-9]{1,8}$")]], UNIQUE] = Field(
        default=["css", "jpg", "js", "png", "svg", "woff2"],
        description="Extensions of static files outside `static_paths`.",
    )
    extension_seconds: Annotated[int, Field(ge=60, le=86400)] = Field(
        default=7200,
        description="How long the edge keeps those where the origin's headers do not say, in seconds.",
    )
    static_paths: Annotated[list[UrlPath], UNIQUE] = Field(
        default=["/_app/", "/assets/"], description="Directories of static files with fingerprinted names."
    )
    static_seconds: int = Field(
        default=31536000, ge=60, le=31536000, description="How long the edge and browsers keep those, in seconds."
    )
    changing_files: Annotated[list[FilePath], UNIQUE] = Field(
        default=["/_app/version.json", "/service-worker.js", "/sw.js"],
        description="Files that change under one name, beside service workers: the origin's headers decide.",
    )
    api_seconds: Annotated[int, Field(ge=0, le=3600)] | None = Field(
        default=30,
        description="How long API answers to anonymous GETs are kept, and then given out stale, in seconds, where "
        "the origin's headers do not say; null: by those alone; 0: never.",
    )
    checked_page: Annotated[str, Field(pattern=r"^/\S*$")] | None = Field(
        default=None,
        description="A page at the first of `hostnames` that names files of `static_paths`, which `footing ready` "
        "asks for; / where a front end answers there, and none elsewhere, when left out.",
    )
    checked_read: Annotated[str, Field(pattern=r"^/\S*$")] | None = Field(
        default=None,
        description="A read of the API without signing in, with its query, that `footing ready` asks for; the "
        "first path of rate_limits.api when left out.",
    )
    session_cookies: Annotated[
        list[Annotated[str, Field(pattern=r"^([A-Za-z0-9_.-]+|=)$")]], Field(min_length=1), UNIQUE
    ] = Field(
        default=[ANY_COOKIE],
        description="Cookies that mark a signed-in visitor: their answers are never shared. Left out, any cookie "
        "marks one.",
    )
    credential_headers: Annotated[list[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]], UNIQUE] = Field(
        default=[],
        description="Headers that say who asks, or for which tenant, beside those that the edge knows "
        "(docs/edge.md): such a request is never answered from the shared cache.",
    )


class AdoptConfig(Model):
    """What the zone has already and this stack takes over."""

    zone_id: CloudflareId = Field(description="Id of the zone, which is imported instead of made.")
    rulesets: dict[Annotated[Phase, Field(strict=False)], CloudflareId] = Field(
        default={}, description="Id of the zone's rule set in each phase that has one."
    )
    settings: bool = Field(
        default=False, description="Show in the preview how settings differ, before they change."
    )


class EdgeConfig(Model):
    """One zone at Cloudflare; this stack owns it alone."""

    provider: Literal["cloudflare"]
    plan: Literal["free", "pro", "business", "enterprise"] = Field(
        description="Plan of the zone; decides which rules are possible."
    )
    metrics: EdgeMetrics = "none"
    when_plan_lacks: Literal["refuse", "degrade"] = Field(
        default="refuse",
        description="What the plan cannot do: an error, or the nearest it can, said in a warning.",
    )
    account_id: CloudflareId | None = Field(
        default=None, description="Cloudflare account; the only one that the token sees when left out."
    )
    zone: Hostname = Field(description="Registered domain, for example feed.example.")
    hostnames: Annotated[list[ServedHostname], UNIQUE] = Field(
        min_length=1,
        description="Names served by the service: the zone itself, one level below, or `*.feed.example` for every "
        "name there; the first is a single one.",
    )
    redirect_hostnames: Annotated[list[Hostname], UNIQUE] = Field(
        default=[], description="Names that send a visitor to the first of `hostnames`, for example www."
    )
    origin_hostname: Hostname | None = Field(
        default=None,
        description="Host that answers over HTTPS where no service and no front end of the stack does.",
    )
    origin_frontend: Name | None = Field(
        default=None,
        description="Name under `frontends` of the one that answers `hostnames` through Cloudflare; without it, a "
        "front end's own `domains` lead to its vendor directly.",
    )
    api_hostname: Hostname | None = Field(
        default=None,
        description="Name by which browsers call the API, one of hostnames; the first of them when left out.",
    )
    rate_limits: RateLimitsConfig = RateLimitsConfig()
    cache: CacheConfig = CacheConfig()
    origin_pull: Literal["none", "present", "verify"] = Field(
        default="verify",
        description="Certificate by which the origin knows this zone: none, shown by the zone, or shown and "
        "demanded. A stack that serves already goes through present: docs/network.md.",
    )
    probe: Literal["none", "route53"] = Field(
        default="none",
        description="route53: AWS asks for health_path of the first host name from three continents, and pages "
        "when nobody gets an answer; about 2.75 USD a month, 12 requests a minute.",
    )
    hsts: Literal["off", "probe", "week", "year", "preload"] = Field(
        default="probe", description="How long browsers refuse plain HTTP: five minutes first, then longer stages."
    )
    waf: Literal["on", "log", "off"] = Field(default="on", description="Cloudflare's managed firewall rules.")
    owasp: bool = Field(default=False, description="OWASP's rules as well (pro plan); they need tuning.")
    bots: Literal["off", "spare_api", "everywhere"] = Field(
        default="spare_api",
        description="Where automated visitors are challenged; the API can be spared from pro on.",
    )
    leaked_passwords: Literal["challenge", "off"] = Field(
        default="challenge", description="A sign-in with a password from a known leak."
    )
    security_headers: bool = Field(
        default=True, description="nosniff, Referrer-Policy and frame-ancestors, where the origin sets none."
    )
    dnssec: bool = Field(default=True, description="Sign the zone; the output ds_record goes to the registrar.")
    adopt: AdoptConfig | None = Field(default=None, description="Take over a zone that has rules already.")
    reset: bool = Field(
        default=False, description="Write Cloudflare's defaults to the settings: the step before a destroy."
    )
    minify: Any = Field(
        default=None, description="No setting: Cloudflare removed Auto Minify; minify in the build."
    )
    protect: bool = Field(default=True, description="Refuse to delete the zone.")

    @field_validator("minify")
    @classmethod
    def _minify_is_gone(cls, value: Any) -> None:
        if value is not None:
            raise PydanticCustomError("minify", MINIFY_IS_GONE)
