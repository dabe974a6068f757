"""The records, settings and rules of a zone: one rule set for each phase."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_cloudflare as cloudflare

from components._cloudflare.plans import CloudflarePlan
from components._component import Component
from components._signals import Signals
from components.edge import rules, signals
from components.edge.args import EdgeArgs

COMPRESSION = ("brotli", "gzip")
"""Methods, best first."""

AUTOMATIC_TTL = 1
"""Cloudflare's word for "automatic" in a record's TTL; a proxied record allows no other."""

SETTINGS: Mapping[str, str | int] = {
    "ssl": "strict",
    "min_tls_version": "1.2",
    "tls_1_3": "on",
    "always_use_https": "on",
    "cache_level": "aggressive",
    "browser_cache_ttl": 0,
}
"""Zone settings. `aggressive` is the dashboard's "Standard" level, 0 its "Respect Existing Headers".

Deleting a setting leaves its value as it is: Cloudflare has no default to go back to.
"""

BOTS: Mapping[CloudflarePlan, Mapping[str, Any]] = {
    # Bot Fight Mode knows no exception, so on this plan it would challenge the programs that call the API.
    CloudflarePlan.FREE: {"enable_js": True, "fight_mode": False},
    CloudflarePlan.PRO: {
        "enable_js": True,
        "sbfm_definitely_automated": "managed_challenge",
        "sbfm_static_resource_protection": False,
        "sbfm_verified_bots": "allow",
    },
    CloudflarePlan.BUSINESS: {
        "enable_js": True,
        "sbfm_definitely_automated": "managed_challenge",
        "sbfm_likely_automated": "managed_challenge",
        "sbfm_static_resource_protection": False,
        "sbfm_verified_bots": "allow",
    },
    # Bot Management is a product of its own here; what a contract holds is set with that contract.
    CloudflarePlan.ENTERPRISE: {"enable_js": True},
}
"""Only what a plan knows: the rest comes back as a difference that never ends.

