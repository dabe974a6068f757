"""What AWS refuses and its models do not say: a reviewed table, each row with its source.

Reviewed on 2026-11-26. Looked at in every preview, by the property's path; unknown values pass.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from policies.aws_offers import (
    ELASTICACHE_VERSIONS,
    NODE_TYPES,
    RDS_CLASSES,
    class_fault,
    elasticache_version_fault,
    postgres_version_fault,
)
from simulator import listener_rules, queues, scaling_metrics
from simulator.identity import partition
from simulator.schedules import schedule_fault
from simulator.states_language import definition_faults
from simulator.task_definitions import task_faults
from simulator.validate import Failure
from wire_format import Properties, Value, is_unknown, reveal

_RDS, _CACHE = "aws:rds/instance:Instance", "aws:elasticache/replicationGroup:ReplicationGroup"
_IDENTIFIER = r"(?=.{1,%d}$)[a-zA-Z][a-zA-Z0-9]*(-[a-zA-Z0-9]+)*"
_WORDS = "letters, digits and single hyphens, a letter first and no hyphen last"
_RESERVED_USERS = (
    "admin|all|analyse|analyze|and|any|array|as|asc|both|case|cast|check|collate|column|constraint|create|current_role|"
    "current_user|default|desc|distinct|do|else|end|except|false|fetch|for|foreign|from|grant|group|having|in|into|"
    "leading|limit|not|null|offset|on|only|or|order|primary|public|rdsadmin|rds_superuser|rds_replication|rds_password|"
    "references|returning|select|session_user|some|table|then|to|trailing|true|union|unique|user|using|variadic|when|"
    "where|window|with"
)
_SIZES = r"(nano|micro|small|medium|large|(2|3|4|6|8|9|10|12|16|18|24|32|48|96)?xlarge|metal)"
_DAY, _CLOCK = r"(mon|tue|wed|thu|fri|sat|sun)", r"([01]\d|2[0-3]):[0-5]\d"
_RDS_API = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
_CACHE_API = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html"
_LOGS_API = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"
FORMS = {
    (_RDS, "identifier"): (rf"(?!.*[A-Z]){_IDENTIFIER % 63}", f"up to 63 lower-case {_WORDS}", _RDS_API),
    (_RDS, "finalSnapshotIdentifier"): (_IDENTIFIER % 255, f"up to 255 {_WORDS}", _RDS_API),
    (_RDS, "username"): (
        rf"(?i)(?!({_RESERVED_USERS})$|pg_)[a-z][a-z0-9_]{{0,62}}",
        "up to 63 letters, digits and _, a letter first, no word that the engine reserves (admin, pg_...)", "https://github.com/aws/aws-cdk/issues/10597"),
    (_RDS, "dbName"): (
        rf"(?i)(?!({_RESERVED_USERS}|template[01])$|pg_)[a-z_][a-z0-9_]{{0,62}}",
        "up to 63 letters, digits and _, and no word that the engine reserves", "https://github.com/awslabs/aws-saas-boost/issues/180"),
    (_RDS, "instanceClass"): (
        rf"db\.(serverless|t[2-9]g?\.(micro|small|medium|large|2?xlarge)|[mrxz][1-9]\w*\.{_SIZES})",
        "db.<family>.<size>, for example db.r6g.large", "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html"),
    (_RDS, "backupWindow"): (rf"{_CLOCK}-{_CLOCK}", "hh:mm-hh:mm in UTC", _RDS_API),
    (_RDS, "maintenanceWindow"): (rf"(?i){_DAY}:{_CLOCK}-{_DAY}:{_CLOCK}", "ddd:hh:mm-ddd:hh:mm", _RDS_API),
    ("aws:rds/parameterGroup:ParameterGroup", "name"): (_IDENTIFIER % 255, f"up to 255 {_WORDS}", _RDS_API),
    (_CACHE, "replicationGroupId"): (_IDENTIFIER % 40, f"up to 40 {_WORDS}", _CACHE_API),
    (_CACHE, "maintenanceWindow"): (rf"(?i){_DAY}:{_CLOCK}-{_DAY}:{_CLOCK}", "ddd:hh:mm-ddd:hh:mm", _CACHE_API),
    (_CACHE, "snapshotWindow"): (rf"{_CLOCK}-{_CLOCK}", "hh:mm-hh:mm in UTC", _CACHE_API),
    ("aws:elasticache/user:User", "userId"): (_IDENTIFIER % 40, f"up to 40 {_WORDS}", _CACHE_API),
    ("aws:elasticache/userGroup:UserGroup", "userGroupId"): (_IDENTIFIER % 40, f"up to 40 {_WORDS}", _CACHE_API),
    ("aws:cloudwatch/logGroup:LogGroup", "retentionInDays"): (
        "0|1|3|5|7|14|30|60|90|120|150|180|365|400|545|731|1096|1827|2192|2557|2922|3288|3653",
        "a retention that CloudWatch Logs has, for example 30, 90 or 365", _LOGS_API),
    ("aws:lb/loadBalancer:LoadBalancer", "name"): (
        r"(?!internal-)(?=.{1,32}$)[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?",
        "up to 32 letters, digits and hyphens, none first or last, not internal-...", "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html"),
    ("aws:lb/targetGroup:TargetGroup", "name"): (
        r"(?=.{1,32}$)[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?",
        "up to 32 letters, digits and hyphens, none first or last", "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html"),
    ("aws:s3/bucket:Bucket", "bucket"): (
        r"(?=.{3,63}$)(?!xn--|sthree-|.*\.\.|.*(-s3alias|--ol-s3)$|\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]*[a-z0-9]",
        "3 to 63 lower-case letters, digits, dots and hyphens, none of them first or last", "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"),
}  # fmt: skip
"""The form of a property: the pattern that all of it matches, in words, and where it is written."""

EXTENDED_SUPPORT = ("11", "12", "13")
"""Major versions that RDS makes for a surcharge alone: https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/"""
RULES_PER_GROUP = 20
"""https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html"""
TAGS_PER_RESOURCE = 50
"""https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html, for what follows too."""
_TAG_KEY, _TAG = re.compile(r"(?!(?i:aws:))[\w\s+=._:/@-]{1,128}"), re.compile(r"[\w\s+=._:/@-]{0,256}")
_TAG_WORDS = "letters, digits, spaces and _.:/=+-@"


def refused(token: str, inputs: Properties, region: str) -> Iterator[Failure]:
    """Yield what the vendor would refuse of these inputs, by the property's path."""
    if not token.startswith("aws:"):
        return
    plain = reveal(inputs)
    if token.startswith("aws:cloudfront/") and partition(region) != "aws":
        yield Failure("", f"given in {region}, allowed in the partition aws: CloudFront is not in the others")
    for (kind, name), (form, allowed, _) in FORMS.items():
        value = plain.get(name)
        known = kind == token and isinstance(value, str | int) and not is_unknown(value)
        if known and not re.fullmatch(form, str(value)):
            yield Failure(name, f"given a value that AWS refuses, allowed {allowed}")
    yield from _tag_faults(plain.get("tags"))
    yield from _place_faults(plain, region)
    yield from _certificate_faults(token, plain, region)
    for kind, check in _CHECKS:
        if kind == token:
            yield from check(plain)


