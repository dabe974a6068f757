import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from components.alloy import sidecar
from components.alloy.alloy_config import STATUS_PORT, Proof, Signed, Target, WithToken, render
from components.alloy.sidecar import CollectingArgs, RemoteWrite
from components.aws.endpoints import DatabaseEndpoint
from components.aws.fargate import TaskArgs
from components.aws.placement import ClusterRef, NetworkPlacement
from components.aws.security_groups import Upstream
from components.collector.args import (
    CloudflareExporterArgs,
    CollectorArgs,
    PostgresExporterArgs,
    PostgresExporterImages,
    RedisExporterArgs,
)
from components.collector.postgres import FETCH_SCRIPT, ROLE_SCRIPT
from components.collector.service import Collector
from components.service.args import ScrapeArgs
from observability import Prometheus
from observability.alerting.alerts import queried_series
from observability.promql import Match
from observability.records.names import Job
from tests.components import test_service, test_worker
from tests.components.alloy_reader import Block, read
from tests.components.postgres import test_pooler
from tests.components.recording import Recorded, record_component
from tests.observability.everything import everything

STORE = RemoteWrite(
    url="https://store.example.com/write",
    user="12",
    token_secret_arn="arn:token",
    token_secret_version_id="t1",
    upstreams=[Upstream(role="metrics", security_group_id="sg-store", port=9090)],
)
COLLECTING = CollectingArgs(image="example/alloy:1", environment="staging", interval_seconds=15, store=STORE)
AT_AMAZON = replace(
    COLLECTING, store=RemoteWrite(url="https://aps", signing_region="eu-west-1", write_policy='{"may": "write"}')
)
POSTGRES = PostgresExporterArgs(
    database=DatabaseEndpoint(
        host="db.internal",
        port=5432,
        database_name="shop",
        user="shop",
        secret_arn="arn:owner",
        secret_version_id="v1",
        security_group_id="sg-db",
    ),
    connections=3,
    images=PostgresExporterImages(
        exporter="example/postgres-exporter:1", psql="example/psql:1", curl="example/curl:1"
    ),
)
ARGS = CollectorArgs(
    service_name="shop-staging-collector",
    collecting=COLLECTING,
    task=TaskArgs(cpu=256, memory_mib=512, architecture="X86_64", log_retention_days=30),
    postgres=POSTGRES,
    redis=RedisExporterArgs(
        image="example/redis-exporter:1",
        url="rediss://default:redis-password@redis.internal:6379",
        upstreams=[Upstream(role="redis", security_group_id="sg-redis", port=6379)],
    ),
    cloudflare=CloudflareExporterArgs(image="example/cloudflare-exporter:1", token="zone-token", zone_id="z1"),
    cluster=ClusterRef(arn="arn:cluster", name="shop-staging"),
    placement=NetworkPlacement(vpc_id="vpc-1", subnet_ids=["subnet-1"]),
    region="eu-west-1",
)


def record(**changes: Any) -> Recorded[Collector]:
    return record_component(lambda: Collector("collector", replace(ARGS, **changes)))


def containers(recorded: Recorded[Any]) -> dict[str, Any]:
    text = recorded.one("TaskDefinition").inputs["containerDefinitions"]
    return {it["name"]: it for it in json.loads(text)}


def environment(container: dict[str, Any]) -> dict[str, str]:
    return {it["name"]: it["value"] for it in container["environment"]}


def alloy_of(recorded: Recorded[Any]) -> Block:
    return read(environment(containers(recorded)["collector"])["ALLOY_CONFIG"])


def scrapes(config: Block) -> dict[str, str]:
    """What is read, by job, on which port and path."""
    return {
        it.attributes["job_name"]: it.attributes["targets"][0]["__address__"] + it.attributes["metrics_path"]
        for it in config.blocks
        if it.name == "prometheus.scrape"
    }


def text_of(proof: Proof = None) -> str:
    return render([Target(job=Job.POSTGRES, port=9187)], environment="staging", interval_seconds=15, proof=proof)


