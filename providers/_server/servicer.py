"""The engine's provider protocol over the handlers of one vendor.

https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
"""

import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import grpc
from google.protobuf import any_pb2, empty_pb2
from google.rpc import status_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from policies.version import VERSION
from providers._server.api import REFUSED, Access, Api, ApiError, VendorError
from providers._server.handler import Handler
from providers._server.values import input_faults, marked, without_secrets
from providers.description import Resource, inputs, outputs, token, type_schema
from wire_format import UNKNOWN, Properties, decode, encode, reveal

ENGINE_KEYS = frozenset({"version", "pluginDownloadURL", "pluginChecksums"})
_Method = TypeVar("_Method", bound=Callable[..., Any])


@dataclass(frozen=True)
class Vendor:
    """One provider: its package, where its API is, and its types.

    Attributes:
        package: Pulumi's name of it; part of the state.
        text: what it is, for people.
        endpoint: address of the API.
        endpoint_variable: variable of the environment with another address, of a fake.
        credentials: variables of the environment that hold the token, each with the header that carries it; `{}`
            stands for its value.
        handlers: what makes each type.
        busy: statuses beside 429 that say that nothing was done and to come again.

    """

    package: str
    text: str
    endpoint: str
    endpoint_variable: str
    credentials: Mapping[str, tuple[str, str]]
    handlers: Mapping[type[Resource], Handler]
    busy: frozenset[int] = frozenset()

    def credentials_of(self, cls: type[Resource]) -> tuple[str, ...]:
        """Return the variables with the token of a type's requests."""
        return self.handlers[cls].credentials or tuple(self.credentials)

    def access(self, names: tuple[str, ...]) -> Access:
        """Return how the API is asked with the tokens of these variables.

        Raises:
            VendorError: a variable is not set.

        """
        if missing := [name for name in names if not os.environ.get(name)]:
            raise VendorError(f"{' and '.join(missing)} is not set: the token of {self.text}")
        carried = {name: self.credentials[name] for name in names}
        headers = {header: form.format(os.environ[name]) for name, (header, form) in carried.items()}
        return Access(os.environ.get(self.endpoint_variable) or self.endpoint, headers, self.busy)

    def schema(self) -> dict[str, Any]:
        """Return the package's schema."""
        return {
            "name": self.package,
            "version": VERSION,
            "description": self.text,
            "resources": {token(cls): type_schema(cls) for cls in self.handlers},
        }


