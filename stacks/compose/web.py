"""Network, domain, edge, and the client certificate by which the service knows the zone."""

import pulumi

from components.domain import Domain, DomainArgs
from components.edge.args import AdoptionArgs, EdgeArgs
from components.edge.zone import Edge
from components.network import Nat, Network, NetworkArgs
from components.origin_pull import OriginPull, OriginPullArgs
from components.probe import REQUESTS_IN_FIVE_MINUTES, Probe, ProbeArgs
from components.service.web_service import WebService
from stacks.compose.stack import Stack
from stacks.config.exporting import ZONE_EXPORTER
from stacks.edge import edge_settings


def make_network(stack: Stack) -> Network:
    """Return the VPC."""
    network = stack.config.network
    return Network(
        "network",
        NetworkArgs(
            cidr=network.cidr,
            zones=network.zones,
            nat=Nat(network.nat),
            region=stack.config.region,
            endpoints=list(network.endpoints),
            flow_log_retention_days=network.flow_log_retention_days or stack.config.logs.retention_days,
        ),
        stack.opts,
    )


def make_domain(stack: Stack) -> Domain:
    """Return the zone and its certificate."""
    edge = stack.config.edge
    return Domain(
        "domain",
        DomainArgs(
            zone_name=edge.zone,
            account_id=edge.account_id,
            protect=edge.protect,
            adopt_zone_id=edge.adopt.zone_id if edge.adopt else None,
        ),
        stack.opts,
    )


def make_edge(stack: Stack, domain: Domain, service: WebService) -> Edge:
    """Return Cloudflare in front of `service`."""
    edge = stack.config.edge
    adopt = edge.adopt
    return Edge(
        "edge",
        EdgeArgs(
            zone_name=edge.zone,
            zone_id=domain.zone_id,
            origin_hostname=service.hostname,
            settings=edge_settings(stack.config),
            exporter=edge.metrics == ZONE_EXPORTER,
            probe_requests=probe_requests(stack),
            adopt=AdoptionArgs(zone_id=adopt.zone_id, rulesets=adopt.rulesets, settings=adopt.settings)
            if adopt
            else None,
            reset=edge.reset,
        ),
        stack.opts,
    )


def probe_requests(stack: Stack) -> int:
    """Return how many of five minutes' requests are those of the stack's own probe."""
    return 0 if stack.config.edge.probe == "none" else REQUESTS_IN_FIVE_MINUTES


def make_probe(stack: Stack, edge: Edge, service: WebService) -> Probe | None:
    """Return the probe from outside; None where `edge.probe` is none."""
    if stack.config.edge.probe == "none":
        return None
    return Probe(
        "probe",
        ProbeArgs(
            probe_name=stack.names.prefix,
            hostname=stack.config.edge.hostnames[0],
            path=stack.config.service.health_path,
            needed=[edge, service.ready],
        ),
        stack.opts,
    )


def make_origin_pull(stack: Stack, domain: Domain) -> OriginPull | None:
    """Return the zone's client certificate; None where `edge.origin_pull` is none."""
    if stack.config.edge.origin_pull == "none":
        return None
    return OriginPull(
        "origin-pull",
        OriginPullArgs(
            zone_id=domain.zone_id,
            subject=f"{stack.names.prefix} origin pull",
            bucket_prefix=stack.names.of("origin"),
            protect=stack.config.edge.protect,
        ),
        stack.opts,
    )


def client_trust_store_arn(stack: Stack, origin_pull: OriginPull | None) -> pulumi.Output[str] | None:
    """Return the trust store for the service's callers; None where `edge.origin_pull` is not verify."""
    if origin_pull is None or stack.config.edge.origin_pull != "verify":
        return None
    return origin_pull.trust_store_arn
