"""Type tokens of the resources that more than one module of rules looks at."""

DATABASE = "aws:rds/instance:Instance"
PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup"
REDIS = "aws:elasticache/replicationGroup:ReplicationGroup"
SERVERLESS_REDIS = "aws:elasticache/serverlessCache:ServerlessCache"
UPSTASH = "upstash:index/redisDatabase:RedisDatabase"
REDIS_CLOUD = "footing-rediscloud:index:EssentialsDatabase"
NEON_PROJECT = "footing-neon:index:Project"
NEON_DATABASE = "footing-neon:index:Database"
VERCEL_PROJECT = "vercel:index/project:Project"
VERCEL_VARIABLE = "vercel:index/projectEnvironmentVariable:ProjectEnvironmentVariable"
FLY_POSTGRES = "fly-machines:postgres/v1:Postgres"
FLY_DATABASE = "fly-machines:postgres/v1:PostgresDatabase"
SUPABASE_PROJECT = "footing-supabase:index:Project"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
CLUSTER = "aws:ecs/cluster:Cluster"
SERVICE = "aws:ecs/service:Service"
SCALING_TARGET = "aws:appautoscaling/target:Target"
SUBNET = "aws:ec2/subnet:Subnet"
VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
CLUSTERS = ("aws:rds/cluster:Cluster", "aws:docdb/cluster:Cluster", "aws:neptune/cluster:Cluster")
CLUSTER_INSTANCES = (
    *("aws:rds/clusterInstance:ClusterInstance", "aws:docdb/clusterInstance:ClusterInstance"),
    "aws:neptune/clusterInstance:ClusterInstance",
)
GLOBAL_CLUSTERS = (
    *("aws:rds/globalCluster:GlobalCluster", "aws:docdb/globalCluster:GlobalCluster"),
    "aws:neptune/globalCluster:GlobalCluster",
)
CACHE = "aws:elasticache/cluster:Cluster"
BUCKETS = ("aws:s3/bucket:Bucket",)
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ZONE = "cloudflare:index/zone:Zone"
RULESET = "cloudflare:index/ruleset:Ruleset"
ALERTS = "grafana:alerting/ruleGroup:RuleGroup"
ROLE = "aws:iam/role:Role"
BASTION = "footing:index:Bastion$"
"""Part of the URN of whatever belongs to the tunnels of people."""
