"""Rules of ECS services, their scaling and their cluster."""

from functools import partial
from typing import Any, Final

from policies.judgement import NOT_APPLICABLE, PASSED, Judgement, decide, fail, seen, undecided
from policies.resource import Resource, Stack
from policies.rule import ADVICE, IN_PRODUCTION, ONLY_PRODUCTION, Rule, Severity, StackRule
from policies.rules.links import each, linked, linking
from policies.rules.pooler import is_pooler
from policies.rules.reading import at, both, flag, items, must, unreadable, whole_number, word
from policies.rules.stores import is_measuring
from policies.rules.tokens import CLUSTER, ROLE, SCALING_TARGET, SERVICE, SUBNET, TASK

SCALING_POLICY = "aws:appautoscaling/policy:Policy"
INSIGHTS: Final = ("enabled", "enhanced")
_SHARED: Final = ("pidMode", "ipcMode")
OLDEST_PLATFORM: Final = (1, 4, 0)
LEAST_TARGET_PERCENT, MOST_TARGET_PERCENT = 30, 80
LEAST_TASKS = 2
DOCS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"


def _is_recent(version: Any) -> bool:
    if version in (None, "LATEST"):
        return True
    parts = [whole_number(part) for part in version.split(".")] if isinstance(version, str) else []
    numbers = [part for part in parts if part is not None]
    return len(numbers) == len(parts) > 0 and tuple(numbers) >= OLDEST_PLATFORM


def _insights(cluster: Resource) -> Judgement:
    settings = cluster.get("settings")
    found = [settings] if unreadable(settings) else items(settings)
    values = [at(it, "value") for it in found if not unreadable(it) and at(it, "name") == "containerInsights"]
    return decide(
        "containerInsights",
        "no containerInsights",
        " or ".join(INSIGHTS),
        holds=any(value in INSIGHTS for value in values),
        doubtful=unreadable(*values) or any(unreadable(it, at(it, "name")) for it in found),
    )


def _bounds(target: Resource) -> Judgement:
    stated = target.get("minCapacity"), target.get("maxCapacity")
    low, high = (whole_number(it) for it in stated)
    return decide(
        "minCapacity and maxCapacity",
        f"minCapacity {seen(stated[0])} and maxCapacity {seen(stated[1])}",
        "1 or more, and more than that",
        holds=low is not None and high is not None and 1 <= low < high,
        doubtful=unreadable(*stated),
    )


def _target(policy: Resource) -> Judgement:
    kind = policy.get("policyType")
    if not unreadable(kind) and kind != "TargetTrackingScaling":
        return NOT_APPLICABLE
    if at(policy, _TRACKING, "customizedMetricSpecification"):
        return NOT_APPLICABLE  # its unit is its own: messages for each task
    metric = at(policy, _TRACKING, "predefinedMetricSpecification", "predefinedMetricType")
    value = at(policy, _TRACKING, "targetValue")
    if unreadable(kind, metric, value):
        return undecided("targetValue")
    if isinstance(metric, str) and not metric.endswith("Utilization"):
        return NOT_APPLICABLE
    known = isinstance(value, (int, float)) and not isinstance(value, bool)
    if known and LEAST_TARGET_PERCENT <= value <= MOST_TARGET_PERCENT:
        return PASSED
    return fail(f"targetValue {seen(value)}", f"{LEAST_TARGET_PERCENT} to {MOST_TARGET_PERCENT} percent")


_TRACKING = "targetTrackingScalingPolicyConfiguration"


def of_pooler(service: Resource, stack: Stack) -> bool | None:
    """Return whether a service runs PgBouncer; None where that cannot be told."""
    tasks = linked(service, "taskDefinition", stack, TASK)
    answers = [is_pooler(task) for task in tasks]
    return None if not answers or None in answers else any(answers)


def of_measuring(service: Resource, stack: Stack) -> bool:
    """Return whether a service measures the others, and may be one task that is missing for a while."""
    tasks = linked(service, "taskDefinition", stack, TASK)
    return bool(tasks) and all(is_measuring(task) is True for task in tasks)


