"""The catalogue of rules."""

from policies.rules import database, edge, pooler

CATALOGUE = (*database.RULES, *pooler.RULES, *edge.RULES)
"""Every rule, by subject."""

__all__ = ["CATALOGUE"]
