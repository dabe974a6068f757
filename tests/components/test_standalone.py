from typing import Any

from components.service.standalone import StandaloneTask
from tests.components.changed_args import changed
from tests.components.inventory import inventory
from tests.components.recording import Recorded, record_component
from tests.components.test_job import WORKLOAD


def record(**changes: Any) -> Recorded[StandaloneTask]:
    return record_component(lambda: StandaloneTask("migrate", changed(WORKLOAD, changes)))


def test_nothing_runs_by_itself():
    made = {key.partition("/")[0] for key in inventory(record())}
    assert made == {
        "SecurityGroup",
        "SecurityGroupEgressRule",
        "SecurityGroupIngressRule",
        "LogGroup",
        "Role",
        "RolePolicyAttachment",
        "TaskDefinition",
    }


def test_command_runs_the_task_where_its_group_lets_it_out():
    outputs = record().outputs
    assert outputs["run_command"] == (
        "aws ecs run-task --region eu-west-1 --cluster shop-staging --task-definition arn:aws:made:::migrate-task "
        "--capacity-provider-strategy capacityProvider=FARGATE,weight=1 --propagate-tags TASK_DEFINITION "
        "--network-configuration 'awsvpcConfiguration={subnets=[private-1,private-2],"
        "securityGroups=[migrate-tasks-id],assignPublicIp=DISABLED}'"
    )
    assert outputs["log_group_name"] == "migrate-log"
    assert outputs["security_group_id"] == "migrate-tasks-id"
    network = {"subnets": ["private-1", "private-2"], "securityGroups": ["migrate-tasks-id"]}
    assert outputs["run_request"] == {
        "provider": "fargate",
        "region": "eu-west-1",
        "family": WORKLOAD.service_name,
        "container": "migrate",
        "log_group": "migrate-log",
        "request": {
            "cluster": "shop-staging",
            "taskDefinition": "arn:aws:made:::migrate-task",
            "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
            "propagateTags": "TASK_DEFINITION",
            "networkConfiguration": {"awsvpcConfiguration": {**network, "assignPublicIp": "DISABLED"}},
        },
    }


def test_command_of_an_image_of_ci_names_the_family():
    command = record(image={"owned_by_ci": True}).outputs["run_command"]
    assert f"--task-definition {WORKLOAD.service_name} " in command


def test_command_with_secret_variables_is_no_secret():
    recorded = record(variables={"secret": {"DATABASE_URL": "postgresql://hidden"}})
    assert "hidden" not in recorded.outputs["run_command"]
    assert recorded.outputs["log_group_name"] == "migrate-log"


def test_checklist_has_a_line_for_the_task():
    recorded = record_component(
        lambda: StandaloneTask("migrate", WORKLOAD), read=lambda it: it.signals.checks[0].id
    )
    assert recorded.read == "task-nightly-runs"
    assert recorded.component.signals.signals == ()
