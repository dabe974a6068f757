"""Services at Fly.io: their apps, Machines and secrets, the collector, and what watches them."""

import json
from base64 import b64decode
from itertools import pairwise

import pytest
from msgspec.structs import replace

from components.alloy.alloy_config import AppTarget
from components.alloy.sidecar import CollectingArgs, RemoteWrite
from components.aws.datadog_agent import MetricsEndpoint
from components.collector.fly import FlyCollector, FlyCollectorArgs
from components.datadog.fly_agent import FlyDatadogAgent, FlyDatadogAgentArgs, MachineMetrics
from components.fly_machines.machines import GuestArgs, MachineArgs
from components.service.args import TelemetryArgs
from components.service.fly.app import FlyApp, FlyAppArgs
from components.service.fly.args import FlyHttpArgs, FlyServiceArgs, FlyWorkloadArgs
from components.service.fly.service import FlyService
from components.service.fly.task import FlyTask
from observability.records.names import Job, MetricNames
from tests.components.inventory import inventory
from tests.components.recording import Recorded, Secret, record_component

GUEST = GuestArgs(cpu_kind="shared", cpus=1, memory_mib=512)
MACHINE = MachineArgs(
    image="registry.fly.io/shop:1.4.0",
    regions=["sjc", "iad"],
    machines=2,
    guest=GUEST,
    environment={"LOG_LEVEL": "info"},
    stop_timeout_seconds=60,
)
APP = FlyAppArgs(
    app_name="shop-staging",
    organization="acme",
    regions=["sjc", "iad"],
    public=True,
    hostnames=["shop.example.com"],
    egress_addresses=True,
)
HTTP = FlyHttpArgs(
    port=3000,
    health_path="/health",
    ready_path="/ready",
    idle_timeout_seconds=90,
    websockets=True,
    minimum_running=2,
)
SERVICE = FlyServiceArgs(
    key="services.api",
    app="shop-staging",
    app_name="shop-staging",
    machine=MACHINE,
    secrets={"DATABASE_URL": "postgresql://u:canary-of-url@db/shop"},
    generated=["JWT_SECRET"],
    http=HTTP,
    least_running=4,
    own_metrics=True,
    telemetry=TelemetryArgs(metric_names=MetricNames()),
)
COLLECTOR = FlyCollectorArgs(
    app_name="shop-staging-collector",
    organization="acme",
    region="sjc",
    guest=GUEST,
    collecting=CollectingArgs(
        image="docker.io/grafana/alloy:v1.18.1",
        environment="staging",
        interval_seconds=15,
        store=RemoteWrite(url="https://push.example.com", user="4711", token="canary-of-store"),
    ),
    targets=[AppTarget(app="shop-staging", job=Job.SERVICE, port=3000)],
    apps=["shop-staging"],
    metrics_token="canary-of-fly",
)


def service(**changes: object) -> Recorded[FlyService]:
    return record_component(lambda: FlyService("service", replace(SERVICE, **changes)))


def test_app_has_its_addresses_certificates_and_a_protected_name():
    recorded = record_component(lambda: FlyApp("service-fly", APP), read=lambda it: it.egress_addresses)
    app = {"appName": "shop-staging"}
    assert inventory(recorded) == {
        "App/service-fly-app": {"name": "shop-staging", "orgSlug": "acme", "protect": True},
        "AppIPAssignment/service-fly-shared-v4": {**app, "type": "shared_v4"},
        "AppIPAssignment/service-fly-v6": {**app, "type": "v6"},
        "AppIPAssignment/service-fly-egress-v4-sjc": {**app, "type": "egress_v4", "region": "sjc"},
        "AppIPAssignment/service-fly-egress-v4-iad": {**app, "type": "egress_v4", "region": "iad"},
        "AppIPAssignment/service-fly-egress-v6-sjc": {**app, "type": "egress_v6", "region": "sjc"},
        "AppIPAssignment/service-fly-egress-v6-iad": {**app, "type": "egress_v6", "region": "iad"},
        "AppCertificatesAcme/service-fly-shop-example-com": {**app, "hostname": "shop.example.com"},
    }
    assert recorded.outputs["hostname"] == "shop-staging.fly.dev"
    assert recorded.read == ["198.51.100.7/32", "198.51.100.7/32"]
    hidden = replace(APP, public=False, egress_addresses=False, hostnames=[], protect=False)
    alone = record_component(lambda: FlyApp("worker-fly", hidden))
    assert alone.inventory() == {("App", "worker-fly-app")}
    assert not alone.one("App").protect


