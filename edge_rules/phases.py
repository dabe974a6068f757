"""All rules of a zone, phase by phase."""

from edge_rules import cache, firewall, rates, responses
from edge_rules.expression import NEVER
from edge_rules.rule import Phase, Rule
from edge_rules.settings import EdgeSettings


def phases(settings: EdgeSettings) -> dict[Phase, tuple[Rule, ...]]:
    """Return the rules of each phase in order; rules that never hold, and phases without rules, are left out.

    Cloudflare refuses a second rule set in a phase, so no other component can add one.
    """
    rules = {
        Phase.REDIRECT: firewall.redirects(settings),
        Phase.FIREWALL: firewall.custom(settings),
        Phase.RATE_LIMIT: rates.limits(settings),
        Phase.MANAGED_FIREWALL: firewall.managed(settings),
        # The last match wins: nothing may cache what the bypass rules exclude.
        Phase.CACHE: [*cache.eligible(settings), *cache.bypass(settings)],
        Phase.RESPONSE_CACHE: [*responses.lifetimes(settings), *responses.no_store(settings)],
        Phase.RESPONSE_HEADERS: responses.headers(settings),
        Phase.COMPRESSION: responses.compression(),
    }
    possible = {phase: tuple(rule for rule in its if rule.when != NEVER) for phase, its in rules.items()}
    return {phase: its for phase, its in possible.items() if its}
