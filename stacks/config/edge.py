"""Configuration of the edge at Cloudflare."""

from typing import Annotated, Literal

from pydantic import Field

from policies import limits
from stacks.config.base import Hostname, Model, Within

UrlPath = Annotated[str, Field(pattern=r"^/([A-Za-z0-9._~-]+/)*$")]
"""Beginning of a URL path, with a slash at both ends."""


class ApiLimitConfig(Model):
    """Requests one address may send to the API."""

    paths: Annotated[list[UrlPath], Field(min_length=1)] = Field(
        default=["/rest/", "/rpc/"], description="Beginnings of the paths."
    )
    requests_per_minute: Annotated[int, Within(limits.API_REQUESTS_PER_MINUTE)] = Field(
        default=limits.API_REQUESTS_PER_MINUTE.maximum, description="Requests a minute."
    )
    burst_requests: Annotated[int, Within(limits.API_BURST_REQUESTS)] | None = Field(
        default=limits.API_BURST_REQUESTS.maximum,
        description=f"Requests in {limits.API_BURST_WINDOW_SECONDS} seconds; null where the plan lacks the rule.",
    )


class AuthLimitConfig(Model):
    """Requests one address may send to the sign-in paths."""

    paths: Annotated[list[UrlPath], Field(min_length=1)] = Field(
        default=["/auth/"], description="Beginnings of the paths."
    )
    requests_per_minute: Annotated[int, Within(limits.AUTH_REQUESTS_PER_MINUTE)] = Field(
        default=limits.AUTH_REQUESTS_PER_MINUTE.maximum, description="Requests a minute."
    )


class RateLimitsConfig(Model):
    """Rate limits at the edge, by address and data centre."""

    api: ApiLimitConfig = ApiLimitConfig()
    auth: AuthLimitConfig = AuthLimitConfig()


class CacheConfig(Model):
    """What the edge keeps."""

    static_extensions: list[Annotated[str, Field(pattern=r"^[a-z0-9]{1,8}$")]] = Field(
        default=["css", "jpg", "js", "png", "svg", "woff2"], description="Extensions of static files."
    )
    static_paths: list[UrlPath] = Field(
        default=["/_app/", "/assets/"], description="Directories of static files with fingerprinted names."
    )
    static_seconds: Annotated[int, Field(ge=60, le=31536000)] = Field(
        default=31536000, description="How long static files are kept, in seconds."
    )
    api_seconds: Annotated[int, Field(ge=1, le=3600)] = Field(
        default=30, description="How long answers of the API to anonymous GETs are kept, in seconds."
    )
    session_cookies: Annotated[list[Annotated[str, Field(pattern=r"^[\w.-]+$")]], Field(min_length=1)] = Field(
        description="Cookies that mark a signed-in visitor: their answers are never shared."
    )


class EdgeConfig(Model):
    """One zone at Cloudflare; this stack owns it alone."""

    provider: Literal["cloudflare"]
    plan: Literal["free", "pro", "business", "enterprise"] = Field(
        description="Plan of the zone; decides which rules are possible."
    )
    account_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] = Field(description="Cloudflare account.")
    zone: Hostname = Field(description="Registered domain, for example feed.example.")
    hostnames: Annotated[list[Hostname], Field(min_length=1)] = Field(
        description="Names served by the service: the zone itself or one level below."
    )
    rate_limits: RateLimitsConfig = RateLimitsConfig()
    cache: CacheConfig
    origin_pull: Literal["none", "present", "verify"] = Field(
        default="verify",
        description="Certificate by which the origin knows this zone: none, shown by the zone, or shown and "
        "demanded. A stack that serves already goes through present: docs/network.md.",
    )
    protect: bool = Field(default=True, description="Refuse to delete the zone.")
