"""What runs already is taken into a stack, on the real engine and an account that was there before."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from simulator.estate import make_estate
from simulator.store import open_store

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
FOOTING = Path(sysconfig.get_path("scripts")) / "footing"
STACK_FILE = """\
config:
  footing:app: shop
  footing:environment: old  # it ran before
  footing:region: us-east-1
  footing:owners: {team: platform}
  footing:network: {zones: [us-east-1a, us-east-1b], cidr: 10.20.0.0/16, nat: single}
  footing:database:
    provider: rds
    postgres_version: "16.9"
  footing:redis:
    cache: {provider: elasticache, role: cache, engine: redis, engine_version: "7.1"}
  footing:storage:
    # its files
    provider: s3
  footing:alerts: {runbook_url: "https://example.com/runbook"}
"""
ESTATE = """\
resources:
  - {name: vpc, type: "aws:ec2/vpc:Vpc", inputs: {cidrBlock: 10.20.0.0/16, enableDnsHostnames: true}}
  - name: a
    type: aws:ec2/subnet:Subnet
    inputs: {vpcId: "${vpc.id}", cidrBlock: 10.20.192.0/20, availabilityZone: us-east-1a}
  - name: b
    type: aws:ec2/subnet:Subnet
    inputs: {vpcId: "${vpc.id}", cidrBlock: 10.20.208.0/20, availabilityZone: us-east-1b}
  - {name: d, type: "aws:rds/subnetGroup:SubnetGroup", inputs: {name: old, subnetIds: ["${a.id}", "${b.id}"]}}
  - {name: c, type: "aws:elasticache/subnetGroup:SubnetGroup", inputs: {name: aged, subnetIds: ["${a.id}"]}}
  - name: database
    type: aws:rds/instance:Instance
    inputs: {identifier: shop-db, engine: postgres, engineVersion: "16.9", instanceClass: db.t4g.micro,
      allocatedStorage: 20, storageEncrypted: true, dbName: shop, username: owner_of_old, password: long-replaced,
      dbSubnetGroupName: "${d.name}"}
  - name: cache
    type: aws:elasticache/replicationGroup:ReplicationGroup
    inputs: &cache {replicationGroupId: shop-cache, description: Cache, engine: redis, engineVersion: "7.1",
      nodeType: cache.t4g.micro, numCacheClusters: 2, automaticFailoverEnabled: true,
      atRestEncryptionEnabled: true, transitEncryptionEnabled: true, subnetGroupName: "${c.name}"}
  - name: clear
    type: aws:elasticache/replicationGroup:ReplicationGroup
    inputs: {<<: *cache, replicationGroupId: in-clear, atRestEncryptionEnabled: false}
  - {name: files, type: "aws:s3/bucket:Bucket", inputs: {bucket: shop-uploads.example.com}}
"""
WRITTEN = [
    *("    identifier: shop-db", "    database_name: shop", "    username: owner_of_old", "    subnet_group: old"),
    *("    cache: {subnet_group: aged, identifier: shop-cache, provider: elasticache, role: cache,",),
    *("    # its files", "    bucket: shop-uploads.example.com", "  footing:environment: old  # it ran before"),
    *("  footing:adopt:", "    database-primary: shop-db", "    redis-store: shop-cache"),
]


def footing(tree: Path, code: int, *arguments: str) -> str:
    done = subprocess.run(
        [FOOTING, *arguments, "--simulated"],
        cwd=tree,
        env={**os.environ, "FOOTING_ROOT": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout
    return done.stdout


def test_what_runs_is_taken_in_and_what_would_be_replaced_is_refused(tmp_path: Path) -> None:
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "providers", tmp_path / "providers")
    file = tmp_path / "Pulumi.old.yaml"
    file.write_text(STACK_FILE)
    described = tmp_path / "estate.yaml"
    described.write_text(ESTATE)
    cloud = tmp_path / ".footing" / "old" / "cloud"
    cloud.mkdir(parents=True)
    made = make_estate(cloud, file=described)

    refused = footing(tmp_path, 1, "adopt", "old", "redis.cache=in-clear")
    assert "REPLACED" in refused
    assert "atRestEncryptionEnabled" in refused
    assert file.read_text() == STACK_FILE

    words = ("database=shop-db", "redis.cache=shop-cache", "storage=shop-uploads.example.com")
    adopted = footing(tmp_path, 0, "adopt", "old", *words, f"network={made['vpc']['id']}")
    assert "REPLACED" not in adopted
    assert "instanceClass: db.t4g.micro -> db.r6g.large; decided by database.instance_class" in adopted
    written = file.read_text()
    assert all(line in written for line in WRITTEN), written

    # A second run of its own shows that nothing is left to change, the ids still there.
    applied = footing(tmp_path, 0, "up", "old")
    assert "replaced" not in applied
    store = open_store(cloud)
    for name, token in (
        ("vpc", "ec2/vpc:Vpc"),
        ("database", "rds/instance:Instance"),
        ("files", "s3/bucket:Bucket"),
    ):
        assert [it.id for it in store.living(f"aws:{token}")] == [made[name]["id"]]
