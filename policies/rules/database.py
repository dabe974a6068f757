"""Rules of RDS instances: what keeps the data, and who may reach it."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from policies.judgement import NOT_APPLICABLE, PASSED, Judgement, fail, seen, undecided
from policies.resource import UNKNOWN, Resource
from policies.rule import IN_PRODUCTION, ONLY_PRODUCTION, Rule, Severity
from policies.rules.reading import Check, both, days, flag, is_text, only, some, text, unreadable, where
from policies.rules.tokens import CLUSTER_INSTANCES, CLUSTERS, DATABASE, GLOBAL_CLUSTERS

KNOWN_NAMES: Final = ("admin", "administrator", "master", "postgres", "rdsadmin", "root", "user")
WEEK_DAYS, LONGEST_BACKUP_DAYS = 7, 35


is_replica: Final = where("replicateSourceDb", is_text)
"""Whether an instance copies another, from which it has its storage, network, owner and backups."""

_SOURCES: Final = ("replicateSourceDb", "replicationSourceIdentifier", "sourceDbClusterIdentifier")
"""Properties of an instance, a cluster and a global cluster that name what it copies."""


def _first(answers: Iterable[bool | None]) -> bool | None:
    """Return the first answer that is not True, True where all are."""
    return next((it for it in answers if it is not True), True)


_primary: Final = partial(
    only,
    lambda resource: _first(where(key, lambda source: not is_text(source))(resource) for key in _SOURCES),
    what="whether it is a replica",
)


def _no_literal_password(resource: Resource) -> Judgement:
    for key in ("password", "passwordWo", "masterPassword", "masterPasswordWo"):
        value = resource.get(key)
        if isinstance(value, str) and value:
            return fail(f"a plain text as {key}", "manageMasterUserPassword, or a secret")
        if value is not None and value != "" and not unreadable(value):
            return fail(f"{key} {seen(value)}", "manageMasterUserPassword, or a secret")
        # A secret that is not known yet is a secret to the engine too; an unknown alone may be anything.
        if value is UNKNOWN:
            return undecided(f"whether {key} is a secret")
    return PASSED


def _own_name(resource: Resource) -> Judgement:
    key = "masterUsername" if resource.type in CLUSTERS else "username"
    value = resource.get(key)
    if unreadable(value):
        return undecided(key)
    # A snapshot brings its own, and a secondary cluster has its primary's; Neptune knows no password at all.
    brought = any(is_text(resource.get(it)) for it in ("snapshotIdentifier", "globalClusterIdentifier"))
    if value is None and (brought or resource.type == CLUSTERS[-1]):
        return NOT_APPLICABLE
    taken = not isinstance(value, str) or not value or value.lower() in KNOWN_NAMES
    shown = seen(value.lower() if isinstance(value, str) else value, *KNOWN_NAMES)
    return fail(f"{key} {shown}", "a name that nobody guesses") if taken else PASSED


def _by_kind(instance: Check, cluster: Check) -> Check:
    """Return the check that asks an instance and a cluster in their own words."""
    return lambda resource: (instance if resource.type == DATABASE else cluster)(resource)


def _backups(minimum: int) -> Check:
    """Return the check of how long backups are kept: unset, not at all, or those of a cluster a day."""
    kept = partial(days, "backupRetentionPeriod", minimum=minimum, maximum=LONGEST_BACKUP_DAYS)
    return _primary(_by_kind(kept(default=0), kept(default=1)))


_SUBNETS: Final = {CLUSTERS[-1]: "neptuneSubnetGroupName"}
_KEPT: Final = flag("deleteAutomatedBackups", expected=False, default=True)
_SNAPSHOT: Final = (flag("skipFinalSnapshot", expected=False), text("finalSnapshotIdentifier"))
_OF_DATA: Final = frozenset({DATABASE, *CLUSTERS})
_OF_DATA_AND_GLOBAL: Final = _OF_DATA | {*GLOBAL_CLUSTERS}
_rule = partial(Rule, types=frozenset({DATABASE}))
_of_data = partial(Rule, types=_OF_DATA)
_unwaivable = partial(Rule, types=_OF_DATA, severity=Severity.CRITICAL, waivable=False)

RULES: Final = (
    _unwaivable(
        id="database-storage-encrypted",
        title="The database's storage is encrypted",
        why="a disk or a snapshot that leaves the account can be read",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
        remedy="Set storageEncrypted; an existing instance is copied through an encrypted snapshot.",
        controls=("CKV_AWS_16", "CKV_AWS_96", "AWS-0080", "AWS-0079"),
        types=_OF_DATA_AND_GLOBAL,
        check=_primary(flag("storageEncrypted")),
    ),
    _unwaivable(
        id="database-not-public",
        title="The database has no public address",
        why="anybody on the internet could try passwords",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
        remedy="Set publiclyAccessible to false.",
        controls=("CKV_AWS_17", "AWS-0180"),
        types=frozenset({DATABASE, *CLUSTER_INSTANCES}),
        check=flag("publiclyAccessible", expected=False),
    ),
    _rule(
        id="database-multi-az",
        title="The database has a standby in another zone",
        why="the loss of one zone stops the application for hours",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html",
        remedy="Set multiAz.",
        keys=("database.multi_az",),
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_157",),
        check=_primary(flag("multiAz")),
    ),
    _unwaivable(
        id="database-backups",
        title="The database is backed up every day",
        why="a wrong DELETE cannot be undone",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html",
        remedy="Set backupRetentionPeriod.",
        keys=("database.backup_retention_days",),
        controls=("CKV_AWS_133",),
        check=_backups(1),
    ),
    _of_data(
        id="database-backups-week",
        title="Backups of the database are kept for a week at least",
        why="damage is often found after days",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html",
        remedy="Raise backupRetentionPeriod.",
        keys=("database.backup_retention_days",),
        levels=ONLY_PRODUCTION,
        controls=("CKV_AWS_133", "AWS-0077"),
        check=_backups(WEEK_DAYS),
    ),
    Rule(
        id="database-deletion-protection",
        title="RDS refuses to delete the database",
        why="one call of the API deletes it, whatever Pulumi protects",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
        remedy="Set deletionProtection.",
        keys=("database.protect",),
        severity=Severity.CRITICAL,
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_293", "AWS-0177"),
        types=_OF_DATA_AND_GLOBAL,
        check=flag("deletionProtection"),
    ),
    _of_data(
        id="database-final-snapshot",
        title="A deleted database leaves a snapshot and its backups",
        why="a deletion by mistake is final",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
        remedy="Unset skipFinalSnapshot, set finalSnapshotIdentifier, and set deleteAutomatedBackups to false.",
        keys=("database.protect",),
        severity=Severity.CRITICAL,
        levels=IN_PRODUCTION,
        check=_primary(lambda it: both(*_SNAPSHOT, *([_KEPT] if it.type in (DATABASE, CLUSTERS[0]) else ()))(it)),
    ),
    _unwaivable(
        id="database-no-literal-password",
        title="The owner's password is a secret",
        why="a plain text is in the state, the plan and the program's history",
        source="https://www.pulumi.com/docs/iac/concepts/secrets/",
        remedy="Generate the password, or set manageMasterUserPassword.",
        check=_no_literal_password,
    ),
    _of_data(
        id="database-owner-name",
        title="The database's owner has a name of its own",
        why="half of a guess is made",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html",
        remedy="Choose another username for a new database; an existing one keeps it.",
        keys=("app",),
        severity=Severity.LOW,
        levels=IN_PRODUCTION,
        check=_primary(_own_name),
    ),
    _unwaivable(
        id="database-private-network",
        title="The database is in its own subnets, behind its own security group",
        why="the default ones are shared with everything",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
        remedy="Set dbSubnetGroupName and vpcSecurityGroupIds.",
        check=both(
            _primary(lambda it: text(_SUBNETS.get(it.type, "dbSubnetGroupName"), refused=("default",))(it)),
            some("vpcSecurityGroupIds"),
        ),
    ),
)
