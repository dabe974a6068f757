"""An edge to test with, and its recording."""

import dataclasses

from components._cloudflare.plans import CloudflarePlan
from components.edge import Edge, EdgeArgs
from tests.components.recording import Recorded, record_component

YEAR_SECONDS = 31_536_000

ARGS = EdgeArgs(
    zone_name="feed.example.com",
    zone_id="zone-1",
    plan=CloudflarePlan.BUSINESS,
    origin_hostname="lb.internal.example.com",
    hostnames=["feed.example.com", "www.feed.example.com"],
    api_paths=["/rest/", "/rpc/"],
    auth_paths=["/auth/"],
    api_requests_per_minute=100,
    api_burst_requests=30,
    api_burst_window_seconds=10,
    auth_requests_per_minute=20,
    static_extensions=["css", "js"],
    static_dirs=["/assets/", "/_app/"],
    static_ttl_seconds=YEAR_SECONDS,
    api_cache_ttl_seconds=30,
    session_cookies=["session", "sb-"],
)


PRO = {"plan": CloudflarePlan.PRO, "api_burst_requests": None}
FREE = {"plan": CloudflarePlan.FREE, "api_requests_per_minute": None, "auth_requests_per_minute": None}


def edge_args(**changes: object) -> EdgeArgs:
    return dataclasses.replace(ARGS, **changes)


def record(**changes: object) -> Recorded[Edge]:
    return record_component(lambda: Edge("edge", edge_args(**changes)))


def made(recorded: Recorded[Edge]) -> dict[str, tuple[object, bool]]:
    return {it.name: (it.inputs, it.protect) for it in recorded.resources if it.custom}