def _tag_faults(tags: Value) -> Iterator[Failure]:
    if not isinstance(tags, Mapping) or is_unknown(tags):
        return
    if len(tags) > TAGS_PER_RESOURCE:
        yield Failure("tags", f"given {len(tags)} tags, allowed {TAGS_PER_RESOURCE}")
    for key, value in tags.items():
        if not _TAG_KEY.fullmatch(key):
            yield Failure(
                f'tags["{key}"]', f"given a key that AWS refuses, allowed 1 to 128 {_TAG_WORDS}, not aws:..."
            )
        if isinstance(value, str) and not is_unknown(value) and not _TAG.fullmatch(value):
            yield Failure(f'tags["{key}"]', f"given a value that AWS refuses, allowed up to 256 {_TAG_WORDS}")


def _place_faults(value: Value, region: str, path: str = "") -> Iterator[Failure]:
    """Yield ARNs of another partition than the region's, and zones of another region."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _place_faults(item, region, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _place_faults(item, region, f"{path}[{index}]")
    elif isinstance(value, str):
        found, own = re.match(r"arn:([a-z-]+):", value), partition(region)
        if found and found[1] != own:
            yield Failure(path, f"given an ARN of the partition {found[1]}, allowed {own}, where {region} is")
        name = re.sub(r"\[\d+\]$", "", path).rsplit(".", 1)[-1]
        if name in _ZONES and re.fullmatch(r"[a-z-]+-\d[a-z]", value) and value[:-1] != region:
            yield Failure(path, f"given the zone {value}, allowed a zone of {region}")


_CERTIFICATES = {
    "aws:acm/certificateValidation:CertificateValidation": ("certificateArn",),
    "aws:cloudfront/distribution:Distribution": ("viewerCertificate", "acmCertificateArn"),
    "aws:lb/listener:Listener": ("certificateArn",),
}
"""Where a type names a certificate of ACM, which is of its own region: CloudFront's is us-east-1.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
"""


def _certificate_faults(token: str, inputs: Properties, region: str) -> Iterator[Failure]:
    path = _CERTIFICATES.get(token, ())
    value: Value = inputs if path else None
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    found = re.match(r"arn:[a-z-]+:acm:([a-z0-9-]+):", value) if isinstance(value, str) else None
    wanted = "us-east-1" if token.startswith("aws:cloudfront/") else region
    if found and found[1] != wanted:
        yield Failure(".".join(path), f"given a certificate in {found[1]}, allowed one in {wanted}")


_ZONES = {"availabilityZone", "availabilityZones", "preferredCacheClusterAzs"}


def _instance(inputs: Properties) -> Iterator[Failure]:
    version = str(inputs.get("engineVersion") or "")
    postgres = inputs.get("engine") == "postgres"
    extended = inputs.get("engineLifecycleSupport") != "open-source-rds-extended-support-disabled"
    # What is past its standard support is made only where it may be paid for.
    paid = extended and version.partition(".")[0] in EXTENDED_SUPPORT
    if postgres and re.match(r"\d", version) and not paid and (fault := postgres_version_fault(version)):
        yield Failure("engineVersion", f"given a version that RDS makes no server of, allowed {fault}")
    given = inputs.get("instanceClass")
    # A replica names no engine: it has its primary's.
    if (
        isinstance(given, str)
        and not is_unknown(given)
        and (postgres or inputs.get("replicateSourceDb"))
        and (fault := class_fault(given, RDS_CLASSES))
    ):
        yield Failure("instanceClass", f"given a class that RDS does not have, allowed {fault}")
    storage, ceiling = inputs.get("allocatedStorage"), inputs.get("maxAllocatedStorage")
    if isinstance(storage, int) and isinstance(ceiling, int) and 0 < ceiling < storage:
        yield Failure("maxAllocatedStorage", f"given {ceiling}, allowed at least allocatedStorage, {storage}")


def _cache(inputs: Properties) -> Iterator[Failure]:
    engine, version, node_type = inputs.get("engine"), inputs.get("engineVersion"), inputs.get("nodeType")
    if (
        engine in ELASTICACHE_VERSIONS
        and isinstance(version, str)
        and re.fullmatch(r"[7-9]\.\d+", version)
        and (fault := elasticache_version_fault(str(engine), version))
    ):
        yield Failure("engineVersion", f"given a version that ElastiCache does not have, allowed {fault}")
    if isinstance(node_type, str) and not is_unknown(node_type) and (fault := class_fault(node_type, NODE_TYPES)):
        yield Failure("nodeType", f"given a type that ElastiCache does not have, allowed {fault}")


def _rule_groups(inputs: Properties) -> Iterator[Failure]:
    import yaml

    try:
        groups = yaml.safe_load(inputs["data"])["groups"]
    except (yaml.YAMLError, KeyError, TypeError):
        if isinstance(inputs.get("data"), str) and not is_unknown(inputs["data"]):
            yield Failure("data", "given something else, allowed YAML with a list `groups`")
        return
    for group in groups:
        if len(group.get("rules") or ()) > RULES_PER_GROUP:
            yield Failure("data", f"given {len(group['rules'])} rules in the group {group.get('name')!r}, allowed "
                          f"{RULES_PER_GROUP}")  # fmt: skip


def _schedule(name: str, forms: tuple[str, ...]) -> Callable[[Properties], Iterator[Failure]]:
    def check(inputs: Properties) -> Iterator[Failure]:
        text = inputs.get(name)
        if isinstance(text, str) and not is_unknown(text) and (fault := schedule_fault(text, forms)):
            yield Failure(name, fault)

    return check


_CHECKS: tuple[tuple[str, Callable[[Properties], Iterator[Failure]]], ...] = (
    (_RDS, _instance),
    (_CACHE, _cache),
    ("aws:amp/ruleGroupNamespace:RuleGroupNamespace", _rule_groups),
    ("aws:ecs/taskDefinition:TaskDefinition", task_faults),
    ("aws:appautoscaling/policy:Policy", scaling_metrics.policy_faults),
    ("aws:appautoscaling/scheduledAction:ScheduledAction", _schedule("schedule", ("rate", "cron", "at"))),
    ("aws:cloudwatch/eventRule:EventRule", _schedule("scheduleExpression", ("rate", "cron"))),
    ("aws:cloudwatch/eventRule:EventRule", queues.rule_faults),
    ("aws:lb/listenerRule:ListenerRule", listener_rules.rule_faults),
    ("aws:scheduler/schedule:Schedule", _schedule("scheduleExpression", ("rate", "cron", "at"))),
    ("aws:scheduler/schedule:Schedule", queues.schedule_faults),
    ("aws:sfn/stateMachine:StateMachine", definition_faults),
    ("aws:sqs/queue:Queue", queues.queue_faults),
    ("aws:sqs/queuePolicy:QueuePolicy", queues.policy_faults),
    ("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", queues.redrive_faults),
    ("aws:sqs/redrivePolicy:RedrivePolicy", queues.redrive_faults),
)
