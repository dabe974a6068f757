"""Whether front ends fit their plans, the zone and what the stack can give them."""

from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec

from policies.secret_values import BROWSER_PREFIXES, is_secret
from providers.vercel.plans import PLANS, REGIONS, RESERVED, TARGETS, VARIABLES_BYTES, smallest_plan
from stacks.config.base import Problem
from stacks.config.edge import EdgeConfig
from stacks.config.frontends import ALL, FrontendConfig
from stacks.config.managed_postgres import SupabaseConfig
from stacks.config.neon import NeonConfig
from stacks.config.redis import OUTSIDE
from stacks.config.service import WebConfig
from stacks.config.stack import StackConfig
from stacks.naming import Names

SDK = "pulumiverse_vercel"
"""The provider's SDK, which is installed only where it is asked for."""
ANON_KEY = "database.anon_key"
"""Key by which browsers ask Supabase."""
CUSTOM = "a custom environment"
_LEAST: Mapping[str, tuple[str, Callable[[FrontendConfig], int]]] = {
    "custom_environments": ("custom_environments", lambda it: len(it.custom_environments)),
    "domains": ("domains", lambda it: len(it.domains)),
    "regions": ("function_regions", lambda it: len(it.regions)),
    "function_timeout_seconds": ("function_timeout_seconds", lambda it: it.function_timeout_seconds or 0),
}
"""What a plan has so many of: by key, the property of the plan and what the front end has of it."""


def frontend_problems(config: StackConfig) -> Iterator[Problem]:
    """Yield every way in which the front ends do not fit their plan, the stack or each other."""
    public, secret = public_sources(config), secret_sources(config)
    if config.frontends and find_spec(SDK) is None:
        yield "frontends", "given, allowed only with the extra; install it with: pip install 'footing[vercel]'"
    taken: dict[str, str] = {}
    projects: dict[tuple[str | None, str], str] = {}
    for name, frontend in config.frontends.items():
        key = f"frontends.{name}"
        yield from _plan_problems(key, frontend)
        yield from _variable_problems(key, frontend)
        yield from _source_problems(f"{key}.outputs", frontend.outputs, public)
        yield from _source_problems(f"{key}.secrets", frontend.secrets, secret)
        yield from _domain_problems(key, frontend, config)
        if not frontend.regions and config.region not in REGIONS:
            yield f"{key}.regions", f"missing; required where Vercel has no region in {config.region}"
        project = frontend.project_name or Names(config.app, config.environment).of(name)
        if (first := projects.setdefault((frontend.team, project), key)) != key:
            yield f"{key}.project_name", f"given {project}, which {first} has, allowed another"
        for hostname in frontend.domains:
            other = taken.setdefault(hostname, key)
            if other != key:
                yield f"{key}.domains.{hostname}", f"given {hostname}, which {other} has, allowed another"


def public_sources(config: StackConfig) -> list[str]:
    """Return the outputs of the stack that a browser may see, by the names that `outputs` takes."""
    found = ["clerk.publishable_key", "clerk.issuer"] if config.clerk else []
    found += ["database.api_url", ANON_KEY] if isinstance(config.database, SupabaseConfig) else []
    found += ["sentry.dsn"] if config.sentry else []
    found += ["sentry.frontend_dsn"] if config.sentry and config.sentry.frontend else []
    found += ["storage.url"] if config.storage else []
    if config.edge:
        found += ["edge.url", *(f"services.{name}.url" for name in config.web)]
    return found


def public_outputs(config: StackConfig) -> set[str]:
    """Return the outputs of the stack that its front ends ask for."""
    blocks = (it.outputs for it in config.frontends.values())
    return {source for block in blocks for given in block.values() for source in given.values()}


def secret_sources(config: StackConfig) -> list[str]:
    """Return the secrets of the stack that a front end's functions may use: of servers on the internet alone."""
    found = ["clerk.secret_key"] if config.clerk else []
    found += ["database.pooled_url"] if isinstance(config.database, SupabaseConfig | NeonConfig) else []
    return [*found, *(f"redis.{name}" for name, it in config.redis.items() if it.provider in OUTSIDE)]


