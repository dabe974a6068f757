"""What AWS gives an account by default, as dated data; `aws service-quotas get-service-quota` says what it has."""

import ipaddress
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from capacity.tasks import UNITS_PER_VCPU, ServiceTasks
from components.aws.zones import SUBNET_PREFIX_GROWTH
from edge_rules.ranges import IPV4_RANGES
from observability.alerting.rules import RULES_PER_GROUP
from stacks.budget import Budget
from stacks.config.capacity import raised_quotas
from stacks.config.stack import StackConfig

READ_ON: Final = "2026-11-26"
"""Day on which the numbers were last compared with stored copies of their pages, or with pages that cite them.

That of `fargate_vcpus` was found in no copy.
"""
RESERVED_ADDRESSES = 5
"""Addresses of each subnet that AWS keeps. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"""
LOAD_BALANCER_ADDRESSES = 8
"""Addresses that a load balancer wants free in each subnet.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
"""


class Quota(Struct, frozen=True, kw_only=True):
    """A default of AWS."""

    id: str
    """Its name here, and under `capacity.quotas` where the account may have another number."""
    title: str
    """AWS's own name."""
    default: int
    """The number of a new account."""
    adjustable: bool
    """Whether AWS raises it when asked."""
    source: str
    """Page of the number."""


_VPC: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"
_ECS: Final = "https://docs.aws.amazon.com/general/latest/gr/ecs-service.html"
_ALB: Final = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"
_AMP: Final = "https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html"
_NAT: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html"

QUOTAS: Final = {
    it.id: it
    for it in (
        Quota(
            id="fargate_vcpus",
            title="Fargate On-Demand vCPU resource count",
            default=6,
            adjustable=True,
            source=_ECS,
        ),
        Quota(id="tasks_per_service", title="Tasks per service", default=5000, adjustable=True, source=_ECS),
        Quota(id="elastic_ips", title="EC2-VPC Elastic IPs", default=5, adjustable=True, source=_VPC),
        Quota(
            id="security_group_rules",
            title="Inbound or outbound rules per security group",
            default=60,
            adjustable=True,
            source=_VPC,
        ),
        Quota(
            id="load_balancer_targets",
            title="Targets per Application Load Balancer",
            default=1000,
            adjustable=True,
            source=_ALB,
        ),
        Quota(
            id="amp_rules_per_group",
            title="Rules per rule group of AMP",
            default=RULES_PER_GROUP,
            adjustable=False,
            source=_AMP,
        ),
        Quota(
            id="nat_connections",
            title="Connections of one NAT gateway's address to one destination",
            default=55_000,
            adjustable=False,
            source=_NAT,
        ),
        Quota(
            id="subnet_addresses",
            title="Free addresses of the private subnets",
            default=0,
            adjustable=False,
            source=_VPC,
        ),
    )
}
"""By id. The last one follows from `network.cidr`."""


def quota_demands(
    config: StackConfig, tasks: Mapping[str, ServiceTasks], held: Budget | None
) -> Mapping[str, float]:
    """Return what the stack takes of each quota at its largest moment, by id; those of other providers are none.

    The largest moment: every service has as many tasks as it may, or as it needs, and all deploy at once.
    """
    at_fargate = {name: it for name, it in tasks.items() if it.provider == "fargate"}
    connected = {name: it.connected for name, it in at_fargate.items()}
    vcpus = sum(connected[name] * it.cpu_units / UNITS_PER_VCPU for name, it in at_fargate.items())
    poolers = held.poolers.connected if held and config.own_pooler else 0
    if config.own_pooler:
        vcpus += poolers * config.own_pooler.task.cpu / UNITS_PER_VCPU
    found: dict[str, float] = {"fargate_vcpus": vcpus, "tasks_per_service": max(connected.values(), default=0)}
    if config.in_network and not config.network.existing:
        found["elastic_ips"] = {"none": 0, "single": 1, "per_zone": len(config.zones)}[config.network.nat]
        found["subnet_addresses"] = sum(connected.values()) + poolers + len(config.network.endpoints)
    if config.balanced:
        ranges = config.load_balancer.ingress_cidrs or IPV4_RANGES
        # A prefix list counts as many rules as it may have entries, at each of the two ports.
        found["security_group_rules"] = 2 * len(ranges)
        found["load_balancer_targets"] = sum(connected[name] for name in config.balanced)
    if config.metrics.store.provider == "amp":
        # The rules are cut into groups of that size, so that no number of alerts is over it.
        found["amp_rules_per_group"] = RULES_PER_GROUP
    outside = config.database and config.database.provider not in ("rds", "existing")
    if outside and found.get("elastic_ips"):
        pools = sum(connected[name] * config.services[name].database_pool.maximum for name in at_fargate)
        found["nat_connections"] = pools / found["elastic_ips"]
    return {name: demand for name, demand in found.items() if demand}


def quota_supply(config: StackConfig, name: str) -> tuple[int, bool]:
    """Return what the account has of a quota, and whether the stack file says so."""
    given = raised_quotas(config.capacity.quotas)
    if name != "subnet_addresses":
        return given.get(name, QUOTAS[name].default), name in given
    prefix = ipaddress.ip_network(config.network.cidr).prefixlen + SUBNET_PREFIX_GROWTH
    free = 2 ** (32 - prefix) - RESERVED_ADDRESSES - LOAD_BALANCER_ADDRESSES
    return free * len(config.zones), True
