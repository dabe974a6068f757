"""Programs that the tests of the plan share."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
from jsonschema import Draft202012Validator

from footing.plan.format import schema
from footing.plan.model import Plan, PlannedResource
from footing.plan.record import record

ROOT = Path(__file__).parents[3]
# The AWS SDK warns about its own renamed classes while it is imported.
IMPORT_WARNING = "ignore:.*has been deprecated in favor of:DeprecationWarning"


class Cache(pulumi.ComponentResource):
    def __init__(self, name: str, size: Any = 1, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("footing:index:Cache", name, {"size": size}, opts)
        mine = pulumi.ResourceOptions(parent=self)
        self.group = aws.ec2.SecurityGroup(f"{name}-firewall", description="cache", opts=mine)
        self.register_outputs({})


class Shop(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("footing:index:Shop", name, {}, opts)
        self.cache = Cache("cache", opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


def plan(program: Callable[[], object], **given: Any) -> Plan:
    made = record(program, **({"project": "shop", "stack": "dev", "config": {}, "root": ROOT} | given))
    data = json.loads(made.to_json())
    Draft202012Validator(schema()).validate(data)
    assert Plan.from_json(made.to_json()) == made
    return made


def only(made: Plan, name: str) -> PlannedResource:
    (found,) = [resource for resource in made.resources if resource.name == name]
    return found
