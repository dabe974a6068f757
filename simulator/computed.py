"""Plausible values for what a cloud computes: the outputs of a type that are not among its inputs.

Names and types come from the SDK's annotations, values from the resource's identity, so they are the same
on every run. They have the form of the real thing and mean nothing.
"""

import re
from collections.abc import Callable, Mapping

from simulator.fly import fly_id
from simulator.identity import ACCOUNT_ID, Identity, arn
from simulator.shapes import Enumerated, Field, ListOf, MapOf, ObjectOf, OneOf, Scalar, Shape, output_fields
from wire_format import Properties, Value

_CREATED = "2026-01-01T00:00:00Z"
_DEPTH = 3
_NEVER_EMPTY = frozenset({"domainValidationOptions"})
"""Lists of objects that the cloud always fills, where programs rely on a first entry."""
_PREFIXES = {
    "EgressOnlyInternetGateway": "eigw",
    "Eip": "eipalloc",
    "FlowLog": "fl",
    "Instance": "i",
    "InternetGateway": "igw",
    "LaunchTemplate": "lt",
    "NatGateway": "nat",
    "NetworkAcl": "acl",
    "NetworkInterface": "eni",
    "Route": "r",
    "RouteTable": "rtb",
    "RouteTableAssociation": "rtbassoc",
    "VpcEndpoint": "vpce",
}


def fill(fields: Mapping[str, Field], given: Properties, identity: Identity, *, region: str) -> Properties:
    """Return the given properties, completed with a value for each output that the cloud always fills."""
    properties = dict(given)
    for name, field in fields.items():
        if properties.get(name) is None and field.required:
            properties[name] = _value(name, field.shape, identity, region=region, depth=0)
    if "tagsAll" in fields and given.get("tags") is not None:
        properties["tagsAll"] = given["tags"]
    return properties


def resource_id(identity: Identity, inputs: Properties) -> str:
    """Return an id of the form that the type's own cloud gives."""
    package, _, kind = identity.type.split(":")
    if package == "aws":
        return _aws_id(identity, kind, inputs)
    if package == "vercel":
        return _vercel_id(identity, kind, inputs)
    if package == "fly-machines":
        return fly_id(identity.type, inputs, identity)
    if package == "upstash":
        return identity.uuid()
    if package == "grafana":
        # A rule group's name is its own within a folder.
        own = inputs.get("uid") or inputs.get("name") or _uid(inputs) or identity.hex(14, "uid")
        folder = inputs.get("folderUid") if kind == "RuleGroup" else None
        return ":".join(name for name in (inputs.get("orgId") or "1", folder, own) if name)
    return identity.hex(32)


def _vercel_id(identity: Identity, kind: str, inputs: Properties) -> str:
    # The forms of https://vercel.com/docs/rest-api; a domain is known by its name.
    if kind == "ProjectDomain":
        return str(inputs["domain"])
    return {"Project": "prj_", "CustomEnvironment": "env_"}.get(kind, "") + identity.hex(28)


def _aws_id(identity: Identity, kind: str, inputs: Properties) -> str:
    if identity.type.startswith("aws:ec2/") and kind in _PREFIXES:
        return f"{_PREFIXES[kind]}-{identity.hex(17)}"
    if identity.type.startswith("aws:cloudfront/"):
        return f"E{identity.hex(13).upper()}"
    if identity.type.startswith("aws:ebs/"):
        return f"vol-{identity.hex(17)}"
    name = inputs.get("name")
    return name if isinstance(name, str) else f"{kind.lower()}-{identity.hex(17)}"


