"""The catalogue as a whole: every row of the research is a rule, and every rule says what it needs to say."""

import re
from pathlib import Path

import pytest

from policies import limits
from policies.rule import AnyRule, Level, Rule
from policies.rules import CATALOGUE, STANDARDS
from tests.stack_keys import has_key

MANDATORY, ADVISORY, OFF = Level.MANDATORY, Level.ADVISORY, Level.OFF

ROWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "RDS-001": ("M/M", ("database-storage-encrypted",)),
    "RDS-002": ("M/M", ("database-not-public",)),
    "RDS-003": ("A/M", ("database-multi-az",)),
    "RDS-004": ("M/M", ("database-backups",)),
    "RDS-004 in production": ("-/M", ("database-backups-week",)),
    "RDS-005": ("A/M", ("database-deletion-protection",)),
    "RDS-006": ("A/M", ("database-final-snapshot",)),
    "RDS-007": ("M/M", ("database-forced-tls",)),
    "RDS-008": ("M/M", ("database-max-connections",)),
    "RDS-009": ("M/M", ("database-static-parameters",)),
    "RDS-010": ("M/M", ("database-parameter-group",)),
    "RDS-011": ("A/M", ("database-logs-exported",)),
    "RDS-012": ("A/A", ("database-slow-query-log",)),
    "RDS-013": ("-/A", ("database-performance-insights",)),
    "RDS-014": ("-/M", ("database-enhanced-monitoring",)),
    "RDS-015": ("A/M", ("database-minor-upgrades",)),
    "RDS-016": ("A/M", ("database-current-authority",)),
    "RDS-017": ("A/A", ("database-snapshot-tags",)),
    "RDS-018": ("M/M", ("database-no-literal-password",)),
    "RDS-019": ("A/M", ("database-owner-name",)),
    "RDS-020": ("M/M", ("database-private-network",)),
    "RDS-021": ("A/M", ("database-storage-ceiling",)),
    "RDS-022": ("-/A", ("database-no-immediate-changes",)),
    "POOL-001": ("M/M", ("pooler-server-connections",)),
    "POOL-002": ("M/M", ("connection-budget",)),
    "POOL-003": ("M/M", ("pooler-transaction-mode", "pooler-verified-tls")),
    "POOL-004": ("A/M", ("database-ingress-from-pooler",)),
    "RED-001": ("M/M", ("redis-storage-encrypted",)),
    "RED-002": ("M/M", ("redis-tls-required",)),
    "RED-003": ("M/M", ("redis-authentication",)),
    "RED-004": ("A/M", ("redis-failover",)),
    "RED-005": ("A/M", ("redis-snapshots",)),
    "RED-005 in production": ("-/M", ("redis-snapshots-week",)),
    "RED-006": ("M/M", ("redis-private-network", "redis-serverless-private-network")),
    "RED-007": ("A/A", ("redis-minor-upgrades",)),
    "UPS-001": ("M/M", ("upstash-tls", "upstash-eviction")),
    "UPS-001 in production": ("A/M", ("upstash-zones",)),
    "ECS-001": ("M/M", ("service-no-public-address",)),
    "ECS-002": ("A/M", ("service-circuit-breaker",)),
    "ECS-003": ("-/M", ("service-two-tasks",)),
    "ECS-004": ("A/M", ("service-scaling", "scaling-bounds", "scaling-target")),
    "ECS-005": ("M/M", ("container-not-privileged",)),
    "ECS-006": ("A/M", ("container-user",)),
    "ECS-007": ("A/M", ("container-read-only-root",)),
    "ECS-008": ("M/M", ("container-no-secret-literal", "container-no-secret-in-browser")),
    "ECS-009": ("M/M", ("container-logs",)),
    "ECS-010": ("A/M", ("cluster-container-insights",)),
    "ECS-011": ("A/A", ("service-platform",)),
    "ECS-012": ("A/M", ("task-separate-roles",)),
    "ECS-013": ("A/M", ("container-image-pinned",)),
    "ECR-001": ("A/M", ("registry-fixed-tags", "registry-scan")),
    "ALB-001": ("M/M", ("balancer-https",)),
    "ALB-002": ("M/M", ("balancer-tls-version",)),
    "ALB-003": ("M/M", ("balancer-invalid-headers", "balancer-desync")),
    "ALB-004": ("A/M", ("balancer-access-logs", "balancer-deletion-protection")),
    "ALB-005": ("M/M", ("target-health-check",)),
    "S3-001": ("M/M", ("bucket-no-public-access",)),
    "S3-002": ("A/M", ("bucket-versions", "bucket-lifecycle", "bucket-https")),
    "VPC-001": ("A/M", ("network-flow-logs",)),
    "VPC-002": ("M/M", ("network-no-open-ingress",)),
    "VPC-003": (
        "A/M",
        ("network-default-group-closed", "network-default-group-adopted", "network-subnet-addresses"),
    ),
    # The row demands both in production. Encryption is on without an own key, and passwords are changed by a
    # phase in the stack's file: a bill and a function more are a person's choice.
    "SEC-001": ("A/A", ("secret-rotation", "secret-own-key")),
    "IAM-001": ("M/M", ("iam-no-wildcard", "iam-no-public-trust")),
    "CF-001": ("M/M", ("edge-api-rate", "edge-api-burst", "edge-auth-rate", "edge-rate-by-address")),
    "CF-002": (
        "M/M",
        (
            *("zone-strict-tls", "zone-tls-version", "zone-https", "zone-settings", "zone-managed-firewall"),
            *("edge-private-not-cached", "edge-cookies-not-cached"),
        ),
    ),
    "OBS-001": ("A/M", ("alerts-on-services", "service-error-reports")),
    "OBS-001 logs": ("M/M", ("log-retention",)),
}
"""Row of the catalogue to its levels, staging before production, and to our rules. Two rows demand more in
production than elsewhere, and so does a part of a third: each of these has a rule of its own."""

