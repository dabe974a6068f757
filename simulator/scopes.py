"""What may not exist twice, as each vendor scopes it: within a project, a zone, a region or an account."""

from simulator.store import Record
from wire_format import Properties, reveal

# Ids that name no single thing: a random value, the family of a task definition's revisions.
_REPEATED_IDS = ("random:", "aws:ecs/taskDefinition:")
_WORLDWIDE = ("aws:cloudfront/", "aws:iam/", "aws:route53/", "aws:s3/")
"""AWS services whose names are one account's, or the world's, whatever the region."""
_TARGET = "resourceId scalableDimension serviceNamespace"
UNIQUE = {
    # https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
    "aws:appautoscaling/policy:Policy": f"name {_TARGET}",
    "aws:appautoscaling/target:Target": _TARGET,
    # https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateCachePolicy.html: ...AlreadyExists
    "aws:cloudfront/cachePolicy:CachePolicy": "name",
    "aws:cloudfront/originAccessControl:OriginAccessControl": "name",
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": "name",
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
    "aws:cloudwatch/eventRule:EventRule": "name eventBusName",
    "aws:cloudwatch/eventTarget:EventTarget": "rule eventBusName targetId",
    # https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/records-with-same-name/
    "cloudflare:index/dnsRecord:DnsRecord": "zoneId type name content",
    # https://developers.cloudflare.com/ruleset-engine/about/rulesets/: one entry point a phase
    "cloudflare:index/ruleset:Ruleset": "zoneId accountId kind phase",
    "cloudflare:index/zone:Zone": "name account",
    # https://vercel.com/docs/rest-api: a project's name in its team, a domain, and a variable in each environment
    "vercel:index/project:Project": "name teamId",
    "vercel:index/projectDomain:ProjectDomain": "domain",
    "vercel:index/projectEnvironmentVariable:ProjectEnvironmentVariable": (
        "projectId key targets customEnvironmentIds gitBranch"
    ),
    "vercel:index/customEnvironment:CustomEnvironment": "projectId name",
    # https://fly.io/docs/machines/api/machines-resource/: in its app; databases and users in a cluster
    "fly-machines:apps/v1:Machine": "appName name",
    "fly-machines:postgres/v1:PostgresDatabase": "postgresClusterId name",
    "fly-machines:postgres/v1:PostgresUser": "postgresClusterId username",
}
"""Properties that together name one thing, where that is not the id."""


def conflict(one: Record, other: Record) -> bool:
    """Return whether the vendor refuses one of two living resources of a type because the other exists."""
    if one.type.startswith(_REPEATED_IDS):
        return False
    if one.type.startswith("aws:") and not one.type.startswith(_WORLDWIDE) and one.region != other.region:
        return False
    if one.type not in UNIQUE:
        return one.id == other.id
    first, second = reveal(one.inputs), reveal(other.inputs)
    if one.type == "cloudflare:index/dnsRecord:DnsRecord" and _same(first, second, "zoneId name"):
        # A CNAME stands alone beside any other address of its name.
        types = {first.get("type"), second.get("type")}
        return _same(first, second, UNIQUE[one.type]) or ("CNAME" in types and types <= {"A", "AAAA", "CNAME"})
    # Of a custom rule set there may be many; they are told apart by their ids.
    return first.get("kind") != "custom" and _same(first, second, UNIQUE[one.type])


def _same(one: Properties, other: Properties, names: str) -> bool:
    return all(one.get(name) == other.get(name) for name in names.split())
