"""The weekly restore: which server, out of which snapshot, where, and that nothing reaches it."""

import json

from msgspec.structs import replace

from components.backup.restore_test import RestoreTest, RestoreTestArgs
from observability import AwsQuestion
from tests.components.inventory import inventory
from tests.components.recording import record_component

ARGS = RestoreTestArgs(
    prefix="shop-production",
    region="us-east-1",
    identifier="shop-production-db",
    server_arn="arn:aws:rds:us-east-1:123456789012:db:shop-production-db",
    subnet_group="shop-production-db",
    vpc_id="vpc-1",
    rpo_minutes=5,
)


def test_newest_snapshot_is_restored_every_week_where_nothing_reaches_it():
    made = inventory(record_component(lambda: RestoreTest("restore-test", ARGS)))
    plan = made["RestoreTestingPlan/restore-test-plan"]
    assert plan["name"] == "shop_production_restore_test"
    assert plan["scheduleExpression"] == "cron(0 3 ? * SUN *)"
    vault = made["Vault/restore-test-vault"]
    assert plan["recoveryPointSelection"] == {
        "algorithm": "LATEST_WITHIN_WINDOW",
        "includeVaults": ["arn:aws:made:::restore-test-vault"],
        "recoveryPointTypes": ["SNAPSHOT"],
        "selectionWindowDays": 7,
    }
    assert (vault["name"], vault["forceDestroy"], vault["protect"]) == (
        "shop-production-restore-test",
        False,
        True,
    )
    [rule] = made["Plan/restore-test-snapshots"]["rules"]
    assert (rule["schedule"], rule["lifecycle"]) == ("cron(0 3 ? * SAT *)", {"deleteAfter": 8})
    assert made["Selection/restore-test-snapshots-of"]["resources"] == [ARGS.server_arn]
    selection = made["RestoreTestingSelection/restore-test-server"]
    assert selection["protectedResourceArns"] == [ARGS.server_arn]
    groups = json.loads(selection["restoreMetadataOverrides"].pop("vpcSecurityGroupIds"))
    assert groups == ["restore-test-restored-id"]
    assert selection["restoreMetadataOverrides"] == {"dbSubnetGroupName": "shop-production-db"}
    assert not any("SecurityGroup" in key and "Rule" in key for key in made)
    trust = made["Role/restore-test-role"]["assumeRolePolicy"]
    assert trust["Statement"][0]["Principal"] == {"Service": "backup.amazonaws.com"}


def test_vault_of_an_unprotected_server_goes_with_its_snapshots():
    made = inventory(record_component(lambda: RestoreTest("restore-test", replace(ARGS, protect=False))))
    vault = made["Vault/restore-test-vault"]
    assert vault["forceDestroy"]
    assert "protect" not in vault


def test_checklist_asks_for_the_youngest_restore_and_for_the_recovery_point():
    recorded = record_component(lambda: RestoreTest("restore-test", ARGS), read=lambda it: it.signals.checks)
    passed, recent = (it.question for it in recorded.read)
    assert isinstance(passed, AwsQuestion)
    assert isinstance(recent, AwsQuestion)
    assert passed.parameters == {"ByRestoreTestingPlanArn": "{output:restore_testing_plan_arn}"}
    assert str(passed.wanted) == "is COMPLETED"
    assert recent.parameters == {"DBInstanceIdentifier": "shop-production-db"}
    assert str(recent.wanted) == "at most 360"
