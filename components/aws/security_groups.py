"""Security groups whose rules are resources of their own and name other groups, never a range of the VPC."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
from msgspec import Struct


class Upstream(Struct, frozen=True, kw_only=True):
    """A server that a component connects to: the client's component makes the rules of both groups."""

    role: str
    """One word for the rules' names: `pooler`, `redis`."""
    security_group_id: pulumi.Input[str] | None
    """Group in front of the server; None for one outside the network, at an address that nobody promises."""
    port: pulumi.Input[int]
    """TCP port of the server."""
    ready: Sequence[pulumi.Resource] = ()
    """What has to be up before the server answers; empty where its group exists only together with it."""


def group(
    name: str, description: str, vpc_id: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> aws.ec2.SecurityGroup:
    """Return a group without any rule: nothing in, nothing out."""
    return aws.ec2.SecurityGroup(name, description=description, vpc_id=vpc_id, opts=opts)


def connect(
    name: str, client_id: pulumi.Input[str], upstreams: Sequence[Upstream], opts: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """Let the group `client_id` reach each upstream; return what a client waits for: rules, and what answers."""
    needed: list[pulumi.Resource] = []
    # One rule for a port of the internet, however many servers listen there: AWS refuses the same rule twice.
    outside: list[pulumi.Input[int]] = []
    for upstream in upstreams:
        port: dict[str, Any] = {"ip_protocol": "tcp", "from_port": upstream.port, "to_port": upstream.port}
        if upstream.security_group_id is None:
            if upstream.port in outside:
                continue
            outside.append(upstream.port)
            needed.append(_out_to_anybody(f"{name}-to-{upstream.role}", client_id, port, opts))
            continue
        out = aws.vpc.SecurityGroupEgressRule(
            f"{name}-to-{upstream.role}",
            security_group_id=client_id,
            referenced_security_group_id=upstream.security_group_id,
            opts=opts,
            **port,
        )
        into = aws.vpc.SecurityGroupIngressRule(
            f"{name}-into-{upstream.role}",
            security_group_id=upstream.security_group_id,
            referenced_security_group_id=client_id,
            opts=opts,
            **port,
        )
        needed += [out, into, *upstream.ready]
    return needed


def allow_https_out(
    name: str, client: aws.ec2.SecurityGroup, opts: pulumi.ResourceOptions
) -> aws.vpc.SecurityGroupEgressRule:
    """Let `client` call HTTPS services anywhere: image registry, Secrets Manager, logs, third parties."""
    port = {"ip_protocol": "tcp", "from_port": 443, "to_port": 443}
    return _out_to_anybody(f"{name}-to-https", client.id, port, opts)


def _out_to_anybody(
    name: str, client_id: pulumi.Input[str], port: dict[str, Any], opts: pulumi.ResourceOptions
) -> aws.vpc.SecurityGroupEgressRule:
    return aws.vpc.SecurityGroupEgressRule(
        name, security_group_id=client_id, cidr_ipv4="0.0.0.0/0", opts=opts, **port
    )
