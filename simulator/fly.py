"""Fly.io as it answers: what it makes up of apps, addresses, Machines and clusters, and what it refuses.

Facts from https://github.com/superfly/docs at 5c22c8ce, 2026-08-07, and from pulumi-fly-machines 0.0.18.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from policies.fly_offers import POSTGRES_PLANS, POSTGRES_REGIONS, REGIONS, guest_faults
from simulator.identity import Identity
from simulator.validate import Failure
from wire_format import Properties, is_unknown, reveal

APPS, CLUSTERS = "fly-machines:apps/v1:", "fly-machines:postgres/v1:"
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_POSTGRES_NAME = re.compile(r"[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?")
_SECRET = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DURATION = re.compile(r"(\d+(\.\d+)?(ms|s|m|h))+")
_WORDS = "1 to 63 lower-case letters, digits and hyphens, none of these first or last"


def answered(token: str, inputs: Properties, identity: Identity) -> Properties:
    """Return what Fly.io answers beside the inputs; nothing for a type of another vendor."""
    make = _ANSWERS.get(token)
    return make(inputs, identity) if make else {}


def fly_id(token: str, inputs: Properties, identity: Identity) -> str:
    """Return an id of the form that Fly.io gives: 14 digits of a Machine, the name of an app."""
    if token == f"{APPS}App":
        return str(inputs.get("name") or identity.hex(16))
    return identity.hex(14 if token == f"{APPS}Machine" else 16)


def fly_faults(token: str, inputs: Properties) -> Iterator[Failure]:
    """Yield what Fly.io would refuse of these inputs, by the property's path; unknown values pass."""
    check = _FAULTS.get(token)
    if check:
        yield from check(reveal(inputs))


def _machine(_: Properties, who: Identity) -> Properties:
    return {
        "createdAt": "2026-01-01T00:00:00Z",
        "instanceId": who.hex(26, "instance").upper(),
        "privateIp": f"fdaa:0:1:a7b:{who.hex(4, 'ip')}:1:{who.hex(4, 'host')}:2",
        "state": "started",
        "version": 1,
    }


def _address(inputs: Properties, who: Identity) -> Properties:
    kind, last = str(inputs.get("type") or "v6"), int(who.hex(2, "ip"), 16) % 254 + 1
    v4, v6 = f"198.51.100.{last}", f"2001:db8::{who.hex(4, 'ip')}"
    if kind == "egress_pair":
        return {"egress": True, "ipPair": {"v4": v4, "v6": v6}}
    return {"ip": v4 if "v4" in kind else v6, "shared": kind == "shared_v4", "egress": "egress" in kind}


def _secrets(inputs: Properties, who: Identity) -> Properties:
    names = sorted(inputs.get("values") or {})
    return {"secrets": [{"name": it, "digest": who.hex(16, it)} for it in names], "version": who.number("version")}


def _certificate(inputs: Properties, who: Identity) -> Properties:
    hostname = str(inputs.get("hostname"))
    challenge = {"name": f"_acme-challenge.{hostname}", "target": f"{hostname}.{who.hex(6, 'acme')}.flydns.net"}
    return {
        "dnsRequirements": {"cname": f"{inputs.get('appName')}.fly.dev", "acmeChallenge": challenge},
        "configured": False,
        "status": "pending_validation",
    }


def _cluster(inputs: Properties, who: Identity) -> Properties:
    id_ = who.hex(16)
    doors = {kind: {"host": f"{word}.{id_}.flympg.net", "port": 5432} for kind, word in _DOORS.items()}
    return {"data": {"id": id_, "name": inputs.get("name"), "status": "ready", "endpoints": {"primary": doors}}}


_DOORS = {"pooler": "pgbouncer", "direct": "direct"}
_ANSWERS: Mapping[str, Callable[[Properties, Identity], Properties]] = {
    f"{APPS}App": lambda _, __: {"createdAt": 1767225600},
    f"{APPS}AppIPAssignment": _address,
    f"{APPS}AppCertificatesAcme": _certificate,
    f"{APPS}Machine": _machine,
    f"{APPS}Secrets": _secrets,
    f"{CLUSTERS}Postgres": _cluster,
    f"{CLUSTERS}PostgresDatabase": lambda inputs, _: {"data": {"name": inputs.get("name")}},
    f"{CLUSTERS}PostgresUser": lambda inputs, _: {
        "data": {"username": inputs.get("username"), "role": inputs.get("role")}
    },
}


