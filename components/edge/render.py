"""Rules in the provider's classes: every field is set, because one left out comes back as a difference."""

import pulumi_cloudflare as cloudflare

from edge_rules.rule import (
    KEYED_BY,
    Action,
    Block,
    BypassCache,
    CacheControl,
    Challenge,
    Compress,
    EligibleForCache,
    ExecuteManaged,
    RateLimit,
    Redirect,
    Rule,
    SetHeaders,
    Skip,
)

Parameters = cloudflare.RulesetRuleActionParametersArgs


def ruleset_rule(rule: Rule) -> cloudflare.RulesetRuleArgs:
    """Return `rule` in the provider's classes."""
    name, parameters = _action(rule.then)
    return cloudflare.RulesetRuleArgs(
        ref=rule.ref,
        description=rule.description,
        expression=rule.when.text(),
        action=name,
        action_parameters=parameters,
        ratelimit=cloudflare.RulesetRuleRatelimitArgs(
            characteristics=list(rule.then.counters),
            period=rule.then.period_seconds,
            requests_per_period=rule.then.requests,
            mitigation_timeout=rule.then.mitigation_seconds,
            requests_to_origin=rule.then.only_uncached,
            counting_expression=rule.then.counted.text() if rule.then.counted else None,
        )
        if isinstance(rule.then, RateLimit)
        else None,
        enabled=True,
    )


def _action(then: Action) -> tuple[str, Parameters | None]:
    """Return Cloudflare's name of an action, and its parameters."""
    match then:
        case RateLimit():
            return _action(then.then)
        case Challenge():
            return "managed_challenge", None
        case Block():
            return "block", (
                Parameters(
                    response=cloudflare.RulesetRuleActionParametersResponseArgs(
                        content=then.content, content_type=then.content_type, status_code=then.status
                    )
                )
                if then.content
                else None
            )
        case Skip():
            return "skip", Parameters(phases=list(then.phases))
        case Redirect():
            return "redirect", Parameters(
                from_value=cloudflare.RulesetRuleActionParametersFromValueArgs(
                    target_url=cloudflare.RulesetRuleActionParametersFromValueTargetUrlArgs(
                        expression=f'concat("https://{then.hostname}", http.request.uri.path)'
                    ),
                    status_code=then.status,
                    preserve_query_string=True,
                )
            )
        case ExecuteManaged():
            overrides = then.action and cloudflare.RulesetRuleActionParametersOverridesArgs(action=then.action)
            return "execute", Parameters(id=then.ruleset_id, overrides=overrides or None)
        case BypassCache():
            return "set_cache_settings", Parameters(cache=False)
        case EligibleForCache():
            silent = "respect_origin" if then.by_status else "bypass_by_default"
            return "set_cache_settings", Parameters(
                cache=True,
                edge_ttl=cloudflare.RulesetRuleActionParametersEdgeTtlArgs(
                    mode="override_origin" if then.edge_ttl_seconds else silent,
                    default=then.edge_ttl_seconds,
                ),
                browser_ttl=cloudflare.RulesetRuleActionParametersBrowserTtlArgs(mode="respect_origin"),
                cache_key=cloudflare.RulesetRuleActionParametersCacheKeyArgs(
                    cache_deception_armor=True, ignore_query_strings_order=True
                ),
                respect_strong_etags=True,
                vary=cloudflare.RulesetRuleActionParametersVaryArgs(
                    default=cloudflare.RulesetRuleActionParametersVaryDefaultArgs(action="bypass"),
                    headers={
                        name: cloudflare.RulesetRuleActionParametersVaryHeadersArgs(
                            # Elsewhere it would lose parameters that PostgREST reads in Accept.
                            action="normalize" if name == "accept-encoding" else "passthrough"
                        )
                        for name in KEYED_BY
                    },
                ),
            )
        case _:
            return _answer_action(then)


def _answer_action(then: CacheControl | SetHeaders | Compress) -> tuple[str, Parameters]:
    """Return the same for an action on an answer."""
    match then:
        case CacheControl():
            return "set_cache_control", _directives(then)
        case SetHeaders():
            return "rewrite", Parameters(
                headers={
                    name: cloudflare.RulesetRuleActionParametersHeadersArgs(operation="remove")
                    if value is None
                    else cloudflare.RulesetRuleActionParametersHeadersArgs(operation="set", value=value)
                    for name, value in then.headers.items()
                }
            )
        case Compress():
            return "compress_response", Parameters(
                algorithms=[
                    cloudflare.RulesetRuleActionParametersAlgorithmArgs(name=name) for name in then.algorithms
                ]
            )


def _directives(control: CacheControl) -> Parameters:
    only = control.cloudflare_only
    age, stale = control.max_age_seconds, control.stale_while_revalidate_seconds
    return Parameters(
        max_age=None
        if age is None
        else cloudflare.RulesetRuleActionParametersMaxAgeArgs(operation="set", value=age, cloudflare_only=only),
        stale_while_revalidate=None
        if stale is None
        else cloudflare.RulesetRuleActionParametersStaleWhileRevalidateArgs(
            operation="set", value=stale, cloudflare_only=only
        ),
        immutable=cloudflare.RulesetRuleActionParametersImmutableArgs(operation="set", cloudflare_only=only)
        if control.immutable
        else None,
        public=cloudflare.RulesetRuleActionParametersPublicArgs(operation="set", cloudflare_only=only)
        if control.public
        else None,
        no_store=cloudflare.RulesetRuleActionParametersNoStoreArgs(operation="set", cloudflare_only=only)
        if control.no_store
        else None,
    )
