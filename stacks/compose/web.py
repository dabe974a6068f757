"""Domain, edge, and the client certificate by which the load balancer knows the zone."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_cloudflare as cloudflare

from components.domain import Domain, DomainArgs
from components.edge.args import AdoptionArgs, EdgeArgs
from components.edge.zone import Edge
from components.origin_pull import OriginPull, OriginPullArgs
from components.probe import REQUESTS_IN_FIVE_MINUTES, Probe, ProbeArgs
from stacks.compose.objectives import edge_promises
from stacks.compose.stack import Stack
from stacks.config.exporting import ZONE_EXPORTER
from stacks.edge import edge_settings


def make_domain(stack: Stack) -> Domain | None:
    """Return the zone and its certificate; None without an edge."""
    edge = stack.config.edge
    if edge is None:
        return None
    return Domain(
        "domain",
        DomainArgs(
            zone_name=edge.zone,
            account_id=edge.account_id or _only_account(stack),
            protect=edge.protect,
            adopt_zone_id=edge.adopt.zone_id if edge.adopt else None,
        ),
        stack.opts,
    )


def make_edge(stack: Stack, domain: Domain | None, origin_hostname: pulumi.Input[str]) -> Edge | None:
    """Return Cloudflare in front of the load balancer, a front end or another host; None without an edge."""
    edge = stack.config.edge
    if edge is None or domain is None:
        return None
    adopt = edge.adopt
    return Edge(
        "edge",
        EdgeArgs(
            zone_name=edge.zone,
            zone_id=domain.zone_id,
            origin_hostname=origin_hostname,
            settings=edge_settings(stack.config, edge),
            exporter=edge.metrics == ZONE_EXPORTER,
            promises=edge_promises(stack.config),
            probe_requests=probe_requests(stack),
            adopt=AdoptionArgs(zone_id=adopt.zone_id, rulesets=adopt.rulesets, settings=adopt.settings)
            if adopt
            else None,
            reset=edge.reset,
        ),
        stack.opts,
    )


def edge_outputs(edge: Edge | None, domain: Domain | None) -> Mapping[str, pulumi.Input[Any]]:
    """Return the stack's outputs about its zone."""
    if edge is None or domain is None:
        return {}
    return {"urls": edge.urls, "name_servers": domain.name_servers, "ds_record": edge.ds_record}


def probe_requests(stack: Stack) -> int:
    """Return how many of five minutes' requests are those of the stack's own probe."""
    edge = stack.config.edge
    return 0 if edge is None or edge.probe == "none" else REQUESTS_IN_FIVE_MINUTES


def make_probe(stack: Stack, edge: Edge | None, ready: pulumi.Resource | None) -> Probe | None:
    """Return the probe from outside; None where `edge.probe` is none."""
    config, asked = stack.config.edge, stack.config.probed_web
    if config is None or edge is None or config.probe == "none" or asked is None or ready is None:
        return None
    return Probe(
        "probe",
        ProbeArgs(
            probe_name=stack.names.prefix,
            hostname=config.hostnames[0],
            path=stack.config.web[asked].health_path,
            needed=[edge, ready],
        ),
        stack.opts,
    )


def make_origin_pull(stack: Stack, domain: Domain | None) -> OriginPull | None:
    """Return the zone's client certificate; None where `edge.origin_pull` is none."""
    edge = stack.config.edge
    if edge is None or domain is None or edge.origin_pull == "none":
        return None
    return OriginPull(
        "origin-pull",
        OriginPullArgs(
            zone_id=domain.zone_id,
            subject=f"{stack.names.prefix} origin pull",
            bucket_prefix=stack.names.of("origin"),
            protect=edge.protect,
        ),
        stack.opts,
    )


def client_trust_store_arn(stack: Stack, origin_pull: OriginPull | None) -> pulumi.Output[str] | None:
    """Return the trust store for the load balancer's callers; None where `edge.origin_pull` is not verify."""
    edge = stack.config.edge
    if origin_pull is None or edge is None or edge.origin_pull != "verify":
        return None
    return origin_pull.trust_store_arn


def _only_account(stack: Stack) -> pulumi.Output[str]:
    """Return the one account that the token of Cloudflare may see: the engine looks it up."""
    found = cloudflare.get_accounts_output(opts=pulumi.InvokeOptions())
    return found.results.apply(lambda accounts: _the_only(stack, [account.id for account in accounts]))


def _the_only(stack: Stack, accounts: list[str]) -> str:
    if len(accounts) == 1:
        return accounts[0]
    raise pulumi.RunError(
        f"stack {stack.config.environment}: edge.account_id: missing, and the token of Cloudflare sees "
        f"{len(accounts)} accounts; give one of {', '.join(accounts) or 'them'}"
    )