def test_every_series_has_its_job_its_environment_and_an_instance_of_its_own():
    config = read(text_of())
    for scrape in (it for it in config.blocks if it.name == "prometheus.scrape"):
        [target] = scrape.attributes["targets"]
        assert scrape.attributes["job_name"] == scrape.label
        assert target["environment"] == "staging"
        # Two tasks with loopback for an instance would write the same series.
        assert target["instance"] == ("expression", "constants.hostname")
        assert target["__address__"].startswith("127.0.0.1:")
        assert scrape.attributes["scrape_interval"] == "15s"
        assert scrape.attributes["scrape_timeout"] == "10s"


def test_all_that_is_read_is_forwarded_to_something_that_is_there():
    config = read(text_of())
    there = {("expression", f"{it.name}.{it.label}.receiver") for it in config.blocks}
    forwarded = [it for block in config.blocks for it in block.attributes.get("forward_to", [])]
    assert len(forwarded) == 3
    assert set(forwarded) <= there
    own = config.one("prometheus.scrape", "collector").attributes
    assert own["targets"][0]["__address__"] == f"127.0.0.1:{STATUS_PORT}"
    assert own["forward_to"] == [("expression", "prometheus.relabel.collector.receiver")]
    rule = config.one("prometheus.relabel", "collector").one("rule").attributes
    assert (rule["source_labels"], rule["action"]) == (["__name__"], "keep")


def test_writer_proves_itself_as_the_store_wants_it():
    def endpoint(proof: Proof) -> Block:
        return read(text_of(proof)).one("prometheus.remote_write", "store").one("endpoint")

    assert endpoint(None).blocks == []
    assert endpoint(Signed(region="eu-west-1")).one("sigv4").attributes == {"region": "eu-west-1"}
    credentials = endpoint(WithToken()).one("basic_auth").attributes
    assert credentials == {
        "username": ("expression", 'sys.env("REMOTE_WRITE_USER")'),
        "password": ("expression", 'sys.env("REMOTE_WRITE_TOKEN")'),
    }


@pytest.mark.parametrize("spoilt", ["a = b = c", 'block "x" {', "a = [1", 'a = "x\n"', "= 3", 'a = "x" b = "y"'])
def test_reader_of_these_tests_refuses_what_alloy_would(spoilt: str):
    with pytest.raises(AssertionError):
        read(spoilt)


def test_collector_reads_each_exporter_at_the_port_where_it_listens():
    made = containers(record())
    assert scrapes(alloy_of(record())) == {
        "postgres": "127.0.0.1:9187/metrics",
        "redis": "127.0.0.1:9121/metrics",
        "cloudflare": "127.0.0.1:8080/metrics",
        "collector": "127.0.0.1:12345/metrics",
    }
    assert "--web.listen-address=127.0.0.1:9187" in made["postgres-exporter"]["command"]
    assert environment(made["redis-exporter"])["REDIS_EXPORTER_WEB_LISTEN_ADDRESS"] == "127.0.0.1:9121"
    assert environment(made["cloudflare-exporter"])["LISTEN"] == "127.0.0.1:8080"
    assert not any(it.get("portMappings") for it in made.values())


DISABLED_BY_DEFAULT = {"pg_postmaster_": "postmaster", "pg_stat_statements_": "stat_statements"}
"""Metrics by the collector of postgres_exporter 0.19.1 that has to be switched on for them; others are on.

https://github.com/prometheus-community/postgres_exporter/blob/v0.19.1/README.md#flags
"""


def test_exporter_collects_what_the_records_query():
    queried = {
        it.metric for it in queried_series(everything().signals) if Match("job", Job.POSTGRES) in it.matches
    }
    needed = {
        f"--collector.{collector}"
        for prefix, collector in DISABLED_BY_DEFAULT.items()
        if any(metric.startswith(prefix) for metric in queried)
    }
    assert len(needed) == len(DISABLED_BY_DEFAULT)
    assert needed <= set(containers(record())["postgres-exporter"]["command"])


def test_only_what_is_asked_for_is_measured():
    recorded = record(redis=None, cloudflare=None)
    assert scrapes(alloy_of(recorded)).keys() == {"postgres", "collector"}
    assert not {"redis-exporter", "cloudflare-exporter"} & containers(recorded).keys()
    recorded = record(postgres=None)
    assert not {"authorities", "postgres-role", "postgres-exporter"} & containers(recorded).keys()
    assert [it["name"] for it in recorded.one("TaskDefinition").inputs["volumes"]] == [sidecar.VOLUME]