BEYOND_THE_ROWS = {
    *("edge-failed-logins", "alerts-on-data", "alerts-wake-nobody-for-staging", "stateful-protected"),
    "prometheus-store-not-on-nfs",
    *(
        "bucket-copy-measured",
        "bucket-no-forced-deletion",
        "distribution-https",
        "distribution-tls-version",
        "secret-recovery",
    ),
    *("log-retention-year", "log-own-key", "iam-no-administrator", "iam-no-account-trust"),
    "pooler-not-master-user",
    *(
        "deploy-from-named-branches",
        "deploy-reviewed",
        "key-rotation",
        "key-deletion-window",
        "topic-encrypted",
        "disk-encrypted",
        "table-recovery",
    ),
    *("bucket-encrypted", "bucket-aborts-uploads", "bucket-no-acls", "distribution-sni", "task-own-processes"),
    *("database-iam-authentication", "service-no-exec", "balancer-cross-zone", "cluster-exec-logged"),
    *("neon-networks-closed", "neon-networks-restricted", "neon-never-suspended", "neon-own-pool"),
    *("redis-cloud-networks-closed", "redis-cloud-persistence", "redis-cloud-tls"),
    *("vercel-preview-protection", "vercel-browser-variable", "vercel-secret-sensitive"),
    *("fly-https", "fly-no-secret-literal", "fly-health-check", "fly-image-pinned", "fly-transaction-mode"),
    *("supabase-max-connections", "supabase-networks-closed", "supabase-pool-size", "supabase-project-networks"),
    *("supabase-project-tls", "supabase-tls-enforced", "supabase-transaction-mode"),
    *("network-no-open-egress", "machine-metadata", "distribution-signs-requests", "distribution-hsts"),
}
"""Rules that the issue asks for, or that go with one of the rows."""


def test_every_row_of_the_catalogue_is_a_rule_and_every_rule_is_a_row():
    rows = {row.partition(" ")[0] for row in ROWS}
    assert len(rows - {"OBS-001"}) == 62
    listed = [rule for _, rules in ROWS.values() for rule in rules]
    assert len(listed) == len(set(listed))
    assert {*listed, *BEYOND_THE_ROWS} == set(CATALOGUE.by_id)


@pytest.mark.parametrize("row", ROWS)
def test_rules_have_the_levels_of_their_row(row: str):
    levels, rules = ROWS[row]
    names = {"M": MANDATORY, "A": ADVISORY, "-": OFF}
    staging, production = (names[it] for it in levels.split("/"))
    for rule in rules:
        found = CATALOGUE.by_id[rule].levels
        assert (found.at("staging"), found.at("production")) == (staging, production), rule


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=lambda rule: rule.id)
def test_rule_says_what_it_is_and_what_to_do(rule: AnyRule):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
    assert rule.title[0].isupper()
    assert rule.remedy.endswith(".")
    assert not rule.title.endswith(".")
    assert re.fullmatch(r".+[^.]", rule.why)
    assert rule.source
    assert rule.types
    assert [it for it in rule.controls if not re.fullmatch(r"CKV2?_AWS_\d+|AWS-\d{4}", it)] == []


