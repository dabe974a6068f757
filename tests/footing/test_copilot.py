"""Manifests of AWS Copilot as services: what maps, what does not, and that a stack file takes the result."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from footing.adopt.copilot import converted
from footing.adopt.copilot_schedule import schedule_expression
from footing.cli import app
from policies import unique_yaml
from stacks.config import ConfigError
from stacks.config.load import parse
from stacks.config.service import JobConfig, WebConfig, WorkerConfig
from stacks.config.stack import StackConfig

DIGEST = "sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
WEB = """\
name: frontend
type: Load Balanced Web Service
image: {build: {dockerfile: ./frontend/Dockerfile}, port: 3000}
http:
  path: /shop
  alias: [shop.example.com, {name: www.example.com, hosted_zone: Z1}]
  healthcheck: {path: /_health, success_codes: "200,301", interval: 15s}
  stickiness: true
cpu: 512
memory: 1024
platform: linux/arm64
storage: {ephemeral: 50, volumes: {wp: {path: /x, efs: true}}}
count:
  range: {min: 2, max: 10, spot_from: 3}
  cooldown: {in: 60s, out: 2m}
  cpu_percentage: 95
  memory_percentage: {value: 80, cooldown: {in: 80s}}
  requests: 1000
  response_time: 2s
command: node server.js --title "a b, c"
entrypoint: [/bin/sh, -c]
exec: true
variables:
  DEBUG: true
  NO: "no"
  RATIO: "1:20"
  ODD: "a: b #c\\n"
  PORT: 3000
  API_KEY: h7Gf63kdLp09aQzX2mNv
  STAGE: "${COPILOT_ENVIRONMENT_NAME}"
  lower: x
secrets:
  TOKEN: /shop/TOKEN
  DB: {secretsmanager: "shop/mysql:password::"}
  WHOLE: arn:aws:ssm:eu-central-1:123456789012:parameter/shop/x
sidecars:
  nginx: {port: 80, image: {location: "example.com/nginx:1"}, essential: false, variables: {NGINX_PORT: 80}}
  agent: {image: "example.com/agent:1", command: [run, 1]}
  log_router: {image: "example.com/router:1", port: 24224}
