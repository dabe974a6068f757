"""AWS resources made in moto through boto3, so that botocore validates every parameter that is sent.

Identifiers. moto draws every id from one source that its public API can seed. The seed of a resource is its
identity (URN and generation), so the same resource gets the same id on every fresh cloud and in every later
process, and no table between our ids and moto's is needed.

A later process. moto keeps everything in memory. Before its first use in a process, the stored resources are
made again, dependencies first, with the same seeds: inputs that name ids keep pointing at them. If a replayed id
differs from the stored one (another version of moto, say), the cloud refuses to go on and says so.
"""

import os
import random
from functools import cache
from importlib import import_module
from typing import Any

from simulator.identity import ACCOUNT_ID, Identity, partition
from simulator.moto_aws.kind import STAND_IN_CERTIFICATE_NAME, Call, Created, Existing, Kind, refuse
from simulator.moto_aws.models import RECORDED, model_faults, recorded_faults
from simulator.moto_aws.refusal import refusals
from simulator.moto_aws.replay import replay, replay_all
from simulator.permissions import check_call, enforced
from simulator.store import CloudStore, Record
from wire_format import Properties, reveal

# Which file knows the types of a part of the AWS SDK; a file is imported when its first resource comes.
_FILES = {
    "aws:appautoscaling/": "autoscaling",
    "aws:cloudwatch/": "monitoring",
    "aws:ec2/": "network",
    "aws:ecs/": "ecs",
    "aws:elasticache/": "elasticache",
    "aws:iam/": "iam",
    "aws:lb/": "load_balancing",
    "aws:rds/": "rds",
    "aws:route53/": "route53",
    "aws:s3/": "s3",
    "aws:scheduler/": "scheduler",
    "aws:secretsmanager/": "secrets_manager",
    "aws:sfn/": "step_functions",
    "aws:sqs/": "sqs",
    "aws:ssm/": "ssm",
    "aws:vpc/": "network",
}
_SEED_ADDRESS = "http://motoapi.amazonaws.com/moto-api/seed"
_SETTINGS = {"MOTO_ACCOUNT_ID": ACCOUNT_ID, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
"""Without them moto looks for the account in the IAM of every partition, each with its 1,500 policies, and makes
2,600 images that nothing asks for: most of its start.

https://github.com/getmoto/moto/blob/master/moto/settings.py
"""


def kind_of(token: str) -> Kind | None:
    """Return how this type is made in moto; None for a type that is only recorded."""
    part = token.split("/", 1)[0] + "/"
    if part not in _FILES:
        return None
    kinds: dict[str, Kind] = import_module(f"simulator.moto_aws.{_FILES[part]}").KINDS
    return kinds.get(token)


class MotoAws:
    """The AWS part of one simulated cloud."""

    def __init__(self, store: CloudStore) -> None:
        self._store = store
        self._running: Any = None

    def create(self, identity: Identity, inputs: Properties, *, region: str) -> Created | None:
        """Make a resource; None when its type is only recorded.

        Raises:
            RefusedError: botocore, moto or the cloud's own rules refuse the inputs.
        """
        kind = kind_of(identity.type)
        if kind is None:
            self.check_recorded(identity.type, inputs, region=region)
            return None
        self.start()
        with refusals(identity.type):
            call = _call(identity, region)
            with enforced(self._store.directory):
                return kind.create(call, inputs)

    def check_recorded(self, token: str, inputs: Properties, *, region: str) -> None:
        """Let the service's model judge a type that moto does not make.

        Raises:
            RefusedError: a value is outside the model's bounds.
        """
        if token in RECORDED:
            self.start()
            with refusals(token), enforced(self._store.directory):
                service, operation, _ = RECORDED[token]
                check_call(inputs, service, _client(service, region).meta.method_to_api_mapping[operation])
                refuse(recorded_faults(_client(RECORDED[token][0], region), token, inputs))

    def update(self, record: Record, news: Properties) -> Properties:
        """Change a resource; return its changed outputs.

        Raises:
            RefusedError: as for `create`.
        """
        kind = self._kind(record)
        if kind is None:
            self.check_recorded(record.type, news, region=record.region)
            return {}
        with refusals(record.type):
            call = _call_for(record)
            with enforced(self._store.directory):
                changed = (
                    kind.update(call, _existing(record), news) if kind.update else kind.create(call, news).outputs
                )
            return changed or {}

    def delete(self, record: Record) -> bool:
        """Remove a resource; return whether that leaves something behind.

        Raises:
            RefusedError: as for `create`.
        """
        kind = self._kind(record)
        if kind is None:
            return False
        with refusals(record.type):
            call = _call_for(record)
            with enforced(self._store.directory):
                return bool(kind.delete(call, _existing(record)))

    def _kind(self, record: Record) -> Kind | None:
        """How moto keeps this record, with moto ready to use; None for a record that moto does not keep."""
        kind = kind_of(record.type) if record.made_in == "moto" else None
        if kind is not None:
            self.start()
        return kind

    def start(self, *, managed_policies: bool = True) -> None:
        """Start moto, once, and make again what earlier processes left. A failed start leaves nothing started."""
        if self._running is not None:
            return
        from moto import mock_aws

        os.environ.update(_SETTINGS)
        self._running = mock_aws(config={"iam": {"load_aws_managed_policies": managed_policies}})
        self._running.start()
        try:
            replay_all(
                self._store.records.values(), lambda it: replay(it, kind_of(it.type), _call_for(it), _existing(it))
            )
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Forget what moto holds; the state on disk stays."""
        if self._running is not None:
            self._running.stop()
            self._running = None
            _client.cache_clear()
            _open_region.cache_clear()


def _call_for(record: Record) -> Call:
    return _call(Identity(urn=record.urn, generation=record.generation), record.region)


def _call(identity: Identity, region: str) -> Call:
    _open_region(region)
    _seed(identity.seed())
    return Call(identity=identity, region=region, client=lambda service: _client(service, region))


@cache
def _open_region(region: str) -> None:
    """Let moto make what a region has from the start, so that it draws no id from a resource's seed."""
    _seed(0)
    _client("ec2", region).describe_vpcs()
    _client("kms", region).describe_key(KeyId="alias/aws/rds")
    iam, name = _client("iam", region), STAND_IN_CERTIFICATE_NAME
    if name not in {
        kept["ServerCertificateName"] for kept in iam.list_server_certificates()["ServerCertificateMetadataList"]
    }:
        iam.upload_server_certificate(ServerCertificateName=name, CertificateBody=name, PrivateKey=name)


@cache
def _client(service: str, region: str) -> Any:
    import boto3

    # moto takes the partition from the region in the address, and GovCloud's own address of IAM has none.
    by_region = service == "iam" and partition(region) == "aws-us-gov"
    address = f"https://iam.{region}.amazonaws.com" if by_region else None
    client = boto3.client(service, region_name=region, endpoint_url=address)
    client.meta.events.register(
        "before-parameter-build", lambda params, model, **_: refuse(model_faults(params, model.input_shape, ""))
    )
    client.meta.events.register(
        "before-parameter-build", lambda params, model, **_: check_call(params, service, model.name)
    )
    return client


def _seed(number: int) -> None:
    import requests

    requests.post(f"{_SEED_ADDRESS}?a={number}", timeout=10).raise_for_status()
    random.seed(number)


def _existing(record: Record) -> Existing:
    # Inputs as the cloud holds them: an edit on disk of a property counts.
    given = {
        name: record.properties.get(name, value)
        for name, value in record.inputs.items()
        if not name.startswith("__") and value is not None
    }
    return Existing(id=record.id, inputs=reveal(given), outputs=reveal(record.properties))