def test_standards_name_rules_that_there_are():
    assert set(STANDARDS) - set(CATALOGUE.by_id) == set()
    standard = r"FSBP [A-Za-z0-9]+\.\d+|CIS \d+(\.\d+)+|Prowler [a-z0-9_]+"
    assert [it for rule in CATALOGUE for it in rule.standards if not re.fullmatch(standard, it)] == []
    assert "FSBP RDS.3" in CATALOGUE.by_id["database-storage-encrypted"].standards


def test_ids_are_unique():
    assert len(CATALOGUE.by_id) == len(CATALOGUE)


NEVER_WAIVED = {
    *("neon-networks-closed", "redis-cloud-networks-closed", "redis-cloud-tls", "vercel-browser-variable"),
    *("fly-https", "fly-no-secret-literal"),
    *("supabase-networks-closed", "supabase-project-networks", "supabase-project-tls", "supabase-tls-enforced"),
    *("database-storage-encrypted", "database-not-public", "database-backups", "database-no-literal-password"),
    *("database-private-network", "database-forced-tls", "pooler-verified-tls", "redis-storage-encrypted"),
    *("redis-tls-required", "redis-authentication", "upstash-tls", "container-no-secret-literal"),
    *("container-no-secret-in-browser", "balancer-https", "bucket-no-public-access", "iam-no-public-trust"),
    *("zone-strict-tls", "zone-tls-version", "zone-https", "edge-private-not-cached", "edge-cookies-not-cached"),
}


def test_what_can_never_be_excused_stops_production():
    fixed = [rule for rule in CATALOGUE if not rule.waivable]
    assert {rule.id for rule in fixed} == NEVER_WAIVED
    assert all(rule.levels.at("production") is MANDATORY for rule in fixed)


def test_environment_nobody_knows_is_held_to_productions_level():
    for rule in CATALOGUE:
        assert rule.levels.at("prod-eu") is rule.levels.at("production")


def test_every_documented_limit_has_a_rule_over_one_resource():
    held = {rule.limit.key: rule.keys for rule in CATALOGUE if isinstance(rule, Rule) and rule.limit}
    assert held == {limit.key: (limit.key,) for limit in limits.DOCUMENTED}


@pytest.mark.parametrize("rule", [rule for rule in CATALOGUE if rule.keys], ids=lambda rule: rule.id)
def test_keys_of_a_rule_are_keys_of_the_stack_file(rule: AnyRule):
    assert [key for key in rule.keys if not has_key(key)] == []
    excepted = rule.limit is not None and rule.limit.key in limits.EXCEPTABLE
    way_out = ", or add an entry to limit_exceptions" if excepted else ""
    changed = f"Change {' or '.join(rule.keys)} in the stack's file{way_out}."
    assert rule.remediation == f"{changed} Elsewhere: {rule.remedy}"


def test_rule_without_a_key_says_so():
    rule = CATALOGUE.by_id["database-storage-encrypted"]
    assert rule.remediation.startswith("No key of the stack's file: the component sets it; report a bug.")


def test_control_that_the_docs_leave_without_a_rule_stands_at_none() -> None:
    page = (Path(__file__).parents[2] / "docs" / "policies.md").read_text()
    table = page.partition("Known controls without a rule")[2].partition("\n## ")[0]
    names = [line.split("|")[1] for line in table.splitlines() if line.startswith("| ")]
    left = {it for name in names for it in re.findall(r"CKV2?_AWS_\d+|\b[A-Z][A-Za-z0-9]+\.\d+", name)}
    met = {it.removeprefix("FSBP ") for rule in CATALOGUE.rules for it in (*rule.controls, *rule.standards)}
    assert {"CloudFront.1", "RDS.26", "CKV_AWS_145"} <= left
    assert left & met == set()
    # And each rule that a reason names is one.
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", table))
    assert named - {rule.id for rule in CATALOGUE.rules} == set()