def least_tasks(service: Resource, stack: Stack) -> Any:
    """Return the fewest tasks of a service: what its scaling keeps, else what it wants."""
    targets = linking(stack, SCALING_TARGET, "resourceId", service)
    return targets[0].get("minCapacity") if targets else service.get("desiredCount", 1)


def _two_tasks(service: Resource, stack: Stack) -> Judgement:
    if of_measuring(service, stack):
        return NOT_APPLICABLE
    least = least_tasks(service, stack)
    few = decide(
        "the number of tasks",
        f"{seen(least)} tasks",
        f"{LEAST_TASKS} tasks at least",
        holds=(whole_number(least) or 0) >= LEAST_TASKS,
        doubtful=unreadable(least),
    )
    if few is not PASSED:
        return few
    stated = at(service, "networkConfiguration", "subnets")
    subnets = linked(service, "networkConfiguration", stack, SUBNET)
    zones = [subnet.get("availabilityZone", subnet.get("availabilityZoneId")) for subnet in subnets]
    # Subnets of another stack: their zones are not here, their number is.
    counted = [it for it in items(stated) if it] if not zones and not unreadable(stated) else []
    hidden = any(zone is None or unreadable(zone) for zone in zones)
    return decide(
        "the zones of the subnets",
        "subnets of one zone",
        "subnets of two zones at least",
        holds=len({it for it in zones if isinstance(it, str)} or counted) >= LEAST_TASKS,
        doubtful=hidden or (not zones and unreadable(stated)),
    )


def _scales(service: Resource, stack: Stack) -> Judgement:
    pooler = of_pooler(service, stack)
    # How many poolers there are is part of the connection budget: they must not scale.
    if pooler is True or of_measuring(service, stack):
        return NOT_APPLICABLE
    if linking(stack, SCALING_TARGET, "resourceId", service):
        return PASSED
    if pooler is None and unreadable(service.get("taskDefinition")):
        return undecided("whether it is a pooler")
    return fail("no scaling target", "a scaling target")


def _separate_roles(task: Resource, stack: Stack) -> Judgement:
    keys = ("executionRoleArn", "taskRoleArn")
    roles = [task.get(key) for key in keys]
    # A role's ARN may come by way of the role's policies, so that a task waits for them.
    urns = [[it.urn for it in linked(task, key, stack, ROLE)] for key in keys]
    linked_roles = all(urns) and (unreadable(*roles) or roles[0] == roles[1])
    first, second = urns if linked_roles else roles
    doubtful = not linked_roles and unreadable(*roles)
    holds = None in roles or "" in roles or (not doubtful and first != second)
    return decide("the roles", "one role for both", "two roles", holds=holds, doubtful=doubtful)


_service = partial(Rule, types=frozenset({SERVICE}))
_over_services = partial(StackRule, types=frozenset({SERVICE}))
_medium_in_production = partial(Rule, levels=IN_PRODUCTION, severity=Severity.MEDIUM)

