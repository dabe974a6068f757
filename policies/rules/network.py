"""Rules of the network: who may connect, and what is written down."""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from ipaddress import ip_network
from typing import Any, Final

from policies.judgement import NOT_APPLICABLE, PASSED, Judgement, decide, fail, undecided
from policies.resource import Resource, Stack
from policies.rule import IN_PRODUCTION, Rule, Severity, StackRule
from policies.rules.database import is_replica
from policies.rules.links import by_urn, each, has_sibling, has_unresolved_links, linked, siblings
from policies.rules.pooler import is_pooler
from policies.rules.reading import Check, at, flag, in_order, items, must, unreadable, whole_number, worst
from policies.rules.stores import is_measuring
from policies.rules.tokens import BASTION, DATABASE, EGRESS, GROUP, GROUP_RULE, INGRESS, SERVICE, SUBNET, TASK, VPC

DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
DOCS = "https://docs.aws.amazon.com/vpc/latest/userguide"
LARGEST_PREFIX_BITS = 1
"""A network of so few bits is half of the internet or all of it: /0, or the /1 that stands for it."""

_WAYS: Final = ("ingress", "egress")
_IDS: Final = ("defaultSecurityGroupId", "id")
_PORTS = ("ipProtocol", "protocol")
_ADDRESSES = ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks")


def _anywhere(addresses: Any) -> bool:
    """Return whether one of the networks is half of the internet, or all of it."""
    for address in items(addresses):
        with suppress(ValueError):
            if isinstance(address, str) and ip_network(address, strict=False).prefixlen <= LARGEST_PREFIX_BITS:
                return True
    return False


def _open_door(rule: Any) -> Judgement:
    """Judge one rule of a security group, whatever resource it is written in."""
    if unreadable(rule):
        return undecided("a rule")
    addresses = [it for key in _ADDRESSES for it in items(at(rule, key))]
    anywhere = _anywhere(addresses)
    if not anywhere and not unreadable(*addresses):
        return PASSED
    protocol = _protocol(rule)
    ports = [at(rule, "fromPort"), at(rule, "toPort")]
    numbers = {whole_number(port) for port in ports}
    return decide(
        "who may connect, and to which port",
        "any address to other ports than 80 and 443",
        "chosen addresses, groups or prefix lists",
        holds=not unreadable(protocol, *ports) and protocol in ("tcp", "6") and numbers in ({80}, {443}),
        doubtful=not anywhere or unreadable(protocol, *ports),
    )


def _empty(key: str, observed: str, required: str) -> Check:
    return must(key, hold=lambda rules: rules in (None, []), required=required, observed=lambda _: observed)


def _no_open_ingress(resource: Resource) -> Judgement:
    if resource.type == GROUP:
        rules = resource.get("ingress")
        return undecided("ingress") if unreadable(rules) else worst([PASSED, *map(_open_door, items(rules))])
    kind = resource.get("type") if resource.type == GROUP_RULE else None
    judgement = _open_door(resource)
    if unreadable(kind):
        return judgement if judgement is PASSED else undecided("type")
    return NOT_APPLICABLE if kind == "egress" else judgement


def _no_open_egress(resource: Resource) -> Judgement:
    is_group = resource.type == GROUP
    rules, kind = (resource.get("egress"), "egress") if is_group else ([resource], resource.get("type", "egress"))
    if unreadable(rules, kind, *items(rules)):
        return undecided("egress")
    if kind != "egress":
        return NOT_APPLICABLE
    parts = [(_protocol(it), [at(it, key) for key in _ADDRESSES]) for it in items(rules)]
    unclear = [
        unreadable(protocol, *(one for it in addresses for one in items(it))) for protocol, addresses in parts
    ]
    every = [any(map(_anywhere, addresses)) for protocol, addresses in parts if protocol == "-1"]
    return decide(
        "what a rule lets out",
        "every protocol to any address",
        "chosen protocols and ports",
        holds=not any(every) and not any(unclear),
        doubtful=not any(every),
    )


