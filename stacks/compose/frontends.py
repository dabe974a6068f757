"""Front ends at their vendors; nothing of a vendor is imported where no front end is its."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from components.domain import Domain
from components.frontend.args import (
    BuildArgs,
    EnvironmentArgs,
    FunctionArgs,
    GitArgs,
    PreviewArgs,
    VariableArgs,
    VercelDomainArgs,
    VercelFrontendArgs,
)
from components.frontend.frontend import Frontend
from observability import Signals
from observability.records.named import named
from providers.vercel.plans import REGIONS
from stacks.compose.stack import Stack
from stacks.compose.surroundings import Surroundings
from stacks.config.clerk import SECRET_KEY
from stacks.config.frontend_problems import ANON_KEY, service_url_hostname
from stacks.config.frontends import ALL, VercelConfig, config_name
from stacks.naming import FIRST, component_name

BRANCH_MATCHES = {"equals": "equals", "starts_with": "startsWith", "ends_with": "endsWith"}
"""Vercel's words for how branches are compared, by ours."""


def make_frontends(stack: Stack, around: Surroundings, domain: Domain | None) -> dict[str, Frontend]:
    """Return everything under `frontends`, by name."""
    return {name: _vercel(stack, name, config, around, domain) for name, config in stack.config.frontends.items()}


def frontend_signals(frontends: Mapping[str, Frontend]) -> Iterator[Signals]:
    """Yield the checks of each front end, its name in their ids where it is not the first."""
    for name, frontend in frontends.items():
        yield named(frontend.signals, concept="frontends", default=FIRST["frontend"], name=name)


def frontend_outputs(frontends: Mapping[str, Frontend]) -> dict[str, pulumi.Input[Any]]:
    """Return the stack's outputs about its front ends, by name."""
    if not frontends:
        return {}
    return {
        "frontend_urls": {name: it.url for name, it in frontends.items()},
        "frontend_project_ids": {name: it.project_id for name, it in frontends.items()},
    }


def origin_of(stack: Stack, frontends: Mapping[str, Frontend]) -> pulumi.Input[str]:
    """Return the host that the edge asks where no service answers; empty without one."""
    edge = stack.config.edge
    if edge is None:
        return ""
    return frontends[edge.origin_frontend].origin_hostname if edge.origin_frontend else edge.origin_hostname or ""


def _vercel(
    stack: Stack, name: str, config: VercelConfig, around: Surroundings, domain: Domain | None
) -> Frontend:
    import pulumiverse_vercel as vercel

    from components.frontend.vercel import VercelFrontend

    git, previews, component = config.git, config.previews, component_name("frontend", name)
    opts = stack.opts
    if config.team:
        opts = pulumi.ResourceOptions(providers=[vercel.Provider(f"{component}-team", team=config.team)])
    args = VercelFrontendArgs(
        project_name=config.project_name or stack.names.of(name),
        team=config.team,
        git=GitArgs(provider=git.provider, repository=git.repository, production_branch=git.production_branch)
        if git
        else None,
        build=BuildArgs(
            framework=config.framework,
            root_directory=config.root_directory,
            install_command=config.install_command,
            build_command=config.build_command,
            output_directory=config.output_directory,
            ignore_command=config.ignore_command,
            node_version=config.node_version,
        ),
        functions=FunctionArgs(
            regions=config.regions or [REGIONS[stack.config.region]],
            timeout_seconds=config.function_timeout_seconds,
        ),
        previews=PreviewArgs(
            enabled=previews.enabled,
            protection=previews.protection,
            password=stack.secrets[previews.password_secret] if previews.password_secret else None,
            trusted_ips=previews.trusted_ips,
            skew_protection=config.skew_protection,
        ),
        environments={
            key: EnvironmentArgs(
                description=it.description, branch=it.branch, branch_match=BRANCH_MATCHES[it.branch_match]
            )
            for key, it in config.custom_environments.items()
        },
        domains=_domains(stack, name, config),
        variables=_variables(stack, config, around),
        system_variables=config.system_variables,
        zone_id=domain.zone_id if domain else None,
        protect=config.protect,
    )
    return VercelFrontend(component, args, opts)


def _domains(stack: Stack, name: str, config: VercelConfig) -> list[VercelDomainArgs]:
    """Return the front end's own domains, and those that the edge brings to it."""
    edge = stack.config.edge
    zone = edge.zone if edge else None
    proxied = edge.hostnames if edge and edge.origin_frontend == name else []
    return [
        *(VercelDomainArgs(hostname=it) for it in proxied),
        *(
            VercelDomainArgs(
                hostname=hostname,
                redirect_to=it.redirect_to,
                redirect_status=it.redirect_status,
                git_branch=it.git_branch,
                custom_environment=it.custom_environment,
                record_zone=zone if zone and (hostname == zone or hostname.endswith(f".{zone}")) else None,
            )
            for hostname, it in config.domains.items()
        ),
    ]


def _variables(stack: Stack, config: VercelConfig, around: Surroundings) -> list[VariableArgs]:
    """Return each variable by environment: plain ones for all but development, secrets for production alone."""
    everywhere = ["production", *(["preview"] if config.previews.enabled else []), *config.custom_environments]
    public = _public(stack, around)

    def values(given: Mapping[str, str]) -> Mapping[str, str]:
        others = dict.fromkeys(everywhere, given[ALL]) if ALL in given else {}
        return others | {at: it for at, it in given.items() if at != ALL}

    found = [
        VariableArgs(key=key, target=at, value=it, sensitive=False)
        for key, texts in config.environment.items()
        for at, it in values(texts).items()
    ]
    found += [
        VariableArgs(key=key, target=at, value=public[it], sensitive=False)
        for key, sources in config.outputs.items()
        for at, it in values(sources).items()
    ]
    return found + [
        VariableArgs(key=key, target=at, value=_secret(stack, around, key, it), sensitive=True)
        for key, sources in config.secrets.items()
        for at, it in sources.items()
    ]


def _public(stack: Stack, around: Surroundings) -> dict[str, pulumi.Input[str]]:
    """Return the outputs that a browser may see, by the names of `frontend_problems.public_sources`."""
    config = stack.config
    found: dict[str, pulumi.Input[str]] = {}
    if around.clerk:
        found |= {"clerk.publishable_key": around.clerk.publishable_key, "clerk.issuer": around.clerk.issuer}
    if api_url := getattr(around.postgres, "api_url", None):
        found |= {"database.api_url": api_url, ANON_KEY: getattr(around.postgres, "anon_key", "")}
    if around.sentry:
        found["sentry.dsn"] = around.sentry.dsn
    if around.sentry_frontend:
        found["sentry.frontend_dsn"] = around.sentry_frontend.dsn
    if around.storage:
        found["storage.url"] = around.storage.url
    if config.edge:
        found["edge.url"] = f"https://{config.edge.hostnames[0]}"
        served = {name: service_url_hostname(config, it) for name, it in config.web.items()}
        found |= {f"services.{name}.url": f"https://{it}" for name, it in served.items()}
    return found


def _secret(stack: Stack, around: Surroundings, variable: str, source: str) -> pulumi.Input[str]:
    if name := config_name(variable, source):
        return stack.secrets[name]
    if source == SECRET_KEY and around.clerk:
        return around.clerk.secret_key
    url = around.postgres.pooled_url if source.startswith("database.") and around.postgres else None
    url = url or around.stores[source.partition(".")[2]].url
    assert url is not None  # noqa: S101  the configuration has it on the internet
    return url
