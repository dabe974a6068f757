import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pytest
from msgspec import Struct

from components.component import Component
from components.load_balancer.args import LoadBalancerArgs
from components.load_balancer.existing import ExistingLoadBalancer, existing_load_balancer
from components.load_balancer.load_balancer import LoadBalancer
from tests.components.changed_args import changed
from tests.components.inventory import inventory, log_delivery, private_bucket
from tests.components.recording import Recorded, record_component

ARGS = LoadBalancerArgs(
    load_balancer_name="shop-staging-api",
    vpc_id="vpc-1",
    subnet_ids=["public-1", "public-2"],
    ingress_cidrs=["192.0.2.0/24", "198.51.100.0/24"],
    certificate_arn="arn:certificate",
    idle_timeout_seconds=90,
    account_id="123456789012",
    region="eu-west-1",
)
BALANCER = "aws:lb/loadBalancer:LoadBalancer"


def record(**changes: Any) -> Recorded[LoadBalancer]:
    return record_component(lambda: LoadBalancer("lb", changed(ARGS, changes)))


def from_edge(port: int) -> dict[str, Any]:
    group = {"securityGroupId": "lb-front-id", "prefixListId": "lb-edge-id"}
    return {"fromPort": port, "ipProtocol": "tcp", "toPort": port, **group}


def test_load_balancer_is_as_written_down():
    assert inventory(record()) == {
        "SecurityGroup/lb-front": {"description": "Load balancer", "vpcId": "vpc-1"},
        "ManagedPrefixList/lb-edge": {
            "addressFamily": "IPv4",
            "entries": [{"cidr": "192.0.2.0/24"}, {"cidr": "198.51.100.0/24"}],
            "maxEntries": 2,
            "name": "shop-staging-api-edge",
        },
        "SecurityGroupIngressRule/lb-from-edge-443": from_edge(443),
        "SecurityGroupIngressRule/lb-from-edge-80": from_edge(80),
        **private_bucket(
            "lb-log",
            "shop-staging-api-access-0a1b2c3d",
            log_delivery(
                "lb-log",
                "logdelivery.elasticloadbalancing.amazonaws.com",
                "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/*",
            ),
            noncurrentVersionExpiration={"noncurrentDays": 1},
            expiration={"days": 90},
        ),
        "LoadBalancer/lb-alb": {
            "accessLogs": {"bucket": "shop-staging-api-access-0a1b2c3d", "enabled": True},
            "clientKeepAlive": 3600,
            "desyncMitigationMode": "defensive",
            "dropInvalidHeaderFields": True,
            "enableDeletionProtection": True,
            "idleTimeout": 90,
            "internal": False,
            "loadBalancerType": "application",
            "securityGroups": ["lb-front-id"],
            "subnets": ["public-1", "public-2"],
        },
        "Listener/lb-http": {
            "defaultActions": [
                {
                    "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"},
                    "type": "redirect",
                }
            ],
            "loadBalancerArn": "arn:aws:made:::lb-alb",
            "port": 80,
            "protocol": "HTTP",
        },
        "Listener/lb-https": {
            "certificateArn": "arn:certificate",
            "defaultActions": [
                {
                    "fixedResponse": {
                        "contentType": "text/plain",
                        "messageBody": "No service answers this host name and path.",
                        "statusCode": "404",
                    },
                    "type": "fixed-response",
                }
            ],
            "loadBalancerArn": "arn:aws:made:::lb-alb",
            "mutualAuthentication": {"mode": "off"},
            "port": 443,
            "protocol": "HTTPS",
            "routingHttpResponseServerEnabled": False,
            "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        },
    }


def test_listener_demands_a_certificate_where_it_has_authorities():
    recorded = record(trust_store_arn="arn:store")
    demand = recorded.one("Listener", "lb-https").inputs["mutualAuthentication"]
    assert demand == {"mode": "verify", "trustStoreArn": "arn:store"}
    found = {it.id for it in recorded.component.signals.signals}
    others = {it.id for it in record().component.signals.signals}
    assert (found - others, others) == (
        {"service-refused-callers"},
        {"service-balancer-errors", "service-rejected-connections"},
    )


def test_log_is_left_out_only_when_that_is_typed_and_goes_only_with_a_balancer_that_may_go():
    without = record(access_log_days=None)
    assert without.one(BALANCER).inputs["accessLogs"] == {"bucket": "", "enabled": False}
    assert without.of("aws:s3/bucket:Bucket") == []
    assert "lb-log-policy" in record().one(BALANCER).dependencies
    [bucket] = record(protect=False).of("aws:s3/bucket:Bucket")
    assert (bucket.inputs["forceDestroy"], bucket.protect) == (True, False)


class Existing(Component):
    """Looks a load balancer up, as a composition does."""

    hostname: pulumi.Output[str]
    """Its host name."""
    security_group_id: pulumi.Output[str]
    """Its group."""

    def __init__(self) -> None:
        super().__init__("existing", Struct(), None)
        found: ExistingLoadBalancer = existing_load_balancer("arn:listener")
        self.hostname = found.hostname
        self.security_group_id = pulumi.Output.from_input(found.ref.security_group_id)
        self._finish()


def look_up(groups: Sequence[str]) -> Recorded[Existing]:
    balancer = {"dnsName": "lb.example.com", "arnSuffix": "app/old/1", "securityGroups": [*groups]}
    answers = {"aws:lb/getListener:getListener": {"loadBalancerArn": "arn:lb"}}
    return record_component(Existing, answers={**answers, "aws:lb/getLoadBalancer:getLoadBalancer": balancer})


def test_existing_load_balancer_is_found_by_its_listener():
    assert look_up(["sg-2", "sg-1"]).outputs == {"hostname": "lb.example.com", "security_group_id": "sg-1"}
    with pytest.raises(pulumi.RunError, match="load balancer of arn:listener: it has no security group"):
        look_up([])


def test_outputs_are_what_services_take():
    outputs = record().outputs
    assert json.loads(json.dumps(outputs)) == {
        "hostname": "lb.internal",
        "listener_arn": "arn:aws:made:::lb-https",
        "arn_suffix": "app/lb/1",
        "security_group_id": "lb-front-id",
    }
