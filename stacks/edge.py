"""The edge of a stack, as its rules are made, traced and explained: no Pulumi here."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from edge_rules.fit import unsupported
from edge_rules.phases import phases
from edge_rules.plans import PLAN_CAPABILITIES, CloudflarePlan
from edge_rules.rule import Phase, Rule
from edge_rules.settings import EdgeSettings
from stacks.config.edge import ApiLimitConfig, CacheConfig, EdgeConfig, RateLimitsConfig
from stacks.config.edge_settings import requested_settings, settings_in_force
from stacks.config.stack import StackConfig


def edge_settings(config: StackConfig, edge: EdgeConfig) -> EdgeSettings:
    """Return everything that the rules of the zone `edge` of the stack depend on."""
    asked = config.probed_web
    probed = (config.web[asked].health_path.partition("?")[0],) if asked and edge.probe == "route53" else ()
    return replace(settings_in_force(edge), probe_paths=probed)


def edge_rules(config: StackConfig) -> Mapping[Phase, Sequence[Rule]]:
    """Return the rules of the stack's zone, phase by phase, in Cloudflare's order; empty without an edge."""
    return phases(edge_settings(config, config.edge)) if config.edge else {}


def edge_downgrades(config: StackConfig) -> list[str]:
    """Return the downgrades because of the plan, a sentence each; empty where the plan supports everything."""
    return list(edge_settings(config, config.edge).downgrades) if config.edge else []


def plan_numbers() -> dict[str, Mapping[str, int]]:
    """Return what each plan holds, by plan, for every number."""
    return {
        "rate limits": {plan: has.rate_limit_rules for plan, has in PLAN_CAPABILITIES.items()},
        "longest window of a rate limit, in seconds": {
            plan: has.longest_period_seconds for plan, has in PLAN_CAPABILITIES.items()
        },
        "shortest time a rule may keep an answer, in seconds": {
            plan: has.shortest_edge_ttl_seconds for plan, has in PLAN_CAPABILITIES.items()
        },
        "custom firewall rules": {plan: has.rules_of(Phase.FIREWALL) for plan, has in PLAN_CAPABILITIES.items()},
        "rules of each other phase": {plan: has.rules_of(Phase.CACHE) for plan, has in PLAN_CAPABILITIES.items()},
    }


def plan_losses() -> dict[str, Mapping[str, str]]:
    """Return what happens instead, by plan, for every key that some plan lacks when everything is asked for."""
    # Every default, and every choice that is off by default and needs a plan.
    everything = EdgeConfig(
        provider="cloudflare",
        plan="enterprise",
        account_id="0" * 32,
        zone="example.com",
        hostnames=["example.com"],
        rate_limits=RateLimitsConfig(
            api=ApiLimitConfig(except_signed_in=True, except_hostnames=["api.example.com"])
        ),
        cache=CacheConfig(session_cookies=["session"]),
        waf="log",
        owasp=True,
    )
    found: dict[str, dict[str, str]] = {}
    for plan in reversed(CloudflarePlan):
        for feature in unsupported(requested_settings(everything.model_copy(update={"plan": plan.value}))):
            effects = found.setdefault(feature.key, {})
            effects[plan] = f"{effects[plan]}; {feature.instead}" if plan in effects else feature.instead
    return {key: found[key] for key in sorted(found)}
