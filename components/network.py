"""The network: a VPC over several availability zones, with public and private subnets."""

import ipaddress
from enum import StrEnum

import pulumi
import pulumi_aws as aws
from msgspec import Struct, field

from components.aws import iam, security_groups
from components.aws.placement import NetworkPlacement
from components.aws.security_groups import Upstream
from components.aws.zones import SUBNET_LETTERS, SUBNET_PREFIX_GROWTH
from components.component import Component

HTTPS_PORT = 443
"""Port of every interface endpoint."""


class Nat(StrEnum):
    """How private subnets reach the internet."""

    NONE = "none"
    """Not at all: images and secrets must come over endpoints."""
    SINGLE = "single"
    """One gateway for all zones: cheap; its zone's outage cuts the way out of all."""
    PER_ZONE = "per_zone"
    """One gateway a zone: a zone's outage stays in that zone."""


class NetworkArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Network`."""

    cidr: str
    """IPv4 range of the VPC, /16 to /20. Source: config `network.cidr`."""
    zones: list[str]
    """Availability zones, 2 or 3, in any order, with one of `SUBNET_LETTERS` at the end. Source: config
    `network.zones`."""
    nat: Nat = Nat.PER_ZONE
    """NAT gateways of the private subnets. Source: config `network.nat`."""
    region: str
    """Region of the zones, for the name of the S3 endpoint. Source: config `region`."""
    endpoints: list[str] = field(default_factory=list)
    """Services of AWS with an interface endpoint, such as `ecr.api`. Source: config `network.endpoints`."""
    flow_log_retention_days: int
    """How long CloudWatch keeps the flow log, in days. Source: config `logs.retention_days`, unless
    `network.flow_log_retention_days` says otherwise."""

    def __post_init__(self) -> None:
        """Refuse a zone that has no range.

        Raises:
            ValueError: a zone's last letter is none of `SUBNET_LETTERS`.

        """
        if unknown := [zone for zone in self.zones if zone[-1] not in SUBNET_LETTERS]:
            raise ValueError(
                f"zones has {', '.join(unknown)}: a zone ends with one of {', '.join(SUBNET_LETTERS)}"
            )


class Network(Component):
    """One VPC with public and private subnets. Replacing it replaces everything inside."""

    vpc_id: pulumi.Output[str]
    """Id of the VPC."""
    public_subnet_ids: pulumi.Output[list[str]]
    """Subnets with a route from the internet, one a zone: for load balancers only."""
    private_subnet_ids: pulumi.Output[list[str]]
    """Subnets without one, one a zone: for everything else."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        # In the order of their names, for the place in the list must decide nothing.
        self._zones = sorted(args.zones)
        self._vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=args.cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            opts=self._child(),
        )
        # Adopting the default group without rules closes it: nothing can be reached through it by mistake.
        aws.ec2.DefaultSecurityGroup(f"{name}-closed", vpc_id=self._vpc.id, opts=self._child())
        gateway = aws.ec2.InternetGateway(f"{name}-internet", vpc_id=self._vpc.id, opts=self._child())
        public = self._make_public_subnets(gateway)
        self._routes: list[pulumi.Resource] = []
        self._egress_addresses: list[pulumi.Output[str]] = []
        private = self._make_private_subnets(self._make_nat(public, gateway))
        self._make_s3_endpoint([table for _, table in private])
        self._upstreams = self._make_endpoints([subnet for subnet, _ in private])
        self._make_flow_log()
        self.vpc_id = self._vpc.id
        self.public_subnet_ids = pulumi.Output.all(*[subnet.id for subnet in public]).apply(list)
        self.private_subnet_ids = pulumi.Output.all(*[subnet.id for subnet, _ in private]).apply(list)
        self._finish()

    @property
    def placement(self) -> NetworkPlacement:
        """The private subnets, with the routes that a task needs to fetch its image."""
        return NetworkPlacement(vpc_id=self.vpc_id, subnet_ids=self.private_subnet_ids, routes=self._routes)

    @property
    def egress_addresses(self) -> list[pulumi.Output[str]]:
        """Public addresses of the NAT gateways, from which the private subnets call others."""
        return self._egress_addresses

    @property
    def upstreams(self) -> list[Upstream]:
        """Return the interface endpoints: what every client in the VPC opens to call AWS.

        An endpoint takes over its service's name in the whole VPC: a task needs an egress rule to it, or it cannot
        reach the service.
        """
        return self._upstreams

    def _make_public_subnets(self, gateway: aws.ec2.InternetGateway) -> list[aws.ec2.Subnet]:
        table = aws.ec2.RouteTable(f"{self._name}-public", vpc_id=self._vpc.id, opts=self._child())
        aws.ec2.Route(
            f"{self._name}-public-out",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=self._child(),
        )
        return [self._make_subnet("public", zone, block, table) for zone, block in self._blocks(first=0)]

    def _make_private_subnets(
        self, gateways: list[aws.ec2.NatGateway]
    ) -> list[tuple[aws.ec2.Subnet, aws.ec2.RouteTable]]:
        private = []
        for index, (zone, block) in enumerate(self._blocks(first=8)):
            role = f"private-{zone[-1]}"
            table = aws.ec2.RouteTable(f"{self._name}-{role}", vpc_id=self._vpc.id, opts=self._child())
            if gateways:
                route = aws.ec2.Route(
                    f"{self._name}-{role}-out",
                    route_table_id=table.id,
                    destination_cidr_block="0.0.0.0/0",
                    nat_gateway_id=gateways[index % len(gateways)].id,
                    opts=self._child(),
                )
                self._routes.append(route)
            private.append((self._make_subnet("private", zone, block, table), table))
        return private

    def _make_subnet(self, kind: str, zone: str, block: str, table: aws.ec2.RouteTable) -> aws.ec2.Subnet:
        role = f"{kind}-{zone[-1]}"
        subnet = aws.ec2.Subnet(
            f"{self._name}-{role}",
            vpc_id=self._vpc.id,
            availability_zone=zone,
            cidr_block=block,
            map_public_ip_on_launch=False,
            opts=self._child(),
        )
        aws.ec2.RouteTableAssociation(
            f"{self._name}-{role}", subnet_id=subnet.id, route_table_id=table.id, opts=self._child()
        )
        return subnet

    def _make_nat(
        self, public: list[aws.ec2.Subnet], gateway: aws.ec2.InternetGateway
    ) -> list[aws.ec2.NatGateway]:
        # AWS refuses a NAT gateway, and may refuse an address, while the VPC has no internet gateway attached.
        # https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html
        attached = self._child(depends_on=[gateway])
        hosts = {Nat.NONE: [], Nat.SINGLE: public[:1], Nat.PER_ZONE: public}[self._args.nat]
        gateways = []
        for subnet, zone in zip(hosts, self._zones, strict=False):
            role = f"nat-{zone[-1]}"
            address = aws.ec2.Eip(f"{self._name}-{role}", domain="vpc", opts=attached)
            self._egress_addresses.append(address.public_ip)
            gateways.append(
                aws.ec2.NatGateway(
                    f"{self._name}-{role}", allocation_id=address.id, subnet_id=subnet.id, opts=attached
                )
            )
        return gateways

    def _make_s3_endpoint(self, tables: list[aws.ec2.RouteTable]) -> None:
        # Free, and image layers come from S3: without it they pass through NAT and are billed by the gigabyte.
        aws.ec2.VpcEndpoint(
            f"{self._name}-s3",
            vpc_id=self._vpc.id,
            service_name=f"com.amazonaws.{self._args.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=[table.id for table in tables],
            opts=self._child(),
        )

    def _make_endpoints(self, subnets: list[aws.ec2.Subnet]) -> list[Upstream]:
        if not self._args.endpoints:
            return []
        group = security_groups.group(
            f"{self._name}-endpoints", "Interface endpoints of AWS services", self._vpc.id, self._child()
        )
        for service in self._args.endpoints:
            aws.ec2.VpcEndpoint(
                f"{self._name}-{service.replace('.', '-')}",
                vpc_id=self._vpc.id,
                service_name=f"com.amazonaws.{self._args.region}.{service}",
                vpc_endpoint_type="Interface",
                subnet_ids=[subnet.id for subnet in subnets],
                security_group_ids=[group.id],
                private_dns_enabled=True,
                opts=self._child(),
            )
        return [Upstream(role="endpoints", security_group_id=group.id, port=HTTPS_PORT)]

    def _make_flow_log(self) -> None:
        group = aws.cloudwatch.LogGroup(
            f"{self._name}-flow", retention_in_days=self._args.flow_log_retention_days, opts=self._child()
        )
        role = aws.iam.Role(
            f"{self._name}-flow", assume_role_policy=iam.trust("vpc-flow-logs.amazonaws.com"), opts=self._child()
        )
        aws.iam.RolePolicy(
            f"{self._name}-flow",
            role=role.id,
            policy=iam.allow(
                ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                [group.arn, pulumi.Output.concat(group.arn, ":*")],
            ),
            opts=self._child(),
        )
        aws.ec2.FlowLog(
            f"{self._name}-flow",
            vpc_id=self._vpc.id,
            traffic_type="ALL",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            opts=self._child(),
        )

    def _blocks(self, first: int) -> list[tuple[str, str]]:
        """Return each zone with its letter's block of the VPC's range, counted from block `first` (of 16)."""
        network = ipaddress.ip_network(self._args.cidr)
        blocks = list(network.subnets(prefixlen_diff=SUBNET_PREFIX_GROWTH))[first:]
        return [(zone, str(blocks[SUBNET_LETTERS.index(zone[-1])])) for zone in self._zones]
