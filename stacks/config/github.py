"""Configuration of the repository at GitHub whose workflows deploy the stack; an extra."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Annotated, Literal

from pydantic import Field

from stacks.config.base import UNIQUE, Model, Problem, VariableName
from stacks.config.workload import PermissionConfig

SDK = "pulumi_github"
"""The provider's SDK, which is installed only where it is asked for."""
REPOSITORY = r"^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}/[A-Za-z0-9._-]{1,100}$"
BRANCH = r"^[A-Za-z0-9*_-][A-Za-z0-9*._/-]{0,199}$"
RESERVED_PREFIX = "GITHUB_"
"""Beginning of names that GitHub keeps. https://docs.github.com/actions/reference/workflows-and-actions/variables"""
MOST_REVIEWERS = 6
"""Users and teams together; a test compares it with the component's."""
OWN_VARIABLES = (
    *("API_URL", "AWS_REGION", "AWS_ROLE_ARN", "ECS_CLUSTER", "PULUMI_STACK"),
    *("REGISTRY", "SENTRY_FRONTEND_DSN"),
)
"""Variables that the stack itself gives to workflows."""
AccountId = Annotated[int, Field(ge=1)]
"""Number by which GitHub knows a user or a team."""


class ReviewersConfig(Model):
    """Who has to approve a deployment."""

    users: Annotated[list[AccountId], UNIQUE] = Field(
        default=[], description="Ids of users: `gh api users/NAME --jq .id`."
    )
    teams: Annotated[list[AccountId], UNIQUE] = Field(
        default=[], description="Ids of teams: `gh api orgs/ORG/teams/NAME --jq .id`."
    )


class GitHubConfig(Model):
    """The repository whose workflows deploy this stack: one environment there, named as this one."""

    repository: Annotated[str, Field(pattern=REPOSITORY)] = Field(
        description="Owner and name of the repository, which exists already: example/shop."
    )
    branches: Annotated[list[Annotated[str, Field(pattern=BRANCH)]], Field(min_length=1), UNIQUE] = Field(
        description="Branches, or patterns such as release/*, whose workflows may deploy here, and no others."
    )
    reviewers: ReviewersConfig = Field(
        default=ReviewersConfig(), description="Who has to approve a deployment: one of them is enough."
    )
    prevent_self_review: bool = Field(
        default=True, description="Whether whoever starts a deployment may not approve it."
    )
    wait_minutes: Annotated[int, Field(ge=0, le=43200)] = Field(
        default=0, description="How long each deployment waits, in minutes."
    )
    required_checks: Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], UNIQUE] = Field(
        default=[],
        description="Names of checks without which nothing is merged into `branches`; no rule of them when empty.",
    )
    required_approvals: Annotated[int, Field(ge=0, le=10)] = Field(
        default=1, description="Reviews that a pull request into `branches` needs, with required_checks."
    )
    identity_provider: Literal["existing", "made"] = Field(
        default="existing",
        description="Whether the AWS account has GitHub's identity provider already: it has one, which one of its "
        "stacks makes.",
    )
    permissions: list[PermissionConfig] = Field(
        default=[], description="What workflows may do at AWS beside deploying the stack's services."
    )
    variables: dict[VariableName, str] = Field(
        default={}, description="Further variables of workflows, no secrets."
    )
    secrets: Annotated[list[VariableName], UNIQUE] = Field(
        default=[], description="Names under `footing:secrets` that workflows get as secrets."
    )


def github_problems(config: GitHubConfig | None, *, account: str | None, has_role: bool) -> Iterator[Problem]:
    """Yield key and sentence where the extra is missing, or GitHub or AWS would not take what is given.

    Args:
        config: the block itself.
        account: `aws_account_id`.
        has_role: whether workflows have a role at AWS.

    """
    if config is None:
        return
    if find_spec(SDK) is None:
        yield "github", "given, allowed only with the extra; install it with: pip install 'footing[github]'"
    if has_role and account is None:
        yield "aws_account_id", "missing; required with the block github: the role of its workflows names it"
    if config.identity_provider == "made" and not has_role:
        allowed = "allowed with services on Fargate, a registry or github.permissions: no role needs it"
        yield "github.identity_provider", f"given 'made', {allowed}"
    asked = len(config.reviewers.users) + len(config.reviewers.teams)
    if asked > MOST_REVIEWERS:
        yield "github.reviewers", f"given {asked} users and teams, allowed {MOST_REVIEWERS} together"
    for key, names in (("variables", list(config.variables)), ("secrets", config.secrets)):
        kept = [it for it in names if it.startswith(RESERVED_PREFIX)]
        own = [it for it in names if it in OWN_VARIABLES]
        if kept:
            yield (
                f"github.{key}",
                f"given {', '.join(kept)}, allowed names without {RESERVED_PREFIX}: GitHub's own",
            )
        if own:
            yield f"github.{key}", f"given {', '.join(own)}, which the stack itself gives, allowed other names"
    if both := sorted(set(config.variables) & set(config.secrets)):
        yield "github.secrets", f"given {', '.join(both)}, also under variables, allowed one place"