def test_machines_are_alike_but_for_their_place_and_follow_one_another():
    made = service().of("Machine")
    assert [it.name for it in made] == [f"service-{it}" for it in ("sjc-1", "sjc-2", "iad-1", "iad-2")]
    assert [it.inputs["name"] for it in made] == ["sjc-1", "sjc-2", "iad-1", "iad-2"]
    assert [one.name in other.dependencies for one, other in pairwise(made)] == [True, True, True]
    config = made[0].inputs["config"]
    assert all(it.inputs["config"] == config for it in made)
    assert {name: config[name] for name in ("image", "guest", "restart", "stopConfig")} == {
        "image": "registry.fly.io/shop:1.4.0",
        "guest": {"cpuKind": "shared", "cpus": 1, "memoryMb": 512},
        "restart": {"policy": "always"},
        "stopConfig": {"signal": "SIGTERM", "timeout": "60s"},
    }
    assert config["env"] == {"PORT": "3000", "LOG_LEVEL": "info"}
    assert made[0].inputs["minSecretsVersion"] == 7
    together = service(machine=replace(MACHINE, one_by_one=False)).of("Machine")
    assert not {it.name for it in together} & {name for it in together for name in it.dependencies}


def test_proxy_speaks_tls_asks_both_paths_and_stops_what_it_may():
    [served] = service().of("Machine")[0].inputs["config"]["services"]
    assert [(it["port"], it["handlers"], it.get("forceHttps")) for it in served["ports"]] == [
        (80, ["http"], True),
        (443, ["tls", "http"], None),
    ]
    assert served["ports"][1]["httpOptions"] == {"idleTimeout": 90}
    assert [
        (it["path"], it["port"], it["interval"], it["timeout"], it["gracePeriod"]) for it in served["checks"]
    ] == [
        ("/health", 3000, "15s", "5s", "60s"),
        ("/ready", 3000, "15s", "5s", "60s"),
    ]
    assert (served["internalPort"], served["minMachinesRunning"], served["autostart"]) == (3000, 2, True)
    assert served["concurrency"] == {"type": "connections"}
    assert "autostop" not in served
    suspended = service(http=replace(HTTP, autostop="suspend", websockets=False, ready_path=None))
    [asleep] = suspended.of("Machine")[0].inputs["config"]["services"]
    assert (asleep["autostop"], asleep["concurrency"]["type"], len(asleep["checks"])) == ("suspend", "requests", 1)


def test_worker_is_called_by_nobody_and_ci_owns_its_image():
    recorded = service(http=None, machine=replace(MACHINE, owned_by_ci=True, command=["work"]))
    machine = recorded.of("Machine")[0]
    assert "services" not in machine.inputs["config"]
    assert machine.inputs["config"]["init"] == {"cmd": ["work"]}
    assert machine.ignore_changes == ("config.image",)


def test_no_secret_is_in_the_clear_anywhere():
    values = service().one("Secrets").inputs["values"]
    texts = {name: it.value for name, it in values.items() if isinstance(it, Secret)}
    assert texts == {"DATABASE_URL": "postgresql://u:canary-of-url@db/shop", "JWT_SECRET": "generated-password"}
    for recorded in (service(), record_component(lambda: FlyCollector("collector-fly", COLLECTOR))):
        others = [it.inputs for it in recorded.resources if not it.type.endswith(("Secrets", "RandomPassword"))]
        outside = [it for it in others if "secrets" not in it and "metrics_token" not in it]
        for canary in ("canary-of-url", "canary-of-store", "canary-of-fly", "generated-password"):
            assert canary not in str(outside)
            assert canary not in str(recorded.outputs)


def test_task_is_run_by_a_command_that_holds_no_secret():
    args = FlyWorkloadArgs(
        key="services.migrate",
        app="shop-staging-migrate",
        app_name="shop-staging-migrate",
        machine=replace(MACHINE, command=["psql", "-f", "a.sql"]),
        secrets={"DATABASE_URL": "postgresql://canary"},
    )
    recorded = record_component(lambda: FlyTask("task-migrate", args))
    assert recorded.outputs["run_command"] == (
        "fly machine run --app shop-staging-migrate --region sjc --rm --restart no --vm-cpu-kind shared "
        "--vm-cpus 1 --vm-memory 512 --env LOG_LEVEL=info registry.fly.io/shop:1.4.0 'psql' '-f' 'a.sql'"
    )
    assert recorded.inventory() == {("Secrets", "task-migrate-secrets")}
    assert recorded.outputs["run_request"] == {
        "provider": "fly",
        "app": "shop-staging-migrate",
        "request": {
            "region": "sjc",
            "config": {
                "image": "registry.fly.io/shop:1.4.0",
                "env": {"LOG_LEVEL": "info"},
                "guest": {"cpu_kind": "shared", "cpus": 1, "memory_mb": 512},
                "init": {"cmd": ["psql", "-f", "a.sql"]},
                "restart": {"policy": "no"},
                "auto_destroy": True,
            },
            # It starts with these secrets, or later ones.
            "min_secrets_version": 7,
        },
    }


