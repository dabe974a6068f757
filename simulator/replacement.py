"""Which property's change replaces a resource: the SDK's own docs where they say so, else a reviewed table.

The SDKs drop most of the providers' "forces new resource" marks, and are silent on nearly all stateful AWS
types. `REVIEWED` fills that gap for the types where a replacement loses data or a name.
"""

import re
from collections.abc import Mapping

_VERDICTS = (
    r"\bforc(?:e|es|ing)\b(?:\s+\w+){0,4}?\s+(?:new|creation)\b[\w\s]{0,12}\b(?:resource|cluster)\b",
    r"\bforc(?:e|es|ing)\b(?:\s+\w+){0,2}?\s+(?:replacement|re-?creation)\b",
    r"\b(?:trigger|triggers|causes?)\b(?:\s+\w+){0,2}?\s+(?:replacement|re-?creation)\b",
    r"\b(?:will re-?create|re-?creates) the resource\b",
    r"\bcan(?:not|'t) be (?:changed|modified|updated)(?: once| after\b|\.?$)",
)
_VERDICT = re.compile("|".join(_VERDICTS), re.IGNORECASE)
_ALWAYS = re.compile(
    r"\b(?:if|when|whenever)\s+(?:it is\s+|this is\s+)?(?:changed|modified|updated)\b", re.IGNORECASE
)
_CONDITION = re.compile(
    r"\b(?:if|when|unless|between|with an?|from|"
    r"to (?:an? )?(?:empty|lower)|to `|for|see|deleting|enabling|disabling|"
    r"removing|downgrading|decreas\w+|subsequent\w*|this block|not|some|may|during|in which case)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\bchang(?:e|es|ing)\s+(?:to\s+|of\s+|the\s+)*`([^`]+)`", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.;!])\s+|\n\s*\n|(?<=\w)\)\s|[(]")


def docs_say_replace(doc: str, *, names: tuple[str, ...]) -> bool:
    """Return whether a property's docs say, without a condition, that changing it makes a new resource.

    `names` are the property's own names. A sentence about another property, or one that holds only in some
    cases ("disabling it", "when the engine is older"), is not taken: the reviewed table is for those.
    """
    return any(
        _VERDICT.search(sentence)
        and ((named := _NAMED.search(sentence)) is None or named.group(1) in names)
        and not _CONDITION.search(_VERDICT.sub("", _ALWAYS.sub("", sentence)))
        for sentence in _SENTENCE_END.split(doc)
    )


_AWS = "https://docs.aws.amazon.com"
_RDS = f"{_AWS}/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html has no such parameter"
_RDS_GROUP = f"{_AWS}/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html: no rename"
_CACHE = f"{_AWS}/AmazonElastiCache/latest/APIReference/API_ModifyReplicationGroup.html"
_CACHE_USER = f"{_AWS}/AmazonElastiCache/latest/APIReference/API_ModifyUser.html: no rename"
_CACHE_USERS = f"{_AWS}/AmazonElastiCache/latest/APIReference/API_ModifyUserGroup.html: no rename"
_SERVERLESS = f"{_AWS}/AmazonElastiCache/latest/APIReference/API_ModifyServerlessCache.html"
_BUCKET = f"{_AWS}/AmazonS3/latest/userguide/bucketnamingrules.html: a name is for life"
_SECRET = f"{_AWS}/secretsmanager/latest/apireference/API_UpdateSecret.html: no rename"
_LOGS = f"{_AWS}/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html: no modify"
_TARGETS = f"{_AWS}/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroup.html"
_BALANCER = f"{_AWS}/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html"
_ECS = f"{_AWS}/AmazonECS/latest/APIReference/API_UpdateService.html has no such parameter"
_TASK = f"{_AWS}/AmazonECS/latest/developerguide/task_definitions.html: revisions never change"
_VPC = f"{_AWS}/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html has no such attribute"
_FLY = "https://fly.io/docs/machines/api/: its path, or no operation changes it"
_SUBNET = f"{_AWS}/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html has no such attribute"
_GROUP = f"{_AWS}/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html: fixed at creation"
_RULE = f"{_AWS}/AWSEC2/latest/APIReference/API_SecurityGroupRuleRequest.html: belongs to a group"
_ROLE = f"{_AWS}/IAM/latest/APIReference/API_UpdateRole.html: no rename"
_ATTACHED = f"{_AWS}/IAM/latest/APIReference/API_AttachRolePolicy.html: attach and detach only"
_SSM = f"{_AWS}/systems-manager/latest/APIReference/API_PutParameter.html: the name is the key"
_SCALING = f"{_AWS}/autoscaling/application/APIReference/API_RegisterScalableTarget.html: the key"
_ALARM = f"{_AWS}/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html: the name is the key"
_COMPOSITE = f"{_AWS}/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html: the name is the key"
_SNS = f"{_AWS}/sns/latest/api/API_SetTopicAttributes.html has no such attribute"
_SUBSCRIPTION = f"{_AWS}/sns/latest/api/API_SetSubscriptionAttributes.html has no such attribute"
_EVENTS = f"{_AWS}/eventbridge/latest/APIReference/API_PutRule.html: the name is the key"
_SCHEDULER = f"{_AWS}/scheduler/latest/APIReference/API_UpdateSchedule.html: name and group are the key"
_STATES = f"{_AWS}/step-functions/latest/apireference/API_UpdateStateMachine.html has no such parameter"
_QUEUE = f"{_AWS}/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html has no such attribute"
_CERTIFICATE = f"{_AWS}/elasticloadbalancing/latest/APIReference/API_AddListenerCertificates.html: no modify"
_ZONE = "https://developers.cloudflare.com/api/resources/zones/methods/edit/ has no such field"
_CF_DNS = "https://developers.cloudflare.com/api/resources/dns/subresources/records/: a record belongs to a zone"
_CF_RULESET = "https://developers.cloudflare.com/ruleset-engine/rulesets-api/update/: kind and phase are fixed"
_CDN = f"{_AWS}/cloudfront/latest/APIReference/API_Operations.html: the name is the key"
_OBJECT = f"{_AWS}/AmazonS3/latest/API/API_PutObject.html: bucket and key are the object"
_STORE = f"{_AWS}/elasticloadbalancing/latest/APIReference/API_ModifyTrustStore.html: no rename"
_CF_PULL = "https://developers.cloudflare.com/api/resources/origin_tls_client_auth/: a certificate has no update"
_TLS = "https://registry.terraform.io/providers/hashicorp/tls/latest/docs: a key or certificate is never changed"
_AMP = f"{_AWS}/prometheus/latest/APIReference/API_Operations.html: the name is the key"
_CHECK = f"{_AWS}/Route53/latest/APIReference/API_UpdateHealthCheck.html has no such parameter"
_DISK = f"{_AWS}/AWSEC2/latest/APIReference/API_ModifyVolume.html has no such parameter"
_NAMES = f"{_AWS}/cloud-map/latest/api/API_UpdateService.html has no such parameter"
_PROVIDER = f"{_AWS}/AmazonECS/latest/APIReference/API_UpdateCapacityProvider.html: no rename"
_CLOUD = "https://grafana.com/docs/grafana-cloud/developer-resources/api-reference/cloud-api/: fixed at creation"
_RANDOM = "https://www.pulumi.com/registry/packages/random/: every input is fixed; a change makes a new value"
_GRAFANA = "https://grafana.com/docs/grafana/latest/developers/http_api/folder/: the uid is the key"
_VERCEL = "https://github.com/vercel/terraform-provider-vercel/blob/v5.9.1/vercel/: RequiresReplace"
_GITHUB = "https://docs.github.com/rest/deployments/environments: these are part of the address"
_UPSTASH = "https://upstash.com/docs/devops/developer-api/redis/create_database: region is fixed at creation"


def _rows(source: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), source)