def service_url_hostname(config: StackConfig, service: WebConfig) -> str:
    """Return the first single host name that a web service answers."""
    names: list[str] = [*service.hostnames, *(config.edge.hostnames if config.edge else ())]
    return next(it for it in names if not it.startswith("*."))


def _plan_problems(key: str, frontend: FrontendConfig) -> Iterator[Problem]:
    plan, previews = PLANS[frontend.plan], frontend.previews
    if frontend.team is None and frontend.plan != "hobby":
        yield f"{key}.team", f"missing; required with plan {frontend.plan}, which only a team has"
    for name, (holds, count) in _LEAST.items():
        held, given = getattr(plan, holds), count(frontend)
        if given > held:
            allowed = f"up to {held}" if held else "none"
            problem = f"given {given}, allowed {allowed} with plan {frontend.plan}{_way(holds, given)}"
            yield f"{key}.{name}", problem
    wanted = {
        "previews.protection": previews.protection,
        "previews.password_secret": "password" if previews.password_secret else None,
        "previews.trusted_ips": "trusted_ips" if previews.trusted_ips else None,
    }
    for name, kind in wanted.items():
        if kind is not None and kind not in plan.protections:
            yield f"{key}.{name}", f"given {kind}, which plan {frontend.plan} lacks{_way('protections', kind)}"
    if frontend.skew_protection and not plan.skew_protection:
        problem = f"given, which plan {frontend.plan} lacks{_way('skew_protection', value=True)}"
        yield f"{key}.skew_protection", problem
    if previews.protection == "none" and (previews.password_secret or previews.trusted_ips):
        name = "password_secret" if previews.password_secret else "trusted_ips"
        yield f"{key}.previews.{name}", "given, allowed with previews.protection standard or all, which it opens"


def _way(holds: str, value: str | int) -> str:
    """Return the end of a sentence: which plan has it."""
    smallest = smallest_plan(holds, value)
    return f", allowed with {smallest}, the smallest that has it" if smallest else ", and no plan has it"


def _variable_problems(key: str, frontend: FrontendConfig) -> Iterator[Problem]:
    blocks: dict[str, Mapping[str, Mapping[str, str]]] = {
        "environment": frontend.environment,
        "outputs": frontend.outputs,
        "secrets": frontend.secrets,
    }
    known = [*TARGETS, *frontend.custom_environments]
    seen: dict[str, str] = {}
    for block, variables in blocks.items():
        for name, given in variables.items():
            place = f"{key}.{block}.{name}"
            if (other := seen.setdefault(name, block)) != block:
                yield place, f"given also under {other}, allowed one place"
            if name in RESERVED or name.startswith("VERCEL_"):
                yield place, "given a name that Vercel keeps for itself, allowed another"
            if not given:
                yield place, "given an empty block, allowed a value for an environment"
            if unknown := [it for it in given if it not in (ALL, *known)]:
                yield place, f"given for {', '.join(unknown)}, allowed {', '.join(known)}"
    for name in frontend.custom_environments:
        if name in TARGETS:
            yield f"{key}.custom_environments.{name}", f"given {name}, which every project has, allowed another"
    texts = [(name, it) for name, given in frontend.environment.items() for it in given.values()]
    size = sum(len(name.encode()) + len(it.encode()) for name, it in texts)
    if size > VARIABLES_BYTES:
        yield f"{key}.environment", f"given {size} bytes, allowed {VARIABLES_BYTES} for all variables"
    else:
        yield from _secret_problems(key, frontend)