def _text(inputs: Properties, name: str) -> str | None:
    value = inputs.get(name)
    return value if isinstance(value, str) and not is_unknown(value) else None


def _named(field: str, form: re.Pattern[str], words: str) -> Callable[[Properties], Iterator[Failure]]:
    def check(inputs: Properties) -> Iterator[Failure]:
        name = _text(inputs, field)
        if name is not None and not form.fullmatch(name):
            yield Failure(field, f"given a name that Fly.io refuses, allowed {words}")

    return check


def _app_faults(inputs: Properties) -> Iterator[Failure]:
    yield from _named("name", _NAME, _WORDS)(inputs)
    for required in ("name", "orgSlug"):
        if inputs.get(required) is None:
            yield Failure(required, "given nothing, allowed a string: the API requires it")


def _region_faults(inputs: Properties, offered: frozenset[str] | set[str]) -> Iterator[Failure]:
    region = _text(inputs, "region")
    if region is not None and region not in offered:
        yield Failure("region", f"given a region that Fly.io does not have, allowed {', '.join(sorted(offered))}")


def _address_faults(inputs: Properties) -> Iterator[Failure]:
    yield from _region_faults(inputs, set(REGIONS))
    if str(inputs.get("type")).startswith("egress") and inputs.get("region") is None:
        yield Failure("region", "given nothing, allowed a region: an egress address is of one")


def _machine_faults(inputs: Properties) -> Iterator[Failure]:
    yield from _region_faults(inputs, set(REGIONS))
    yield from _named("name", _NAME, _WORDS)(inputs)
    config = inputs.get("config")
    if not isinstance(config, Mapping) or is_unknown(config):
        return
    if not config.get("image"):
        yield Failure("config.image", "given nothing, allowed the name of an image")
    guest = config.get("guest") or {}
    cpus, memory = guest.get("cpus", 1), guest.get("memoryMb", 256)
    if isinstance(cpus, int) and isinstance(memory, int):
        fields = {"cpu_kind": "cpuKind", "memory_mib": "memoryMb"}
        for name, sentence in guest_faults(str(guest.get("cpuKind", "shared")), cpus, memory):
            yield Failure(f"config.guest.{fields.get(name, name)}", sentence)
    for number, service in enumerate(config.get("services") or ()):
        for place, check in enumerate(service.get("checks") or ()):
            for name in ("interval", "timeout", "gracePeriod"):
                value = _text(check, name)
                if value is not None and not _DURATION.fullmatch(value):
                    yield Failure(
                        f"config.services[{number}].checks[{place}].{name}", "given no duration, allowed 15s, 1m"
                    )


def _secret_faults(inputs: Properties) -> Iterator[Failure]:
    values = inputs.get("values")
    for name in values if isinstance(values, Mapping) else ():
        if not _SECRET.fullmatch(name):
            yield Failure("values", f"given the name {name!r}, allowed letters, digits and underscores")


def _cluster_faults(inputs: Properties) -> Iterator[Failure]:
    yield from _region_faults(inputs, set(POSTGRES_REGIONS))
    plan = _text(inputs, "plan")
    if plan is not None and plan.lower() not in POSTGRES_PLANS:
        yield Failure("plan", f"given a plan that Fly.io does not have, allowed {', '.join(POSTGRES_PLANS)}")


_FAULTS: Mapping[str, Callable[[Properties], Iterator[Failure]]] = {
    f"{APPS}App": _app_faults,
    f"{APPS}AppIPAssignment": _address_faults,
    f"{APPS}Machine": _machine_faults,
    f"{APPS}Secrets": _secret_faults,
    f"{APPS}AppCertificatesAcme": _named(
        "hostname", re.compile(r"(\*\.)?([a-z0-9-]+\.)+[a-z]{2,63}"), "a host name"
    ),
    f"{CLUSTERS}Postgres": _cluster_faults,
    f"{CLUSTERS}PostgresUser": _named("username", _POSTGRES_NAME, f"{_WORDS}, or underscores inside"),
    f"{CLUSTERS}PostgresDatabase": _named("name", re.compile(f"(?i){_POSTGRES_NAME.pattern}"), _WORDS),
}
JUDGED = frozenset(_FAULTS)
"""Types whose inputs are judged here."""
