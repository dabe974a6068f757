"""The catalogue of rules.

Every control id that a rule names was looked up where it is defined: `CKV…` in
https://github.com/bridgecrewio/checkov (03d5fda), `AWS-…` in
https://github.com/aquasecurity/trivy-checks (80e5382).
"""

from policies.judge import Catalogue
from policies.rules import (
    alerting,
    balancer,
    change,
    connections,
    container,
    database,
    edge,
    exposure,
    iam,
    network,
    parameters,
    platform,
    pooler,
    redis,
    secrets,
    service,
    storage,
    stores,
    upkeep,
    zone,
)

CATALOGUE = Catalogue(
    (
        *(*database.RULES, *upkeep.RULES, *parameters.RULES, *connections.RULES, *pooler.RULES, *redis.RULES),
        *(*service.RULES, *container.RULES, *exposure.RULES, *balancer.RULES, *network.RULES, *storage.RULES),
        *(*secrets.RULES, *iam.RULES, *edge.RULES, *zone.RULES, *alerting.RULES, *stores.RULES, *change.RULES),
        *platform.RULES,
    )
)
"""Every rule, by subject."""

__all__ = ["CATALOGUE"]
