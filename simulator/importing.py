"""How a provider takes in what exists: by which id, and what it reads of it when it has nothing but the id.

Ids: the section "Import" of each page of https://www.pulumi.com/registry/packages/aws/api-docs/ and its like.
"""

from collections.abc import Iterable

from simulator.store import Record
from wire_format import Properties, reveal

_DATABASE = "aws:rds/instance:Instance"
_BY = {
    "aws:ecs/cluster:Cluster": ("name",),
    "aws:ecs/service:Service": ("cluster", "name"),
    "aws:ecs/taskDefinition:TaskDefinition": ("arn",),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ("subnetId", "routeTableId"),
    _DATABASE: ("identifier",),
    "cloudflare:index/dnsRecord:DnsRecord": ("zoneId", "id"),
    "cloudflare:index/ruleset:Ruleset": ("zoneId", "id"),
    "cloudflare:index/zoneSetting:ZoneSetting": ("zoneId", "settingId"),
}
"""Properties whose values, joined by /, are the id to import by, where that is not the id itself."""
# https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/rds/instance.go: its importer
_SAID = {_DATABASE: {"skipFinalSnapshot": True}}
"""What the provider takes for given, for the cloud does not say it."""
_UNREAD = {
    _DATABASE: "password passwordWo applyImmediately allowMajorVersionUpgrade finalSnapshotIdentifier "
    "deleteAutomatedBackups",
    "aws:ecs/service:Service": "forceNewDeployment waitForSteadyState",
    "aws:elasticache/replicationGroup:ReplicationGroup": "authToken applyImmediately finalSnapshotIdentifier",
    "aws:s3/bucket:Bucket": "forceDestroy",
    "aws:secretsmanager/secret:Secret": "recoveryWindowInDays forceOverwriteReplicaSecret",
}
"""What the cloud does not answer, so that an import does not know it."""


def by_import_id(records: Iterable[Record], token: str, given: str) -> Record | None:
    """Return the resource of a type that is imported by an id of another form than its own; None for none."""
    words = given.removeprefix("zones/").split("/")
    for record in records:
        held = {**reveal(record.properties), "id": record.id}
        # What a zone has once is imported by the zone's id.
        names = _BY.get(token, ("zoneId",) if token.startswith("cloudflare:") else ())
        # A service names its cluster by the ARN, an import by what is after the /.
        if names and words == [str(held.get(name)).rsplit("cluster/", 1)[-1] for name in names]:
            return record
        if names and given == "/".join(str(held.get(name)) for name in names):
            return record
    return None


def imported_inputs(record: Record) -> Properties:
    """Return what the cloud answers of what the resource was made with: what it made up is no input."""
    unread = _UNREAD.get(record.type, "").split()
    read = {
        name: value for name, value in record.inputs.items() if name not in unread and not name.startswith("__")
    }
    return {**read, **_SAID.get(record.type, {})}
