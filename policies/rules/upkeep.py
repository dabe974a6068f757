"""Rules of RDS instances: how they are watched and kept up to date."""

from functools import partial
from typing import Final

from policies.judgement import PASSED, Judgement, decide, fail, seen, undecided
from policies.resource import Resource
from policies.rule import ADVICE, ADVICE_IN_PRODUCTION, IN_PRODUCTION, ONLY_PRODUCTION, Rule, Severity
from policies.rules.reading import both, flag, must, only, text, unreadable, where, whole_number, word
from policies.rules.tokens import CLUSTER_INSTANCES, CLUSTERS, DATABASE

AUTHORITIES: Final = ("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html

Without one, RDS takes the first.
"""
MONITORING_SECONDS: Final = (1, 5, 10, 15, 30, 60)


def _may_grow(resource: Resource) -> Judgement:
    ceiling, size = resource.get("maxAllocatedStorage"), resource.get("allocatedStorage")
    if unreadable(ceiling, size):
        return undecided("the size of the storage")
    most, now = whole_number(ceiling), whole_number(size)
    # A replica has its size from its source; a snapshot brings its own.
    smallest = 0 if size is None else now
    if most is not None and smallest is not None and most > smallest:
        return PASSED
    return fail(f"maxAllocatedStorage {seen(ceiling)}", "maxAllocatedStorage above allocatedStorage")


def _logs(resource: Resource) -> Judgement:
    exported = resource.get("enabledCloudwatchLogsExports")
    names = exported if isinstance(exported, list) else []
    wanted = ("postgresql", "upgrade") if resource.type == DATABASE else ("postgresql",)
    missing = [name for name in wanted if name not in names]
    return decide(
        "enabledCloudwatchLogsExports",
        f"no export of {' and '.join(missing)}",
        " and ".join(wanted),
        holds=not missing,
        doubtful=unreadable(exported, *names),
    )


_rule = partial(Rule, types=frozenset({DATABASE}))
_AURORA, _MEMBER = CLUSTERS[0], CLUSTER_INSTANCES[0]
_medium_in_production = partial(_rule, levels=IN_PRODUCTION, severity=Severity.MEDIUM)

RULES: Final = (
    _medium_in_production(
        id="database-logs-exported",
        title="PostgreSQL's logs reach CloudWatch",
        why="RDS keeps them for days only, on the instance that failed",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html",
        remedy="Set enabledCloudwatchLogsExports to postgresql and upgrade.",
        controls=("CKV_AWS_129", "CKV_AWS_324"),
        types=frozenset({DATABASE, _AURORA}),
        check=only(
            where("engine", lambda engine: engine is None or "postgres" in str(engine)), _logs, what="the engine"
        ),
    ),
    _medium_in_production(
        id="database-iam-authentication",
        title="People reach the database with a role, not with a shared password",
        why="nobody can tell who it was, and the password leaves with them",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html",
        remedy="Set iamDatabaseAuthenticationEnabled.",
        controls=("CKV_AWS_161", "CKV_AWS_162", "AWS-0176"),
        types=frozenset({DATABASE, _AURORA}),
        check=flag("iamDatabaseAuthenticationEnabled"),
    ),
    _rule(
        id="database-performance-insights",
        title="Performance Insights is on",
        why="nobody can tell afterwards which query was slow",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.html",
        remedy="Set performanceInsightsEnabled; RDS encrypts what it keeps.",
        severity=Severity.LOW,
        levels=ADVICE_IN_PRODUCTION,
        controls=("CKV_AWS_353", "AWS-0133"),
        types=frozenset({DATABASE, _MEMBER}),
        check=flag("performanceInsightsEnabled"),
    ),
    _rule(
        id="database-enhanced-monitoring",
        title="The database's operating system is measured",
        why="an instance that swaps looks only slow",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.html",
        remedy="Set monitoringInterval and monitoringRoleArn.",
        severity=Severity.MEDIUM,
        levels=ONLY_PRODUCTION,
        controls=("CKV_AWS_118",),
        types=frozenset({DATABASE, _MEMBER}),
        check=both(
            must(
                "monitoringInterval",
                hold=lambda interval: whole_number(interval) in MONITORING_SECONDS,
                required=f"{MONITORING_SECONDS[0]} to {MONITORING_SECONDS[-1]} s",
            ),
            text("monitoringRoleArn"),
        ),
    ),
    _medium_in_production(
        id="database-minor-upgrades",
        title="Minor versions of PostgreSQL are installed by themselves",
        why="security fixes wait for somebody to remember them",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html",
        remedy="Set autoMinorVersionUpgrade.",
        controls=("CKV_AWS_226",),
        types=frozenset({DATABASE, *CLUSTER_INSTANCES}),
        check=flag("autoMinorVersionUpgrade", default=True),
    ),
    _rule(
        id="database-current-authority",
        title="The database's certificate is of a current authority",
        why="clients that verify refuse it on the day the old authority ends",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html",
        remedy="Set caCertIdentifier to a current one.",
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_211",),
        types=frozenset({DATABASE, _MEMBER}),
        check=word("caCertIdentifier", allowed=AUTHORITIES, default=AUTHORITIES[0], known=("rds-ca-2019",)),
    ),
    _rule(
        id="database-snapshot-tags",
        title="Snapshots have the database's tags",
        why="nobody knows whose a snapshot is",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html",
        remedy="Set copyTagsToSnapshot.",
        severity=Severity.LOW,
        levels=ADVICE,
        controls=("CKV2_AWS_60", "CKV_AWS_313"),
        types=frozenset({DATABASE, _AURORA}),
        check=flag("copyTagsToSnapshot"),
    ),
    _rule(
        id="database-storage-ceiling",
        title="The database's storage may grow, up to a ceiling",
        why="a full disk stops PostgreSQL",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html",
        remedy="Set maxAllocatedStorage above allocatedStorage.",
        keys=("database.storage_max_gib",),
        levels=IN_PRODUCTION,
        check=_may_grow,
    ),
    _rule(
        id="database-no-immediate-changes",
        title="Changes of the database wait for its maintenance window",
        why="a restart at noon is an outage",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ModifyInstance.ApplyImmediately.html",
        remedy="Unset applyImmediately.",
        keys=("database.upgrade.apply_immediately",),
        severity=Severity.MEDIUM,
        levels=ADVICE_IN_PRODUCTION,
        check=flag("applyImmediately", expected=False),
    ),
)
