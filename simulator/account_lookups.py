"""Lookups that search what the account holds: of a table by type, with the errors of the real providers.

Errors: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/tfresource/not_found_error.go, and
filters: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html, reviewed on 2026-11-26.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from simulator.computed import fill
from simulator.identity import Identity, arn
from simulator.shapes import Field, ListOf, ObjectOf, lookup_fields, output_fields
from simulator.store import Record
from wire_format import Properties, Value, reveal, secret

_IGNORED = (
    *(
        "direction",
        "filter",
        "filters",
        "keyTypes",
        "match",
        "maxItems",
        "mostRecent",
        "order",
        "region",
        "statuses",
    ),
    *("types", "versionStage"),
)
"""Arguments that do not say by themselves which thing is meant."""
_ACCOUNT = {"id": "0123456789abcdef0123456789abcdef", "name": "simulated", "type": "standard"}


class NothingFoundError(Exception):
    """A lookup finds nothing, or more than one thing where one is wanted; the message is the provider's."""


@dataclass(frozen=True, kw_only=True)
class _Search:
    """What a lookup searches: a type of resource, and the lookup's words where the resource has others."""

    type: str
    called: str
    """The provider's word for the thing, in its errors."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Property of the resource by the argument or the result of the lookup."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """Property by the filter of the API, where it is not the same word."""
    unset: Mapping[str, Value] = field(default_factory=dict)
    """What the cloud answers where the resource says nothing."""
    lists: str = ""
    """The result that lists all that are found; one alone is wanted where it is empty."""


_VPC = _Search(
    type="aws:ec2/vpc:Vpc",
    called="EC2 VPC",
    filters={"vpc-id": "id", "cidr": "cidrBlock", "isDefault": "default", "is-default": "default"},
    unset={"default": False, "state": "available", "enableDnsHostnames": False},
)
_SUBNET = _Search(
    type="aws:ec2/subnet:Subnet",
    called="EC2 Subnet",
    filters={"subnet-id": "id"},
    unset={"defaultForAz": False, "state": "available", "mapPublicIpOnLaunch": False, "ipv6Native": False},
)
_TABLE = _Search(
    type="aws:ec2/routeTable:RouteTable",
    called="EC2 Route Table",
    words={"routeTableId": "id", "subnetId": "subnetIds", "gatewayId": "gatewayIds"},
    filters={"route-table-id": "id", "association.subnet-id": "subnetIds", "association.main": "main"},
)
_GROUP = _Search(
    type="aws:ec2/securityGroup:SecurityGroup",
    called="EC2 Security Group",
    filters={"group-id": "id", "group-name": "name"},
)
_ZONE = _Search(type="cloudflare:index/zone:Zone", called="zone", words={"zoneId": "id"})
_LOOKUPS = {
    "aws:acm/getCertificate:getCertificate": _Search(
        type="aws:acm/certificate:Certificate", called="ACM Certificate", words={"domain": "domainName"}
    ),
    "aws:ec2/getRouteTable:getRouteTable": _TABLE,
    "aws:ec2/getRouteTables:getRouteTables": _Search(**{**vars(_TABLE), "lists": "ids"}),
    "aws:ec2/getSecurityGroup:getSecurityGroup": _GROUP,
    "aws:ec2/getSecurityGroups:getSecurityGroups": _Search(**{**vars(_GROUP), "lists": "ids"}),
    "aws:ec2/getSubnet:getSubnet": _SUBNET,
    "aws:ec2/getSubnets:getSubnets": _Search(**{**vars(_SUBNET), "lists": "ids"}),
    "aws:ec2/getVpc:getVpc": _VPC,
    "aws:ec2/getVpcs:getVpcs": _Search(**{**vars(_VPC), "lists": "ids"}),
    "aws:ecs/getCluster:getCluster": _Search(
        type="aws:ecs/cluster:Cluster",
        called="ECS Cluster",
        words={"clusterName": "name"},
        unset={"status": "ACTIVE"},
    ),
    "aws:elasticache/getReplicationGroup:getReplicationGroup": _Search(
        type="aws:elasticache/replicationGroup:ReplicationGroup", called="ElastiCache Replication Group"
    ),
    "aws:lb/getListener:getListener": _Search(type="aws:lb/listener:Listener", called="ELBv2 Listener"),
    "aws:lb/getLoadBalancer:getLoadBalancer": _Search(
        type="aws:lb/loadBalancer:LoadBalancer",
        called="ELBv2 Load Balancer",
        unset={"loadBalancerType": "application", "idleTimeout": 60, "enableHttp2": True},
    ),
    "aws:rds/getInstance:getInstance": _Search(
        type="aws:rds/instance:Instance",
        called="RDS DB Instance",
        words={
            "dbInstanceArn": "arn",
            "dbInstanceClass": "instanceClass",
            "dbInstanceIdentifier": "identifier",
            "dbInstancePort": "port",
            "dbParameterGroups": "parameterGroupName",
            "dbSubnetGroup": "dbSubnetGroupName",
            "masterUsername": "username",
            "preferredBackupWindow": "backupWindow",
            "preferredMaintenanceWindow": "maintenanceWindow",
            "vpcSecurityGroups": "vpcSecurityGroupIds",
        },
    ),
    "aws:s3/getBucket:getBucket": _Search(type="aws:s3/bucket:Bucket", called="S3 Bucket"),
    "aws:secretsmanager/getSecret:getSecret": _Search(
        type="aws:secretsmanager/secret:Secret", called="Secrets Manager Secret"
    ),
    "aws:secretsmanager/getSecretVersion:getSecretVersion": _Search(
        type="aws:secretsmanager/secretVersion:SecretVersion", called="Secrets Manager Secret Version"
    ),
    "aws:sqs/getQueue:getQueue": _Search(type="aws:sqs/queue:Queue", called="SQS Queue"),
    "cloudflare:index/getAccount:getAccount": _Search(
        type="cloudflare:account", called="account", words={"accountId": "id"}
    ),
    "cloudflare:index/getAccounts:getAccounts": _Search(
        type="cloudflare:account", called="account", lists="results"
    ),
    "cloudflare:index/getZone:getZone": _ZONE,
    "cloudflare:index/getZones:getZones": _Search(**{**vars(_ZONE), "lists": "results"}),
}
ACCOUNT_LOOKUPS = frozenset(_LOOKUPS)


def search_account(token: str, arguments: Properties, *, region: str, records: Iterable[Record]) -> Properties:
    """Return what a lookup of `ACCOUNT_LOOKUPS` finds among the records.

    Raises:
        NothingFoundError: nothing, or more than one thing, is found; or the API has no such filter.
    """
    search, living = _LOOKUPS[token], [it for it in records if not it.left_over]
    given = {name: value for name, value in arguments.items() if value is not None}
    # Cloudflare's filter is an object of arguments, EC2's a list of names and values.
    wanted = {**given, **(given["filter"] if isinstance(given.get("filter"), Mapping) else {})}
    found = [
        thing
        for thing in _things(search, living, region=region)
        if all(_fits(value, thing.get(name)) for name, value in wanted.items() if name not in _IGNORED)
        and all(_passes(thing, it, search) for it in given.get("filters") or ())
    ]
    fields = lookup_fields(token)
    identity = Identity(urn=f"urn:pulumi:lookup::lookup::{token}::{region}", generation=0)
    if search.lists == "ids":
        answer: Properties = {**given, "ids": [it["id"] for it in found]}
    elif search.lists:
        answer = {**given, search.lists: _completed(found, fields[search.lists], identity, region)}
    elif len(found) != 1:
        many = f"multiple {search.called}s matched; use additional constraints to reduce matches to a single "
        raise NothingFoundError(f"{many}{search.called}" if found else f"no matching {search.called} found")
    else:
        kept = {name: value for name, value in found[0].items() if name in fields}
        nested = {name: _completed(value, fields[name], identity, region) for name, value in kept.items()}
        # Arguments are answered as they were given, the thing's tags as they are.
        answer = {**nested, **{name: value for name, value in given.items() if name != "tags"}}
    return fill(fields, answer, identity, region=region)


def _completed(value: Value, of: Field, identity: Identity, region: str) -> Value:
    """Return a value in the form of the lookup's result, with every field that the result has inside."""
    if not isinstance(of.shape, ListOf):
        return None if isinstance(value, list) else value
    items = value if isinstance(value, list) else [value] if value is not None else []
    if not isinstance(of.shape.item, ObjectOf):
        return items
    inner = output_fields(of.shape.item)
    return [
        fill(inner, {name: it for name, it in item.items() if name in inner}, identity, region=region)
        for item in items
    ]


