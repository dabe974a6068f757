"""What the real engine does to a locked origin, step by step: the lock is closed last and opened first."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from footing.pulumi_cli.session import Session
from footing.pulumi_cli.tryout import try_out

pytestmark = pytest.mark.engine

PROJECT = "name: small\nruntime: {name: python, options: {toolchain: uv, virtualenv: .venv}}\n"
PROGRAM = """\
import json
from pathlib import Path

from lazy_sdk.hook import install
install()
import pulumi_aws as aws
from components.origin_pull import OriginPull, OriginPullArgs

given = json.loads(Path("origin.json").read_text())
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
subnets = [
    aws.ec2.Subnet(zone, vpc_id=vpc.id, cidr_block=f"10.0.{number}.0/24", availability_zone=f"us-east-1{zone}")
    for number, zone in enumerate("ab")
]
balancer = aws.lb.LoadBalancer("balancer", subnets=[subnet.id for subnet in subnets])
demand = {"mode": "off"}
if given["choice"] != "none":
    args = OriginPullArgs(
        zone_id="zone", subject=given["subject"], bucket_prefix="shop-origin", protect=False
    )
    pull = OriginPull("pull", args)
    if given["choice"] == "verify":
        demand = {"mode": "verify", "trust_store_arn": pull.trust_store_arn}
aws.lb.Listener(
    "listener",
    load_balancer_arn=balancer.arn,
    port=443,
    protocol="HTTPS",
    certificate_arn="arn:aws:acm:us-east-1:123456789012:certificate/1",
    mutual_authentication=demand,
    default_actions=[{"type": "fixed-response", "fixed_response": {"content_type": "text/plain"}}],
)
"""
STREAMED = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"}
"""Makes `preview --json` tell every step in its order."""


@dataclass(frozen=True)
class Origin:
    """A load balancer on the simulated cloud, and the engine that may lock it."""

    session: Session

    def up(self, choice: str, subject: str = "shop") -> None:
        self._write(choice, subject)
        self.session.read("up", "--yes", "--skip-preview", *self.session.options)

    def steps(self, choice: str, subject: str = "shop") -> list[str]:
        """Each step that the engine would take, in order, as "operation name"."""
        self._write(choice, subject)
        preview = self.session.read("preview", "--json", *self.session.options)
        events = [json.loads(line) for line in preview.splitlines()]
        planned = [event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event]
        return [
            f"{step['op']} {step['type'].rpartition(':')[2]}"
            for step in planned
            if step["op"] != "same" and not step["type"].startswith("footing:")
        ]

    def _write(self, choice: str, subject: str) -> None:
        given = json.dumps({"choice": choice, "subject": subject})
        (self.session.root / "origin.json").write_text(given)


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Origin]:
    root = tmp_path / "project"
    root.mkdir()
    (root / "Pulumi.yaml").write_text(PROJECT)
    (root / "Pulumi.staging.yaml").write_text("config: {aws:region: us-east-1}\n")
    (root / "__main__.py").write_text(PROGRAM)
    with try_out("staging", root=root, directory=tmp_path / "tryout") as session:
        yield Origin(replace(session, environment={**session.environment, **STREAMED}))


def test_lock_is_closed_last_and_opened_first(origin: Origin):
    origin.up("none")
    closing = origin.steps("verify")
    shown = closing.index("create AuthenticatedOriginPullsSettings")
    assert closing.index("create AuthenticatedOriginPullsCertificate") < shown
    assert shown < closing.index("create TrustStore") < closing.index("update Listener") == len(closing) - 1
    origin.up("verify")
    opening = origin.steps("none")
    assert opening[0] == "update Listener"
    gone = [opening.index(f"delete {kind}") for kind in ("TrustStore", "AuthenticatedOriginPullsSettings")]
    assert gone == sorted(gone)


def test_new_authority_is_a_new_bundle_in_the_old_place(origin: Origin):
    origin.up("verify")
    steps = origin.steps("verify", subject="another shop")
    assert "create-replacement AuthenticatedOriginPullsCertificate" in steps
    assert "update BucketObjectv2" in steps
    kept = ("Listener", "AuthenticatedOriginPullsSettings")
    assert [it for it in steps if it.endswith(kept) or it == "replace TrustStore"] == []