# rds Instance `identifier` and `dbSubnetGroupName` are absent on purpose: ModifyDBInstance changes both in place.
REVIEWED: dict[str, dict[str, str]] = {
    "aws:rds/instance:Instance": _rows(
        _RDS,
        "availabilityZone backupTarget characterSetName dbName engine identifierPrefix kmsKeyId "
        "ncharCharacterSetName restoreToPointInTime s3Import snapshotIdentifier storageEncrypted timezone "
        "username",
    ),
    "aws:rds/parameterGroup:ParameterGroup": _rows(_RDS_GROUP, "name namePrefix family description"),
    "aws:rds/subnetGroup:SubnetGroup": _rows(_RDS_GROUP, "name namePrefix"),
    "aws:elasticache/replicationGroup:ReplicationGroup": _rows(
        _CACHE,
        "replicationGroupId subnetGroupName atRestEncryptionEnabled kmsKeyId port networkType dataTieringEnabled "
        "globalReplicationGroupId snapshotArns snapshotName securityGroupNames",
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": _rows(_CACHE, "name family description"),
    "aws:elasticache/subnetGroup:SubnetGroup": _rows(_CACHE, "name"),
    "aws:elasticache/user:User": _rows(_CACHE_USER, "userId userName"),
    "aws:elasticache/userGroup:UserGroup": _rows(_CACHE_USERS, "userGroupId"),
    "aws:elasticache/serverlessCache:ServerlessCache": _rows(
        _SERVERLESS, "name kmsKeyId networkType snapshotArnsToRestores subnetIds"
    ),
    "aws:s3/bucket:Bucket": _rows(_BUCKET, "bucket bucketPrefix objectLockEnabled bucketNamespace"),
    "aws:s3/bucketVersioning:BucketVersioning": _rows(_BUCKET, "bucket"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _rows(_BUCKET, "bucket"),
    "aws:s3/bucketPolicy:BucketPolicy": _rows(_BUCKET, "bucket"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _rows(_BUCKET, "bucket"),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _rows(_BUCKET, "bucket"),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _rows(
        _BUCKET, "bucket"
    ),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _rows(_BUCKET, "bucket"),
    "aws:s3/bucketObjectv2:BucketObjectv2": _rows(_OBJECT, "bucket key"),
    "aws:cloudfront/function:Function": _rows(_CDN, "name"),
    "aws:secretsmanager/secret:Secret": _rows(_SECRET, "name namePrefix"),
    "aws:secretsmanager/secretVersion:SecretVersion": _rows(_SECRET, "secretId secretString secretBinary"),
    "aws:cloudwatch/logGroup:LogGroup": _rows(_LOGS, "name namePrefix logGroupClass"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _rows(_ALARM, "name"),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": _rows(_COMPOSITE, "alarmName"),
    "aws:cloudwatch/eventRule:EventRule": _rows(_EVENTS, "name namePrefix eventBusName"),
    "aws:cloudwatch/eventTarget:EventTarget": _rows(_EVENTS, "rule targetId eventBusName"),
    "aws:cloudwatch/eventBus:EventBus": _rows(_EVENTS, "name eventSourceName"),
    "aws:scheduler/schedule:Schedule": _rows(_SCHEDULER, "name namePrefix groupName"),
    "aws:scheduler/scheduleGroup:ScheduleGroup": _rows(_SCHEDULER, "name namePrefix"),
    "aws:sfn/stateMachine:StateMachine": _rows(_STATES, "name namePrefix type"),
    "aws:sqs/queue:Queue": _rows(_QUEUE, "name namePrefix fifoQueue"),
    "aws:sqs/queuePolicy:QueuePolicy": _rows(_QUEUE, "queueUrl"),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": _rows(_QUEUE, "queueUrl"),
    "aws:sqs/redrivePolicy:RedrivePolicy": _rows(_QUEUE, "queueUrl"),
    "aws:sns/topic:Topic": _rows(_SNS, "name namePrefix fifoTopic"),
    "aws:sns/topicSubscription:TopicSubscription": _rows(_SUBSCRIPTION, "topic protocol endpoint"),
    "aws:ssm/parameter:Parameter": _rows(_SSM, "name"),
    "aws:lb/targetGroup:TargetGroup": _rows(
        _TARGETS, "name namePrefix port protocol protocolVersion vpcId targetType ipAddressType"
    ),
    "aws:lb/loadBalancer:LoadBalancer": _rows(
        _BALANCER, "name namePrefix internal loadBalancerType customerOwnedIpv4Pool"
    ),
    "aws:lb/listener:Listener": _rows(_BALANCER, "loadBalancerArn"),
    "aws:lb/listenerCertificate:ListenerCertificate": _rows(_CERTIFICATE, "listenerArn certificateArn"),
    "aws:lb/trustStore:TrustStore": _rows(_STORE, "name namePrefix"),
    "aws:lb/listenerRule:ListenerRule": _rows(_BALANCER, "listenerArn"),
    "aws:ecs/cluster:Cluster": _rows(_ECS, "name"),
    "aws:ecs/service:Service": _rows(
        _ECS, "name cluster launchType schedulingStrategy iamRole capacityProviderStrategies"
    ),
    "aws:ecs/taskDefinition:TaskDefinition": _rows(
        _TASK,
        "family containerDefinitions cpu memory networkMode executionRoleArn taskRoleArn requiresCompatibilities "
        "volumes runtimePlatform ephemeralStorage pidMode ipcMode placementConstraints proxyConfiguration "
        "enableFaultInjection",
    ),
    "aws:ec2/vpc:Vpc": _rows(_VPC, "cidrBlock ipv4IpamPoolId ipv4NetmaskLength"),
    "aws:ec2/subnet:Subnet": _rows(
        _SUBNET, "vpcId cidrBlock availabilityZone availabilityZoneId ipv6Native outpostArn"
    ),
    "aws:ec2/securityGroup:SecurityGroup": _rows(_GROUP, "name namePrefix description vpcId"),
    "aws:ec2/securityGroupRule:SecurityGroupRule": _rows(
        _RULE,
        "securityGroupId type fromPort toPort protocol cidrBlocks ipv6CidrBlocks sourceSecurityGroupId self "
        "prefixListIds",
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rows(_RULE, "securityGroupId"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rows(_RULE, "securityGroupId"),
    "aws:iam/role:Role": _rows(_ROLE, "name namePrefix path"),
    "aws:iam/rolePolicy:RolePolicy": _rows(_ROLE, "name namePrefix role"),
    "aws:iam/policy:Policy": _rows(_ROLE, "name namePrefix path description"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _rows(_ATTACHED, "role policyArn"),
    "aws:appautoscaling/target:Target": _rows(_SCALING, "resourceId scalableDimension serviceNamespace"),
    "aws:appautoscaling/policy:Policy": _rows(_SCALING, "name resourceId scalableDimension serviceNamespace"),
    "aws:appautoscaling/scheduledAction:ScheduledAction": _rows(
        _SCALING, "name resourceId scalableDimension serviceNamespace"
    ),
    "aws:amp/workspace:Workspace": _rows(_AMP, "kmsKeyArn"),
    "aws:amp/workspaceConfiguration:WorkspaceConfiguration": _rows(_AMP, "workspaceId"),
    "aws:amp/ruleGroupNamespace:RuleGroupNamespace": _rows(_AMP, "name workspaceId"),
    "aws:amp/alertManagerDefinition:AlertManagerDefinition": _rows(_AMP, "workspaceId"),
    "aws:route53/healthCheck:HealthCheck": _rows(
        _CHECK, "type requestInterval measureLatency referenceName routingControlArn"
    ),
    "aws:ebs/volume:Volume": _rows(_DISK, "availabilityZone encrypted kmsKeyId snapshotId outpostArn"),
    "aws:ecs/capacityProvider:CapacityProvider": _rows(_PROVIDER, "name cluster"),
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": _rows(_NAMES, "name vpc"),
    "aws:servicediscovery/service:Service": _rows(_NAMES, "name namespaceId type"),
    "grafana:cloud/stack:Stack": _rows(_CLOUD, "regionSlug"),
    "grafana:cloud/accessPolicy:AccessPolicy": _rows(_CLOUD, "name region"),
    "grafana:cloud/accessPolicyRotatingToken:AccessPolicyRotatingToken": _rows(
        _CLOUD, "accessPolicyId region namePrefix expireAfter displayName"
    ),
    "cloudflare:index/zone:Zone": _rows(_ZONE, "name account"),
    "cloudflare:index/dnsRecord:DnsRecord": _rows(_CF_DNS, "zoneId"),
    "cloudflare:index/ruleset:Ruleset": _rows(_CF_RULESET, "zoneId accountId kind phase"),
    "cloudflare:index/zoneSetting:ZoneSetting": _rows(_CF_DNS, "zoneId settingId"),
    "cloudflare:index/authenticatedOriginPullsCertificate:AuthenticatedOriginPullsCertificate": _rows(
        _CF_PULL, "certificate privateKey zoneId"
    ),
    "cloudflare:index/authenticatedOriginPullsSettings:AuthenticatedOriginPullsSettings": _rows(
        _CF_PULL, "zoneId"
    ),
    "tls:index/privateKey:PrivateKey": _rows(_TLS, "algorithm rsaBits ecdsaCurve"),
    "tls:index/certRequest:CertRequest": _rows(_TLS, "privateKeyPem subject dnsNames ipAddresses uris"),
    "tls:index/selfSignedCert:SelfSignedCert": _rows(
        _TLS,
        "privateKeyPem subject allowedUses isCaCertificate validityPeriodHours maxPathLength setSubjectKeyId "
        "setAuthorityKeyId dnsNames ipAddresses uris",
    ),
    "tls:index/locallySignedCert:LocallySignedCert": _rows(
        _TLS,
        "certRequestPem caCertPem caPrivateKeyPem allowedUses isCaCertificate validityPeriodHours maxPathLength "
        "setSubjectKeyId",
    ),
    "random:index/randomId:RandomId": _rows(_RANDOM, "byteLength prefix"),
    "random:index/randomPassword:RandomPassword": _rows(
        _RANDOM,
        "length lower upper number numeric special minLower minUpper minNumeric minSpecial overrideSpecial",
    ),
    "random:index/randomString:RandomString": _rows(
        _RANDOM,
        "length lower upper number numeric special minLower minUpper minNumeric minSpecial overrideSpecial",
    ),
    "random:index/randomInteger:RandomInteger": _rows(_RANDOM, "min max seed"),
    "random:index/randomPet:RandomPet": _rows(_RANDOM, "length prefix separator"),
    "random:index/randomBytes:RandomBytes": _rows(_RANDOM, "length"),
    "random:index/randomShuffle:RandomShuffle": _rows(_RANDOM, "inputs resultCount seed"),
    "grafana:oss/folder:Folder": _rows(_GRAFANA, "uid orgId"),
    "fly-machines:apps/v1:App": _rows(_FLY, "name orgSlug network"),
    "fly-machines:apps/v1:AppIPAssignment": _rows(_FLY, "appName type region network serviceName"),
    "fly-machines:apps/v1:AppCertificatesAcme": _rows(_FLY, "appName hostname"),
    "fly-machines:apps/v1:Machine": _rows(_FLY, "appName name region"),
    "fly-machines:apps/v1:Secrets": _rows(_FLY, "appName"),
    "fly-machines:postgres/v1:Postgres": _rows(_FLY, "orgSlug name region pgMajorVersion postgisEnabled"),
    "fly-machines:postgres/v1:PostgresDatabase": _rows(_FLY, "postgresClusterId name"),
    "fly-machines:postgres/v1:PostgresUser": _rows(_FLY, "postgresClusterId username"),
    "github:index/repositoryEnvironment:RepositoryEnvironment": _rows(_GITHUB, "repository environment"),
    "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable": _rows(
        _GITHUB, "repository environment variableName"
    ),
    "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret": _rows(
        _GITHUB, "repository environment secretName"
    ),
    "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy": _rows(
        _GITHUB, "repository environment"
    ),
    "github:index/repositoryRuleset:RepositoryRuleset": _rows(_GITHUB, "repository target"),
    "upstash:index/redisDatabase:RedisDatabase": _rows(_UPSTASH, "region primaryRegion"),
    "vercel:index/project:Project": _rows(_VERCEL, "teamId"),
    "vercel:index/projectDomain:ProjectDomain": _rows(_VERCEL, "domain projectId teamId"),
    "vercel:index/projectEnvironmentVariable:ProjectEnvironmentVariable": _rows(
        _VERCEL, "key projectId teamId sensitive customEnvironmentIds"
    ),
    "vercel:index/customEnvironment:CustomEnvironment": _rows(_VERCEL, "projectId teamId"),
}


def reviewed_source(token: str, name: str) -> str | None:
    """Return why a change of this property replaces the resource, from the reviewed table; None if not there."""
    return REVIEWED.get(token, {}).get(name)


def spared(token: str, name: str, olds: Mapping[str, object], news: Mapping[str, object]) -> bool:
    """Return whether a property that replaces otherwise is changed in place beside these other inputs."""
    if (token, name) != ("aws:ecs/service:Service", "capacityProviderStrategies"):
        return False
    # https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecs/service.go
    return bool(news.get("forceNewDeployment") and olds.get(name) and news.get(name))