def test_exporter_never_has_the_password_of_the_owner():
    made = containers(record())
    holders = {
        name
        for name, it in made.items()
        for secret in it["secrets"]
        if secret["valueFrom"].startswith("arn:owner")
    }
    assert holders == {"postgres-role"}
    assert made["postgres-exporter"]["dependsOn"] == [{"containerName": "postgres-role", "condition": "SUCCESS"}]
    assert environment(made["postgres-exporter"])["DATA_SOURCE_USER"] == "footing_metrics"
    assert "sslmode=verify-full" in environment(made["postgres-exporter"])["DATA_SOURCE_URI"]
    assert environment(made["postgres-role"])["PGSSLMODE"] == "verify-full"


def test_secrets_of_the_collector_are_references():
    recorded = record()
    text = recorded.one("TaskDefinition").inputs["containerDefinitions"]
    for secret in ("redis-password", "zone-token", "generated-password"):
        assert secret not in text
    readable = json.loads(recorded.one("RolePolicy", "collector-secrets").inputs["policy"])["Statement"][0]
    assert set(readable["Resource"]) == {"arn:aws:made:::secret", "arn:owner", "arn:token"}
    tokens = {it["name"]: it["valueFrom"] for it in containers(recorded)["collector"]["secrets"]}
    assert tokens == {"REMOTE_WRITE_TOKEN": "arn:token:token::t1"}


def test_token_of_the_zone_may_lie_in_a_secret_of_its_own():
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:zone-token-AbCdEf"
    cloudflare = CloudflareExporterArgs(image="example/cloudflare-exporter:1", token_secret_arn=arn, zone_id="z1")
    for others in ({}, {"postgres": None, "redis": None}):
        recorded = record(cloudflare=cloudflare, **others)
        [token] = containers(recorded)["cloudflare-exporter"]["secrets"]
        assert token == {"name": "CF_API_TOKEN", "valueFrom": arn}
        readable = json.loads(recorded.one("RolePolicy", "collector-secrets").inputs["policy"])["Statement"][0]
        assert arn in readable["Resource"]
    # Nothing else logs in anywhere, so there is nothing to keep.
    assert recorded.of("secretsmanager/secret:Secret") == []


@pytest.mark.parametrize("tokens", [{}, {"token": "zone-token", "token_secret_arn": "arn:token"}])
def test_exporter_of_the_zone_has_one_token(tokens: dict[str, str]):
    with pytest.raises(ValueError, match="one of the two"):
        CloudflareExporterArgs(image="example/cloudflare-exporter:1", zone_id="z1", **tokens)


def test_two_collectors_never_run_at_once():
    service = record().one("ecs/service:Service").inputs
    assert (service["deploymentMinimumHealthyPercent"], service["deploymentMaximumPercent"]) == (0, 100)
    assert service["desiredCount"] == 1
    assert service["networkConfiguration"]["assignPublicIp"] is False


def test_collector_opens_its_own_way_to_all_that_it_measures():
    into = {it.name for it in record().of("SecurityGroupIngressRule")}
    assert into == {f"collector-tasks-into-{role}" for role in ("database", "redis", "metrics")}


def test_collector_that_measures_nothing_is_refused():
    with pytest.raises(ValueError, match="reads nothing"):
        replace(ARGS, postgres=None, redis=None, cloudflare=None)
    with pytest.raises(ValueError, match="connections is 0"):
        replace(POSTGRES, connections=0)


POOLER = replace(test_pooler.ARGS, collecting=COLLECTING)


