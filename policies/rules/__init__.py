"""The catalogue of rules.

Every control id that a rule names was looked up where it is defined: `CKV…` in
https://github.com/bridgecrewio/checkov (03d5fda), `AWS-…` in
https://github.com/aquasecurity/trivy-checks (80e5382).
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

from policies.judge import Catalogue
from policies.rules import (
    alerting,
    balancer,
    change,
    connections,
    container,
    database,
    delivery,
    edge,
    exposure,
    fly,
    iam,
    neon,
    network,
    parameters,
    platform,
    pooler,
    redis,
    redis_cloud,
    secrets,
    service,
    storage,
    stores,
    supabase,
    upkeep,
    vercel,
    zone,
)

STANDARDS: Final = json.loads(Path(__file__).with_name("standards.json").read_text(encoding="utf-8"))["rules"]
"""Rule to the ids that it meets in the Foundational Security Best Practices, the CIS benchmark and Prowler."""

_RULES = (
    *(*database.RULES, *upkeep.RULES, *parameters.RULES, *connections.RULES, *pooler.RULES, *redis.RULES),
    *(*service.RULES, *container.RULES, *exposure.RULES, *balancer.RULES, *network.RULES, *storage.RULES),
    *(*secrets.RULES, *iam.RULES, *edge.RULES, *zone.RULES, *alerting.RULES, *stores.RULES, *change.RULES),
    *(
        *platform.RULES,
        *delivery.RULES,
        *supabase.RULES,
        *neon.RULES,
        *redis_cloud.RULES,
        *vercel.RULES,
        *fly.RULES,
    ),
)

CATALOGUE = Catalogue(replace(rule, standards=tuple(STANDARDS.get(rule.id, ()))) for rule in _RULES)
"""Every rule, by subject."""

__all__ = ["CATALOGUE"]
