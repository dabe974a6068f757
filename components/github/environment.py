"""One environment of a repository at GitHub, and the rules of the branches that are deployed to it."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_github as github
from msgspec import Struct, field

from components.component import Component

REVIEWERS = 6
"""Most users and teams that may be asked. https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments"""


class GitHubEnvironmentArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `GitHubEnvironment`."""

    repository_name: str
    """Name of the repository, without its owner, which the provider has."""
    environment_name: str
    """Name of the environment: `production`."""
    branches: Sequence[str]
    """Branches, or patterns of them, whose workflows may deploy. Source: config `github.branches`."""
    reviewer_users: Sequence[int] = ()
    """Ids of users who may approve a deployment; with no user and no team nobody has to."""
    reviewer_teams: Sequence[int] = ()
    """Ids of teams whose members may."""
    prevent_self_review: bool = True
    """Whoever started a deployment does not approve it."""
    wait_minutes: int = 0
    """How long each deployment waits, in minutes."""
    variables: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Plain variables of its workflows, by name."""
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Secrets of its workflows, by name."""
    required_checks: Sequence[str] = ()
    """Names of the checks without which nothing is merged into `branches`; no rule is made when empty."""
    required_approvals: int = 1
    """Reviews that a pull request needs, 0 to 10."""
    ruleset_name: str
    """Name of the rule."""

    def __post_init__(self) -> None:
        """Refuse an environment that any branch could deploy to.

        Raises:
            ValueError: no branch, or more reviewers than GitHub asks.

        """
        if not self.branches:
            raise ValueError("branches is empty: workflows of every branch could deploy")
        if (asked := len(self.reviewer_users) + len(self.reviewer_teams)) > REVIEWERS:
            raise ValueError(f"{asked} users and teams are to review: GitHub asks {REVIEWERS} at the most")


class GitHubEnvironment(Component):
    """One environment with its branches, reviewers, variables and secrets, and one rule of its branches."""

    environment_name: pulumi.Output[str]
    """Name of the environment, once its branches are bounded."""

    def __init__(self, name: str, args: GitHubEnvironmentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        asked = bool(args.reviewer_users or args.reviewer_teams)
        reviewers: github.RepositoryEnvironmentReviewerArgsDict = {
            "users": list(args.reviewer_users),
            "teams": list(args.reviewer_teams),
        }
        environment = github.RepositoryEnvironment(
            f"{name}-environment",
            repository=args.repository_name,
            environment=args.environment_name,
            can_admins_bypass=False,
            deployment_branch_policy={"protected_branches": False, "custom_branch_policies": True},
            prevent_self_review=asked and args.prevent_self_review,
            reviewers=[reviewers] if asked else None,
            wait_timer=args.wait_minutes,
            opts=self._child(),
        )
        policies = [
            github.RepositoryEnvironmentDeploymentPolicy(
                f"{name}-branch-{number}",
                repository=args.repository_name,
                environment=environment.environment,
                branch_pattern=branch,
                opts=self._child(),
            )
            for number, branch in enumerate(args.branches, 1)
        ]
        for variable, value in args.variables.items():
            github.ActionsEnvironmentVariable(
                f"{name}-{_kebab(variable)}",
                repository=args.repository_name,
                environment=environment.environment,
                variable_name=variable,
                value=value,
                opts=self._child(),
            )
        for secret, value in args.secrets.items():
            github.ActionsEnvironmentSecret(
                f"{name}-{_kebab(secret)}",
                repository=args.repository_name,
                environment=environment.environment,
                secret_name=secret,
                value=pulumi.Output.secret(value),
                opts=self._child(),
            )
        if args.required_checks:
            self._make_ruleset(args)
        found = pulumi.Output.all(environment.environment, *(it.id for it in policies))
        self.environment_name = found.apply(lambda known: str(known[0]))
        self._finish()

    def _make_ruleset(self, args: GitHubEnvironmentArgs) -> None:
        github.RepositoryRuleset(
            f"{self._name}-ruleset",
            repository=args.repository_name,
            name=args.ruleset_name,
            target="branch",
            enforcement="active",
            conditions={
                "ref_name": {"includes": [f"refs/heads/{branch}" for branch in args.branches], "excludes": []}
            },
            rules={
                "deletion": True,
                "non_fast_forward": True,
                "pull_request": {
                    "required_approving_review_count": args.required_approvals,
                    "dismiss_stale_reviews_on_push": True,
                    "require_last_push_approval": args.required_approvals > 0,
                },
                "required_status_checks": {
                    "required_checks": [{"context": check} for check in args.required_checks],
                    # What was tested is what is merged, and not what lay beside it.
                    "strict_required_status_checks_policy": True,
                },
            },
            opts=self._child(),
        )


def _kebab(name: str) -> str:
    return name.lower().replace("_", "-")