def _value(name: str, shape: Shape, identity: Identity, *, region: str, depth: int) -> Value:
    if isinstance(shape, OneOf):
        shape = shape.options[0]
    if isinstance(shape, Scalar):
        return _scalar(name, shape.kind, identity, region)
    if isinstance(shape, ListOf):
        if name == "nameServers":
            return [f"{word}-{identity.hex(4)}.ns.example.com" for word in ("ada", "bob")]
        if name in _NEVER_EMPTY and isinstance(shape.item, ObjectOf):
            return [_object(shape.item, identity, region=region, depth=depth, all_fields=True)]
        return []
    if isinstance(shape, ObjectOf) and depth < _DEPTH:
        return _object(shape, identity, region=region, depth=depth, all_fields=False)
    if isinstance(shape, Enumerated):
        return shape.members[0] if shape.members else ""
    return {} if isinstance(shape, MapOf | ObjectOf) else None


def _object(shape: ObjectOf, identity: Identity, *, region: str, depth: int, all_fields: bool) -> Properties:
    return {
        key: _value(key, field.shape, identity, region=region, depth=depth + 1)
        for key, field in output_fields(shape).items()
        if all_fields or field.required
    }


def _scalar(name: str, kind: str, identity: Identity, region: str) -> Value:
    if kind == "bool":
        return False
    if kind in {"int", "float"}:
        return identity.number(name) if name.lower().endswith("id") else (443 if name == "port" else 0)
    return next((make(identity, name, region) for pattern, make in _STRINGS if re.search(pattern, name)), "")


def _uid(inputs: Properties) -> str | None:
    found = re.search(r'"uid":\s*"([^"]+)"[^{}]*\}$', inputs.get("configJson") or "")
    return found[1] if found else None


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _host(identity: Identity) -> str:
    return f"{_slug(identity.name)}-{identity.hex(7, 'host')}.{identity.type.split(':')[0]}.example.com"


_PEM_LABELS = {"private": "PRIVATE KEY", "request": "CERTIFICATE REQUEST", "public": "PUBLIC KEY"}


_Maker = Callable[[Identity, str, str], str]
# The first pattern that is found in a property's name decides.
_STRINGS: tuple[tuple[str, _Maker], ...] = (
    (
        r"^arn$|Arn$",
        lambda who, _name, region: arn(
            who.type.split(":")[1].split("/")[0],
            f"{who.type.rsplit(':', 1)[-1].lower()}/{who.name}-{who.hex(7, 'name')}",
            region=region,
        ),
    ),
    (r"^dsn|Dsn", lambda who, name, _: f"https://{who.hex(32, name)}@{_host(who)}/{who.number('projectId')}"),
    # The form of a PEM block, with nothing that could be parsed inside.
    (
        r"Pem(Pkcs8)?$",
        lambda who, name, _: "-----BEGIN {0}-----\n{1}\n-----END {0}-----\n".format(
            next((label for word, label in _PEM_LABELS.items() if word in name.lower()), "CERTIFICATE"),
            who.hex(64, name),
        ),
    ),
    (r"^prometheusEndpoint$", lambda *who: f"https://{_host(who[0])}/workspaces/{who[0].hex(32, who[1])}/"),
    (r"(?i)url$|uri$", lambda *who: f"https://{_host(who[0])}"),
    (r"(?i)endpoint|host(name)?$|address$|domain(name)?$|dnsname$|fqdn$", lambda *who: _host(who[0])),
    (r"(?i)password|token|secret|key$|public$", lambda *who: who[0].hex(40, who[1])),
    (r"^(created|modified|activated)$|[a-z](Date|Time|On|At)$", lambda *_: _CREATED),
    (r"^(ownerId|accountId|registryId|awsAccountId)$", lambda *_: ACCOUNT_ID),
    (r"^region$", lambda *who: who[2]),
    (r"^(status|state)$", lambda *_: "active"),
    (r"RecordType$", lambda *_: "CNAME"),
    (r"Record(Name|Value)$", lambda *who: f"_{who[0].hex(16, who[1])}.{_host(who[0])}."),
    (r"^uid$", lambda *who: who[0].hex(14, "uid")),
    (r"^slug$", lambda *who: _slug(who[0].name)),
    (r"(?i)id$", lambda *who: who[0].hex(32, who[1])),
    (r"(?i)ip$|Ip(v4)?Address$", lambda *who: f"203.0.113.{who[0].number(who[1]) % 254 + 1}"),
)
