"""Who is sent elsewhere, refused or challenged."""

from edge_rules.audience import calls, sign_in
from edge_rules.expression import NEVER, some
from edge_rules.fields import HOST, LEAKED_PASSWORD, PATH, at
from edge_rules.plans import PLAN_CAPABILITIES
from edge_rules.rule import Block, Challenge, ExecuteManaged, Redirect, Rule, Skip
from edge_rules.settings import Bots, EdgeSettings, Waf

FREE_RULESET_ID = "77454fe2d30c4220b5701f6fdfb893ba"
MANAGED_RULESET_ID = "efb7b8c949ac4650a09736fc376e9aee"
OWASP_RULESET_ID = "4814384a9e5d4991b9815dcfc25d2f1f"
HIDDEN_PATHS = ("/.env", "/.git/", "/.svn/", "/.aws/", "/.ssh/")
"""Beginnings of paths that only a scanner asks for; `/.well-known/` is none of them."""
BOT_FIGHT_PHASE = "http_request_sbfm"
"""Where Super Bot Fight Mode works: nothing of ours can be in it, but it can be left out."""


def redirects(settings: EdgeSettings) -> list[Rule]:
    """Return the rule that leads other names to the first name served."""
    return [
        Rule(
            ref="redirect-hostnames",
            description="One name for each page, so that caches and search engines see it once",
            when=HOST.among(*settings.redirect_hostnames),
            then=Redirect(hostname=settings.hostnames[0]),
        )
    ]


def custom(settings: EdgeSettings) -> list[Rule]:
    """Return our own firewall rules, in order: the first that refuses or challenges ends it."""
    plan = PLAN_CAPABILITIES[settings.plan]
    api = calls(settings) if settings.bots is Bots.SPARE_API else NEVER
    probed = settings.probe_paths if plan.bot_exceptions and settings.bots is not Bots.OFF else ()
    return [
        Rule(
            ref="api-no-challenge",
            description="Programs call these paths; rate limits guard them",
            when=some(api, at(*probed)) if probed else api,
            then=Skip(phases=(BOT_FIGHT_PHASE,)),
        ),
        Rule(
            ref="hidden-files",
            description="Secrets and histories that a build may have left behind",
            when=some(*map(PATH.lower().starts_with, HIDDEN_PATHS)),
            then=Block(status=404, content_type="text/plain", content="Not found")
            if plan.own_answers
            else Block(status=403, content_type="", content=""),
        ),
        Rule(
            ref="leaked-password",
            description="A sign-in with a password that is known from a leak shows that a person is there",
            when=sign_in(settings) & LEAKED_PASSWORD if settings.leaked_passwords else NEVER,
            then=Challenge(),
        ),
    ]


def managed(settings: EdgeSettings) -> list[Rule]:
    """Return Cloudflare's own rules; where the full set runs, the free one is in it."""
    if settings.waf is Waf.OFF:
        return []
    full = PLAN_CAPABILITIES[settings.plan].managed_rules
    sets = {
        "managed-free": ("Cloudflare Free Managed Ruleset", FREE_RULESET_ID, not full),
        "managed": ("Cloudflare Managed Ruleset", MANAGED_RULESET_ID, full),
        "owasp": ("Cloudflare OWASP Core Ruleset", OWASP_RULESET_ID, full and settings.owasp),
    }
    return [
        Rule(
            ref=ref,
            description=title,
            then=ExecuteManaged(
                title=title, ruleset_id=ruleset_id, action="log" if settings.waf is Waf.LOG else None
            ),
        )
        for ref, (title, ruleset_id, runs) in sets.items()
        if runs
    ]
