"""The provider in process, spoken to with the engine's own messages."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import grpc
from pulumi.runtime.proto import provider_pb2

from simulator.cloud import Cloud
from simulator.provider import SimulatedProvider
from simulator.store import open_store
from wire_format import decode, encode


class AbortedError(Exception):
    """What a gRPC client would get."""


class Connection:
    """The part of a server's context that the provider uses."""

    def peer(self) -> str:
        return "here"

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        assert code is grpc.StatusCode.INVALID_ARGUMENT
        raise AbortedError(details)


def urn(token: str, name: str, *, parent: str = "") -> str:
    return f"urn:pulumi:staging::small::{parent}{token}::{name}"


@dataclass
class Provider:
    """A provider over one state directory, with Check before Create as the engine does."""

    servicer: SimulatedProvider
    cloud: Cloud

    def check(
        self, token: str, name: str, inputs: Mapping[str, Any], olds: Mapping[str, Any] | None = None
    ) -> Any:
        request = provider_pb2.CheckRequest(urn=urn(token, name), news=encode(inputs), olds=encode(olds or {}))
        return self.servicer.Check(request, Connection())

    def failures(self, token: str, inputs: Mapping[str, Any]) -> dict[str, str]:
        return {item.property: item.reason for item in self.check(token, "it", inputs).failures}

    def checked(
        self, token: str, name: str, inputs: Mapping[str, Any], olds: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        answer = self.check(token, name, inputs, olds)
        assert not answer.failures, answer.failures
        return decode(answer.inputs)

    def create(
        self, token: str, name: str, inputs: Mapping[str, Any], *, preview: bool = False
    ) -> tuple[str, dict[str, Any]]:
        request = provider_pb2.CreateRequest(
            urn=urn(token, name), properties=encode(self.checked(token, name, inputs)), preview=preview
        )
        answer = self.servicer.Create(request, Connection())
        return answer.id, decode(answer.properties)

    def diff(self, token: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Any:
        request = provider_pb2.DiffRequest(urn=urn(token, "it"), old_inputs=encode(olds), news=encode(news))
        return self.servicer.Diff(request, Connection())

    def read(self, token: str, name: str, resource_id: str) -> Any:
        """As a refresh does, which knows the resource already."""
        known = encode({"id": resource_id})
        request = provider_pb2.ReadRequest(urn=urn(token, name), id=resource_id, properties=known)
        return self.servicer.Read(request, Connection())

    def read_to_import(self, token: str, name: str, import_id: str) -> Any:
        request = provider_pb2.ReadRequest(urn=urn(token, name), id=import_id)
        return self.servicer.Read(request, Connection())

    def update(self, token: str, name: str, resource_id: str, news: Mapping[str, Any]) -> dict[str, Any]:
        olds = decode(self.read(token, name, resource_id).inputs)
        request = provider_pb2.UpdateRequest(
            urn=urn(token, name), id=resource_id, news=encode(self.checked(token, name, news, olds))
        )
        return decode(self.servicer.Update(request, Connection()).properties)

    def delete(self, token: str, name: str, resource_id: str) -> None:
        self.servicer.Delete(provider_pb2.DeleteRequest(urn=urn(token, name), id=resource_id), Connection())


@contextmanager
def provider_over(directory: Path, package: str = "aws") -> Iterator[Provider]:
    """A provider as a new process would have it: what it knows comes from the directory alone."""
    cloud = Cloud(open_store(directory))
    try:
        yield Provider(SimulatedProvider(cloud, package), cloud)
    finally:
        cloud.moto.stop()