RULES: Final = (
    _service(
        id="service-no-public-address",
        title="Tasks have no public address",
        why="they could be reached past the edge and the load balancer",
        source=f"{DOCS}/fargate-task-networking.html",
        remedy="Set networkConfiguration.assignPublicIp to false, and give the subnets a NAT gateway.",
        controls=("CKV_AWS_333",),
        check=flag("networkConfiguration", "assignPublicIp", expected=False),
    ),
    _service(
        id="service-circuit-breaker",
        title="A deployment that fails is rolled back by ECS",
        why="ECS starts broken tasks for ever, and the deployment never ends",
        source=f"{DOCS}/deployment-circuit-breaker.html",
        remedy="Set deploymentCircuitBreaker with enable and rollback.",
        levels=IN_PRODUCTION,
        check=both(flag("deploymentCircuitBreaker", "enable"), flag("deploymentCircuitBreaker", "rollback")),
    ),
    _service(
        id="service-no-exec",
        title="Nobody opens a shell in a running task",
        why="what is typed there is in no log, and the task is no longer what was deployed",
        source=f"{DOCS}/ecs-exec.html",
        remedy="Unset enableExecuteCommand.",
        severity=Severity.MEDIUM,
        levels=IN_PRODUCTION,
        check=flag("enableExecuteCommand", expected=False),
    ),
    _service(
        id="service-platform",
        title="Tasks run on a current Fargate platform",
        why="old platforms get no security fixes",
        source=f"{DOCS}/platform-fargate.html",
        remedy="Unset platformVersion.",
        severity=Severity.LOW,
        levels=ADVICE,
        controls=("CKV_AWS_332",),
        check=must(
            "platformVersion",
            hold=_is_recent,
            required="LATEST, or 1.4.0 and later",
            observed=lambda _: "an old platformVersion",
        ),
    ),
    _over_services(
        id="service-two-tasks",
        title="Two tasks at least run, in two zones",
        why="the loss of one task or one zone is an outage",
        source=f"{DOCS}/service-rebalancing.html",
        remedy="Raise minCapacity or desiredCount to 2, and give subnets of two zones.",
        keys=("services.NAME.scaling.minimum_tasks", "services.NAME.scaling.tasks", "database.pooler.tasks"),
        levels=ONLY_PRODUCTION,
        check=each((SERVICE,), _two_tasks),
    ),
    _over_services(
        id="service-scaling",
        title="Services scale with their load",
        why="a peak meets as many tasks as a quiet night",
        source=f"{DOCS}/service-auto-scaling.html",
        remedy="Add an appautoscaling Target and a Policy.",
        keys=("services.NAME.scaling.mode",),
        severity=Severity.MEDIUM,
        levels=IN_PRODUCTION,
        check=each((SERVICE,), _scales),
    ),
    _medium_in_production(
        id="scaling-bounds",
        title="Scaling has a lower and a higher bound",
        why="with equal bounds nothing scales, with 0 nothing runs",
        source=f"{DOCS}/service-auto-scaling.html",
        remedy="Set minCapacity to 1 or more, and maxCapacity above it.",
        keys=("services.NAME.scaling.minimum_tasks", "services.NAME.scaling.maximum_tasks"),
        types=frozenset({SCALING_TARGET}),
        check=_bounds,
    ),
    Rule(
        id="scaling-target",
        title=f"Scaling aims at {LEAST_TARGET_PERCENT} to {MOST_TARGET_PERCENT} percent in use",
        why="above that a peak is there before the new tasks, below it money is burnt",
        source=f"{DOCS}/service-autoscaling-targettracking.html",
        remedy="Set targetValue.",
        keys=("services.NAME.scaling.cpu_percent", "services.NAME.scaling.memory_percent"),
        severity=Severity.LOW,
        levels=IN_PRODUCTION,
        types=frozenset({SCALING_POLICY}),
        check=_target,
    ),
    _medium_in_production(
        id="cluster-container-insights",
        title="Container Insights is on",
        why="without it ECS has no memory, network or task counts of a task",
        source=f"{DOCS}/cloudwatch-container-insights.html",
        remedy="Set the cluster's setting containerInsights to enabled.",
        controls=("CKV_AWS_65", "AWS-0034"),
        types=frozenset({CLUSTER}),
        check=_insights,
    ),
    Rule(
        id="task-own-processes",
        title="Tasks see their own processes alone",
        why="a hole in one program shows the memory of all others on the machine",
        source=f"{DOCS}/task_definition_parameters.html",
        remedy="Unset pidMode and ipcMode, or set them to task.",
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_335",),
        types=frozenset({TASK}),
        check=both(*(word(key, allowed=("task", "none"), default="none", known=("host",)) for key in _SHARED)),
    ),
    StackRule(
        id="task-separate-roles",
        title="The program has another role than ECS",
        why="the program could read every secret that ECS may hand to it",
        source=f"{DOCS}/security-ecs-iam-role-overview.html",
        remedy="Give taskRoleArn a role of its own.",
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_249",),
        types=frozenset({TASK}),
        check=each((TASK,), _separate_roles),
    ),
)