Source: https://developers.cloudflare.com/bots/plans/
"""

REFUSAL = cloudflare.RulesetRuleActionParametersResponseArgs(
    content=json.dumps({"error": "too_many_requests"}),
    content_type="application/json",
    status_code=429,
)
"""What a client over the limit gets: programs call these paths, so no challenge page."""


class Edge(Component):
    """What one zone does before one origin. It owns every rule of the zone: two edges cannot share one."""

    zone_id: pulumi.Output[str]
    """Id of the zone."""
    urls: pulumi.Output[Sequence[str]]
    """Address of every host name, `https://` first."""

    def __init__(self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        self.zone_id = pulumi.Output.from_input(args.zone_id)
        self._make_records()
        self._make_settings()
        self._make_tiered_cache()
        self._make_bot_rules()
        self._make_cache_rules()
        self._make_rate_limits()
        self._make_response_rules()
        self.urls = pulumi.Output.from_input([f"https://{hostname}" for hostname in args.hostnames])
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return signals.signals(self._args)

    def _make_records(self) -> None:
        for hostname in self._args.hostnames:
            cloudflare.DnsRecord(
                f"{self._name}-{hostname}",
                zone_id=self.zone_id,
                name=hostname,
                type="CNAME",
                content=self._args.origin_hostname,
                proxied=True,
                ttl=AUTOMATIC_TTL,
                opts=self._child(),
            )

    def _make_settings(self) -> None:
        for setting, value in SETTINGS.items():
            cloudflare.ZoneSetting(
                f"{self._name}-{setting.replace('_', '-')}",
                zone_id=self.zone_id,
                setting_id=setting,
                value=value,
                opts=self._child(),
            )

    def _make_tiered_cache(self) -> None:
        # Smart tiered caching needs both: the first turns tiers on, the second picks them.
        tiers = cloudflare.ArgoTieredCaching(
            f"{self._name}-tiers", zone_id=self.zone_id, value="on", opts=self._child()
        )
        cloudflare.TieredCache(
            f"{self._name}-smart-tiers", zone_id=self.zone_id, value="on", opts=self._child(depends_on=[tiers])
        )

    def _make_bot_rules(self) -> None:
        cloudflare.BotManagement(
            f"{self._name}-bots", zone_id=self.zone_id, opts=self._child(), **BOTS[self._args.plan]
        )
        skip = cloudflare.RulesetRuleActionParametersArgs(phases=["http_request_sbfm"])
        self._make_ruleset(
            "http_request_firewall_custom",
            [_rule(rule, "skip", skip) for rule in rules.bot_exception_rules(self._args)],
        )

    def _make_cache_rules(self) -> None:
        self._make_ruleset(
            "http_request_cache_settings",
            [_rule(rule, "set_cache_settings", _cache_parameters(rule)) for rule in rules.cache_rules(self._args)],
        )

    def _make_rate_limits(self) -> None:
        refuse = cloudflare.RulesetRuleActionParametersArgs(response=REFUSAL)
        self._make_ruleset(
            "http_ratelimit",
            [_rule(rule, "block", refuse, ratelimit=_ratelimit(rule)) for rule in rules.rate_rules(self._args)],
        )

    def _make_response_rules(self) -> None:
        never = cloudflare.RulesetRuleActionParametersArgs(
            no_store=cloudflare.RulesetRuleActionParametersNoStoreArgs(operation="set", cloudflare_only=False)
        )
        compress = cloudflare.RulesetRuleActionParametersArgs(
            algorithms=[cloudflare.RulesetRuleActionParametersAlgorithmArgs(name=name) for name in COMPRESSION]
        )
        self._make_ruleset(
            "http_response_cache_settings",
            [_rule(rule, "set_cache_control", never) for rule in rules.never_stored_rules(self._args)],
        )
        self._make_ruleset(
            "http_response_compression",
            [_rule(rule, "compress_response", compress) for rule in rules.compression_rules()],
        )

    def _make_ruleset(self, phase: str, rendered: list[cloudflare.RulesetRuleArgs]) -> None:
        """Make the only rule set of a phase: Cloudflare refuses a second one in the same zone."""
        if not rendered:
            return
        cloudflare.Ruleset(
            f"{self._name}-{phase.replace('_', '-')}",
            zone_id=self.zone_id,
            kind="zone",
            name="default",
            phase=phase,
            rules=rendered,
            # A replacement made first would be the second rule set of its phase.
            opts=self._child(delete_before_replace=True),
        )


def _rule(
    rule: rules.CacheRule | rules.RateRule | rules.MatchRule,
    action: str,
    parameters: cloudflare.RulesetRuleActionParametersArgs,
    ratelimit: cloudflare.RulesetRuleRatelimitArgs | None = None,
) -> cloudflare.RulesetRuleArgs:
    return cloudflare.RulesetRuleArgs(
        ref=rule.ref,
        description=rule.description,
        expression=rule.expression,
        action=action,
        action_parameters=parameters,
        ratelimit=ratelimit,
        enabled=True,
    )


def _cache_parameters(rule: rules.CacheRule) -> cloudflare.RulesetRuleActionParametersArgs:
    if not rule.keep:
        return cloudflare.RulesetRuleActionParametersArgs(cache=False)
    return cloudflare.RulesetRuleActionParametersArgs(
        cache=True,
        edge_ttl=cloudflare.RulesetRuleActionParametersEdgeTtlArgs(
            mode="bypass_by_default" if rule.edge_ttl_seconds is None else "override_origin",
            default=rule.edge_ttl_seconds,
        ),
        browser_ttl=cloudflare.RulesetRuleActionParametersBrowserTtlArgs(
            mode="respect_origin" if rule.browser_ttl_seconds is None else "override_origin",
            default=rule.browser_ttl_seconds,
        ),
        cache_key=cloudflare.RulesetRuleActionParametersCacheKeyArgs(
            cache_deception_armor=True, ignore_query_strings_order=True
        ),
        respect_strong_etags=True,
    )


def _ratelimit(rule: rules.RateRule) -> cloudflare.RulesetRuleRatelimitArgs:
    """Every field is written: one left out comes back with the server's value as a difference."""
    return cloudflare.RulesetRuleRatelimitArgs(
        # Counters are kept in each data centre; Cloudflare refuses a limit that does not say so.
        characteristics=["cf.colo.id", "ip.src"],
        period=rule.period_seconds,
        requests_per_period=rule.requests,
        mitigation_timeout=rule.period_seconds,
        requests_to_origin=False,
    )
