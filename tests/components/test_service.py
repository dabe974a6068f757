import dataclasses
import json
from typing import Any

import pytest

from components._fargate import TaskArgs
from components._firewall import Upstream
from components.service import ScalingArgs, Service, ServiceArgs
from tests.components.recording import Recorded, Secret, record_component

ARGS = ServiceArgs(
    service_name="shop-staging-api",
    image="example/api:1",
    port=8080,
    health_path="/health",
    task=TaskArgs(cpu=512, memory_mib=1024, architecture="ARM64", log_retention_days=14),
    scaling=ScalingArgs(
        minimum_tasks=2,
        maximum_tasks=10,
        cpu_target_percent=70,
        cooldown_seconds=180,
        minimum_healthy_percent=100,
        maximum_percent=200,
    ),
    idle_timeout_seconds=120,
    environment={"LOG_LEVEL": "info"},
    secrets={"DATABASE_URL": "postgresql://hidden"},
    generated_secrets=["SESSION_KEY"],
    upstreams=[Upstream(role="pooler", security_group_id="sg-pooler", port=6432)],
    ingress_cidrs=["192.0.2.0/24", "198.51.100.0/24"],
    certificate_arn="arn:certificate",
    cluster_arn="arn:cluster",
    cluster_name="shop-staging",
    region="eu-west-1",
    vpc_id="vpc-1",
    public_subnet_ids=["public-1", "public-2"],
    private_subnet_ids=["private-1", "private-2"],
)


def record(**changes: Any) -> Recorded[Service]:
    return record_component(lambda: Service("api", dataclasses.replace(ARGS, **changes)))


def container(recorded: Recorded[Service]) -> dict[str, Any]:
    [only] = json.loads(recorded.one("TaskDefinition").inputs["containerDefinitions"])
    return dict(only)


def test_only_the_edge_reaches_the_load_balancer():
    recorded = record()
    prefixes = recorded.one("ManagedPrefixList").inputs
    assert [it["cidr"] for it in prefixes["entries"]] == ARGS.ingress_cidrs
    assert prefixes["maxEntries"] == 2
    into_front = [
        it for it in recorded.of("SecurityGroupIngressRule") if it.inputs["securityGroupId"] == "api-front-id"
    ]
    assert {(it.inputs.get("prefixListId"), it.inputs["fromPort"]) for it in into_front} == {
        ("api-edge-id", 443),
        ("api-edge-id", 80),
    }
    assert not any("cidrIpv4" in it.inputs for it in recorded.of("SecurityGroupIngressRule"))


def test_https_serves_and_http_only_redirects():
    recorded = record()
    http, https = (recorded.one("Listener", f"api-{kind}").inputs for kind in ("http", "https"))
    assert (https["port"], https["protocol"], https["certificateArn"]) == (443, "HTTPS", "arn:certificate")
    assert https["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    [action] = http["defaultActions"]
    assert action["redirect"] == {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}


def test_load_balancer_is_careful_and_waits_for_the_longest_request():
    balancer = record().one("LoadBalancer").inputs
    assert balancer["dropInvalidHeaderFields"] is True
    assert balancer["enableDeletionProtection"] is True
    assert balancer["idleTimeout"] == 120
    assert balancer["subnets"] == ["public-1", "public-2"]


def test_tasks_are_private_and_scale_without_being_reset_by_a_deployment():
    recorded = record()
    service = recorded.one("aws:ecs/service:Service")
    assert service.inputs["networkConfiguration"]["assignPublicIp"] is False
    assert service.inputs["networkConfiguration"]["subnets"] == ["private-1", "private-2"]
    assert service.inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert service.inputs["enableExecuteCommand"] is False
    assert service.ignore_changes == ("desiredCount",)
    target = recorded.one("aws:appautoscaling/target:Target").inputs
    assert (target["minCapacity"], target["maxCapacity"]) == (2, 10)
    assert target["resourceId"] == "service/shop-staging/shop-staging-api"
    policy = recorded.one("aws:appautoscaling/policy:Policy").inputs["targetTrackingScalingPolicyConfiguration"]
    assert (policy["targetValue"], policy["scaleInCooldown"], policy["scaleOutCooldown"]) == (70, 180, 180)


def test_secrets_reach_the_container_by_reference_to_one_version():
    recorded = record()
    stored = recorded.one("SecretVersion").inputs["secretString"]
    assert isinstance(stored, Secret)
    assert json.loads(stored.value) == {"DATABASE_URL": "postgresql://hidden", "SESSION_KEY": "generated-password"}
    references = {it["name"]: it["valueFrom"] for it in container(recorded)["secrets"]}
    assert set(references) == {"DATABASE_URL", "SESSION_KEY"}
    assert all(f":{name}::" in reference for name, reference in references.items())
    assert "hidden" not in recorded.one("TaskDefinition").inputs["containerDefinitions"]
    assert {it["name"] for it in container(recorded)["environment"]} == {"LOG_LEVEL", "PORT"}


def test_service_without_secrets_may_read_none():
    recorded = record(secrets={}, generated_secrets=[])
    assert not recorded.of("Secret")
    assert not recorded.of("aws:iam/rolePolicy:RolePolicy")
    assert container(recorded)["secrets"] == []


def test_container_runs_unprivileged_and_outlives_its_last_request():
    recorded = record()
    only = container(recorded)
    assert only["user"] == "10001:10001"
    assert only["readonlyRootFilesystem"] is True
    assert recorded.one("TargetGroup").inputs["deregistrationDelay"] < only["stopTimeout"]
    platform = recorded.one("TaskDefinition").inputs["runtimePlatform"]
    assert platform == {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}


def test_service_opens_its_own_way_to_each_upstream():
    recorded = record()
    into = {
        (it.inputs["securityGroupId"], it.inputs["referencedSecurityGroupId"], it.inputs["fromPort"])
        for it in recorded.of("SecurityGroupIngressRule")
        if "referencedSecurityGroupId" in it.inputs
    }
    assert into == {("api-tasks-id", "api-front-id", 8080), ("sg-pooler", "api-tasks-id", 6432)}


@pytest.mark.parametrize(
    ("cpu", "memory_mib", "message"),
    [
        (300, 512, "given cpu 300"),
        (256, 4096, "allowed with cpu 256: 512, 1024, 2048"),
        (512, 1500, "in steps of 1024"),
    ],
)
def test_size_that_fargate_lacks_is_refused(cpu: int, memory_mib: int, message: str):
    with pytest.raises(ValueError, match=message):
        TaskArgs(cpu=cpu, memory_mib=memory_mib, architecture="X86_64", log_retention_days=30)


@pytest.mark.parametrize(
    ("cpu", "memory_mib"), [(256, 512), (256, 2048), (512, 4096), (4096, 30720), (16384, 122880)]
)
def test_largest_and_smallest_sizes_are_taken(cpu: int, memory_mib: int):
    assert TaskArgs(cpu=cpu, memory_mib=memory_mib, architecture="X86_64", log_retention_days=30).cpu == cpu


def test_listener_demands_a_certificate_where_it_has_authorities_and_says_so_where_it_has_none():
    def demand(**changes: object) -> object:
        listener = record(**changes).one("Listener", "api-https")
        return listener.inputs["mutualAuthentication"]

    assert demand() == {"mode": "off"}
    assert demand(trust_store_arn="arn:store") == {"mode": "verify", "trustStoreArn": "arn:store"}
