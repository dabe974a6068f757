"""VPCs, subnets, security groups and their rules.

Parameters: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
"""

from collections.abc import Callable
from typing import Any

from simulator.identity import ACCOUNT_ID, arn
from simulator.moto_aws.kind import Call, Created, Existing, Kind, deletion, without
from simulator.moto_aws.parameters import pairs
from wire_format import Properties

_SWITCHES = {
    "Vpc": ("EnableDnsSupport", "EnableDnsHostnames", "EnableNetworkAddressUsageMetrics"),
    "Subnet": ("MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation", "EnableDns64"),
}


def _tagged(kind: str, inputs: Properties) -> list[dict[str, Any]]:
    tags = pairs(inputs.get("tags"))
    return [{"ResourceType": kind, "Tags": tags}] if tags else []


def _retag(call: Call, existing: Existing, news: Properties) -> None:
    ec2 = call.client("ec2")
    gone = sorted((existing.inputs.get("tags") or {}).keys() - (news.get("tags") or {}).keys())
    if gone:
        ec2.delete_tags(Resources=[existing.id], Tags=[{"Key": key} for key in gone])
    if news.get("tags"):
        ec2.create_tags(Resources=[existing.id], Tags=pairs(news["tags"]))


def _switch(call: Call, kind: str, resource_id: str, inputs: Properties) -> None:
    # The attribute operations take one attribute a call.
    for name in _SWITCHES[kind]:
        value = inputs.get(name[0].lower() + name[1:])
        if value is not None:
            fixed = {f"{kind}Id": resource_id, name: {"Value": value}}
            call.send("ec2", f"modify_{kind.lower()}_attribute", {}, **fixed)


def _switch_and_retag(kind: str) -> Callable[[Call, Existing, Properties], None]:
    def update(call: Call, existing: Existing, news: Properties) -> None:
        _switch(call, kind, existing.id, news)
        _retag(call, existing, news)

    return update


def _create_vpc(call: Call, inputs: Properties) -> Created:
    sent = without(inputs, "tags")
    made = call.send("ec2", "create_vpc", sent, TagSpecifications=_tagged("vpc", inputs))["Vpc"]
    vpc_id = made["VpcId"]
    _switch(call, "Vpc", vpc_id, inputs)
    ec2, in_vpc = call.client("ec2"), [{"Name": "vpc-id", "Values": [vpc_id]}]
    table = ec2.describe_route_tables(Filters=in_vpc)["RouteTables"][0]["RouteTableId"]
    group = ec2.describe_security_groups(Filters=in_vpc)["SecurityGroups"][0]["GroupId"]
    outputs = {
        "arn": arn("ec2", f"vpc/{vpc_id}", region=call.region),
        "defaultRouteTableId": table,
        "defaultSecurityGroupId": group,
        "dhcpOptionsId": made.get("DhcpOptionsId", "default"),
        "enableDnsSupport": inputs.get("enableDnsSupport", True),
        "instanceTenancy": made["InstanceTenancy"],
        "mainRouteTableId": table,
        "ownerId": ACCOUNT_ID,
    }
    return Created(vpc_id, outputs)


def _create_subnet(call: Call, inputs: Properties) -> Created:
    sent = without(inputs, "tags")
    made = call.send("ec2", "create_subnet", sent, TagSpecifications=_tagged("subnet", inputs))["Subnet"]
    _switch(call, "Subnet", made["SubnetId"], inputs)
    outputs = {
        "arn": arn("ec2", f"subnet/{made['SubnetId']}", region=call.region),
        "availabilityZone": made["AvailabilityZone"],
        "availabilityZoneId": made["AvailabilityZoneId"],
        "ownerId": ACCOUNT_ID,
    }
    return Created(made["SubnetId"], outputs)


def _create_group(call: Call, inputs: Properties) -> Created:
    ec2 = call.client("ec2")
    sent = {"description": "Managed by Pulumi", **without(inputs, "tags")}
    fixed = {"TagSpecifications": _tagged("security-group", inputs)}
    made = call.send("ec2", "create_security_group", sent, {"name": "GroupName"}, **fixed)
    # The provider removes the rule that lets everything out: a group has the rules that a program gives it.
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=made["GroupId"], IpPermissions=everything)
    _allow(call, made["GroupId"], inputs)
    outputs = {
        "arn": arn("ec2", f"security-group/{made['GroupId']}", region=call.region),
        "ownerId": ACCOUNT_ID,
        "vpcId": inputs.get("vpcId") or "",
    }
    return Created(made["GroupId"], outputs)


def _allow(call: Call, group: str, inputs: Properties, *, verb: str = "authorize") -> None:
    for direction in ("ingress", "egress"):
        rules = [_permission(rule, group) for rule in inputs.get(direction) or []]
        if rules:
            operation = getattr(call.client("ec2"), f"{verb}_security_group_{direction}")
            operation(GroupId=group, IpPermissions=rules)


