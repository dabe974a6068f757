"""Rules of the database over several resources: its parameter group, and who may take its connections."""

import math
import re
from collections.abc import Iterator
from typing import Final

from policies.judgement import PASSED, Judgement, fail, undecided
from policies.limits import POOL_SERVER_CONNECTIONS, RDS_RESERVED_CONNECTIONS, SUPERUSER_RESERVED_CONNECTIONS
from policies.resource import Resource, Stack
from policies.rule import StackRule
from policies.rules.database import is_replica
from policies.rules.links import each, linked, linking, siblings
from policies.rules.parameters import family_version, max_connections
from policies.rules.pooler import PER_TASK_TAG, READER_TAG, is_pooler, pooler_user, stated
from policies.rules.reading import unreadable, whole_number
from policies.rules.tokens import DATABASE, PARAMETER_GROUP, SCALING_TARGET, SERVICE, TASK

RESERVED = SUPERUSER_RESERVED_CONNECTIONS + RDS_RESERVED_CONNECTIONS
PERCENT = 100
MOST_DEPLOYMENT_PERCENT = 200
"""ECS's own default of deploymentMaximumPercent."""


def _has_own_group(database: Resource, stack: Stack) -> Judgement:
    name = database.get("parameterGroupName")
    groups = linked(database, "parameterGroupName", stack, PARAMETER_GROUP)
    if not groups and isinstance(name, str) and name:
        groups = [it for it in stack.of(PARAMETER_GROUP) if it.get("name") == name]
    if groups:
        return _fits(database, groups[0])
    if unreadable(name):
        return undecided("parameterGroupName")
    other = "no parameter group" if name is None else "a parameter group that is not in the stack"
    default = isinstance(name, str) and name.startswith("default.")
    return fail("RDS's default parameter group" if default else other, "a parameter group of the stack")


def _fits(database: Resource, group: Resource) -> Judgement:
    family, version = group.get("family"), database.get("engineVersion")
    if version is None and is_replica(database) is not False:
        return PASSED
    if unreadable(family, version):
        return undecided("the version of PostgreSQL")
    major = re.match(r"\d+", version) if isinstance(version, str) else None
    if major and int(major[0]) == family_version(family):
        return PASSED
    return fail("a family of another version than engineVersion", "one version")


def _budget(stack: Stack) -> Iterator[tuple[Resource, Judgement]]:
    supplies = [_supply(stack, it) for it in stack.of(DATABASE) if is_replica(it) is not True]
    poolers = [(it, demand) for it in stack.of(SERVICE) if (demand := _demand(stack, it)) is not None]
    if not supplies or not poolers:
        return
    numbers = [demand for _, demand in poolers if isinstance(demand, int)]
    known = [supply for supply in supplies if isinstance(supply, int)]
    supply = min(known, default=0)
    for service, demand in poolers:
        if demand == _NONSENSE or _NONSENSE in supplies:
            yield service, fail("numbers that nobody can add", "whole numbers")
        elif len(numbers) < len(poolers) or len(known) < len(supplies):
            yield service, undecided("the connection budget")
        elif sum(numbers) <= supply:
            yield service, PASSED
        else:
            yield service, fail(f"{sum(numbers)} connections while poolers are replaced", f"{supply} at the most")


_UNKNOWN, _NONSENSE = "unknown", "nonsense"


def _supply(stack: Stack, database: Resource) -> int | str:
    """Return the connections that PostgreSQL has for ordinary users, or why they cannot be counted."""
    groups = linked(database, "parameterGroupName", stack, PARAMETER_GROUP)
    groups = groups or siblings(stack, (PARAMETER_GROUP,), "name", database, "parameterGroupName")
    if not groups:
        return _UNKNOWN
    number = max_connections(groups[0])
    if unreadable(number):
        return _UNKNOWN
    return _NONSENSE if number is None else int(number) - RESERVED


def _demand(stack: Stack, service: Resource) -> int | str | None:
    """Return the connections of a service of poolers while it is deployed; None of other services."""
    tasks = linked(service, "taskDefinition", stack, TASK)
    per_task = [stated(task, PER_TASK_TAG) for task in tasks if is_pooler(task) is not False]
    if not per_task:
        return None
    targets = linking(stack, SCALING_TARGET, "resourceId", service)
    most = targets[0].get("maxCapacity") if targets else service.get("desiredCount", 1)
    share = service.get("deploymentMaximumPercent", MOST_DEPLOYMENT_PERCENT)
    values = (per_task[0], most, share, service.get("deploymentMinimumHealthyPercent", PERCENT))
    if unreadable(*values) or per_task[0] is None:
        return _UNKNOWN
    connections, running, maximum, minimum = (whole_number(it) for it in values)
    if not connections or not running or not maximum or minimum is None:
        return _NONSENSE
    if min(connections, running, maximum) < 1 or minimum < 0:
        return _NONSENSE
    # A task that drains is counted no more by ECS, which starts another in its place; its connections stay.
    leaving = max(0, running - math.ceil(running * minimum / PERCENT))
    return (running * maximum // PERCENT + leaving) * connections


def _logs_in_as_another(task: Resource, stack: Stack) -> Judgement:
    if is_pooler(task) is False:
        return PASSED
    user, reader = pooler_user(task), stated(task, READER_TAG)
    owners = [it.get("username") for it in stack.of(DATABASE) if is_replica(it) is not True]
    if user is not None and not unreadable(user) and user in owners:
        return fail("the master user of the database as the pooler's", "a role of its own")
    if reader is not None and not unreadable(reader) and reader in (*owners, user):
        return fail("a role that may write as the readers'", "a role that may only read")
    if user is None or unreadable(user, reader, *owners):
        return undecided("the user of the pooler, or the master user")
    return PASSED


RULES: Final = (
    StackRule(
        id="pooler-not-master-user",
        title="The application's roles in PostgreSQL are not the master user",
        why="a statement injected into the application could make roles, read every table and drop any of them",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html",
        remedy="Let PgBouncer log in as a role that changes rows and no schema, and readers as one that reads.",
        types=frozenset({TASK}),
        check=each((TASK,), _logs_in_as_another),
    ),
    StackRule(
        id="database-parameter-group",
        title="The database has a parameter group of the stack, for its version",
        why="with RDS's default group none of the limits and none of the rules of parameters hold",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html",
        remedy="Set parameterGroupName to a group whose family is the engine's version.",
        types=frozenset({DATABASE}),
        check=each((DATABASE,), _has_own_group),
    ),
    StackRule(
        id="connection-budget",
        title="PostgreSQL has a connection for every pooler while poolers are replaced",
        why=POOL_SERVER_CONNECTIONS.why,
        source="S0-03, C-2, ADR 0008",
        remedy="Lower default_pool_size or deploymentMaximumPercent of the pooler, or raise its minimum.",
        keys=("database.pooler.server_connections", "database.pooler.deployment"),
        types=frozenset({SERVICE}),
        check=_budget,
    ),
)
