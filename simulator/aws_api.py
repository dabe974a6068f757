"""AWS's APIs as they answer about a simulated cloud, in this process: moto, and the records of what moto lacks.

Only for reading: nothing that is written here is kept.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from simulator.moto_aws import MotoAws
from simulator.store import CloudStore, Record, open_store
from wire_format import Properties, reveal

PLACEHOLDERS: Final = {
    "AWS_ACCESS_KEY_ID": "simulated",
    "AWS_SECRET_ACCESS_KEY": "simulated",
    "AWS_SESSION_TOKEN": "simulated",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
"""Environment in which nothing of the machine's own AWS set-up is read."""
CERTIFICATE_DAYS: Final = 395
"""How long ACM's certificates are valid, in days.

https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
"""

LEAVES: Final = frozenset(
    {
        *("aws:ec2/route:Route", "aws:ec2/routeTableAssociation:RouteTableAssociation"),
        *(
            "aws:iam/rolePolicy:RolePolicy",
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "aws:iam/role:Role",
        ),
        *("aws:lb/listenerRule:ListenerRule", "aws:s3/bucketObjectv2:BucketObjectv2"),
        *("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "aws:s3/bucketPolicy:BucketPolicy"),
        *("aws:appautoscaling/policy:Policy", "aws:secretsmanager/secretPolicy:SecretPolicy"),
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    }
)
"""Types that nothing refers to and nobody asks about: a third of the time that moto takes to start."""

Found = Mapping[str, Any]
"""Parameters of a call, or properties of a record."""
Answer = Callable[[Found, list[Properties]], Properties | None]
"""Returns the answer of a call with these parameters, of the records of its type; None where moto has it."""


@contextmanager
def simulated_aws(state_dir: Path) -> Iterator[None]:
    """Let boto3 in this process ask the simulated cloud of a directory, and nothing else.

    Raises:
        StoreError: the directory holds no simulated cloud.

    """
    import boto3

    own = {name for name in os.environ if name.upper().startswith("AWS_") or name.upper().endswith("_PROXY")}
    kept = {name: value for name, value in os.environ.items() if name not in own}
    with patch.dict(os.environ, {**kept, **PLACEHOLDERS}, clear=True):
        store = open_store(state_dir)
        asked = {key: it for key, it in store.records.items() if it.type not in LEAVES}
        moto = MotoAws(CloudStore(state_dir, records=asked))
        moto.start(managed_policies=False)
        boto3.setup_default_session()
        _answer_from_records(boto3.DEFAULT_SESSION.events, store)
        try:
            yield
        finally:
            boto3.DEFAULT_SESSION = None
            moto.stop()


def _answer_from_records(events: Any, store: CloudStore) -> None:
    def remember(params: Any, context: Any, **_: Any) -> None:
        context["footing_parameters"] = dict(params)

    def answer(model: Any, context: Any, **_: Any) -> Any:
        name = f"{model.service_model.service_name}.{model.name}"
        if name not in ANSWERS:
            return None
        token, answered = ANSWERS[name]
        found = answered(context["footing_parameters"], [_properties(it) for it in store.living(token)])
        return None if found is None else (_Http(), {**found, "ResponseMetadata": {"HTTPStatusCode": 200}})

    def complete(parsed: Any, model: Any, **_: Any) -> None:
        token, items, complete_one = COMPLETED[f"{model.service_model.service_name}.{model.name}"]
        records = {
            name: record
            for record in map(_properties, store.living(token))
            for name in (record["$id"], record.get("name"), record.get("identifier"))
            if name
        }
        for it in parsed.get(items, []):
            complete_one(it, records)

    events.register("before-parameter-build.*.*", remember)
    events.register("before-call.*.*", answer)
    for operation in COMPLETED:
        service, _, name = operation.partition(".")
        events.register(f"after-call.{service}.{name}", complete)


class _Http:
    status_code = 200


def _properties(record: Record) -> Properties:
    return {**reveal(record.properties), "$id": record.id}


def _complete_service(it: Properties, records: Mapping[str, Found]) -> None:
    # moto starts no task; the simulated cloud starts all of them at once.
    it["runningCount"] = it["desiredCount"]
    it["deployments"] = [{"status": "PRIMARY", "rolloutState": "COMPLETED"}]
    breaker = records.get(it["serviceArn"], {}).get("deploymentCircuitBreaker")
    if breaker:
        it["deploymentConfiguration"] = {
            **it.get("deploymentConfiguration", {}),
            "deploymentCircuitBreaker": breaker,
        }


def _complete_server(it: Properties, records: Mapping[str, Found]) -> None:
    record = records.get(it["DBInstanceIdentifier"], {})
    it["PerformanceInsightsEnabled"] = bool(record.get("performanceInsightsEnabled"))
    it["LatestRestorableTime"] = datetime.now(UTC) - timedelta(minutes=5)


def _complete_store(it: Properties, records: Mapping[str, Found]) -> None:
    it["MemberClusters"] = records.get(it["ReplicationGroupId"], {}).get("memberClusters") or it["MemberClusters"]


def _complete_listener(it: Properties, records: Mapping[str, Found]) -> None:
    asked = records.get(it["ListenerArn"], {}).get("mutualAuthentication")
    if asked:
        it["MutualAuthentication"] = {"Mode": asked["mode"], "TrustStoreArn": asked.get("trustStoreArn")}


COMPLETED: Final = {
    "elbv2.DescribeListeners": ("aws:lb/listener:Listener", "Listeners", _complete_listener),
    "ecs.DescribeServices": ("aws:ecs/service:Service", "services", _complete_service),
    "rds.DescribeDBInstances": ("aws:rds/instance:Instance", "DBInstances", _complete_server),
    "elasticache.DescribeReplicationGroups": (
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "ReplicationGroups",
        _complete_store,
    ),
}
"""Calls whose answers lack in moto what records have: type, list in the answer, and how an element is filled."""


def _known(parameter: str, items: str, answered: Properties) -> Answer:
    """Return the answer about the records whose ids the parameter lists: each is `answered`."""

    def answer(asked: Found, records: list[Properties]) -> Properties:
        known = {it["$id"] for it in records}
        return {items: [dict(answered) for it in asked.get(parameter, ()) if it in known]}

    return answer


def _log_groups(asked: Found, records: Iterable[Found]) -> Properties:
    prefix = asked.get("logGroupNamePrefix", "")
    names = {it.get("name") or it["$id"]: it for it in records}
    groups = [
        {"logGroupName": name, **({"retentionInDays": it["retentionInDays"]} if it.get("retentionInDays") else {})}
        for name, it in names.items()
        if name.startswith(prefix)
    ]
    return {"logGroups": groups}


def _one(parameter: str, answered: Callable[[Found], Properties]) -> Answer:
    """Return the answer about the record whose id or name the parameter gives."""

    def answer(asked: Found, records: list[Properties]) -> Properties | None:
        wanted = asked.get(parameter)
        found = [it for it in records if wanted in {it["$id"], it.get("arn"), it.get("name"), it.get("keyId")}]
        return answered(found[0]) if found else None

    return answer


def _subscriptions(asked: Found, records: list[Properties]) -> Properties:
    mine = [it for it in records if it["topic"] == asked["TopicArn"]]
    # A mail waits until somebody has clicked on it; nobody does that here, and the simulated cloud lets it pass.
    return {"Subscriptions": [{"SubscriptionArn": it["arn"], "Endpoint": it["endpoint"]} for it in mine]}


def _snapshots(asked: Found, records: list[Properties]) -> Properties:
    mine = [
        it for it in records if it["$id"] == asked.get("ReplicationGroupId") and it.get("snapshotRetentionLimit")
    ]
    nodes = [{"SnapshotCreateTime": datetime.now(UTC) - timedelta(hours=1)}]
    return {"Snapshots": [{"NodeSnapshots": nodes} for _ in mine]}


def _targets(asked: Found, records: list[Properties]) -> Properties | None:
    count = sum(
        it.get("desiredCount") or 0
        for it in records
        if any(target["targetGroupArn"] == asked["TargetGroupArn"] for target in it.get("loadBalancers") or ())
    )
    healthy = [
        {"Target": {"Id": f"task-{number}"}, "TargetHealth": {"State": "healthy"}} for number in range(count)
    ]
    return {"TargetHealthDescriptions": healthy}


ANSWERS: Final[Mapping[str, tuple[str, Answer]]] = {
    "logs.DescribeLogGroups": ("aws:cloudwatch/logGroup:LogGroup", _log_groups),
    "kms.DescribeKey": ("aws:kms/key:Key", _one("KeyId", lambda _: {"KeyMetadata": {"KeyState": "Enabled"}})),
    "kms.GetKeyRotationStatus": (
        "aws:kms/key:Key",
        _one("KeyId", lambda it: {"KeyRotationEnabled": bool(it.get("enableKeyRotation"))}),
    ),
    "sns.ListSubscriptionsByTopic": ("aws:sns/topicSubscription:TopicSubscription", _subscriptions),
    "ec2.DescribeNatGateways": (
        "aws:ec2/natGateway:NatGateway",
        _known("NatGatewayIds", "NatGateways", {"State": "available"}),
    ),
    "ec2.DescribeFlowLogs": (
        "aws:ec2/flowLog:FlowLog",
        _known("FlowLogIds", "FlowLogs", {"FlowLogStatus": "ACTIVE"}),
    ),
    "elbv2.DescribeTargetHealth": ("aws:ecs/service:Service", _targets),
    "acm.DescribeCertificate": (
        "aws:acm/certificate:Certificate",
        _one(
            "CertificateArn",
            lambda _: {
                "Certificate": {
                    "Status": "ISSUED",
                    "NotAfter": datetime.now(UTC) + timedelta(days=CERTIFICATE_DAYS),
                }
            },
        ),
    ),
    "elasticache.DescribeSnapshots": ("aws:elasticache/replicationGroup:ReplicationGroup", _snapshots),
    "amp.DescribeWorkspace": (
        "aws:amp/workspace:Workspace",
        _one("workspaceId", lambda _: {"workspace": {"status": {"statusCode": "ACTIVE"}}}),
    ),
    "cloudfront.GetDistribution": (
        "aws:cloudfront/distribution:Distribution",
        _one(
            "Id",
            lambda it: {
                "Distribution": {"Status": "Deployed", "DistributionConfig": {"Enabled": it.get("enabled")}}
            },
        ),
    ),
    "route53.GetHealthCheck": (
        "aws:route53/healthCheck:HealthCheck",
        _one(
            "HealthCheckId",
            lambda it: {"HealthCheck": {"HealthCheckConfig": {"Disabled": bool(it.get("disabled"))}}},
        ),
    ),
    "events.DescribeRule": (
        "aws:cloudwatch/eventRule:EventRule",
        _one("Name", lambda it: {"State": it.get("state") or "ENABLED"}),
    ),
}
"""Calls that records answer, by service and operation, with the type of the records."""
