import base64
import gzip
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from components.monitoring import containers as rendered
from components.monitoring.args import HostPlacement, MonitoringHostArgs, MonitoringImages, MonitoringServersArgs
from components.monitoring.host import MonitoringHost
from components.monitoring.machine import START_SCRIPT, start_script
from components.monitoring.servers import MonitoringServers
from tests.components.recording import MADE, Recorded, record_component

HOST = MonitoringHostArgs(
    cluster_name="shop-staging-metrics",
    service_name="shop-staging-metrics",
    zone="eu-west-1a",
    subnet_id="subnet-1",
    vpc_id="vpc-1",
)
RULES = "groups:\n  - name: telemetry\n    rules:\n      - {record: 'job:up:min', expr: 'min by (job) (up)'}\n"
PLACEMENT = HostPlacement(
    cluster_arn="arn:cluster",
    capacity_provider="machines",
    subnet_id="subnet-1",
    storage_gib=50,
    security_group_id="sg-1",
    registry_arn="arn:registry",
)
SERVERS = MonitoringServersArgs(
    service_name="shop-staging-metrics",
    placement=PLACEMENT,
    retention_days=30,
    log_retention_days=365,
    evaluation_interval_seconds=60,
    rules=RULES,
    images=MonitoringImages(prometheus="example/prometheus:3.5.0", grafana="example/grafana:12.1.1"),
    region="eu-west-1",
)
MADE_HERE = {
    **MADE,
    "aws:ebs/volume:Volume": {"arn": "arn:aws:ec2:eu-west-1:1:volume/vol-1"},
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 7},
}


def host(**changes: Any) -> Recorded[MonitoringHost]:
    return record_component(lambda: MonitoringHost("metrics", replace(HOST, **changes)), made=MADE_HERE)


def servers(**changes: Any) -> Recorded[MonitoringServers]:
    return record_component(lambda: MonitoringServers("servers", replace(SERVERS, **changes)))


def containers(recorded: Recorded[Any]) -> dict[str, Any]:
    text = recorded.one("TaskDefinition").inputs["containerDefinitions"]
    return {it["name"]: it for it in json.loads(text)}


def environment(container: dict[str, Any]) -> dict[str, str]:
    return {it["name"]: it["value"] for it in container["environment"]}


def test_disk_outlives_the_machine_and_the_stack():
    recorded = host()
    disk = recorded.one("Volume")
    assert disk.protect
    assert (disk.inputs["type"], disk.inputs["encrypted"], disk.inputs["finalSnapshot"]) == ("gp3", True, True)
    template = recorded.one("LaunchTemplate").inputs
    # The machine's own disk goes with it; that of the data is none of its mappings.
    assert [it["deviceName"] for it in template["blockDeviceMappings"]] == ["/dev/xvda"]
    assert "metrics-data-id" in base64.b64decode(template["userData"]).decode()
    assert not host(protect=False).one("Volume").protect


def test_one_machine_at_the_most_stands_in_the_zone_of_its_disk():
    recorded = host()
    machines = recorded.one("autoscaling/group:Group").inputs
    assert (machines["maxSize"], machines["desiredCapacity"]) == (1, 1)
    assert machines["vpcZoneIdentifiers"] == ["subnet-1"]
    assert machines["instanceRefresh"]["preferences"]["minHealthyPercentage"] == 0
    assert machines["launchTemplate"] == {"id": "metrics-machine-id", "version": "7"}
    assert recorded.one("Volume").inputs["availabilityZone"] == "eu-west-1a"


def test_machine_may_take_its_own_disk_and_has_no_way_in():
    recorded = host()
    statement = json.loads(recorded.one("RolePolicy").inputs["policy"])["Statement"][0]
    assert statement["Action"] == ["ec2:AttachVolume"]
    assert statement["Resource"] == [
        "arn:aws:ec2:eu-west-1:1:volume/vol-1",
        "arn:aws:ec2:eu-west-1:1:instance/*",
    ]
    template = recorded.one("LaunchTemplate").inputs
    assert template["metadataOptions"]["httpTokens"] == "required"
    assert template["metadataOptions"]["httpPutResponseHopLimit"] == 1
    assert template["networkInterfaces"][0]["associatePublicIpAddress"] == "false"
    into = {it.name: it.inputs for it in recorded.of("SecurityGroupIngressRule")}
    assert into.keys() == {"metrics-machine-into-prometheus", "metrics-machine-into-grafana"}
    assert {it["referencedSecurityGroupId"] for it in into.values()} == {"metrics-machine-id"}


def test_collectors_write_to_a_name_that_follows_the_task():
    recorded = host()
    assert recorded.outputs["remote_write_url"] == (
        "http://prometheus.shop-staging-metrics.internal:9090/api/v1/write"
    )
    assert recorded.one("PrivateDnsNamespace").inputs["name"] == "shop-staging-metrics.internal"
    assert servers().one("ecs/service:Service").inputs["serviceRegistries"] == {"registryArn": "arn:registry"}


def test_prometheus_keeps_a_month_on_the_machines_disk_and_takes_what_is_written_to_it():
    recorded = servers()
    task = recorded.one("TaskDefinition").inputs
    assert task["requiresCompatibilities"] == ["EC2"]
    assert {it["name"]: it["hostPath"] for it in task["volumes"]} == {
        "prometheus": "/data/prometheus",
        "grafana": "/data/grafana",
    }
    prometheus = containers(recorded)["prometheus"]
    assert environment(prometheus)["RETENTION"] == "30d"
    [script] = prometheus["command"]
    assert '--storage.tsdb.retention.time="$RETENTION"' in script
    assert "--web.enable-remote-write-receiver" in script
    assert prometheus["mountPoints"] == [{"sourceVolume": "prometheus", "containerPath": "/prometheus"}]