def _one_sentence(method: _Method) -> _Method:
    """Turn what a vendor refuses into a gRPC error that holds one sentence, and no secret."""

    @wraps(method)
    def answered(self: "Servicer", request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except VendorError as error:
            return context.abort(grpc.StatusCode.UNKNOWN, self.sentence(error, request))

    return answered  # type: ignore[return-value]


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the engine for one vendor. A token is read from the environment and kept nowhere."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._types = {token(cls): cls for cls in vendor.handlers}
        self._stopping = threading.Event()
        self._apis: dict[tuple[str, ...], Api] = {}

    def Handshake(self, request: Any, context: Any) -> provider_pb2.ProviderHandshakeResponse:  # noqa: N802, ARG002
        """Return what the provider takes: secrets marked."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802, ARG002
        """Return nothing."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:  # noqa: N802, ARG002
        """Return the version of the whole tree."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request: Any, context: Any) -> provider_pb2.GetSchemaResponse:  # noqa: N802, ARG002
        """Return the schema, made from the description of each type."""
        return provider_pb2.GetSchemaResponse(schema=json.dumps(self._vendor.schema()))

    def CheckConfig(self, request: Any, context: Any) -> provider_pb2.CheckResponse:  # noqa: N802, ARG002
        """Return a fault for each setting: there are none, so that no token comes into the state."""
        names = sorted(decode(request.news).keys() - ENGINE_KEYS)
        where = ", ".join(self._vendor.credentials)
        faults = [
            provider_pb2.CheckFailure(property=name, reason=f"is no setting of it: the token comes from {where}")
            for name in names
            if not name.startswith("__")
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=faults)

    def DiffConfig(self, request: Any, context: Any) -> provider_pb2.DiffResponse:  # noqa: N802, ARG002
        """Return no difference: there is nothing to configure."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: Any) -> provider_pb2.ConfigureResponse:  # noqa: N802, ARG002
        """Return what the provider takes: secrets marked, and previews of creations."""
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: Any, context: Any) -> provider_pb2.CheckResponse:  # noqa: N802, ARG002
        """Return every fault of the inputs at once."""
        cls, news = self._type(request), decode(request.news)
        faults = list(input_faults(cls, news)) or self._vendor.handlers[cls].faults(reveal(news))
        failures = [provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in faults]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def Diff(self, request: Any, context: Any) -> provider_pb2.DiffResponse:  # noqa: N802, ARG002
        """Return which inputs differ, and which of them make a new resource."""
        known = inputs(self._type(request))
        olds, news = reveal(decode(request.old_inputs or request.olds)), reveal(decode(request.news))
        differing = [
            name for name in known if olds.get(name) != news.get(name) and name not in request.ignoreChanges
        ]
        some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
        replaces = [name for name in differing if known[name].replaces]
        return provider_pb2.DiffResponse(changes=some if differing else none, diffs=differing, replaces=replaces)

    @_one_sentence
    def Create(self, request: Any, context: Any) -> provider_pb2.CreateResponse:  # noqa: N802
        """Make a resource; one that fails after the vendor accepted it is kept with its id, and repaired."""
        cls, given = self._type(request), decode(request.properties)
        computed = {name for name, it in outputs(cls).items() if it.computed}
        if request.preview:
            unknown = dict.fromkeys(computed, UNKNOWN)
            return provider_pb2.CreateResponse(properties=encode(marked(cls, unknown, {}) | given))
        accepted: list[str] = []
        try:
            made = self._vendor.handlers[cls].create(self._asked(cls), reveal(given), accepted.append)
        except VendorError as error:
            if not accepted:
                raise
            return self._partial(context, accepted[-1], given, self.sentence(error, request))
        return provider_pb2.CreateResponse(id=accepted[-1], properties=encode(given | marked(cls, made, given)))

    @_one_sentence
    def Read(self, request: Any, context: Any) -> provider_pb2.ReadResponse:  # noqa: N802, ARG002
        """Return the resource as the vendor has it; no id where it is gone."""
        cls, given = self._type(request), decode(request.inputs)
        found = self._vendor.handlers[cls].read(self._asked(cls), request.id, reveal(given))
        if found is None:
            return provider_pb2.ReadResponse()
        seen = marked(cls, found.inputs, given)
        properties = encode(seen | marked(cls, found.computed, given))
        return provider_pb2.ReadResponse(id=request.id, inputs=encode(seen), properties=properties)

    @_one_sentence
    def Update(self, request: Any, context: Any) -> provider_pb2.UpdateResponse:  # noqa: N802, ARG002
        """Change a resource in place; in a preview, what the vendor computed is taken to stay."""
        cls, news = self._type(request), decode(request.news)
        if request.preview:
            computed = [name for name, it in outputs(cls).items() if it.computed]
            olds = decode(request.olds)
            kept = {name: olds.get(name, UNKNOWN) for name in computed}
            return provider_pb2.UpdateResponse(properties=encode(kept | news))
        olds = reveal(decode(request.old_inputs))
        made = self._vendor.handlers[cls].update(self._asked(cls), request.id, olds, reveal(news))
        return provider_pb2.UpdateResponse(properties=encode(news | marked(cls, made, news)))

    @_one_sentence
    def Delete(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802, ARG002
        """Delete a resource; what is gone already counts as deleted."""
        cls = self._type(request)
        given = decode(request.old_inputs or request.properties)
        self._vendor.handlers[cls].delete(self._asked(cls), request.id, reveal(given))
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802, ARG002
        """End every wait."""
        self._stopping.set()
        return empty_pb2.Empty()

    def sentence(self, error: VendorError, request: Any) -> str:
        """Return what went wrong, without any secret of the request's inputs or of the environment."""
        text = str(error)
        if isinstance(error, ApiError) and error.status in REFUSED:
            names = self._vendor.credentials_of(self._type(request))
            text += f" (the token comes from {', '.join(names)})"
        for field in ("properties", "news", "inputs", "olds", "old_inputs"):
            if hasattr(request, field):
                text = without_secrets(text, self._type(request), decode(getattr(request, field)))
        for value in filter(None, map(os.environ.get, self._vendor.credentials)):
            text = text.replace(value, "[secret]")
        return f"{self._vendor.package}: {text}"

    def _type(self, request: Any) -> type[Resource]:
        name = request.urn.split("::")[2].rsplit("$", 1)[-1]
        if name not in self._types:
            raise VendorError(f"there is no type {name}")
        return self._types[name]

    def _asked(self, cls: type[Resource]) -> Api:
        """Return the API of a type, with the token as the environment has it when it is first asked."""
        names = self._vendor.credentials_of(cls)
        if names not in self._apis:
            self._apis[names] = Api(self._vendor.access(names), self._stopping)
        return self._apis[names]

    def _partial(
        self, context: grpc.ServicerContext, id_: str, given: Properties, reason: str
    ) -> provider_pb2.CreateResponse:
        """End a creation with the error that makes the engine keep the id."""
        failed = provider_pb2.ErrorResourceInitFailed(
            id=id_, properties=encode(given), reasons=[reason], inputs=encode(given)
        )
        packed = any_pb2.Any()
        packed.Pack(failed)
        code = grpc.StatusCode.UNKNOWN
        status = status_pb2.Status(code=code.value[0], message=reason, details=[packed])
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(code, reason)
        raise AssertionError("abort raises")
