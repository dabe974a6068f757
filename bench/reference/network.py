"""Network of the reference: one VPC over two zones."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

TAGS = {"application": "reference", "environment": "production"}
ZONES = ("us-east-1a", "us-east-1b")


@dataclass(frozen=True)
class Network:
    vpc: aws.ec2.Vpc
    public: Sequence[aws.ec2.Subnet]
    private: Sequence[aws.ec2.Subnet]

    def private_ids(self) -> list[pulumi.Output[str]]:
        return [subnet.id for subnet in self.private]

    def group(self, name: str) -> aws.ec2.SecurityGroup:
        everywhere = aws.ec2.SecurityGroupEgressArgs(
            protocol="-1", from_port=0, to_port=0, cidr_blocks=["0.0.0.0/0"]
        )
        return aws.ec2.SecurityGroup(name, vpc_id=self.vpc.id, description=name, egress=[everywhere], tags=TAGS)


def network() -> Network:
    vpc = aws.ec2.Vpc(
        "vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, enable_dns_support=True, tags=TAGS
    )
    gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id, tags=TAGS)
    public = [subnet(vpc, "public", index, 0) for index in range(len(ZONES))]
    address = aws.ec2.Eip("nat", domain="vpc", tags=TAGS)
    nat = aws.ec2.NatGateway("nat", allocation_id=address.id, subnet_id=public[0].id, tags=TAGS)
    private = [subnet(vpc, "private", index, 10) for index in range(len(ZONES))]
    for index in range(len(ZONES)):
        way_out = aws.ec2.Route(
            f"public-{index}",
            route_table_id=table(vpc, public[index], f"public-{index}").id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
        )
        aws.ec2.Route(
            f"private-{index}",
            route_table_id=table(vpc, private[index], f"private-{index}").id,
            destination_cidr_block="0.0.0.0/0",
            nat_gateway_id=nat.id,
            opts=pulumi.ResourceOptions(depends_on=[way_out]),
        )
    return Network(vpc, public, private)


def subnet(vpc: aws.ec2.Vpc, kind: str, index: int, offset: int) -> aws.ec2.Subnet:
    return aws.ec2.Subnet(
        f"{kind}-{index}",
        vpc_id=vpc.id,
        cidr_block=f"10.0.{offset + index}.0/24",
        availability_zone=ZONES[index],
        map_public_ip_on_launch=kind == "public",
        tags=TAGS,
    )


def table(vpc: aws.ec2.Vpc, member: aws.ec2.Subnet, name: str) -> aws.ec2.RouteTable:
    made = aws.ec2.RouteTable(name, vpc_id=vpc.id, tags=TAGS)
    aws.ec2.RouteTableAssociation(name, subnet_id=member.id, route_table_id=made.id)
    return made


def allow(name: str, group: aws.ec2.SecurityGroup, source: aws.ec2.SecurityGroup, port: int) -> None:
    aws.ec2.SecurityGroupRule(
        name,
        type="ingress",
        security_group_id=group.id,
        source_security_group_id=source.id,
        protocol="tcp",
        from_port=port,
        to_port=port,
    )