def test_collector_asks_every_machine_and_fly_and_writes_with_a_token():
    recorded = record_component(lambda: FlyCollector("collector-fly", COLLECTOR))
    config = recorded.one("Machine").inputs["config"]
    [file] = config["files"]
    text = b64decode(file["rawValue"]).decode()
    assert 'names = ["shop-staging.internal"]' in text
    assert 'metrics_path = "/prometheus/acme/federate"' in text
    assert r'params = { "match[]" = ["{__name__=~\"fly_(app|edge|instance)_.*\",app=~\"shop-staging\"}"] }' in text
    assert 'password = sys.env("REMOTE_WRITE_TOKEN")' in text
    assert text.count('scrape_interval = "15s"') == 3
    assert config["env"] == {"REMOTE_WRITE_URL": "https://push.example.com", "REMOTE_WRITE_USER": "4711"}
    assert config["init"]["cmd"][-1] == file["guestPath"]
    quiet = replace(COLLECTOR, metrics_token=None)
    without = record_component(lambda: FlyCollector("collector-fly", quiet)).one("Machine").inputs["config"]
    assert "federate" not in b64decode(without["files"][0]["rawValue"]).decode()


def test_datadogs_agent_takes_traces_of_the_private_network_and_hides_its_key():
    args = FlyDatadogAgentArgs(
        app_name="shop-staging-datadog",
        organization="acme",
        region="sjc",
        guest=GUEST,
        image="registry.example.com/datadog/agent:7",
        site="datadoghq.eu",
        api_key="k",
        app="shop",
        tags=["app:shop", "team:platform"],
        metrics=[
            MachineMetrics(
                app_name="shop-staging",
                machine_ids=["a1", "b2"],
                endpoint=MetricsEndpoint(port=3000, path="/metrics", tags=["job:service"]),
            )
        ],
        environment="staging",
    )
    recorded = record_component(lambda: FlyDatadogAgent("datadog-agent", args))
    assert inventory(recorded).keys() == {
        "App/datadog-agent-app",
        "Secrets/datadog-agent-secrets",
        "Machine/datadog-agent-sjc-1",
    }
    assert recorded.one("Secrets").inputs["values"] == {"DD_API_KEY": Secret("k")}
    config = recorded.one("Machine").inputs["config"]
    assert config["env"] == {
        "DD_SITE": "datadoghq.eu",
        "DD_ENV": "staging",
        "DD_TAGS": "app:shop team:platform",
        "DD_APM_ENABLED": "true",
        "DD_APM_NON_LOCAL_TRAFFIC": "true",
        "DD_HOSTNAME": "shop-staging-datadog",
    }
    [file] = config["files"]
    assert file["guestPath"] == "/etc/datadog-agent/conf.d/openmetrics.d/conf.yaml"
    read = json.loads(b64decode(file["rawValue"]))["instances"]
    # Each Machine by its own name: a name of all of them would be one of them, and no counter would ever grow.
    assert [it["openmetrics_endpoint"] for it in read] == [
        f"http://{machine}.vm.shop-staging.internal:3000/metrics" for machine in ("a1", "b2")
    ]
    assert {(it["namespace"], *it["tags"]) for it in read} == {("shop", "job:service")}
    # No service of Fly's proxy: nobody outside the private network reaches it.
    assert "services" not in config


@pytest.mark.parametrize(
    ("changes", "present", "absent"),
    [
        ({}, {"service-machines", "service-proxy-errors", "service-requests"}, {"worker-machines"}),
        ({"own_metrics": False}, {"service-requests"}, {"service-machines", "service-proxy-errors"}),
        ({"telemetry": TelemetryArgs()}, {"service-machines"}, {"service-requests"}),
        ({"http": None, "telemetry": TelemetryArgs()}, {"worker-machines"}, {"service-machines"}),
    ],
)
def test_what_is_watched_is_what_somebody_measures(
    changes: dict[str, object], present: set[str], absent: set[str]
):
    recorded = record_component(lambda: FlyService("service", replace(SERVICE, **changes)))
    signals = {it.id: it for it in recorded.component.signals.signals}
    assert present <= signals.keys()
    assert not absent & signals.keys()
    up = signals.get("service-machines") or signals.get("worker-machines")
    assert up is None or [(it.value, it.below) for it in up.thresholds] == [(4, True), (1, True)]