def test_pooler_and_service_are_read_from_within_their_tasks():
    pooler = record_component(lambda: test_pooler.Pooler("pool", POOLER))
    assert scrapes(alloy_of(pooler))["pgbouncer"] == "127.0.0.1:9127/metrics"
    assert "pool-tasks-into-metrics" in {it.name for it in pooler.of("SecurityGroupIngressRule")}
    assert "arn:token" in pooler.one("RolePolicy", "pool-secrets").inputs["policy"]
    service = test_service.record(telemetry={"collecting": AT_AMAZON, "port": 9464})
    assert scrapes(alloy_of(service))["service"] == "127.0.0.1:9464/metrics"
    assert service.one("RolePolicy", "api-metrics").inputs["policy"] == '{"may": "write"}'
    metrics = ScrapeArgs(collecting=COLLECTING, port=9465, path="/numbers", label="emails")
    worker = test_worker.record(metrics=metrics)
    assert scrapes(alloy_of(worker))["worker"] == "127.0.0.1:9465/numbers"
    [scrape] = [it for it in alloy_of(worker).blocks if it.attributes.get("job_name") == "worker"]
    assert scrape.attributes["targets"][0]["service"] == "emails"
    assert "worker-tasks-into-metrics" in {it.name for it in worker.of("SecurityGroupIngressRule")}
    [found] = [it for it in worker.component.signals.signals if it.id == "worker-metrics"]
    assert isinstance(found.query, Prometheus)
    assert found.query.promql == 'max(up{job="worker",service="emails"})'


def test_task_outlives_its_collector_and_ecs_starts_that_again():
    made = containers(record_component(lambda: test_pooler.Pooler("pool", POOLER)))
    collector, prepare = made["collector"], made["collector-prepare"]
    assert collector["essential"] is False
    assert collector["restartPolicy"]["enabled"] is True
    assert prepare["essential"] is False
    assert collector["dependsOn"] == [{"containerName": "collector-prepare", "condition": "SUCCESS"}]
    assert collector["user"] == "10001:10001"
    mounts = [it["sourceVolume"] for it in made["pgbouncer"]["mountPoints"]]
    assert sidecar.VOLUME not in mounts
    # The pooler's volume holds the database's password.
    assert [it["sourceVolume"] for it in collector["mountPoints"]] == [sidecar.VOLUME]


def test_task_without_a_store_has_no_collector():
    made = containers(record_component(lambda: test_pooler.Pooler("pool", test_pooler.ARGS)))
    assert made.keys() == {"prepare", "database-role", "pgbouncer", "exporter"}


def test_start_script_becomes_alloy_with_its_configuration(tmp_path: Path):
    program = tmp_path / "bin" / "alloy"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$COLLECTOR_DIRECTORY/arguments"\n')
    program.chmod(0o755)
    config = text_of()
    subprocess.run(
        ["/bin/sh", "-c", sidecar.START_SCRIPT],
        env={
            "PATH": f"{program.parent}:{os.defpath}",
            "ALLOY_CONFIG": config,
            "COLLECTOR_DIRECTORY": str(tmp_path),
        },
        check=True,
    )
    assert read((tmp_path / "config.alloy").read_text()).blocks == read(config).blocks
    arguments = (tmp_path / "arguments").read_text().splitlines()
    assert arguments[0] == "run"
    assert arguments[-1] == str(tmp_path / "config.alloy")
    assert f"--storage.path={tmp_path}/data" in arguments
    assert f"--server.http.listen-addr=127.0.0.1:{STATUS_PORT}" in arguments


@pytest.mark.parametrize("script", [FETCH_SCRIPT, ROLE_SCRIPT, sidecar.PREPARE_SCRIPT])
def test_script_is_valid_shell(script: str):
    found = subprocess.run(["/bin/sh", "-n"], input=script, text=True, capture_output=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")


def test_values_of_the_role_are_never_arguments(tmp_path: Path):
    """Arguments of a process can be listed; psql takes these from its environment."""
    program = tmp_path / "psql"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/arguments\ncat > {tmp_path}/sql\n')
    program.chmod(0o755)
    given = {"METRICS_PASSWORD": "secret-word", "METRICS_ROLE": "measurer"}
    path = f"{tmp_path}:{os.defpath}"
    subprocess.run(["/bin/sh", "-c", ROLE_SCRIPT], env={"PATH": path, **given}, check=True)
    assert "ON_ERROR_STOP=1" in (tmp_path / "arguments").read_text()
    sql = (tmp_path / "sql").read_text()
    assert "secret-word" not in sql + (tmp_path / "arguments").read_text()
    assert "CONNECTION LIMIT :connections" in sql
    assert "\\getenv password METRICS_PASSWORD" in sql
