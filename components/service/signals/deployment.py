"""The check that a deployment of an ECS service is over and was not taken back."""

from observability import AwsQuestion, Check, Comparison, Group, Wanted


def deployment_check(kind: str, cluster: str, service: str) -> Check:
    """Return the check of a `service` or a `worker`, given by the names of its cluster and itself."""
    return Check(
        id=f"{kind}-deployment",
        group=Group.SERVICE,
        title=f"The {kind} runs the task definition that was requested, and no other",
        question=AwsQuestion(
            service="ecs",
            operation="DescribeServices",
            parameters={"cluster": cluster, "services": [service]},
            path="services[0].deployments | length(@) == `1` && [0].rolloutState == 'COMPLETED'",
            wanted=Wanted(Comparison.IS, value=True),
        ),
        fix="Read the service's events: ECS rolled the deployment back. Fix the image and deploy again.",
    )
