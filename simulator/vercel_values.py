"""What Vercel and its provider refuse: reviewed, for no SDK says it and Vercel's OpenAPI document is not kept.

Names, patterns and pairs are those of https://github.com/vercel/terraform-provider-vercel at v5.9.1 (c8a6711),
which the SDK's provider bridges; frameworks, regions, reserved names those of `providers.vercel.plans`.
Reviewed on 2026-11-26. What depends on the team's plan, nobody here knows.
"""

import re
from collections.abc import Iterator, Mapping

from providers.vercel.plans import (
    FRAMEWORKS,
    NODE_VERSIONS,
    REGIONS,
    RESERVED,
    SKEW_PROTECTION,
    TARGETS,
)
from simulator.validate import Failure
from wire_format import Properties, Value, is_unknown, reveal

PROJECT = "vercel:index/project:Project"
DOMAIN = "vercel:index/projectDomain:ProjectDomain"
VARIABLE = "vercel:index/projectEnvironmentVariable:ProjectEnvironmentVariable"
ENVIRONMENT = "vercel:index/customEnvironment:CustomEnvironment"
JUDGED = frozenset({PROJECT, DOMAIN, VARIABLE, ENVIRONMENT})
"""Types that are looked at."""
PROTECTED = ("standard_protection_new", "standard_protection", "all_deployments", "only_preview_deployments")
_CHOICES: Mapping[tuple[str, str], tuple[str, ...]] = {
    (PROJECT, "framework"): tuple(sorted(FRAMEWORKS)),
    (PROJECT, "nodeVersion"): NODE_VERSIONS,
    (PROJECT, "skewProtection"): SKEW_PROTECTION,
    (PROJECT, "gitRepository.type"): ("github", "gitlab", "bitbucket"),
    (PROJECT, "vercelAuthentication.deploymentType"): (*PROTECTED, "none"),
    (PROJECT, "passwordProtection.deploymentType"): PROTECTED,
    (PROJECT, "trustedIps.deploymentType"): (*PROTECTED, "only_production_deployments"),
    (PROJECT, "resourceConfig.functionDefaultRegions"): tuple(REGIONS.values()),
    (PROJECT, "serverlessFunctionRegion"): tuple(REGIONS.values()),
    (DOMAIN, "redirectStatusCode"): ("301", "302", "307", "308"),
    (VARIABLE, "targets"): TARGETS,
    (ENVIRONMENT, "branchTracking.type"): ("startsWith", "endsWith", "equals"),
}
"""The values that a property may have, by its path."""
_FORMS = {
    (PROJECT, "name"): (r"(?!.*---)[a-z0-9-]{1,100}", "up to 100 lower-case letters, digits and hyphens"),
    (PROJECT, "gitRepository.repo"): (r"[^/\s]+(/[^/\s]+)+", "owner and name, example/shop"),
    (DOMAIN, "domain"): (r"(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}", "a host name in lower case"),
    (VARIABLE, "key"): (r"[A-Za-z_][A-Za-z0-9_]*", "letters, digits and _, no digit first"),
    (ENVIRONMENT, "name"): (r"[a-z0-9-]{1,32}", "up to 32 lower-case letters, digits and hyphens"),
}
_TOGETHER = {
    DOMAIN: ("gitBranch", "customEnvironmentId", "redirect"),
    VARIABLE: ("value", "valueWo"),
    PROJECT: ("serverlessFunctionRegion", "resourceConfig.functionDefaultRegions"),
}
"""Of these a resource has one at the most."""


def vercel_faults(token: str, inputs: Properties) -> Iterator[Failure]:
    """Yield what Vercel would refuse of these inputs, by the property's path; unknown values pass."""
    plain = reveal(inputs)
    for (kind, path), allowed in _CHOICES.items():
        value = _at(plain, path) if kind == token else None
        for one in value if isinstance(value, list) else [value]:
            if one is not None and not is_unknown(one) and str(one).removesuffix(".0") not in allowed:
                yield Failure(path, f"given a value that Vercel does not have, allowed {', '.join(allowed)}")
    for (kind, path), (form, words) in _FORMS.items():
        value = _at(plain, path) if kind == token else None
        if isinstance(value, str) and not is_unknown(value) and not re.fullmatch(form, value):
            yield Failure(path, f"given a value that Vercel refuses, allowed {words}")
    given = [path for path in _TOGETHER.get(token, ()) if _at(plain, path) is not None]
    if len(given) > 1:
        yield Failure(given[1], f"given beside {given[0]}, allowed one of them")
    if token == VARIABLE:
        yield from _variable_faults(plain)
    elif token == ENVIRONMENT and plain.get("name") in TARGETS:
        yield Failure("name", "given a name that every project has, allowed another")
    elif token == DOMAIN and plain.get("redirectStatusCode") is not None and plain.get("redirect") is None:
        yield Failure("redirectStatusCode", "given alone, allowed with redirect")


def _variable_faults(plain: Properties) -> Iterator[Failure]:
    key, targets, branch = plain.get("key"), plain.get("targets"), plain.get("gitBranch")
    if key in RESERVED:
        # https://vercel.com/docs/environment-variables/reserved-environment-variables
        yield Failure("key", "given a name that Vercel keeps for itself, allowed another")
    if not targets and not plain.get("customEnvironmentIds"):
        yield Failure("targets", "missing; one of targets and customEnvironmentIds is required")
    if plain.get("value") is None and plain.get("valueWo") is None:
        yield Failure("value", "missing; one of value and valueWo is required")
    if branch is not None and isinstance(targets, list) and targets != ["preview"]:
        # https://vercel.com/docs/environment-variables#preview-environment-variables
        yield Failure("gitBranch", "given, allowed with the target preview alone")


def _at(value: Value, path: str) -> Value:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) and not is_unknown(value) else None
    return value
