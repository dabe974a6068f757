"""The reference that is timed is the one that is claimed."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from stacks.config import from_file

ROOT = Path(__file__).parents[3]
BENCH = ROOT / "bench"


def planned(*arguments: str) -> Counter[str]:
    command = [sys.executable, str(BENCH / "plan_reference.py"), *arguments]
    done = subprocess.run(command, capture_output=True, check=True, text=True, cwd=BENCH, env=os.environ)
    return Counter(resource["type"] for resource in json.loads(done.stdout)["resources"])


def test_reference_has_76_resources_and_15_more_for_each_service() -> None:
    one, three = planned("declare", "1"), planned("declare", "3")
    assert one.total() == 76
    assert len(one) == 36
    assert one["aws:rds/instance:Instance"] == 3
    assert three.total() == 76 + 2 * 15
    assert three - one == {
        "aws:appautoscaling/policy:Policy": 2,
        "aws:appautoscaling/target:Target": 2,
        "aws:cloudwatch/logGroup:LogGroup": 2,
        "aws:ec2/securityGroup:SecurityGroup": 4,
        "aws:ec2/securityGroupRule:SecurityGroupRule": 2,
        "aws:ecs/service:Service": 2,
        "aws:ecs/taskDefinition:TaskDefinition": 2,
        "aws:iam/role:Role": 4,
        "aws:iam/rolePolicy:RolePolicy": 2,
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 2,
        "aws:lb/listener:Listener": 2,
        "aws:lb/loadBalancer:LoadBalancer": 2,
        "aws:lb/targetGroup:TargetGroup": 2,
    }


@pytest.mark.parametrize("part", ["declare", "parameters"])
def test_the_plain_program_runs_what_it_is_timed_for(part: str) -> None:
    counted = f"""
import sys
sys.path.insert(0, {str(BENCH)!r})
import plain_reference
seen = []
original = plain_reference.Echo.new_resource
plain_reference.Echo.new_resource = lambda self, args: (seen.append(args.name), original(self, args))[1]
plain_reference.main({part!r}, 1)
print(len(seen))
"""
    done = subprocess.run([sys.executable, "-c", counted], capture_output=True, check=True, text=True)
    assert int(done.stdout) == {"declare": 76, "parameters": 1}[part]


def test_the_stack_of_services_is_one_and_has_as_many(tmp_path: Path) -> None:
    path = tmp_path / "stack.yaml"
    command = [sys.executable, str(BENCH / "stack_of_services.py"), str(path), "40"]
    subprocess.run(command, check=True)
    kinds = Counter(service.kind for service in from_file(path).config.services.values())
    assert kinds == {"web": 14, "worker": 13, "job": 13}
