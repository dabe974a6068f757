from typing import Any

from components.network import Nat, Network, NetworkArgs
from tests.components.inventory import document, inventory, trust
from tests.components.recording import record_component

ARGS = NetworkArgs(
    cidr="10.0.0.0/16",
    zones=["eu-west-1a", "eu-west-1b"],
    nat=Nat.SINGLE,
    region="eu-west-1",
    endpoints=["ecr.api"],
    flow_log_retention_days=90,
)
PRIVATE = ["net-private-a-id", "net-private-b-id"]


def subnet(zone: str, block: str) -> dict[str, Any]:
    return {
        "availabilityZone": zone,
        "cidrBlock": block,
        "mapPublicIpOnLaunch": False,
        "vpcId": "net-vpc-id",
    }


def attached(table: str, subnet_id: str) -> dict[str, Any]:
    return {"routeTableId": table, "subnetId": subnet_id}


def by_nat(table: str) -> dict[str, Any]:
    return {"destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "net-nat-a-id", "routeTableId": table}


NETWORK = {
    "Vpc/net-vpc": {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True, "enableDnsSupport": True},
    "DefaultSecurityGroup/net-closed": {"vpcId": "net-vpc-id"},
    "InternetGateway/net-internet": {"vpcId": "net-vpc-id"},
    "RouteTable/net-public": {"vpcId": "net-vpc-id"},
    "Route/net-public-out": {
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": "net-internet-id",
        "routeTableId": "net-public-id",
    },
    "Subnet/net-public-a": subnet("eu-west-1a", "10.0.0.0/20"),
    "Subnet/net-public-b": subnet("eu-west-1b", "10.0.16.0/20"),
    "RouteTableAssociation/net-public-a": attached("net-public-id", "net-public-a-id"),
    "RouteTableAssociation/net-public-b": attached("net-public-id", "net-public-b-id"),
    "RouteTable/net-private-a": {"vpcId": "net-vpc-id"},
    "RouteTable/net-private-b": {"vpcId": "net-vpc-id"},
    "Route/net-private-a-out": by_nat("net-private-a-id"),
    "Route/net-private-b-out": by_nat("net-private-b-id"),
    "Subnet/net-private-a": subnet("eu-west-1a", "10.0.128.0/20"),
    "Subnet/net-private-b": subnet("eu-west-1b", "10.0.144.0/20"),
    "RouteTableAssociation/net-private-a": attached("net-private-a-id", "net-private-a-id"),
    "RouteTableAssociation/net-private-b": attached("net-private-b-id", "net-private-b-id"),
    "Eip/net-nat-a": {"domain": "vpc"},
    "NatGateway/net-nat-a": {"allocationId": "net-nat-a-id", "subnetId": "net-public-a-id"},
    "VpcEndpoint/net-s3": {
        "routeTableIds": PRIVATE,
        "serviceName": "com.amazonaws.eu-west-1.s3",
        "vpcEndpointType": "Gateway",
        "vpcId": "net-vpc-id",
    },
    "SecurityGroup/net-endpoints": {
        "description": "Interface endpoints of AWS services",
        "vpcId": "net-vpc-id",
    },
    "VpcEndpoint/net-ecr-api": {
        "privateDnsEnabled": True,
        "securityGroupIds": ["net-endpoints-id"],
        "serviceName": "com.amazonaws.eu-west-1.ecr.api",
        "subnetIds": PRIVATE,
        "vpcEndpointType": "Interface",
        "vpcId": "net-vpc-id",
    },
    "LogGroup/net-flow": {"retentionInDays": 90},
    "Role/net-flow": {"assumeRolePolicy": trust("vpc-flow-logs.amazonaws.com")},
    "RolePolicy/net-flow": {
        "policy": document(
            {
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                "Effect": "Allow",
                "Resource": ["arn:aws:made:::net-flow", "arn:aws:made:::net-flow:*"],
            }
        ),
        "role": "net-flow-id",
    },
    "FlowLog/net-flow": {
        "iamRoleArn": "arn:aws:made:::net-flow",
        "logDestination": "arn:aws:made:::net-flow",
        "trafficType": "ALL",
        "vpcId": "net-vpc-id",
    },
}


def test_network_is_as_written_down():
    assert inventory(record_component(lambda: Network("net", ARGS))) == NETWORK
