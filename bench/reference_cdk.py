"""The reference as an AWS CDK app, 76 CloudFormation resources; arguments: output folder, copies of the API."""

import sys

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as patterns
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_elasticloadbalancingv2 as balancing
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager

PRIVATE = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)
LARGE = ec2.InstanceType.of(ec2.InstanceClass.R6G, ec2.InstanceSize.LARGE)


class Reference(cdk.Stack):
    """Network, database, Redis, a pooler, copies of the API, an edge cache and alarms."""

    def __init__(self, app: cdk.App, services: int) -> None:
        place = cdk.Environment(account="123456789012", region="us-east-1")
        super().__init__(app, "Reference", env=place)
        addresses = ec2.IpAddresses.cidr("10.0.0.0/16")
        self.vpc = ec2.Vpc(self, "Network", max_azs=2, nat_gateways=1, ip_addresses=addresses)
        self.database, self.replicas = self._database()
        self.redis = self._redis()
        self.cluster = ecs.Cluster(self, "Cluster", vpc=self.vpc)
        secret = ecs.Secret.from_secrets_manager(secretsmanager.Secret(self, "Secret"))
        pooler = self._pooler()
        apis = [
            self._api(number, pooler.load_balancer.load_balancer_dns_name, secret) for number in range(services)
        ]
        self._edge()
        self._alarms(apis[0])

    def _database(self) -> tuple[rds.DatabaseInstance, list[rds.DatabaseInstanceReadReplica]]:
        engine = rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_15)
        settings = rds.ParameterGroup(self, "Settings", engine=engine, parameters={"max_connections": "200"})
        main = rds.DatabaseInstance(
            self,
            "Database",
            engine=engine,
            vpc=self.vpc,
            vpc_subnets=PRIVATE,
            security_groups=[ec2.SecurityGroup(self, "DatabaseGroup", vpc=self.vpc)],
            instance_type=LARGE,
            multi_az=True,
            allocated_storage=100,
            storage_encrypted=True,
            backup_retention=cdk.Duration.days(7),
            parameter_group=settings,
            deletion_protection=True,
            database_name="app",
        )
        replicas = [
            rds.DatabaseInstanceReadReplica(
                self,
                f"Replica{number}",
                source_database_instance=main,
                vpc=self.vpc,
                vpc_subnets=PRIVATE,
                instance_type=LARGE,
            )
            for number in range(2)
        ]
        return main, replicas

    def _redis(self) -> elasticache.CfnReplicationGroup:
        group = ec2.SecurityGroup(self, "RedisGroup", vpc=self.vpc)
        private = [subnet.subnet_id for subnet in self.vpc.private_subnets]
        subnets = elasticache.CfnSubnetGroup(self, "RedisSubnets", description="redis", subnet_ids=private)
        return elasticache.CfnReplicationGroup(
            self,
            "Redis",
            replication_group_description="cache",
            engine="redis",
            cache_node_type="cache.t4g.small",
            num_cache_clusters=2,
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            at_rest_encryption_enabled=True,
            transit_encryption_enabled=True,
            cache_subnet_group_name=subnets.ref,
            security_group_ids=[group.security_group_id],
        )

    def _pooler(self) -> patterns.NetworkLoadBalancedFargateService:
        assert self.database.secret
        task = patterns.NetworkLoadBalancedTaskImageOptions(
            image=ecs.ContainerImage.from_registry("edoburu/pgbouncer:1.22"),
            container_port=6432,
            environment={"DB_HOST": self.database.db_instance_endpoint_address, "POOL_MODE": "transaction"},
            secrets={"DB_PASSWORD": ecs.Secret.from_secrets_manager(self.database.secret, "password")},
        )
        pooler = patterns.NetworkLoadBalancedFargateService(
            self,
            "Pooler",
            cluster=self.cluster,
            public_load_balancer=False,
            listener_port=6432,
            desired_count=2,
            cpu=512,
            memory_limit_mib=1024,
            task_image_options=task,
        )
        self.database.connections.allow_default_port_from(pooler.service)
        return pooler

    def _api(
        self, number: int, database_host: str, secret: ecs.Secret
    ) -> patterns.ApplicationLoadBalancedFargateService:
        hosts = {"DB_HOST": database_host, "REDIS_HOST": self.redis.attr_primary_end_point_address}
        task = patterns.ApplicationLoadBalancedTaskImageOptions(
            image=ecs.ContainerImage.from_registry("example/api:1"),
            container_port=8080,
            environment=hosts,
            secrets={"APP_SECRET": secret},
        )
        api = patterns.ApplicationLoadBalancedFargateService(
            self,
            f"Api{number}",
            cluster=self.cluster,
            desired_count=2,
            cpu=512,
            memory_limit_mib=1024,
            public_load_balancer=True,
            task_image_options=task,
        )
        scaling = api.service.auto_scale_task_count(min_capacity=2, max_capacity=10)
        scaling.scale_on_cpu_utilization("Cpu", target_utilization_percent=70)
        return api

    def _edge(self) -> None:
        bucket = s3.Bucket(
            self,
            "Assets",
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            versioned=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        )
        behavior = cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(bucket),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        )
        cloudfront.Distribution(self, "Edge", default_behavior=behavior)

    def _alarms(self, api: patterns.ApplicationLoadBalancedFargateService) -> None:
        front = api.load_balancer.metrics
        watched = (
            (self.database.metric_cpu_utilization(), 80),
            (self.database.metric_database_connections(), 160),
            (self.database.metric_free_storage_space(), 10_000_000_000),
            (api.service.metric_cpu_utilization(), 85),
            (api.service.metric_memory_utilization(), 85),
            (front.http_code_elb(balancing.HttpCodeElb.ELB_5XX_COUNT), 10),
            (front.target_response_time(), 1),
            (self.replicas[0].metric_cpu_utilization(), 80),
        )
        for number, (metric, threshold) in enumerate(watched):
            cloudwatch.Alarm(self, f"Alarm{number}", metric=metric, threshold=threshold, evaluation_periods=3)


if __name__ == "__main__":
    # CloudFormation takes 500 resources a stack; without this CDK refuses to write more.
    app = cdk.App(outdir=sys.argv[1], analytics_reporting=False, context={"@aws-cdk/core:stackResourceLimit": 0})
    Reference(app, int(sys.argv[2]))
    app.synth()
