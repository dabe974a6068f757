"""Rules of what deploys a stack: environments of a repository at GitHub."""

from functools import partial
from typing import Final

from policies.judgement import Judgement, decide
from policies.resource import Resource
from policies.rule import IN_PRODUCTION, Rule, Severity
from policies.rules.reading import at, either, flag, items, truth, unreadable

ENVIRONMENT = "github:index/repositoryEnvironment:RepositoryEnvironment"
DOCS = "https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments"


def _reviewed(environment: Resource) -> Judgement:
    reviewers = environment.get("reviewers")
    asked = [at(it, kind) for it in items(reviewers) for kind in ("users", "teams")]
    return decide(
        "reviewers",
        "no reviewer",
        "a user or a team",
        holds=any(items(it) for it in asked if not unreadable(it)),
        doubtful=unreadable(reviewers, *asked),
    )


_environment = partial(Rule, types=frozenset({ENVIRONMENT}), source=DOCS)

RULES: Final = (
    _environment(
        id="deploy-from-named-branches",
        title="Workflows of named branches alone deploy",
        why="whoever may push any branch may take the role that deploys",
        remedy="Set deploymentBranchPolicy, with customBranchPolicies and a policy for each branch.",
        keys=("github.branches",),
        severity=Severity.CRITICAL,
        check=either(
            lambda it: truth(at(it, "deploymentBranchPolicy", "protectedBranches")) is True,
            flag("deploymentBranchPolicy", "customBranchPolicies"),
        ),
    ),
    _environment(
        id="deploy-reviewed",
        title="Somebody approves what goes to production",
        why="one person, or one stolen login, changes what everybody uses",
        remedy="Set reviewers.",
        keys=("github.reviewers",),
        levels=IN_PRODUCTION,
        severity=Severity.MEDIUM,
        check=_reviewed,
    ),
)