def _protocol(rule: Any) -> Any:
    return next((value for key in _PORTS if (value := at(rule, key)) is not None), None)


def _default_closed(stack: Stack) -> Iterator[tuple[Resource, Judgement]]:
    """Judge each default group by what is written in it, and each rule of its own by whether it adds to one."""
    groups = stack.of(DEFAULT_GROUP)
    urns, closed = {it.urn for it in groups}, in_order(*(_empty(it, f"rules in {it}", "no rule") for it in _WAYS))
    for group in groups:
        yield group, closed(group)
    defaults = {name for it in (*stack.of(VPC), *groups) for key in _IDS if isinstance(name := it.get(key), str)}
    for rule in stack.of(INGRESS, EGRESS, GROUP_RULE):
        into = rule.get("securityGroupId")
        sources = set(by_urn(rule, "securityGroupId"))
        if sources & urns or (isinstance(into, str) and into in defaults):
            yield rule, fail("a rule of the default security group", "no rule")


def _has_flow_log(vpc: Resource, stack: Stack) -> Judgement:
    kinds = [log.get("trafficType") for log in siblings(stack, (FLOW_LOG,), "vpcId", vpc, "id")]
    doubtful = unreadable(*kinds) or has_unresolved_links(stack, (FLOW_LOG,), "vpcId")
    said = ("the flow log", "no flow log of ALL traffic", "a flow log")
    return decide(*said, holds="ALL" in kinds, doubtful=doubtful)


_ORDER: Final = (False, None, True)


BY_HAND = ("footing:index:StandaloneTask$", BASTION)
"""Part of the URN of whatever belongs to a task that is run by hand: a migration, a tunnel of a person."""


def _only_from_poolers(stack: Stack) -> Iterator[tuple[Resource, Judgement]]:
    # By group: whether replicas alone are behind it, whose connections are no pool's. False outweighs unknown.
    guarding: dict[str, bool | None] = {}
    for database in stack.of(DATABASE):
        for group in linked(database, "vpcSecurityGroupIds", stack, GROUP):
            guarding[group.urn] = min(guarding.get(group.urn, True), is_replica(database), key=_ORDER.index)
    no_inline_rule = _empty("ingress", "rules within the group", "rules of their own")
    for group in stack.of(GROUP):
        if group.urn in guarding:
            yield group, no_inline_rule(group)
    # An exporter's session must be its own: the pool would show it another one each time.
    poolers = [
        (service, is_measuring(task) or is_pooler(task))
        for service in stack.of(SERVICE)
        for task in linked(service, "taskDefinition", stack, TASK)
    ]
    services = [service for service, is_admitted in poolers if is_admitted]
    admitted = {it.urn for one in services for it in linked(one, "networkConfiguration", stack, GROUP)}
    # A task that a person or a pipeline runs may change the schema: `services.NAME.database_login: owner`.
    admitted |= {it.urn for it in stack.of(GROUP) if any(part in it.urn for part in BY_HAND)}
    doubtful = any(is_admitted is None for _, is_admitted in poolers)
    groups = {it.urn for it in stack.of(GROUP)}
    for rule in stack.of(INGRESS, GROUP_RULE):
        into = linked(rule, "securityGroupId", stack, GROUP)
        if behind := [guarding[group.urn] for group in into if group.urn in guarding]:
            replicas = min(behind, key=_ORDER.index)
            yield (
                rule,
                _from(rule, stack, groups if replicas else admitted, doubtful=doubtful or replicas is None),
            )
        elif stack.of(DATABASE) and not into and unreadable(rule.get("securityGroupId")):
            yield rule, undecided("whose rule it is")


def _from(rule: Resource, stack: Stack, admitted: set[str], *, doubtful: bool) -> Judgement:
    key = "referencedSecurityGroupId" if rule.type == INGRESS else "sourceSecurityGroupId"
    sources = linked(rule, key, stack, GROUP)
    judgement = decide(
        "where connections come from",
        "a way in for others than the pooler",
        "the pooler's security group alone; before a replica any group, never addresses",
        holds=bool(sources) and all(group.urn in admitted for group in sources),
        doubtful=doubtful if sources else unreadable(rule.get(key)),
    )
    return NOT_APPLICABLE if judgement is not PASSED and rule.get("type") == "egress" else judgement


