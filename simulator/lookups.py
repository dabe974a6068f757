"""The few lookups that the simulated cloud answers. Any other is refused by name: nothing is known of it."""

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from simulator.identity import ACCOUNT_ID
from simulator.store import Record
from wire_format import Properties, reveal


class UnknownLookupError(Exception):
    """The simulated cloud has no answer; the message says which lookups it has."""


def look_up(token: str, arguments: Properties, *, region: str, records: Iterable[Record]) -> Properties:
    """The result of an invoke; `records` are what the cloud holds.

    Raises:
        UnknownLookupError: the lookup is not one of those known here, or finds nothing.
    """
    if token in _KEPT:
        return _KEPT[token](arguments, [record for record in records if not record.left_over])
    if token not in _LOOKUPS:
        raise UnknownLookupError(
            f"the simulated cloud has no lookup {token!r}; it has {', '.join(sorted({*_LOOKUPS, *_KEPT}))}"
        )
    return _LOOKUPS[token](arguments, region)


def _service(arguments: Properties, records: Sequence[Record]) -> Properties:
    name, cluster = arguments["serviceName"], arguments["clusterArn"]
    for record in records:
        found = reveal(record.properties)
        if record.type == "aws:ecs/service:Service" and (found["name"], found["cluster"]) == (name, cluster):
            return {**found, "serviceName": name, "clusterArn": cluster, "status": "ACTIVE"}
    raise UnknownLookupError(f"the simulated cloud has no service {name!r} in the cluster {cluster!r}")


def _account(_arguments: Properties, _region: str) -> Properties:
    user = f"arn:aws:iam::{ACCOUNT_ID}:user/simulated"
    return {"id": ACCOUNT_ID, "accountId": ACCOUNT_ID, "arn": user, "userId": "AIDASIMULATED"}


def _region(arguments: Properties, region: str) -> Properties:
    name = arguments.get("region") or arguments.get("name") or region
    return {"id": name, "name": name, "region": name, "description": name, "endpoint": f"ec2.{name}.amazonaws.com"}


def _partition(_arguments: Properties, _region: str) -> Properties:
    return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


def _zones(_arguments: Properties, region: str) -> Properties:
    names = [f"{region}{letter}" for letter in "abc"]
    return {"id": region, "names": names, "zoneIds": [f"{name}-id" for name in names], "groupNames": [region]}


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


_LOOKUPS: dict[str, Callable[[Properties, str], Properties]] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _account,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
}

_KEPT: dict[str, Callable[[Properties, Sequence[Record]], Properties]] = {
    "aws:ecs/getService:getService": _service,
}
"""Lookups of what the cloud holds."""
