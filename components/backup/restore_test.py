"""A weekly restore of a server of RDS by AWS Backup, beside the server itself, which deletes it again."""

import json

import pulumi
import pulumi_aws as aws
from msgspec import Struct

from components.aws import iam, security_groups
from components.aws.partition import managed_policy
from components.component import Component
from observability import AwsQuestion, Check, Comparison, Group, Signals, Wanted

POLICIES = {
    "backup": "service-role/AWSBackupServiceRolePolicyForBackup",
    "restore": "service-role/AWSBackupServiceRolePolicyForRestores",
}
"""What AWS lets its own service do: take snapshots, restore them, delete what was restored.

https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
"""
SNAPSHOT, RESTORE = "cron(0 3 ? * SAT *)", "cron(0 3 ? * SUN *)"
"""When the snapshot is taken and when it is restored, UTC: a day apart, for a first one takes hours."""
KEPT_DAYS = 8
"""How long a snapshot is kept, in days: until the next one is there."""
START_HOURS, VALIDATION_HOURS = 8, 1
"""In which time after RESTORE it begins, and how long the restored server stays before it is deleted, in hours."""
WINDOW_DAYS = 7
"""Age of the oldest snapshot that is restored, in days."""
NAME_CHARACTERS = 50
"""Longest name of a restore testing plan, of letters, digits and underscores.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingPlanForCreate.html
"""


class RestoreTestArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `RestoreTest`."""

    prefix: str
    """Beginning of every physical name: application and environment."""
    region: str
    """Region of the server."""
    identifier: str
    """Name of the server at RDS."""
    server_arn: pulumi.Input[str]
    """ARN of the server. Source: `Database.server_arn`."""
    subnet_group: pulumi.Input[str]
    """Subnet group in which the restored server stands. Source: `Database.subnet_group`."""
    vpc_id: pulumi.Input[str]
    """VPC of the server."""
    rpo_minutes: int
    """What may be lost at the most, in minutes. Source: config `database.recovery.rpo_minutes`."""
    protect: bool = True
    """Keep the vault with its snapshots when it is to be deleted."""


class RestoreTest(Component):
    """One test a week. Nothing reaches the restored server: its group has no rule."""

    plan_arn: pulumi.Output[str]
    """ARN of the restore testing plan, by which its restores are found."""
    role_arn: pulumi.Output[str]
    """ARN of the role that restores, and nothing else does."""

    def __init__(self, name: str, args: RestoreTestArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        role = aws.iam.Role(
            f"{name}-role", assume_role_policy=iam.trust("backup.amazonaws.com"), opts=self._child()
        )
        attached = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{key}", role=role.name, policy_arn=managed_policy(args.region, path), opts=self._child()
            )
            for key, path in POLICIES.items()
        ]
        self.role_arn = iam.arn_with(role, *attached)
        vault = self._make_snapshots()
        plan = aws.backup.RestoreTestingPlan(
            f"{name}-plan",
            name=f"{args.prefix}_restore_test".replace("-", "_")[-NAME_CHARACTERS:],
            schedule_expression=RESTORE,
            start_window_hours=START_HOURS,
            recovery_point_selection={
                "algorithm": "LATEST_WITHIN_WINDOW",
                "include_vaults": [vault.arn],
                "recovery_point_types": ["SNAPSHOT"],
                "selection_window_days": WINDOW_DAYS,
            },
            opts=self._child(),
        )
        group = security_groups.group(f"{name}-restored", "Restored for a test", args.vpc_id, self._child())
        aws.backup.RestoreTestingSelection(
            f"{name}-server",
            name="server",
            restore_testing_plan_name=plan.name,
            iam_role_arn=self.role_arn,
            protected_resource_type="RDS",
            protected_resource_arns=[args.server_arn],
            # Else it would stand in the account's default VPC, which may be gone.
            restore_metadata_overrides={
                "dbSubnetGroupName": args.subnet_group,
                "vpcSecurityGroupIds": group.id.apply(lambda it: json.dumps([it])),
            },
            validation_window_hours=VALIDATION_HOURS,
            opts=self._child(),
        )
        self.plan_arn = plan.arn
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch: two lines of the checklist; a failed restore writes a ticket by itself (`Alarms`)."""
        passed = Check(
            id="restore-test-passed",
            group=Group.DATABASE,
            title="The last restore of the database for a test succeeded",
            question=AwsQuestion(
                service="backup",
                operation="ListRestoreJobs",
                parameters={"ByRestoreTestingPlanArn": "{output:restore_testing_plan_arn}"},
                # The age of a moment is compared: the youngest comes first.
                path="sort_by(RestoreJobs, &CreationDate)[0].Status",
                wanted=Wanted(Comparison.IS, "COMPLETED"),
            ),
            fix="Read `aws backup list-restore-jobs` for its StatusMessage; the first test is on the Sunday after "
            "the first Saturday.",
        )
        recent = Check(
            id="database-restorable",
            group=Group.DATABASE,
            title="The database can be restored to a moment within database.recovery.rpo_minutes",
            question=AwsQuestion(
                service="rds",
                operation="DescribeDBInstances",
                parameters={"DBInstanceIdentifier": self._args.identifier},
                path="DBInstances[0].LatestRestorableTime",
                # The age of a time is in seconds; a minute is for the question itself.
                wanted=Wanted(Comparison.AT_MOST, (self._args.rpo_minutes + 1) * 60),
            ),
            fix="Raise database.backup_retention_days from 0; RDS uploads its log every five minutes.",
        )
        return Signals(subject="Restore", checks=(passed, recent))

    def _make_snapshots(self) -> aws.backup.Vault:
        """Return the vault into which a snapshot of the server comes every week."""
        name, args = self._name, self._args
        vault = aws.backup.Vault(
            f"{name}-vault",
            name=f"{args.prefix}-restore-test",
            force_destroy=not args.protect,
            opts=self._child(protect=args.protect),
        )
        plan = aws.backup.Plan(
            f"{name}-snapshots",
            name=f"{args.prefix}-restore-test",
            rules=[
                {
                    "rule_name": "weekly",
                    "target_vault_name": vault.name,
                    "schedule": SNAPSHOT,
                    "lifecycle": {"delete_after": KEPT_DAYS},
                }
            ],
            opts=self._child(),
        )
        aws.backup.Selection(
            f"{name}-snapshots-of",
            name="server",
            plan_id=plan.id,
            iam_role_arn=self.role_arn,
            resources=[args.server_arn],
            opts=self._child(),
        )
        return vault
