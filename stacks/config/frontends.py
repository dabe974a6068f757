"""Configuration of front ends: what browsers load, built and served by a vendor."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from providers.vercel.plans import FRAMEWORKS, NODE_VERSIONS, PLANS, REGIONS, SKEW_PROTECTION
from stacks.config.base import UNIQUE, Hostname, Model, VariableName
from stacks.config.vendor import one_of

PUBLIC_SOURCE = r"^(clerk|database|edge|sentry|services|storage)\.[a-z0-9_.-]+$"
PublicSource = Annotated[str, Field(pattern=PUBLIC_SOURCE)]
"""Output of the stack that everybody may know."""
FRONTEND_SOURCE = (
    r"^(config(\.[A-Z][A-Z0-9_]*)?|clerk\.secret_key|database\.pooled_url|redis\.[a-z][a-z0-9-]{0,15})$"
)
FrontendSecret = Annotated[str, Field(pattern=FRONTEND_SOURCE)]
"""Where a secret comes from."""
ALL = "*"
"""Every environment that a block does not name, but development."""
PRODUCTION = "production"
"""Where a secret is, unless its block says more."""
EnvironmentName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$")]
"""Name of an environment at Vercel."""
ENVIRONMENT = r"^(\*|[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?)$"
_Environment = Annotated[str, Field(pattern=ENVIRONMENT)]


def _block(alone: str, pattern: str | None = None) -> tuple[BeforeValidator, WithJsonSchema]:
    """Return annotations of a block by environment, in whose place one value may stand: that of `alone`."""
    value = {"type": "string", **({"pattern": pattern} if pattern else {})}
    block = {"type": "object", "patternProperties": {ENVIRONMENT: value}, "additionalProperties": False}
    validator = BeforeValidator(lambda given: given if isinstance(given, dict) else {alone: given})
    return validator, WithJsonSchema({"anyOf": [value, block]})


Texts = Annotated[dict[_Environment, str], *_block(ALL)]
"""A text by environment."""
PublicSources = Annotated[dict[_Environment, PublicSource], *_block(ALL, PUBLIC_SOURCE)]
"""An output of the stack by environment."""
SecretSources = Annotated[dict[EnvironmentName, FrontendSecret], *_block(PRODUCTION, FRONTEND_SOURCE)]
"""A source of a secret by environment."""
CONFIG = "config"
"""Source of a value under `footing:secrets`."""
Command = Annotated[str, Field(min_length=1, max_length=256)]
"""One command line."""
DIRECTORY = r"^\.?[A-Za-z0-9_@-][A-Za-z0-9_@.-]*(/\.?[A-Za-z0-9_@-][A-Za-z0-9_@.-]*)*$"
Directory = Annotated[str, Field(pattern=DIRECTORY)]
"""Directory in a repository."""


class GitConfig(Model):
    """A repository that Vercel builds at each push, once its application is installed there."""

    provider: Literal["github", "gitlab", "bitbucket"] = Field(default="github", description="Who hosts it.")
    repository: str = Field(
        pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$", description="Owner and name: example/shop."
    )
    production_branch: str = Field(
        default="main", pattern=r"^\S+$", description="Branch whose builds go to production."
    )


class FrontendDomainConfig(Model):
    """What visitors of one domain get: production, unless it says something else."""

    redirect_to: Hostname | None = Field(default=None, description="Another of the domains, for example of www.")
    redirect_status: Literal[301, 302, 307, 308] = Field(default=308, description="Status of that answer.")
    git_branch: str | None = Field(
        default=None, pattern=r"^\S+$", description="Branch whose latest preview it shows instead."
    )
    custom_environment: EnvironmentName | None = Field(
        default=None, description="Custom environment that it shows instead."
    )


class CustomEnvironmentConfig(Model):
    """An environment beside production and preview, with variables and domains of its own."""

    description: str = Field(default="", max_length=256, description="What it is for.")
    branch: str | None = Field(
        default=None, pattern=r"^\S{1,100}$", description="Branch whose pushes are deployed to it, if any."
    )
    branch_match: Literal["equals", "starts_with", "ends_with"] = Field(
        default="equals", description="How branches are compared with `branch`."
    )


class PreviewConfig(Model):
    """Deployments of other branches, and who sees what is deployed."""

    enabled: bool = Field(default=True, description="Whether other branches are deployed.")
    protection: Literal["standard", "all", "none"] = Field(
        default="standard",
        description="Who has to sign in at Vercel: standard: everybody but visitors of the production domains; "
        "all: they too; none: nobody.",
    )
    password_secret: VariableName | None = Field(
        default=None,
        description="Name under `footing:secrets` of a password that opens what is protected; bought with plan "
        "pro.",
    )
    trusted_ips: Annotated[list[Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?$")]], UNIQUE] = (
        Field(default=[], description="Addresses that alone may reach what is protected (plan enterprise).")
    )


class VercelConfig(Model):
    """A front end at Vercel: one project."""

    provider: Literal["vercel"]
    plan: Annotated[str, one_of(tuple(PLANS))] = Field(
        default="pro", description="Plan of the team: hobby, which is for no business, pro or enterprise."
    )
    team: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")] | None = Field(
        default=None, description="Slug or id of the team; of the token's own account with plan hobby."
    )
    project_name: Annotated[str, Field(pattern=r"^[a-z0-9](-?[a-z0-9]+)*$", max_length=100)] | None = Field(
        default=None, description="Name of the project; <app>-<environment>-<name> when left out."
    )
    git: GitConfig | None = Field(
        default=None, description="Repository that Vercel builds; a pipeline deploys when left out."
    )
    framework: Annotated[str, one_of(sorted(FRAMEWORKS))] | None = Field(
        default=None, description="Vercel's name of the framework: nextjs, vite, sveltekit."
    )
    root_directory: Directory | None = Field(
        default=None, description="Directory of the application; the repository's own when left out."
    )
    install_command: Command | None = Field(default=None, description="Instead of what the framework installs by.")
    build_command: Command | None = Field(default=None, description="Instead of what the framework builds by.")
    output_directory: Directory | None = Field(
        default=None, description="Instead of where the framework builds to."
    )
    ignore_command: Command | None = Field(
        default=None, description="Command that ends with 0 where a push changes nothing of it."
    )
    node_version: Annotated[str, one_of(NODE_VERSIONS)] = Field(
        default=NODE_VERSIONS[-1], description=f"Node.js of builds and functions: {', '.join(NODE_VERSIONS)}."
    )
    regions: Annotated[list[Annotated[str, one_of(tuple(REGIONS.values()))]], UNIQUE] = Field(
        default=[],
        description="Regions of its functions by Vercel's names; the one that lies in the stack's when left out.",
    )
    function_timeout_seconds: Annotated[int, Field(ge=1, le=800)] | None = Field(
        default=None, description="Longest run of a function, in seconds; Vercel's default when left out."
    )
    domains: dict[Hostname, FrontendDomainConfig] = Field(
        default={},
        description="Its domains; the first that redirects nowhere is its address. Records in the zone of `edge` "
        "are made, others are yours.",
    )
    custom_environments: dict[EnvironmentName, CustomEnvironmentConfig] = Field(
        default={}, description="Environments beside production, preview and development (from plan pro on)."
    )
    environment: dict[VariableName, Texts] = Field(
        default={},
        description="Plain variables, never secrets: a text for every environment but development, or a block of "
        "texts by environment, in which * stands for those that it does not name.",
    )
    outputs: dict[VariableName, PublicSources] = Field(
        default={},
        description="Plain variables that are outputs of the stack: sentry.frontend_dsn, clerk.publishable_key, "
        "database.api_url and .anon_key (Supabase), edge.url, services.NAME.url, storage.url.",
    )
    secrets: dict[VariableName, SecretSources] = Field(
        default={},
        description="Secret variables of builds and functions: config or config.NAME (from the stack's encrypted "
        "`secrets`), clerk.secret_key, database.pooled_url, redis.NAME. One source is for production alone; "
        "previews, which any branch makes, get theirs by a block of sources by environment.",
    )
    system_variables: bool = Field(
        default=False, description="Whether builds and functions see Vercel's own: VERCEL_URL, the commit."
    )
    previews: PreviewConfig = PreviewConfig()
    skew_protection: Annotated[str, one_of(SKEW_PROTECTION)] | None = Field(
        default=None,
        description="How long pages that are open go on with their own deployment (from plan pro on): "
        f"{', '.join(SKEW_PROTECTION)}.",
    )
    protect: bool = Field(default=True, description="Refuse to delete the project: its deployments go with it.")

    @property
    def secret_names(self) -> list[str]:
        """Names under `footing:secrets` that it needs."""
        found = [config_name(key, it) for key, given in self.secrets.items() for it in given.values()]
        return [it for it in (*found, self.previews.password_secret) if it]


FrontendConfig = VercelConfig
"""A front end, by its provider."""


def config_name(variable: str, source: str) -> str | None:
    """Return the name under `footing:secrets` that a source means; None for any other source."""
    kind, _, name = source.partition(".")
    return (name or variable) if kind == CONFIG else None