def _permission(rule: Properties, group: str) -> dict[str, Any]:
    """Return a rule in the older form, with all its sources in one block."""
    sources = [*rule.get("securityGroups", []), *([group] if rule.get("self") else [])]
    if rule.get("sourceSecurityGroupId"):
        sources.append(rule["sourceSecurityGroupId"])
    text = {"Description": rule["description"]} if rule.get("description") else {}
    # All protocols have all ports.
    ports = {} if rule["protocol"] == "-1" else {"FromPort": rule.get("fromPort"), "ToPort": rule.get("toPort")}
    permission = {
        "IpProtocol": rule["protocol"],
        **ports,
        "IpRanges": [{"CidrIp": cidr, **text} for cidr in rule.get("cidrBlocks") or []],
        "Ipv6Ranges": [{"CidrIpv6": cidr, **text} for cidr in rule.get("ipv6CidrBlocks") or []],
        "PrefixListIds": [{"PrefixListId": name, **text} for name in rule.get("prefixListIds") or []],
        "UserIdGroupPairs": [{"GroupId": source, **text} for source in sources],
    }
    return {name: value for name, value in permission.items() if value not in (None, [])}


def _update_group(call: Call, existing: Existing, news: Properties) -> None:
    _allow(call, existing.id, existing.inputs, verb="revoke")
    _allow(call, existing.id, news)
    _retag(call, existing, news)


def _create_old_rule(call: Call, inputs: Properties) -> Created:
    group, direction = inputs["securityGroupId"], inputs["type"]
    _allow(call, group, {direction: [inputs]})
    return Created(
        f"sgrule-{call.identity.number('sgrule')}", {"securityGroupRuleId": f"sgr-{call.identity.hex(17)}"}
    )


def _delete_old_rule(call: Call, existing: Existing) -> None:
    _allow(call, existing.inputs["securityGroupId"], {existing.inputs["type"]: [existing.inputs]}, verb="revoke")


def _replaced(
    create: Callable[[Call, Properties], Created], delete: Callable[[Call, Existing], None]
) -> Callable[[Call, Existing, Properties], None]:
    def update(call: Call, existing: Existing, news: Properties) -> None:
        delete(call, existing)
        create(call, news)

    return update


def _single_permission(inputs: Properties) -> dict[str, Any]:
    """Return a rule in the newer form, whose only source is in a property of its own."""
    older = {
        "cidrBlocks": "cidrIpv4",
        "ipv6CidrBlocks": "cidrIpv6",
        "prefixListIds": "prefixListId",
        "securityGroups": "referencedSecurityGroupId",
    }
    sources = {name: [inputs[newer]] for name, newer in older.items() if inputs.get(newer)}
    return _permission({**inputs, **sources, "protocol": inputs["ipProtocol"]}, inputs["securityGroupId"])


def _rule_kind(direction: str) -> Kind:
    def create(call: Call, inputs: Properties) -> Created:
        operation = getattr(call.client("ec2"), f"authorize_security_group_{direction}")
        answer = operation(
            GroupId=inputs["securityGroupId"],
            IpPermissions=[_single_permission(inputs)],
            TagSpecifications=_tagged("security-group-rule", inputs),
        )
        rule = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        name = arn("ec2", f"security-group-rule/{rule}", region=call.region)
        return Created(rule, {"securityGroupRuleId": rule, "arn": name})

    def delete(call: Call, existing: Existing) -> None:
        operation = getattr(call.client("ec2"), f"revoke_security_group_{direction}")
        operation(GroupId=existing.inputs["securityGroupId"], IpPermissions=[_single_permission(existing.inputs)])

    return Kind(create=create, delete=delete, update=_replaced(create, delete))


KINDS = {
    "aws:ec2/vpc:Vpc": Kind(
        create=_create_vpc, delete=deletion("ec2", "delete_vpc", "VpcId"), update=_switch_and_retag("Vpc")
    ),
    "aws:ec2/subnet:Subnet": Kind(
        create=_create_subnet,
        delete=deletion("ec2", "delete_subnet", "SubnetId"),
        update=_switch_and_retag("Subnet"),
    ),
    "aws:ec2/securityGroup:SecurityGroup": Kind(
        create=_create_group, delete=deletion("ec2", "delete_security_group", "GroupId"), update=_update_group
    ),
    "aws:ec2/securityGroupRule:SecurityGroupRule": Kind(
        create=_create_old_rule, delete=_delete_old_rule, update=_replaced(_create_old_rule, _delete_old_rule)
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule_kind("ingress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule_kind("egress"),
}