def _secret_problems(key: str, frontend: FrontendConfig) -> Iterator[Problem]:
    """Yield secrets in plain sight, in a browser's bundle, or on people's machines. Source: C-13."""
    for name, given in frontend.environment.items():
        if any(is_secret(name, it) for it in given.values()):
            loaded = ", and browsers load what a build names so" if name.startswith(BROWSER_PREFIXES) else ""
            yield f"{key}.environment.{name}", f"looks like a secret{loaded}; move it to {key}.secrets"
    for name, given in frontend.secrets.items():
        if name.startswith(BROWSER_PREFIXES):
            yield f"{key}.secrets.{name}", "given a name that builds show to browsers, allowed another"
        if "development" in given:
            problem = (
                f"given for development, allowed production, preview or {CUSTOM}: Vercel's command line writes "
                "development's variables to people's machines"
            )
            yield f"{key}.secrets.{name}", problem


def _source_problems(key: str, variables: Mapping[str, Mapping[str, str]], known: list[str]) -> Iterator[Problem]:
    for name, given in variables.items():
        for source in given.values():
            if source.partition(".")[0] != "config" and source not in known:
                allowed = ", ".join(["config", *known] if key.endswith(".secrets") else known) or "nothing so far"
                where = " on the internet" if key.endswith(".secrets") else ""
                yield f"{key}.{name}", f"given {source}, which the stack does not have{where}, allowed {allowed}"


def _domain_problems(key: str, frontend: FrontendConfig, config: StackConfig) -> Iterator[Problem]:
    edge, storage = config.edge, config.storage
    others = dict.fromkeys(edge.hostnames, "edge.hostnames") if edge else {}
    others |= dict.fromkeys(edge.redirect_hostnames, "edge.redirect_hostnames") if edge else {}
    others |= {storage.hostname: "storage.hostname"} if storage and storage.hostname else {}
    for hostname, domain in frontend.domains.items():
        place = f"{key}.domains.{hostname}"
        if hostname in others:
            yield place, f"given {hostname}, which {others[hostname]} has, allowed one place"
        if hostname.endswith((".vercel.app", ".now.sh")):
            yield (
                place,
                "given a name of Vercel's own, which the project has by itself, allowed others",
            )
        if domain.redirect_to is not None and domain.redirect_to not in frontend.domains:
            yield f"{place}.redirect_to", f"given {domain.redirect_to}, allowed another of {key}.domains"
        elif domain.redirect_to is not None and frontend.domains[domain.redirect_to].redirect_to is not None:
            yield f"{place}.redirect_to", f"given {domain.redirect_to}, allowed a domain that redirects nowhere"
        if frontend.git and domain.git_branch == frontend.git.production_branch:
            given = f"given {domain.git_branch}, which is git.production_branch"
            yield f"{place}.git_branch", f"{given}, allowed another branch, or left out: it shows production then"
        shown = [
            it for it in ("redirect_to", "git_branch", "custom_environment") if getattr(domain, it) is not None
        ]
        if len(shown) > 1:
            yield f"{place}.{shown[1]}", f"given beside {shown[0]}, allowed one of them"
        if domain.custom_environment is not None and domain.custom_environment not in frontend.custom_environments:
            known = ", ".join(frontend.custom_environments) or "nothing so far"
            yield (
                f"{place}.custom_environment",
                f"given {domain.custom_environment}, allowed of custom_environments: {known}",
            )
    if frontend.domains and all(it.redirect_to is not None for it in frontend.domains.values()):
        yield f"{key}.domains", "given redirects alone, allowed with one domain that redirects nowhere"


def origin_problems(config: StackConfig, edge: EdgeConfig) -> Iterator[Problem]:
    """Yield why the edge could not stand in front of the front end that it names."""
    name = edge.origin_frontend
    if name is None:
        return
    if name not in config.frontends:
        known = ", ".join(config.frontends) or "nothing so far"
        yield "edge.origin_frontend", f"given {name}, allowed what is under frontends: {known}"
    for key, given in {"services of kind web": config.web, "edge.origin_hostname": edge.origin_hostname}.items():
        if given:
            yield "edge.origin_frontend", f"given {name} beside {key}, allowed one of them: a zone has one origin"
    if wildcards := [it for it in edge.hostnames if it.startswith("*.")]:
        problem = f"given {', '.join(wildcards)}, allowed single names with edge.origin_frontend"
        yield "edge.hostnames", f"{problem}: Vercel has a certificate for every name only where it serves the zone"
