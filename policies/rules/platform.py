"""Rules of keys, topics, disks, tables, the monitoring machine, and what CloudFront sends."""

from functools import partial
from typing import Final

from policies.judgement import Judgement, decide, seen
from policies.resource import Resource
from policies.rule import IN_PRODUCTION, Rule, Severity
from policies.rules.reading import (
    at,
    both,
    days,
    flag,
    items,
    must,
    only,
    text,
    truth,
    unreadable,
    where,
    whole_number,
    word,
)

KEY, TOPIC = "aws:kms/key:Key", "aws:sns/topic:Topic"
DISKS: Final = ("aws:ebs/volume:Volume", "aws:efs/fileSystem:FileSystem")
TABLE, MACHINE = "aws:dynamodb/table:Table", "aws:ec2/launchTemplate:LaunchTemplate"
ORIGIN_ACCESS = "aws:cloudfront/originAccessControl:OriginAccessControl"
HEADERS = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
LEAST_DELETION_DAYS, MOST_DELETION_DAYS = 7, 30
HSTS_SECONDS: Final = 31_536_000
"""A year: what CKV_AWS_259 and the lists of browsers ask for."""


def _no_public_machine(machine: Resource) -> Judgement:
    links = machine.get("networkInterfaces")
    given = [at(it, "associatePublicIpAddress") for it in items(links)]
    return decide(
        "networkInterfaces",
        "associatePublicIpAddress true",
        "associatePublicIpAddress false",
        holds=not unreadable(links, *given) and all(truth(it) is not True for it in given),
        doubtful=all(truth(it) is not True for it in given),
    )


_is_symmetric: Final = where("customerMasterKeySpec", lambda spec: spec in (None, "SYMMETRIC_DEFAULT"))
_rule = partial(Rule, levels=IN_PRODUCTION, severity=Severity.MEDIUM)
_key = partial(_rule, types=frozenset({KEY}))

RULES: Final = (
    _key(
        id="key-rotation",
        title="Keys of KMS are rotated every year",
        why="a key that never changes opens everything that it ever encrypted",
        source="https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
        remedy="Set enableKeyRotation.",
        controls=("CKV_AWS_7", "AWS-0065"),
        check=only(_is_symmetric, flag("enableKeyRotation"), what="customerMasterKeySpec"),
    ),
    _key(
        id="key-deletion-window",
        title="A deleted key can be brought back for a week",
        why="everything that it encrypted is lost with it",
        source="https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
        remedy="Set deletionWindowInDays to 7 or more, or leave it out; unset bypassPolicyLockoutSafetyCheck.",
        check=both(
            days(
                "deletionWindowInDays",
                minimum=LEAST_DELETION_DAYS,
                maximum=MOST_DELETION_DAYS,
                default=MOST_DELETION_DAYS,
            ),
            flag("bypassPolicyLockoutSafetyCheck", expected=False),
        ),
    ),
    _rule(
        id="topic-encrypted",
        title="Messages of SNS are encrypted",
        why="an alarm tells of the system to whoever reads the queue",
        source="https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html",
        remedy="Set kmsMasterKeyId.",
        controls=("CKV_AWS_26", "AWS-0095"),
        types=frozenset({TOPIC}),
        check=text("kmsMasterKeyId"),
    ),
    _rule(
        id="disk-encrypted",
        title="Disks and file systems are encrypted",
        why="a disk or a snapshot that leaves the account can be read",
        source="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
        remedy="Set encrypted.",
        severity=Severity.HIGH,
        controls=("CKV_AWS_3", "CKV_AWS_42", "AWS-0026", "AWS-0037"),
        types=frozenset(DISKS),
        check=flag("encrypted"),
    ),
    _rule(
        id="table-recovery",
        title="Tables of DynamoDB can be set back to any second",
        why="a wrong deletion cannot be undone",
        source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html",
        remedy="Set pointInTimeRecovery.enabled.",
        severity=Severity.HIGH,
        controls=("CKV_AWS_28", "AWS-0024"),
        types=frozenset({TABLE}),
        check=flag("pointInTimeRecovery", "enabled"),
    ),
    _rule(
        id="machine-metadata",
        title="Machines ask for a token before they tell their role, and have no public address",
        why="a request that the program is tricked into returns the machine's credentials",
        source="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
        remedy="Set metadataOptions.httpTokens to required, and associatePublicIpAddress to false.",
        severity=Severity.HIGH,
        controls=("CKV_AWS_79", "CKV_AWS_88", "CKV_AWS_341", "AWS-0130"),
        types=frozenset({MACHINE}),
        check=both(
            word("metadataOptions", "httpTokens", allowed=("required",), known=("optional",)),
            must(
                "metadataOptions",
                "httpPutResponseHopLimit",
                hold=lambda hops: hops is None or whole_number(hops) == 1,
                required="1 hop",
                observed=lambda hops: f"{seen(hops)} hops",
            ),
            _no_public_machine,
        ),
    ),
    _rule(
        id="distribution-signs-requests",
        title="CloudFront signs what it asks of its origin",
        why="whoever knows the bucket's name could go around the edge",
        source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
        "private-content-restricting-access-to-s3.html",
        remedy="Set signingBehavior to always.",
        controls=("CKV2_AWS_46",),
        types=frozenset({ORIGIN_ACCESS}),
        check=word("signingBehavior", allowed=("always",), known=("never", "no-override")),
    ),
    _rule(
        id="distribution-hsts",
        title="CloudFront tells browsers to come back by HTTPS, for a year",
        why="the first request of a visit can be read and answered by anybody on the way",
        source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
        "understanding-response-headers-policies.html",
        remedy="Set securityHeadersConfig.strictTransportSecurity.accessControlMaxAgeSec to 31536000.",
        keys=("storage.hostname",),
        controls=("CKV_AWS_259",),
        types=frozenset({HEADERS}),
        check=must(
            "securityHeadersConfig",
            "strictTransportSecurity",
            "accessControlMaxAgeSec",
            hold=lambda seconds: (whole_number(seconds) or 0) >= HSTS_SECONDS,
            required=f"{HSTS_SECONDS} s at least",
        ),
    ),
)