_medium_in_production = partial(Rule, levels=IN_PRODUCTION, severity=Severity.MEDIUM)
_stack_medium_in_production = partial(StackRule, levels=IN_PRODUCTION, severity=Severity.MEDIUM)


RULES: Final = (
    Rule(
        id="network-no-open-ingress",
        title="Nothing but a web server's ports is open to any address",
        why="every port that is open to all is tried within minutes",
        source=f"{DOCS}/security-group-rules.html",
        remedy="Name the addresses, a prefix list, or the security group that may connect.",
        severity=Severity.CRITICAL,
        controls=("CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_277", "AWS-0107"),
        types=frozenset({GROUP, GROUP_RULE, INGRESS}),
        check=_no_open_ingress,
    ),
    _stack_medium_in_production(
        id="network-default-group-closed",
        title="The default security group has no rules",
        why="whatever is made without a group gets it, and could talk to all others in it",
        source=f"{DOCS}/default-security-group.html",
        remedy="Leave ingress and egress out, and name another group in the rules of their own.",
        controls=("CKV2_AWS_12", "AWS-0173"),
        types=frozenset({DEFAULT_GROUP, INGRESS, EGRESS, GROUP_RULE}),
        check=_default_closed,
    ),
    _stack_medium_in_production(
        id="network-default-group-adopted",
        title="The default security group is managed",
        why="AWS makes it with rules that let its members talk",
        source=f"{DOCS}/default-security-group.html",
        remedy="Add a DefaultSecurityGroup without rules.",
        controls=("CKV2_AWS_12", "AWS-0173"),
        types=frozenset({VPC}),
        check=has_sibling(
            (VPC, "id"),
            (DEFAULT_GROUP, "vpcId"),
            what="the default security group",
            observed="its default security group as AWS made it",
            required="a DefaultSecurityGroup without rules",
        ),
    ),
    _medium_in_production(
        id="network-subnet-addresses",
        title="Subnets give out no public addresses",
        why="whatever is made there without a thought is on the internet",
        source=f"{DOCS}/vpc-ip-addressing.html",
        remedy="Set mapPublicIpOnLaunch to false.",
        controls=("CKV_AWS_130", "AWS-0164"),
        types=frozenset({SUBNET}),
        check=flag("mapPublicIpOnLaunch", expected=False),
    ),
    _stack_medium_in_production(
        id="network-flow-logs",
        title="The network's connections are logged",
        why="nobody can tell afterwards what talked to whom",
        source=f"{DOCS}/flow-logs.html",
        remedy="Add a FlowLog with trafficType ALL.",
        controls=("CKV2_AWS_11",),
        types=frozenset({VPC}),
        check=each((VPC,), _has_flow_log),
    ),
    _medium_in_production(
        id="network-no-open-egress",
        title="Groups name what may be asked of other networks",
        why="whoever breaks in can send everything out, by every port",
        source=f"{DOCS}/security-group-rules.html",
        remedy="Name the protocol and the port, for example tcp and 443.",
        controls=("CKV_AWS_382", "AWS-0104"),
        types=frozenset({GROUP, GROUP_RULE, EGRESS}),
        check=_no_open_egress,
    ),
    StackRule(
        id="database-ingress-from-pooler",
        title="Only the pooler may connect to PostgreSQL's primary, and only groups to a replica",
        why="a client that goes around the pooler takes connections that the budget has given away",
        source="S0-02, S0-03",
        remedy="Let the rule refer to the security group of the pooler's tasks.",
        levels=IN_PRODUCTION,
        types=frozenset({GROUP, GROUP_RULE, INGRESS}),
        check=_only_from_poolers,
    ),
)
