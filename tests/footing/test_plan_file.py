"""What is left of an approved plan: never more than it says, and less where a part of it was applied already."""

from typing import Any

from footing.pulumi_cli.plan_file import rest_of, steps_beyond

STACK = "urn:pulumi:staging::shop::"
TASK = f"{STACK}footing:index:StandaloneTask$aws:ecs/taskDefinition:TaskDefinition::task-migrate-task"
SERVICE = f"{STACK}footing:index:Service$aws:ecs/service:Service::service-service"
BUCKET = f"{STACK}footing:index:Storage$aws:s3/bucket:Bucket::storage-files"
COMPONENT = f"{STACK}footing:index:Service::service"
REPLACE = ["create-replacement", "replace", "delete-replaced"]


def plan(steps: dict[str, list[str]], mark: str = "") -> dict[str, Any]:
    return {"resourcePlans": {urn: {"steps": it, "mark": mark} for urn, it in steps.items()}, "config": mark}


APPROVED = plan({TASK: REPLACE, SERVICE: ["update"], COMPONENT: ["update"], BUCKET: ["same"]}, "approved")


def test_what_was_applied_already_is_taken_out_and_the_rest_is_as_approved():
    fresh = plan({TASK: ["same"], SERVICE: ["update"], COMPONENT: ["update"], BUCKET: ["same"]}, "fresh")
    assert list(steps_beyond(APPROVED, fresh)) == []
    rest = rest_of(APPROVED, fresh)
    assert rest["config"] == "approved"
    marks = {urn: (it["steps"], it["mark"]) for urn, it in rest["resourcePlans"].items()}
    assert marks == {
        TASK: (["same"], "fresh"),
        # The engine compares its inputs with those of this entry, which alone knows what was approved.
        SERVICE: (["update"], "approved"),
        COMPONENT: (["update"], "fresh"),
        BUCKET: (["same"], "fresh"),
    }


def test_every_step_beyond_the_plan_is_named():
    fresh = plan({TASK: REPLACE, SERVICE: REPLACE, BUCKET: ["delete"], f"{BUCKET}-2": ["create"]})
    assert list(steps_beyond(APPROVED, fresh)) == [
        f"aws:ecs/service:Service service-service: {', '.join(REPLACE)}, and the plan says update",
        "aws:s3/bucket:Bucket storage-files: delete, and the plan says nothing of it",
        "aws:s3/bucket:Bucket storage-files-2: create, and the plan says nothing of it",
    ]
