"""Components of this project run against the answers that their tests share."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from components.component import Component
from footing.testing import components
from footing.testing.components import UNKNOWN, Recorded, Registered, Secret

__all__ = ["MADE", "UNKNOWN", "Recorded", "Registered", "Secret", "record_component"]

C = TypeVar("C", bound=Component)

MADE: Mapping[str, Mapping[str, Any]] = {
    "aws:ec2/vpc:Vpc": {"cidrBlock": "10.0.0.0/16"},
    "aws:rds/instance:Instance": {
        "address": "db.internal",
        "endpoint": "db.internal:5432",
        "port": 5432,
        "masterUserSecrets": [{"kmsKeyId": "", "secretArn": "arn:of-rds", "secretStatus": "active"}],
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "primaryEndpointAddress": "redis.internal",
        "readerEndpointAddress": "reader.redis.internal",
        "memberClusters": ["redis-003", "redis-001"],
    },
    "aws:elasticache/serverlessCache:ServerlessCache": {
        "endpoints": [{"address": "serverless.internal", "port": 6379}],
        "readerEndpoints": [{"address": "serverless.internal", "port": 6380}],
    },
    "aws:lb/loadBalancer:LoadBalancer": {"dnsName": "lb.internal", "arnSuffix": "app/lb/1", "zoneId": "Z1"},
    "aws:lb/targetGroup:TargetGroup": {"arnSuffix": "targetgroup/tg/1"},
    "aws:s3/bucket:Bucket": {"bucketRegionalDomainName": "bucket.internal"},
    "aws:secretsmanager/secretVersion:SecretVersion": {"secretArn": "arn:aws:made:::secret", "versionId": "v1"},
    "aws:cloudfront/distribution:Distribution": {"domainName": "d1.cdn.internal"},
    "cloudflare:index/zoneDnssec:ZoneDnssec": {"ds": "feed.example.com. 3600 IN DS 1 13 2 ABC"},
    "cloudflare:index/zone:Zone": {"nameServers": ["ada.ns.example.com", "bob.ns.example.com"]},
    "fly-machines:apps/v1:AppIPAssignment": {"ip": "198.51.100.7"},
    "fly-machines:apps/v1:AppCertificatesAcme": {"dnsRequirements": {"cname": "shop.fly.example.com"}},
    "fly-machines:apps/v1:Secrets": {"version": 7, "secrets": [{"name": "JWT_SECRET", "digest": "made"}]},
    "fly-machines:postgres/v1:Postgres": {
        "data": {
            "endpoints": {
                "primary": {
                    "pooler": {"host": "pgbouncer.made.example.com", "port": 5432},
                    "direct": {"host": "direct.made.example.com", "port": 5432},
                }
            }
        }
    },
    "footing-neon:index:Project": {
        "defaultBranchId": "br-made",
        "host": "ep-made.example.com",
        "poolerHost": "ep-made-pooler.example.com",
    },
    "footing-neon:index:Branch": {"branchId": "br-copied"},
    "footing-neon:index:Role": {"password": "made/password"},
    "footing-neon:index:Endpoint": {"host": "ep-read.example.com", "poolerHost": "ep-read-pooler.example.com"},
    "footing-rediscloud:index:EssentialsSubscription": {"subscriptionId": 100001},
    "footing-rediscloud:index:EssentialsDatabase": {
        "databaseId": 51000002,
        "host": "redis-12345.example.com",
        "port": 12345,
        "password": "made/password",
    },
    "footing-supabase:index:Pooler": {"host": "pool.example.com", "port": 6543, "user": "postgres.madeproject"},
    "footing-supabase:index:PublicKey": {"key": "made-public-key"},
    "footing-supabase:index:Project": {"ref": "madeproject", "host": "db.madeproject.example.com"},
    "footing-supabase:index:ReadReplica": {"host": "replica.example.com", "user": "postgres.madeproject-rr"},
    "grafana:oss/dashboard:Dashboard": {"url": "https://grafana.example.com/d/made", "uid": "made"},
    "random:index/randomPassword:RandomPassword": {"result": "generated-password"},
    "random:index/randomId:RandomId": {"hex": "0a1b2c3d"},
    "footing-sentry:index:ClientKey": {"dsnPublic": "https://public@sentry.example.com/1"},
    "footing-sentry:index:MetricMonitor": {"monitorId": "7"},
    "tls:index/certRequest:CertRequest": {"certRequestPem": "request"},
    "tls:index/locallySignedCert:LocallySignedCert": {"certPem": "leaf certificate"},
    "tls:index/privateKey:PrivateKey": {"privateKeyPem": lambda name: f"{name} key"},
    "tls:index/selfSignedCert:SelfSignedCert": {"certPem": "authority certificate"},
    "upstash:index/redisDatabase:RedisDatabase": {
        "endpoint": "made.upstash.example.com",
        "databaseId": "made-id",
        "port": 6379,
        "password": "made/password",
        "restToken": "made-rest-token",
    },
}
"""What the providers would answer beside the inputs, by type token; a function is given the resource's name."""


def record_component(
    build: Callable[[], C],
    *,
    read: Callable[[C], Any] = lambda _: None,
    made: Mapping[str, Mapping[str, Any]] = MADE,
    answers: Mapping[str, Mapping[str, Any]] | None = None,
    preview: bool = False,
) -> Recorded[C]:
    """`footing.testing.record_component`; `answers` are those of lookups, by token."""
    return components.record_component(build, read=read, outputs=made, lookups=answers or {}, preview=preview)
