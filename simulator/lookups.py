"""The few lookups that the simulated cloud answers. Any other is refused by name: nothing is known of it."""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from simulator.account_lookups import ACCOUNT_LOOKUPS, NothingFoundError, search_account
from simulator.identity import ACCOUNT_ID, arn, dns_suffix, partition
from simulator.store import Record
from wire_format import Properties, reveal

_SERVICE = "aws:ecs/getService:getService"


class UnknownLookupError(Exception):
    """The simulated cloud has no answer; the message says which lookups it has."""


def look_up(token: str, arguments: Properties, *, region: str, records: Iterable[Record]) -> Properties:
    """Return the result of an invoke; `records` are what the cloud holds.

    Raises:
        UnknownLookupError: the lookup is not one of those known here, or finds nothing.
    """
    if token == _SERVICE:
        name, cluster = arguments["serviceName"], arguments["clusterArn"]
        for record in records:
            if record.type == "aws:ecs/service:Service" and not record.left_over:
                found = reveal(record.properties)
                if (found["name"], found["cluster"]) == (name, cluster):
                    return {**found, "serviceName": name, "clusterArn": cluster, "status": "ACTIVE"}
        raise UnknownLookupError(f"the simulated cloud has no service {name!r} in the cluster {cluster!r}")
    if token in ACCOUNT_LOOKUPS:
        try:
            return search_account(token, arguments, region=region, records=records)
        except NothingFoundError as error:
            raise UnknownLookupError(str(error)) from None
    if token not in _LOOKUPS:
        known = ", ".join(sorted({*_LOOKUPS, *ACCOUNT_LOOKUPS, _SERVICE}))
        raise UnknownLookupError(f"the simulated cloud has no lookup {token!r}; it has {known}")
    return _LOOKUPS[token](arguments, region)


def _policy_document(arguments: Properties, _region: str) -> Properties:
    document: dict[str, Any] = {"Version": arguments.get("version") or "2012-10-17"}
    if arguments.get("policyId"):
        document["Id"] = arguments["policyId"]
    document["Statement"] = [_statement(item) for item in arguments.get("statements") or []]
    text = json.dumps(document, indent=2)
    return {
        "id": str(zlib.crc32(text.encode())),
        "json": text,
        "minifiedJson": json.dumps(document, separators=(",", ":")),
    }


def _statement(given: Properties) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": given["sid"]} if given.get("sid") else {}
    statement["Effect"] = given.get("effect") or "Allow"
    for name, key in (("actions", "Action"), ("notActions", "NotAction"), ("resources", "Resource")):
        if given.get(name):
            statement[key] = given[name]
    principals: dict[str, list[str]] = {}
    for principal in given.get("principals") or []:
        principals.setdefault(principal["type"], []).extend(principal["identifiers"])
    if principals:
        statement["Principal"] = principals
    for condition in given.get("conditions") or []:
        tests = statement.setdefault("Condition", {}).setdefault(condition["test"], {})
        tests[condition["variable"]] = condition["values"]
    return statement


_FLY_CREDENTIAL = "fly-machines:postgres/v1:getPostgresUsersCredential"


_LOOKUPS: dict[str, Callable[[Properties, str], Properties]] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": lambda _, region: {
        "id": region,
        "names": [f"{region}{letter}" for letter in "abc"],
        "zoneIds": [f"{region}{letter}-id" for letter in "abc"],
        "groupNames": [region],
    },
    "aws:index/getCallerIdentity:getCallerIdentity": lambda _, region: {
        "id": ACCOUNT_ID,
        "accountId": ACCOUNT_ID,
        "arn": arn("iam", "user/simulated", region=region),
        "userId": "AIDASIMULATED",
    },
    "aws:index/getPartition:getPartition": lambda _, region: {
        **dict.fromkeys(("id", "partition"), partition(region)),
        "dnsSuffix": dns_suffix(region),
        "reverseDnsPrefix": ".".join(reversed(dns_suffix(region).split("."))),
    },
    "aws:index/getRegion:getRegion": lambda arguments, region: {
        **dict.fromkeys(
            ("id", "name", "region", "description"),
            name := arguments.get("region") or arguments.get("name") or region,
        ),
        "endpoint": f"ec2.{name}.{dns_suffix(name)}",
    },
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
    _FLY_CREDENTIAL: lambda arguments, _: {
        "data": {
            "username": arguments["username"],
            "password": hashlib.sha256(f"{arguments['postgresClusterId']}".encode()).hexdigest()[:24],
        }
    },
}
