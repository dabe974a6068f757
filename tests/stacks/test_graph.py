"""The order that the graph enforces: what each resource needs is in its closure, not only made earlier by luck."""

import json
import re
from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import Any

import pytest
from test_compose import committed

from footing.plan.model import Plan, PlannedResource

SERVICE, LISTENER, RULES = "aws:ecs/service:Service", "aws:lb/listener:Listener", "SecurityGroup"
STACKS = pytest.mark.parametrize("stack", ["staging", "production"])


class Graph:
    """The dependencies of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.resources = {it.urn: it for it in plan.resources}

    def of_type(self, *types: str) -> list[PlannedResource]:
        return [it for it in self.resources.values() if it.type in types]

    def closure(self, resource: PlannedResource) -> set[str]:
        """Names of all that has to be there before `resource`."""
        found, waiting = set[str](), [resource.urn]
        while waiting:
            for urn in self._needs(self.resources[waiting.pop()]):
                if urn not in found:
                    found.add(urn)
                    waiting.append(urn)
        return {self.resources[urn].name for urn in found}

    def users(self, resource: PlannedResource, key: str, *types: str) -> Iterator[PlannedResource]:
        """Resources of `types` whose input `key` comes from `resource`."""
        return (it for it in self.of_type(*types) if resource.urn in it.property_dependencies.get(key, ()))

    def sources(self, resource: PlannedResource, key: str, *types: str) -> list[PlannedResource]:
        """Resources of `types` that the input `key` comes from."""
        found = (self.resources[urn] for urn in resource.property_dependencies.get(key, ()))
        return [it for it in found if it.type in types]

    def _needs(self, resource: PlannedResource) -> Collection[str]:
        # A dependency on a component is one on everything in it, and the engine has no other.
        return {urn for urn in resource.dependencies if urn in self.resources}


@cache
def graph(stack: str) -> Graph:
    return Graph(committed(stack))


def missing(it: Graph, wanted: Callable[[PlannedResource], list[PlannedResource]], *types: str) -> dict[str, Any]:
    """By resource of `types`, what it needs and does not wait for."""
    lacks = {each.name: {need.name for need in wanted(each)} - it.closure(each) for each in it.of_type(*types)}
    return {name: sorted(lack) for name, lack in lacks.items() if lack}


@STACKS
def test_tasks_wait_for_the_rules_of_their_groups(stack: str) -> None:
    it = graph(stack)
    kinds = [f"aws:vpc/securityGroup{way}Rule:SecurityGroup{way}Rule" for way in ("Egress", "Ingress")]

    def rules(service: PlannedResource) -> list[PlannedResource]:
        groups = it.sources(service, "networkConfiguration", "aws:ec2/securityGroup:SecurityGroup")
        assert groups, service.name
        egress = [rule for group in groups for rule in it.users(group, "securityGroupId", kinds[0])]
        # Its way into each server that it calls; who may call it is made by its callers.
        return [
            *egress,
            *(rule for group in groups for rule in it.users(group, "referencedSecurityGroupId", kinds[1])),
        ]

    assert missing(it, rules, SERVICE) == {}


@STACKS
def test_tasks_wait_for_what_their_roles_may_do(stack: str) -> None:
    it = graph(stack)
    policies = "aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"

    def rights(task: PlannedResource) -> list[PlannedResource]:
        keys = ("executionRoleArn", "taskRoleArn")
        roles = [role for key in keys for role in it.sources(task, key, "aws:iam/role:Role")]
        assert len(roles) == len(keys), task.name
        return [policy for role in roles for policy in it.users(role, "role", *policies)]

    assert missing(it, rights, "aws:ecs/taskDefinition:TaskDefinition") == {}


@STACKS
def test_tasks_wait_for_their_way_to_the_registry(stack: str) -> None:
    it = graph(stack)

    def routes(_: PlannedResource) -> list[PlannedResource]:
        return [it for it in graph(stack).of_type("aws:ec2/route:Route") if "natGatewayId" in it.inputs]

    assert routes(it.of_type(SERVICE)[0])
    assert missing(it, routes, SERVICE) == {}


@STACKS
def test_services_wait_for_their_listeners_and_capacity(stack: str) -> None:
    it = graph(stack)

    def needed(service: PlannedResource) -> list[PlannedResource]:
        targets = it.sources(service, "loadBalancers", "aws:lb/targetGroup:TargetGroup")
        ways = (("defaultActions", LISTENER), ("actions", "aws:lb/listenerRule:ListenerRule"))
        listeners = [found for target in targets for key, type_ in ways for found in it.users(target, key, type_)]
        assert bool(listeners) is bool(targets), service.name
        return [*listeners, *it.of_type("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders")]

    assert missing(it, needed, SERVICE) == {}


@STACKS
def test_the_application_waits_for_its_pooler_and_stores(stack: str) -> None:
    it = graph(stack)
    [service] = [each for each in it.of_type(SERVICE) if each.name == "service-service"]
    stores = it.of_type(
        "aws:elasticache/replicationGroup:ReplicationGroup", "upstash:index/redisDatabase:RedisDatabase"
    )
    assert stores
    replicas = {
        each.name for each in it.of_type("aws:rds/instance:Instance") if "replicateSourceDb" in each.inputs
    }
    assert bool(replicas) is (stack == "production")
    wanted = {"pooler-service", "pooler-listener", "database-primary", *replicas, *(it.name for it in stores)}
    assert wanted <= it.closure(service)


@STACKS
def test_nat_gateways_and_their_addresses_wait_for_the_internet_gateway(stack: str) -> None:
    it = graph(stack)
    gateways = it.of_type("aws:ec2/internetGateway:InternetGateway")
    assert gateways
    assert missing(it, lambda _: gateways, "aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip") == {}


@STACKS
def test_no_component_waits_for_what_only_one_of_its_children_needs(stack: str) -> None:
    it = graph(stack)
    waits = {each.name: it.closure(each) for each in it.resources.values() if not each.custom}
    assert {name for name, closure in waits.items() if "pooler-service" in closure} == set()


WATCHED = {
    "DBInstanceIdentifier": ("aws:rds/instance:Instance", "identifier"),
    "ServiceName": ("aws:ecs/service:Service", "name"),
    "CacheClusterId": ("aws:elasticache/replicationGroup:ReplicationGroup", "replicationGroupId"),
    "ReplicationGroupId": ("aws:elasticache/replicationGroup:ReplicationGroup", "replicationGroupId"),
}
"""Dimensions of CloudWatch that hold a physical name, and the type and input that have it."""


def watched(it: Graph, text: str) -> Iterator[str]:
    """Names of the resources whose physical names stand in `text` as a whole, or as that of a node of theirs."""
    for type_, key in set(WATCHED.values()):
        for resource in it.of_type(type_):
            if re.search(rf"\"{re.escape(str(resource.inputs[key]))}(-\d+)?\"", text):
                yield resource.name


@STACKS
def test_no_alarm_is_there_before_what_it_watches(stack: str) -> None:
    """An alarm on missing data rings five minutes after it is made, a database takes fifteen."""
    it = graph(stack)
    alerting = it.of_type(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "grafana:alerting/ruleGroup:RuleGroup",
        "aws:amp/ruleGroupNamespace:RuleGroupNamespace",
    )
    # Those of the service itself take a deployment back, and tell nobody.
    ringing = [each for each in alerting if each.type.startswith("grafana") or each.inputs.get("alarmActions")]
    needs = {each.name: set(watched(it, json.dumps(each.inputs).replace('\\"', '"'))) for each in ringing}
    assert any("database-primary" in names for names in needs.values())
    assert any("service-service" in names for names in needs.values())
    lacks = {each.name: needs[each.name] - it.closure(each) for each in ringing}
    assert {name: lack for name, lack in lacks.items() if lack} == {}


@STACKS
def test_every_wait_has_an_end_that_fits_what_it_waits_for(stack: str) -> None:
    it = graph(stack)
    for each in it.of_type(
        SERVICE, "aws:acm/certificateValidation:CertificateValidation", "aws:rds/instance:Instance"
    ):
        assert each.options.custom_timeouts["create"], each.name
