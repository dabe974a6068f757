"""Alarms of the reference."""

import pulumi_aws as aws

from reference.data import Database
from reference.network import TAGS
from reference.service import Running


def alarms(db: Database, cluster: aws.ecs.Cluster, first: Running) -> None:
    main = {"DBInstanceIdentifier": db.main.identifier}
    replica = {"DBInstanceIdentifier": db.replicas[0].identifier}
    service = {"ServiceName": first.service.name, "ClusterName": cluster.name}
    balancer = {"LoadBalancer": first.balancer.arn_suffix}
    watched = (
        ("AWS/RDS", "CPUUtilization", main, 80),
        ("AWS/RDS", "DatabaseConnections", main, 160),
        ("AWS/RDS", "FreeStorageSpace", main, 10_000_000_000),
        ("AWS/ECS", "CPUUtilization", service, 85),
        ("AWS/ECS", "MemoryUtilization", service, 85),
        ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", balancer, 10),
        ("AWS/ApplicationELB", "TargetResponseTime", balancer, 1),
        ("AWS/RDS", "CPUUtilization", replica, 80),
    )
    for number, (namespace, metric, dimensions, threshold) in enumerate(watched):
        aws.cloudwatch.MetricAlarm(
            f"alarm-{number}",
            namespace=namespace,
            metric_name=metric,
            dimensions=dimensions,
            threshold=threshold,
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=3,
            period=60,
            statistic="Average",
            tags=TAGS,
        )