def _things(search: _Search, records: list[Record], *, region: str) -> Iterator[Properties]:
    """Yield what is searched, each under the words of the lookup."""
    special = _SPECIAL.get(search.type)
    things = special(records) if special else (_thing(it) for it in records if it.type == search.type)
    for thing in things:
        if thing.get("region") in {None, region} or search.type.startswith(("aws:s3/", "cloudflare:")):
            known = {**search.unset, **{name: it for name, it in thing.items() if it is not None}}
            yield {**known, **{word: known.get(name) for word, name in search.words.items()}}


def _thing(record: Record) -> Properties:
    found = reveal(record.properties)
    return {**found, "id": record.id, "tags": found.get("tags") or {}}


def _fits(wanted: Value, held: Value) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(held, Mapping) and all(_fits(value, held.get(name)) for name, value in wanted.items())
    return bool(wanted == held or (isinstance(held, list) and wanted in held))


def _passes(thing: Properties, wanted: Mapping[str, Value], search: _Search) -> bool:
    name = str(wanted["name"])
    if name.startswith("tag:"):
        held: Value = thing["tags"].get(name.removeprefix("tag:"))
    elif name == "tag-key":
        held = list(thing["tags"])
    else:
        word = search.filters.get(name) or re.sub(r"-(\w)", lambda found: found[1].upper(), name)
        if word not in thing:
            raise NothingFoundError(f"api error InvalidParameterValue: The filter '{name}' is invalid")
        held = thing[word]
    texts = [it if isinstance(it, str) else str(it).lower() for it in (held if isinstance(held, list) else [held])]
    patterns = [re.sub(r"([\[\]])", r"[\1]", str(it)) for it in wanted["values"]]
    return held is not None and any(fnmatchcase(text, pattern) for text in texts for pattern in patterns)


