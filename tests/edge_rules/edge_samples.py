"""An edge to test with, and its recording."""

from msgspec.structs import replace

from components.edge.args import AdoptionArgs, EdgeArgs, EdgePromises
from components.edge.zone import Edge
from edge_rules.plans import CloudflarePlan
from edge_rules.settings import (
    ApiSettings,
    AuthSettings,
    Bots,
    CacheSettings,
    EdgeSettings,
    FailedLogins,
    Hsts,
    RequestRate,
    Waf,
)
from tests.components.recording import Recorded, record_component

YEAR_SECONDS = 31_536_000
FAILURES = FailedLogins(failures=5, window_seconds=600, statuses=(400, 401, 403))

SETTINGS = EdgeSettings(
    plan=CloudflarePlan.BUSINESS,
    hostnames=("feed.example.com", "api.feed.example.com"),
    redirect_hostnames=("www.feed.example.com",),
    api=ApiSettings(
        paths=("/rest/", "/rpc/"),
        per_minute=RequestRate(requests=100, period_seconds=60),
        burst=RequestRate(requests=30, period_seconds=10),
        only_uncached=False,
        except_signed_in=False,
        except_hostnames=(),
    ),
    auth=AuthSettings(
        paths=("/auth/",), per_minute=RequestRate(requests=20, period_seconds=60), failed_logins=FAILURES
    ),
    cache=CacheSettings(
        fingerprinted_paths=("/assets/", "/_app/"),
        fingerprinted_seconds=YEAR_SECONDS,
        changing_files=("/_app/version.json", "/sw.js"),
        extensions=("css", "js"),
        extension_seconds=7200,
        api_seconds=30,
        session_cookies=("session", "sb-"),
    ),
    hsts=Hsts.PROBE,
    waf=Waf.ON,
    owasp=False,
    bots=Bots.SPARE_API,
    leaked_passwords=True,
    security_headers=True,
    dnssec=True,
)

BLOCKS = {
    name: block
    for block in ("api", "auth", "cache")
    for name in getattr(SETTINGS, block).__struct_fields__
    if name not in ("paths", "per_minute")
}
"""Block of each field whose name tells it."""


def settings(**changes: object) -> EdgeSettings:
    """The sample with fields changed; `auth_paths` is the field `paths` of the block `auth`."""
    made = SETTINGS
    for name, value in changes.items():
        if name in BLOCKS:
            block, field = BLOCKS[name], name
        elif name.startswith(("api_", "auth_")):
            block, _, field = name.partition("_")
        else:
            made = replace(made, **{name: value})
            continue
        made = replace(made, **{block: replace(getattr(made, block), **{field: value})})
    return made


def edge_args(
    *,
    adopt: AdoptionArgs | None = None,
    reset: bool = False,
    exporter: bool = True,
    promises: EdgePromises = EdgePromises(),  # noqa: B008  it is frozen
    zone_name: str = "feed.example.com",
    zone_id: str = "zone-1",
    origin_hostname: str = "lb.internal.example.com",
    made: EdgeSettings | None = None,
    **changes: object,
) -> EdgeArgs:
    return EdgeArgs(
        zone_name=zone_name,
        zone_id=zone_id,
        origin_hostname=origin_hostname,
        settings=made or settings(**changes),
        adopt=adopt,
        reset=reset,
        exporter=exporter,
        promises=promises,
    )


def record(**changes: object) -> Recorded[Edge]:
    return record_component(lambda: Edge("edge", edge_args(**changes)))


def made(recorded: Recorded[Edge]) -> dict[str, tuple[object, ...]]:
    return {it.name: (it.inputs, it.import_id) for it in recorded.resources if it.custom}
