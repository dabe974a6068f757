"""Rules of Secrets Manager and of log groups: what keeps secrets secret, and records on record."""

from functools import partial
from typing import Final

from policies.limits import ADVISED_LOG_RETENTION_DAYS, LOG_RETENTION_DAYS
from policies.rule import ADVICE, ADVICE_IN_PRODUCTION, ONLY_PRODUCTION, Rule, Severity, StackRule
from policies.rules.links import has_sibling
from policies.rules.reading import Check, days, text

SECRET_TYPE = "aws:secretsmanager/secret:Secret"  # noqa: S105  a type token
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
LEAST_RECOVERY_DAYS, MOST_RECOVERY_DAYS = 7, 30


def _retention(minimum: int) -> Check:
    return days("retentionInDays", minimum=minimum, maximum=LOG_RETENTION_DAYS.maximum)


_secret = partial(Rule, types=frozenset({SECRET_TYPE}))
_log = partial(Rule, types=frozenset({LOG_GROUP}), severity=Severity.MEDIUM)

RULES: Final = (
    StackRule(
        id="secret-rotation",
        title="Secrets are changed by themselves",
        why="a secret that leaked years ago still opens the door",
        source="https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html",
        remedy="Add a SecretRotation.",
        keys=("database.credentials.mode",),
        severity=Severity.MEDIUM,
        levels=ADVICE,
        controls=("CKV2_AWS_57",),
        types=frozenset({SECRET_TYPE}),
        check=has_sibling(
            (SECRET_TYPE, "name"),
            (ROTATION, "secretId"),
            what="whose rotation it is",
            observed="no rotation",
            required="a SecretRotation",
        ),
    ),
    _secret(
        id="secret-own-key",
        title="Secrets are encrypted with a key of the stack",
        why="nobody can take the key away, or see who used it",
        source="https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
        remedy="Set kmsKeyId.",
        severity=Severity.LOW,
        levels=ADVICE,
        controls=("CKV_AWS_149", "AWS-0098"),
        check=text("kmsKeyId"),
    ),
    _secret(
        id="secret-recovery",
        title="A deleted secret can be brought back",
        why="a deletion by mistake is final",
        source="https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html",
        remedy="Set recoveryWindowInDays to 7 or more, or leave it out.",
        levels=ONLY_PRODUCTION,
        check=days(
            "recoveryWindowInDays",
            minimum=LEAST_RECOVERY_DAYS,
            maximum=MOST_RECOVERY_DAYS,
            default=MOST_RECOVERY_DAYS,
        ),
    ),
    _log(
        id="log-retention",
        title="Logs are kept for a month at least, and not for ever",
        why=LOG_RETENTION_DAYS.why,
        source=LOG_RETENTION_DAYS.source,
        remedy=f"Set retentionInDays to {LOG_RETENTION_DAYS.range}.",
        keys=(LOG_RETENTION_DAYS.key,),
        limit=LOG_RETENTION_DAYS,
        controls=("CKV_AWS_66",),
        check=_retention(LOG_RETENTION_DAYS.minimum),
    ),
    _log(
        id="log-retention-year",
        title="Logs are kept for a year",
        why="an intrusion is often found after months",
        source=LOG_RETENTION_DAYS.source,
        remedy=f"Set retentionInDays to {ADVISED_LOG_RETENTION_DAYS} or more.",
        keys=(LOG_RETENTION_DAYS.key,),
        levels=ADVICE_IN_PRODUCTION,
        controls=("CKV_AWS_338",),
        check=_retention(ADVISED_LOG_RETENTION_DAYS),
    ),
    _log(
        id="log-own-key",
        title="Logs are encrypted with a key of the stack",
        why="nobody can take the key away, or see who used it",
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
        remedy="Set kmsKeyId.",
        levels=ADVICE_IN_PRODUCTION,
        controls=("CKV_AWS_158", "AWS-0017"),
        check=text("kmsKeyId"),
    ),
)
