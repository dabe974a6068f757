"""A container service behind a load balancer, and its scaling."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from reference.network import TAGS, Network, allow


@dataclass(frozen=True)
class Service:
    name: str
    port: int
    kind: str
    image: str
    environment: Mapping[str, pulumi.Input[str]]
    secret_arn: pulumi.Output[str]

    @property
    def over_http(self) -> bool:
        return self.kind == "application"


@dataclass(frozen=True)
class Running:
    balancer: aws.lb.LoadBalancer
    service: aws.ecs.Service


def run(
    net: Network, cluster: aws.ecs.Cluster, service: Service, group: aws.ec2.SecurityGroup, *, internal: bool
) -> Running:
    outside = net.group(f"{service.name}-balancer")
    allow(f"{service.name}-from-balancer", group, outside, service.port)
    balancer = aws.lb.LoadBalancer(
        service.name,
        load_balancer_type=service.kind,
        internal=internal,
        security_groups=[outside.id],
        subnets=[subnet.id for subnet in (net.private if internal else net.public)],
        tags=TAGS,
    )
    protocol = "HTTP" if service.over_http else "TCP"
    targets = aws.lb.TargetGroup(
        service.name,
        port=service.port,
        protocol=protocol,
        target_type="ip",
        vpc_id=net.vpc.id,
        health_check=aws.lb.TargetGroupHealthCheckArgs(enabled=True),
        tags=TAGS,
    )
    forward = aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=targets.arn)
    listener = aws.lb.Listener(
        service.name,
        load_balancer_arn=balancer.arn,
        port=80 if service.over_http else service.port,
        protocol=protocol,
        default_actions=[forward],
    )
    place = aws.ecs.ServiceNetworkConfigurationArgs(subnets=net.private_ids(), security_groups=[group.id])
    reached = aws.ecs.ServiceLoadBalancerArgs(
        target_group_arn=targets.arn, container_name=service.name, container_port=service.port
    )
    made = aws.ecs.Service(
        service.name,
        cluster=cluster.arn,
        task_definition=task(service).arn,
        desired_count=2,
        launch_type="FARGATE",
        network_configuration=place,
        load_balancers=[reached],
        tags=TAGS,
        opts=pulumi.ResourceOptions(depends_on=[listener]),
    )
    return Running(balancer, made)


def task(service: Service) -> aws.ecs.TaskDefinition:
    log = aws.cloudwatch.LogGroup(service.name, retention_in_days=30, tags=TAGS)
    container = {
        "name": service.name,
        "image": service.image,
        "essential": True,
        "portMappings": [{"containerPort": service.port}],
        "environment": [{"name": name, "value": value} for name, value in service.environment.items()],
        "secrets": [{"name": "APP_SECRET", "valueFrom": service.secret_arn}],
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": log.name}},
    }
    starting, running = (role(f"{service.name}-{part}") for part in ("start", "run"))
    managed = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    aws.iam.RolePolicyAttachment(service.name, role=starting.name, policy_arn=managed)
    reads = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": service.secret_arn}
    aws.iam.RolePolicy(service.name, role=starting.id, policy=document(reads))
    return aws.ecs.TaskDefinition(
        service.name,
        family=service.name,
        cpu="512",
        memory="1024",
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        execution_role_arn=starting.arn,
        task_role_arn=running.arn,
        container_definitions=pulumi.Output.json_dumps([container]),
        tags=TAGS,
    )


def role(name: str) -> aws.iam.Role:
    who = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [who]})
    return aws.iam.Role(name, assume_role_policy=trust, tags=TAGS)


def document(statement: Mapping[str, object]) -> pulumi.Output[str]:
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [statement]})


def scale(name: str, cluster: aws.ecs.Cluster, service: aws.ecs.Service) -> None:
    target = aws.appautoscaling.Target(
        name,
        min_capacity=2,
        max_capacity=10,
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=pulumi.Output.format("service/{0}/{1}", cluster.name, service.name),
    )
    metric = {"predefined_metric_type": "ECSServiceAverageCPUUtilization"}
    aws.appautoscaling.Policy(
        name,
        policy_type="TargetTrackingScaling",
        resource_id=target.resource_id,
        scalable_dimension=target.scalable_dimension,
        service_namespace=target.service_namespace,
        target_tracking_scaling_policy_configuration={
            "target_value": 70,
            "predefined_metric_specification": metric,
        },
    )
