"""The catalogue of rules."""

from policies.judge import Catalogue
from policies.rules import database, edge, pooler

CATALOGUE = Catalogue((*database.RULES, *pooler.RULES, *edge.RULES))
"""Every rule, by subject."""

__all__ = ["CATALOGUE"]