def _tables(records: list[Record]) -> Iterator[Properties]:
    """Yield route tables with their routes and subnets, and the main table that each VPC has by itself."""
    tables = [_thing(it) for it in records if it.type == _TABLE.type]
    for vpc in (_thing(it) for it in records if it.type == _VPC.type):
        main = vpc["mainRouteTableId"]
        name = arn("ec2", f"route-table/{main}", region=vpc["region"])
        own = {"id": main, "vpcId": vpc["id"], "region": vpc["region"], "arn": name, "tags": {}, "main": True}
        tables.append({**own, "ownerId": vpc["ownerId"], "routes": []})
    apart = [(it.type, _thing(it)) for it in records]
    for table in tables:
        ties = [
            {**it, "routeTableAssociationId": it["id"], "main": False}
            for kind, it in apart
            if kind == "aws:ec2/routeTableAssociation:RouteTableAssociation" and it["routeTableId"] == table["id"]
        ]
        own_routes = [
            {
                **it,
                "cidrBlock": it.get("destinationCidrBlock"),
                "ipv6CidrBlock": it.get("destinationIpv6CidrBlock"),
            }
            for kind, it in apart
            if kind == "aws:ec2/route:Route" and it["routeTableId"] == table["id"]
        ]
        yield {
            "main": False,
            **table,
            "routes": [*(table.get("routes") or ()), *own_routes],
            "associations": ties,
            "subnetIds": [it["subnetId"] for it in ties if it.get("subnetId")],
            "gatewayIds": [it["gatewayId"] for it in ties if it.get("gatewayId")],
        }


def _accounts(records: list[Record]) -> Iterator[Properties]:
    """Yield the accounts that zones are in; an empty cloud has one."""
    zones = [reveal(it.properties) for it in records if it.type == _ZONE.type]
    names = dict.fromkeys(it["account"]["id"] for it in zones) or {_ACCOUNT["id"]: None}
    yield from ({**_ACCOUNT, "id": name} for name in names)


def _versions(records: list[Record]) -> Iterator[Properties]:
    """Yield the newest version of each secret, by the secret's ARN and by its name."""
    newest = {
        reveal(it.properties)["secretId"]: it
        for it in records
        if it.type == "aws:secretsmanager/secretVersion:SecretVersion"
    }
    names = {
        it.id: reveal(it.properties)["name"] for it in records if it.type == "aws:secretsmanager/secret:Secret"
    }
    for secret_id, record in newest.items():
        found = _thing(record)
        hidden = {"secretString": secret(found.get("secretString") or ""), "secretArn": found["arn"]}
        yield {**found, **hidden, "secretId": [secret_id, names.get(secret_id)]}


_SPECIAL: dict[str, Callable[[list[Record]], Iterator[Properties]]] = {
    _TABLE.type: _tables,
    "aws:secretsmanager/secretVersion:SecretVersion": _versions,
    "cloudflare:account": _accounts,
}