def test_two_tasks_never_write_to_one_disk():
    service = servers().one("ecs/service:Service").inputs
    assert (service["deploymentMinimumHealthyPercent"], service["deploymentMaximumPercent"]) == (0, 100)


def test_grafana_knows_nobody_but_its_administrator():
    recorded = servers()
    grafana = containers(recorded)["grafana"]
    assert environment(grafana)["GF_AUTH_ANONYMOUS_ENABLED"] == "false"
    assert environment(grafana)["GF_USERS_ALLOW_SIGN_UP"] == "false"
    assert [it["name"] for it in grafana["secrets"]] == ["GF_SECURITY_ADMIN_PASSWORD"]
    assert "generated-password" not in recorded.one("TaskDefinition").inputs["containerDefinitions"]
    [source] = yaml.safe_load(environment(grafana)["GRAFANA_DATASOURCES"])["datasources"]
    assert (source["uid"], source["url"]) == ("prometheus", "http://127.0.0.1:9090")


def run(script: str, directory: Path, program: str, **variables: str) -> list[str]:
    """Run a container's script with a stand-in for its program; what that was called with."""
    stand_in = directory / "bin" / program
    stand_in.parent.mkdir(exist_ok=True)
    stand_in.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {directory}/arguments\n')
    stand_in.chmod(0o755)
    subprocess.run(
        ["/bin/sh", "-c", script],
        env={"PATH": f"{stand_in.parent}:{os.defpath}", **variables},
        check=True,
    )
    return (directory / "arguments").read_text().splitlines()


def test_promtool_accepts_what_the_start_script_writes(tmp_path: Path):
    assert shutil.which("promtool"), "promtool is missing: it is in Debian's package prometheus"
    given = environment(containers(servers())["prometheus"])
    here = str(tmp_path / "prometheus")
    variables = {key: value.replace("/prometheus/config", f"{here}/config") for key, value in given.items()}
    script = rendered.PROMETHEUS_SCRIPT.replace("/prometheus/", f"{here}/")
    arguments = run(script, tmp_path, "prometheus", **variables)
    assert {"--storage.tsdb.retention.time=30d", "--storage.tsdb.retention.size=40GB"} <= set(arguments)
    assert (tmp_path / "prometheus/config/rules.yml").read_text() == RULES
    checked = subprocess.run(
        ["promtool", "check", "config", f"{here}/config/prometheus.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr + checked.stdout
    assert "SUCCESS: 1 rules found" in checked.stdout


def test_rules_are_packed_alike_each_time_and_refused_where_they_do_not_fit():
    assert rendered.packed(RULES) == rendered.packed(RULES)
    assert gzip.decompress(base64.b64decode(rendered.packed(RULES))).decode() == RULES
    noise = "".join(hashlib.sha256(str(it).encode()).hexdigest() for it in range(2000))
    with pytest.raises(ValueError, match="fit into a task definition"):
        rendered.packed(noise)


def machine(tmp_path: Path, *, formatted: bool) -> list[str]:
    """What a machine does at its first start, every command of the system a stand-in."""
    log, programs = tmp_path / "log", tmp_path / "bin"
    programs.mkdir()
    answers = {
        "curl": "echo i-1",
        "aws": f"[ -e {tmp_path}/freed ] || {{ touch {tmp_path}/freed; exit 255; }}",
        "blkid": f"exit {0 if formatted else 2}",
        **dict.fromkeys(("mkfs.xfs", "mount", "install", "sleep", "mkdir"), ":"),
    }
    for name, answer in answers.items():
        (programs / name).write_text(f'#!/bin/sh\necho {name} "$@" >> {log}\n{answer}\n')
        (programs / name).chmod(0o755)
    script = start_script("shop", "vol-1")
    for place in ("/etc/ecs/ecs.config", "/etc/fstab"):
        script = script.replace(place, str(tmp_path / Path(place).name))
    disk = tmp_path / "nvme-Amazon_Elastic_Block_Store_vol1"
    disk.touch()
    script = script.replace("/dev/disk/by-id", str(tmp_path))
    subprocess.run(
        ["/bin/sh", "-c", script], env={"PATH": f"{programs}:{os.defpath}"}, check=True, capture_output=True
    )
    return log.read_text().splitlines()


def test_machine_waits_for_the_disk_and_never_formats_one_that_has_data(tmp_path: Path):
    (tmp_path / "new").mkdir()
    (tmp_path / "old").mkdir()
    done = machine(tmp_path / "new", formatted=False)
    attached = [it for it in done if it.startswith("aws ")]
    assert len(attached) == 2  # the first time another machine still had it
    assert "--volume-id vol-1 --instance-id i-1" in attached[0]
    assert [it for it in done if it.startswith("mkfs.xfs")]
    done = machine(tmp_path / "old", formatted=True)
    assert not [it for it in done if it.startswith("mkfs.xfs")]
    assert "mount /data" in done
    assert "ecs.service" in (tmp_path / "old" / "fstab").read_text()
    assert "ECS_CLUSTER=shop" in (tmp_path / "old" / "ecs.config").read_text()
    assert "mkfs.xfs -f" not in START_SCRIPT