environments: {prod: {count: 3}}
nonsense: {deep: 1, empty: {}}
"""
WORKER = f"""\
type: Backend Service
image: {{location: "example.com/orders@{DIGEST}", port: 8080}}
http: {{path: /}}
count: {{spot: 4}}
"""
NETWORK = """\
type: Load Balanced Web Service
image: {location: "example.com/mqtt:1", port: 1883}
http: false
nlb: {port: 1883/tcp}
"""
JOB = """\
name: report
type: Scheduled Job
on: {schedule: "0 9 * * 1-5"}
image: {location: "example.com/report:1"}
retries: 12
timeout: 1h30m
"""


def directory(at: Path, **manifests: str) -> Path:
    for name, text in manifests.items():
        path = at / name.replace("__", "/") / "manifest.yml"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return at


def read(text: str) -> StackConfig:
    services = unique_yaml.parse(text, days=False)["footing:services"]
    assert yaml.safe_load(text)["footing:services"] == services
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/x"
    return parse(
        "stack",
        {
            **dict.fromkeys(("app", "environment"), "shop"),
            "region": "us-east-1",
            "owners": {"team": "platform"},
            "load_balancer": {"certificate_arn": arn, "ingress_cidrs": ["0.0.0.0/0"]},
            "services": services,
        },
    )


def test_a_web_service_keeps_what_has_a_key(tmp_path):
    service = read(converted(directory(tmp_path, frontend=WEB)).text).services["frontend"]
    assert isinstance(service, WebConfig)
    assert service.model_dump(exclude_defaults=True, exclude={"kind", "image"}) == {
        "image_by": "tag",
        "entry_point": ["/bin/sh", "-c"],
        "command": ["node", "server.js", "--title", "a b, c"],
        "task": {"cpu": 512, "memory_mib": 1024, "ephemeral_gib": 50, "architecture": "ARM64"},
        "hostnames": ["shop.example.com", "www.example.com"],
        "paths": ["/shop", "/shop/*"],
        "port": 3000,
        "health_path": "/_health",
        "health_codes": "200,301",
        "scaling": {
            "mode": "target",
            "minimum_tasks": 2,
            "maximum_tasks": 10,
            "cpu_percent": 90,
            "memory_percent": 80,
            "requests_per_task_per_minute": 1000,
            "cooldown_seconds": 120,
        },
        "capacity": {"spot_percent": 100, "base_tasks": 2},
        "environment": {
            "DEBUG": "true",
            "NO": "no",
            "RATIO": "1:20",
            "ODD": "a: b #c\n",
            "STAGE": "${COPILOT_ENVIRONMENT_NAME}",
        },
        "secrets": {"WHOLE": "arn:aws:ssm:eu-central-1:123456789012:parameter/shop/x"},
        "sidecars": {
            "nginx": {"image": "example.com/nginx:1", "environment": {"NGINX_PORT": "80"}},
            "agent": {"image": "example.com/agent:1", "command": ["run", "1"], "essential": True},
        },
    }


def test_what_does_not_map_is_listed_key_by_key_without_a_secret(tmp_path):
    found = converted(directory(tmp_path, frontend=WEB, environments__prod="name: prod\ntype: Environment"))
    keys = {line.partition(": ")[2].partition(": ")[0] for line in found.unmapped if line.startswith("frontend/")}
    assert keys == {
        *("image.build", "http.alias.hosted_zone", "http.healthcheck.interval", "http.stickiness"),
        *("storage.volumes", "count.cooldown", "count.cpu_percentage", "count.memory_percentage.cooldown"),
        *("count.response_time", "exec", "variables.PORT", "variables.API_KEY", "variables.lower"),
        *(
            "secrets.TOKEN",
            "secrets.DB",
            "sidecars.nginx.port",
            "sidecars.log_router",
            "environments.prod",
            "nonsense.deep",
        ),
    }
    assert [line.partition(": ")[0] for line in found.unmapped if not line.startswith("frontend/")] == [
        "environments/prod/manifest.yml",
        "services.frontend.environment",
    ]
    assert "h7Gf63" not in "".join([found.text, *found.unmapped])
    assert "# secrets.TOKEN: arn:aws:ssm:REGION:ACCOUNT:parameter/shop/TOKEN\n" in found.text
    assert (
        "# secrets.DB: arn:aws:secretsmanager:REGION:ACCOUNT:secret:shop/mysql-SUFFIX:password::\n" in found.text
    )
    assert "# image: Copilot builds ./frontend/Dockerfile; write the image" in found.text


def test_workers_and_jobs_map_and_names_fit(tmp_path):
    found = converted(
        directory(tmp_path, the_orders_of_the_shop=WORKER, the_orders_of_thx=NETWORK, edge=WORKER, report=JOB)
    )
    services = read(found.text).services
    assert {name: it.kind for name, it in services.items()} == {
        "app-edge": "worker",
        "report": "job",
        "the-orders-of-th": "worker",
        "the-orders-of-2": "worker",
    }
    worker, job = services["the-orders-of-th"], services["report"]
    assert isinstance(worker, WorkerConfig)
    assert worker.image_by == "digest"
    assert (worker.scaling.model_dump(), worker.capacity.spot_percent) == ({"mode": "fixed", "tasks": 4}, 100)
    assert isinstance(job, JobConfig)
    assert (job.schedule, job.retries, job.timeout_seconds) == ("cron(0 9 ? * 2,3,4,5,6 *)", 10, 5400)
    lines = "\n".join(found.unmapped)
    for said in (
        ": type: kind worker: nothing inside",
        ": http: given false; kind worker",
        ": nlb: ",
        ": http: no load",
        ": image.port: ",
        ": retries: given 12",
    ):
        assert said in lines


def test_what_copilot_leaves_to_its_defaults_is_written(tmp_path):
    web = "type: Load Balanced Web Service\nimage: {location: example.com/a, port: 80}\nhttp: {path: /}"
    job = "type: Scheduled Job\non: {schedule: none}\nimage: {location: example.com/a}"
    services = read(converted(directory(tmp_path, a=web, b=job)).text).services
    assert services["a"].model_dump(
        include={"task", "scaling", "health_path", "paths"}, exclude_defaults=True
    ) == {
        "task": {"cpu": 256, "memory_mib": 512},
        "scaling": {"mode": "fixed", "tasks": 1},
        "health_path": "/",
    }
    assert isinstance(services["b"], JobConfig)
    assert not services["b"].enabled


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("@daily", "cron(0 0 * * ? *)"),
        ("@weekly", "cron(0 0 ? * 1 *)"),
        ("@every 1m", "rate(1 minute)"),
        ("@every 1h30m", "rate(90 minutes)"),
        ("@every 90s", None),
        ("*/5 * * * *", "cron(*/5 * * * ? *)"),
        ("0 9 1 * *", "cron(0 9 1 * ? *)"),
        ("0 9 * jan mon-fri", "cron(0 9 ? JAN MON-FRI *)"),
        ("0 9 * * 5-7", "cron(0 9 ? * 6,7,1 *)"),
        ("0 9 * * 1-5/2,0", "cron(0 9 ? * 2,4,6,1 *)"),
        ("0 9 1 * 1", None),
        ("0 25 * * *", None),
        ("rate(2 hours)", "rate(2 hours)"),
        ("cron(0 3 * * ? *)", "cron(0 3 * * ? *)"),
        ("none", None),
    ],
)
def test_schedules_are_the_same_times(given: str, expected: str | None):
    assert schedule_expression(given) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no NAME/manifest.yml in it"),
        ("a: [", "not YAML: line "),
        ("- a", "given no keys"),
        ("type: Static Site", "type: given 'Static Site', allowed Load Balanced Web Service, "),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path, text: str | None, said: str):
    with pytest.raises(ConfigError, match=said) as refused:
        converted(directory(tmp_path, **({"a": text} if text else {})))
    assert len(refused.value.problems) == 1


@pytest.mark.parametrize(
    "text",
    [
        *(
            f"{key}: {value}"
            for key in ("image", "http", "count", "secrets", "name")
            for value in ("[1]", "null", "2.5")
        ),
        "http: {path: [1], alias: {a: 1}, healthcheck: 5}",
        "count: {range: {min: x}, cooldown: {in: soon}}",
        "sidecars: {b: null, a: {image: x}, C_d: {image: x}, e: {image: [x], secrets: {a: b}, variables: [1]}}",
        "command: 'echo \"'\nentrypoint: [1, true]",
        "variables: {A: {from_cfn: x}, B: null}\nsecrets: {A: {from_cfn: x}, lower: x, B: 'a:secretsmanager:b'}",
        "storage: {ephemeral: big}\nplatform: {osfamily: windows_server_2019_core, architecture: x86_64}",
    ],
)
def test_no_shape_of_a_value_breaks_it(tmp_path, text: str):
    found = converted(directory(tmp_path, a=f"type: Load Balanced Web Service\n{text}"))
    assert isinstance(read(found.text).services[next(iter(read(found.text).services))], WebConfig)


def test_what_a_stack_file_would_refuse_is_listed_in_its_own_words(tmp_path):
    web = "type: Load Balanced Web Service\ncpu: 300\nimage: {location: example.com/a}"
    (line,) = converted(directory(tmp_path, a=web)).unmapped
    assert line.startswith("services.a.task: given cpu 300, allowed 256, ")


def test_the_command_prints_the_block_and_the_list_apart(tmp_path):
    done = CliRunner().invoke(app, ["adopt-copilot", str(directory(tmp_path, report=JOB))])
    assert done.exit_code == 0
    assert list(read(done.stdout).services) == ["report"]
    assert done.stderr.splitlines() == [
        "report/manifest.yml: retries: given 12; written 10, the nearest that retries may be"
    ]
