"""GitHub, where the stack says from which repository it is deployed: nothing of it is imported otherwise."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from components.aws.partition import partition
from components.registry import PUSH, Registry
from components.sentry.component import Sentry
from stacks.compose.stack import Stack


def make_github(
    stack: Stack, sentry_frontend: Sentry | None, registry: Registry | None
) -> Mapping[str, pulumi.Input[str]]:
    """Make the repository's environment and the role of its workflows, and return the stack's outputs of them."""
    config = stack.config.github
    if config is None:
        return {}
    import pulumi_github as github

    from components.github.environment import GitHubEnvironment, GitHubEnvironmentArgs

    owner, _, name = config.repository.partition("/")
    role_arn = _make_role(stack, registry) if stack.config.deploy_role else None
    given = stack.opts.providers or []
    own = github.Provider("github", owner=owner)
    providers = [*(given.values() if isinstance(given, Mapping) else given), own]
    edge = stack.config.edge
    variables: dict[str, pulumi.Input[str]] = {
        "AWS_REGION": stack.config.region,
        "PULUMI_STACK": pulumi.get_stack(),
        **({"AWS_ROLE_ARN": role_arn} if role_arn is not None else {}),
        **({"ECS_CLUSTER": _cluster(stack)} if stack.config.in_cluster else {}),
        **({"API_URL": f"https://{edge.hostnames[0].removeprefix('*.')}"} if edge else {}),
        **({"REGISTRY": registry.url} if registry else {}),
        **({"SENTRY_FRONTEND_DSN": sentry_frontend.dsn} if sentry_frontend else {}),
        **config.variables,
    }
    GitHubEnvironment(
        "github",
        GitHubEnvironmentArgs(
            repository_name=name,
            environment_name=stack.config.environment,
            branches=config.branches,
            reviewer_users=config.reviewers.users,
            reviewer_teams=config.reviewers.teams,
            prevent_self_review=config.prevent_self_review,
            wait_minutes=config.wait_minutes,
            variables=variables,
            secrets={key: stack.secrets[key] for key in config.secrets},
            required_checks=config.required_checks,
            required_approvals=config.required_approvals,
            ruleset_name=stack.names.prefix,
        ),
        pulumi.ResourceOptions(providers=providers),
    )
    return {} if role_arn is None else {"deploy_role_arn": role_arn}


def _make_role(stack: Stack, registry: Registry | None) -> pulumi.Output[str]:
    from components.github.deploy_role import DeployRole, DeployRoleArgs

    config, account = stack.config.github, stack.config.aws_account_id
    assert config is not None  # noqa: S101  asked for by the caller
    own = partition(stack.config.region)
    cluster = f"arn:{own}:ecs:{stack.config.region}:{account}:service/{_cluster(stack)}"
    role = DeployRole(
        "deploy",
        DeployRoleArgs(
            repository=config.repository,
            github_environment=stack.config.environment,
            partition=own,
            account_id=account or "",
            makes_provider=config.identity_provider == "made",
            services_arn=f"{cluster}/{stack.names.prefix}-*" if stack.config.long_running else None,
            statements=[
                *_pushing(registry),
                *(
                    {"Effect": "Allow", "Action": list(it.actions), "Resource": list(it.resources)}
                    for it in config.permissions
                ),
            ],
        ),
        stack.opts,
    )
    return role.role_arn


def _pushing(registry: Registry | None) -> Iterator[Mapping[str, Any]]:
    if registry:
        # The login is one for all repositories of the account: AWS knows no resource for it.
        yield {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": "*"}
        yield {"Effect": "Allow", "Action": list(PUSH), "Resource": registry.arn}


def _cluster(stack: Stack) -> str:
    return stack.config.cluster.existing_name or stack.names.prefix
