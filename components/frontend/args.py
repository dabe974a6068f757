"""Arguments of a front end at Vercel."""

from collections.abc import Mapping, Sequence

import pulumi
from msgspec import Struct, field

from providers.vercel.plans import CNAME_TARGET, TARGETS


class GitArgs(Struct, frozen=True, kw_only=True):
    """The repository that Vercel builds at each push."""

    provider: str
    """`github`, `gitlab` or `bitbucket`."""
    repository: str
    """Owner and name, `example/shop`."""
    production_branch: str
    """Branch whose builds go to production."""


class BuildArgs(Struct, frozen=True, kw_only=True):
    """How it is built; what is left out, Vercel finds out by the framework."""

    framework: str | None = None
    """Vercel's name of the framework."""
    root_directory: str | None = None
    """Directory of the application in the repository."""
    install_command: str | None = None
    """Command that installs."""
    build_command: str | None = None
    """Command that builds."""
    output_directory: str | None = None
    """Directory that the build writes to."""
    ignore_command: str | None = None
    """Command that ends with 0 where nothing has to be built."""
    node_version: str | None = None
    """Version of Node.js, `24.x`."""


class FunctionArgs(Struct, frozen=True, kw_only=True):
    """Functions of the front end."""

    regions: Sequence[str]
    """Vercel's names of regions."""
    timeout_seconds: int | None = None
    """Longest run; Vercel's default when left out."""


class PreviewArgs(Struct, frozen=True, kw_only=True):
    """Deployments of other branches, and who sees what is deployed."""

    enabled: bool = True
    """Whether other branches are deployed."""
    protection: str = "standard"
    """Who has to sign in: `standard` for all but the production domains, `all`, or `none`."""
    password: pulumi.Input[str] | None = None
    """Password that opens what is protected, if any."""
    trusted_ips: Sequence[str] = ()
    """Addresses that alone may reach what is protected."""
    skew_protection: str | None = None
    """How long old pages go on with their own deployment."""


class VercelDomainArgs(Struct, frozen=True, kw_only=True):
    """One domain."""

    hostname: str
    """The whole name."""
    redirect_to: str | None = None
    """Where its visitors are sent instead."""
    redirect_status: int = 308
    """Status of that answer."""
    git_branch: str | None = None
    """Branch whose deployment it shows."""
    custom_environment: str | None = None
    """Custom environment whose deployment it shows."""
    record_zone: str | None = None
    """Zone of the stack in which its DNS record is made; None where somebody else makes it."""


class EnvironmentArgs(Struct, frozen=True, kw_only=True):
    """A custom environment."""

    description: str = ""
    """What it is for."""
    branch: str | None = None
    """Branch, or part of a name, whose pushes are deployed to it."""
    branch_match: str = "equals"
    """How a branch is compared: `equals`, `startsWith` or `endsWith`."""


class VariableArgs(Struct, frozen=True, kw_only=True):
    """The value of a variable in one environment."""

    key: str
    """Its name."""
    target: str
    """`production`, `preview`, `development`, or a custom environment."""
    value: pulumi.Input[str]
    """Its value."""
    sensitive: bool
    """Whether Vercel never shows it again."""


class VercelFrontendArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `VercelFrontend`."""

    project_name: str
    """Name of the project, and the first part of `*.vercel.app`."""
    team: str | None = None
    """Slug or id of its team; None for the token's own account. Source: config `frontends.NAME.team`."""
    git: GitArgs | None = None
    """The repository; None where a pipeline deploys."""
    build: BuildArgs = field(default_factory=BuildArgs)
    """How it is built."""
    functions: FunctionArgs
    """Its functions."""
    previews: PreviewArgs = field(default_factory=PreviewArgs)
    """Previews and protection."""
    environments: Mapping[str, EnvironmentArgs] = field(default_factory=dict)
    """Custom environments, by name."""
    domains: Sequence[VercelDomainArgs] = ()
    """Domains; the first that redirects nowhere is the address."""
    variables: Sequence[VariableArgs] = ()
    """Variables, each by environment."""
    system_variables: bool = False
    """Whether builds and functions see Vercel's own variables: URL, branch, commit."""
    zone_id: pulumi.Input[str] | None = None
    """Zone at Cloudflare in which the domains' records are made."""
    origin_hostname: str = CNAME_TARGET
    """Host that a proxy in front of it asks."""
    protect: bool = True
    """Refuse to delete the project: its deployments and their addresses go with it."""

    def __post_init__(self) -> None:
        """Refuse what Vercel would refuse only when it is applied.

        Raises:
            ValueError: a variable or a domain is of an environment that does not exist, or is there twice.

        """
        known = {*TARGETS, *self.environments}
        reasons = [f"{it.key} is for {it.target!r}" for it in self.variables if it.target not in known]
        reasons += [
            f"{it.hostname} is for {it.custom_environment!r}"
            for it in self.domains
            if it.custom_environment is not None and it.custom_environment not in self.environments
        ]
        pairs = [(it.key, it.target) for it in self.variables]
        reasons += [f"{it[0]} is there twice for {it[1]}" for it in {*pairs} if pairs.count(it) > 1]
        if any(it.record_zone for it in self.domains) and self.zone_id is None:
            reasons.append("records are asked for without zone_id")
        if reasons:
            raise ValueError("; ".join(sorted(reasons)))
