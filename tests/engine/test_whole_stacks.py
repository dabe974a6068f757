"""Stacks unlike the shipped ones on the real engine and the simulated cloud: up, up again without a change, down.

`stacks/Pulumi.many.yaml`: several services, workers, jobs, a task and two stores. `Pulumi.inside.yaml`: in what an
account has already, without edge and Redis. `Pulumi.govcloud.yaml`: in another partition. `Pulumi.outside.yaml`: a
database and a store of two vendors, and nothing at AWS. That of `footing init`
comes up in test_readme.
"""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from lifecycle import of_type, up_twice_and_down, without_protection

from footing.pulumi_cli.tryout import cloud_directory
from simulator.estate import make_estate

# Three runs of the program, and a cloud of 400 resources: a busy machine takes longer than most tests may.
pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

STACKS = Path(__file__).parent / "stacks"


def test_many_services_workers_jobs_and_stores_come_up_and_go(tree: Path):
    # Nothing protected: it is to go again.
    content = without_protection(yaml.safe_load((STACKS / "Pulumi.many.yaml").read_text()))
    (tree / "Pulumi.many.yaml").write_text(yaml.safe_dump(content))
    made = up_twice_and_down(tree, "many")
    assert {it["inputs"]["name"] for it in of_type(made, "aws:ecs/service:Service")} == {
        *("shop-many-pooler", "shop-many-api", "shop-many-admin", "shop-many-mailer", "shop-many-thumbnails")
    }
    schedules = {
        it["inputs"]["name"]: it["inputs"]["scheduleExpression"]
        for it in of_type(made, "aws:scheduler/schedule:Schedule")
    }
    assert schedules == {
        "shop-many-invoices": "cron(0 3 1 * ? *)",
        "shop-many-reports": "rate(1 hour)",
        "shop-many-sweeper": "rate(15 minutes)",
    }
    groups = of_type(made, "aws:elasticache/replicationGroup:ReplicationGroup")
    assert {it["inputs"]["replicationGroupId"] for it in groups} == {"shop-many-redis", "shop-many-redis-queue"}
    assert len(of_type(made, "aws:lb/loadBalancer:LoadBalancer")) == 2
    [stack] = of_type(made, "pulumi:pulumi:Stack")
    assert "aws ecs run-task" in stack["outputs"]["run_commands"]["migrate"]


def test_stack_in_what_an_account_has_already_makes_nothing_of_it(tree: Path):
    estate = make_estate(cloud_directory(tree / ".footing" / "inside"))
    text = (STACKS / "Pulumi.inside.yaml").read_text()

    def known(match: re.Match[str]) -> str:
        return str(estate[match[1]][match[2]])

    (tree / "Pulumi.inside.yaml").write_text(re.sub(r"<([a-z-]+)\.(\w+)>", known, text))
    made = up_twice_and_down(tree, "inside")
    types = {it["type"] for it in made}
    assert not types & {
        *("aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ecs/cluster:Cluster", "aws:rds/instance:Instance"),
        *("aws:elasticache/replicationGroup:ReplicationGroup", "aws:acm/certificate:Certificate"),
    }
    assert not any(it.startswith(("cloudflare:", "grafana:", "footing-", "upstash:")) for it in types)
    [rule] = of_type(made, "aws:lb/listenerRule:ListenerRule")
    assert rule["inputs"]["listenerArn"] == estate["https"]["arn"]
    groups = {it["inputs"].get("vpcId") for it in of_type(made, "aws:ec2/securityGroup:SecurityGroup")}
    assert groups == {estate["vpc"]["id"]}


def test_stack_in_govcloud_names_nothing_of_another_partition(tree: Path):
    shutil.copy(STACKS / "Pulumi.govcloud.yaml", tree)
    made = up_twice_and_down(tree, "govcloud")
    assert of_type(made, "aws:amp/workspace:Workspace")
    text = json.dumps([[it.get("inputs"), it.get("outputs")] for it in made])
    assert "arn:aws-us-gov:" in text
    assert "arn:aws:" not in text


def test_database_at_neon_and_store_at_redis_cloud_are_open_to_few_over_tls(tree: Path):
    shutil.copy(STACKS / "Pulumi.outside.yaml", tree)
    kept = cloud_directory(tree / ".footing" / "outside") / "vendors"
    ranges, seen = ["203.0.113.0/24"], []

    def look() -> None:
        [project] = json.loads((kept / "neon.json").read_text())["projects"].values()
        assert project["settings"]["allowed_ips"] == {"ips": ranges, "protected_branches_only": False}
        computes = {it["type"]: it for it in project["endpoints"].values() if it["autoscaling_limit_min_cu"] == 1}
        assert [computes[it]["suspend_timeout_seconds"] for it in ("read_write", "read_only")] == [-1, -1]
        assert {it["name"] for it in project["branches"].values()} == {"main", "preview"}
        [subscription] = json.loads((kept / "rediscloud.json").read_text())["subscriptions"].values()
        [store] = subscription["databases"].values()
        assert (store["enableTls"], store["sourceIps"], store["replication"]) == (True, ranges, True)
        assert (store["dataEvictionPolicy"], store["dataPersistence"]) == ("noeviction", "aof-every-1-second")
        seen.append(store["password"])

    made = up_twice_and_down(tree, "outside", look=look)
    [password] = seen
    [stack] = of_type(made, "pulumi:pulumi:Stack")
    assert password in json.dumps(stack["outputs"]["redis_queue_url"])
    assert "-pooler." in json.dumps(stack["outputs"]["pooled_url"])
    assert not [it for it in made if it["type"].startswith("aws:")]
