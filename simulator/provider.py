"""The engine's provider protocol, answered for every package at once."""

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from simulator.cloud import Cloud, mark_secrets, updated_properties
from simulator.difference import changes, deletes_first
from simulator.fly import fly_faults
from simulator.identity import DEFAULT_REGION, Identity
from simulator.importing import imported_inputs
from simulator.lookups import UnknownLookupError
from simulator.moto_aws.refusal import RefusedError
from simulator.naming import with_name
from simulator.published import published_faults
from simulator.read_back import as_read
from simulator.refusals import refused
from simulator.sdk_source import UnknownTypeError, base_version, package_root, package_version
from simulator.shapes import provider_shape, resource_shape
from simulator.store import StoreError
from simulator.validate import check_fields
from simulator.vercel_values import vercel_faults
from simulator.zone_values import zone_faults
from wire_format import UNKNOWN, Properties, decode, encode, is_unknown, reveal

# What the engine adds to a provider's configuration on its own.
_ENGINE_KEYS = {"version", "pluginDownloadURL", "pluginChecksums"}
BASE_PLUGINS = frozenset({"terraform-provider"})
"""Plugins that become a package by a parameter, which the package's own SDK carries.

https://www.pulumi.com/docs/iac/extending-pulumi/build-a-provider/#parameterized-providers
"""
_REFUSALS = (RefusedError, UnknownLookupError, UnknownTypeError, StoreError)
_Method = TypeVar("_Method", bound=Callable[..., Any])


def _top(path: str) -> str:
    """Return the property that a path begins with: of nothing longer the engine prints `[diff: ~name]`.

    The bridged providers cut it off as well:
    https://github.com/pulumi/pulumi-terraform-bridge/blob/main/pkg/tfbridge/provider.go
    """
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _one_sentence(method: _Method) -> _Method:
    """Turn a refusal into a gRPC error that holds its message alone."""

    @wraps(method)
    def answered(self: "SimulatedProvider", request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except _REFUSALS as error:
            return context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))

    return answered  # type: ignore[return-value]


class SimulatedProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Stands for the provider of one package, under its real name, version and type tokens."""

    def __init__(self, cloud: Cloud, package: str) -> None:
        self._cloud = cloud
        self._package = package
        self._regions: dict[str, str] = {}
        # A base plugin serves one package for each connection of the engine.
        self._parameterized: dict[str, str] = {}

    @_one_sentence
    def Parameterize(self, request: Any, context: Any) -> provider_pb2.ParameterizeResponse:  # noqa: N802
        """Return the package that this connection is from now on; its Terraform provider is not loaded."""
        name, version = request.value.name, request.value.version
        package_root(name)
        self._parameterized[context.peer()] = name
        return provider_pb2.ParameterizeResponse(name=name, version=version)

    def Handshake(self, request: Any, context: Any) -> provider_pb2.ProviderHandshakeResponse:  # noqa: N802, ARG002
        """Return what the provider takes: secrets marked, resources and outputs as plain values."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802, ARG002
        """Return nothing: the engine attaches to the running process instead of starting a plugin."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:  # noqa: N802, ARG002
        """Return the version of the installed SDK, which the engine asks of its provider."""
        package = self._served(context)
        return plugin_pb2.PluginInfo(version=base_version(package) or package_version(package))

    def GetSchema(self, request: Any, context: Any) -> provider_pb2.GetSchemaResponse:  # noqa: N802, ARG002
        """Name and version only: the SDK is the schema."""
        package = self._served(context)
        about = {"name": package, "version": package_version(package)}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(about))

    @_one_sentence
    def CheckConfig(self, request: Any, context: Any) -> provider_pb2.CheckResponse:  # noqa: N802
        """Return the faults: unknown names in a provider's configuration; the engine sends its values as text."""
        news = decode(request.news)
        known = provider_shape(self._served(context))
        extra = {name: value for name, value in news.items() if name not in known and name not in _ENGINE_KEYS}
        return _checked(request.news, check_fields(extra, known) if known and extra else ())

    def DiffConfig(self, request: Any, context: Any) -> provider_pb2.DiffResponse:  # noqa: N802, ARG002
        """Return no difference: a changed configuration replaces nothing here."""
        same = request.olds == request.news
        kind = provider_pb2.DiffResponse.DIFF_NONE if same else provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=kind)

    def Configure(self, request: Any, context: Any) -> provider_pb2.ConfigureResponse:  # noqa: N802
        """Keep the region of this provider: each has its own connection."""
        region = reveal(decode(request.args).get("region"))
        if isinstance(region, str) and not is_unknown(region):
            self._regions[context.peer()] = region
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @_one_sentence
    def Check(self, request: Any, context: Any) -> provider_pb2.CheckResponse:  # noqa: N802
        """Return the inputs, named where no name is given, and every fault of them at once."""
        news, olds = decode(request.news), decode(request.olds)
        identity = Identity(urn=request.urn, generation=self._cloud.store.generation(request.urn))
        shape = resource_shape(identity.type)
        named, region = with_name(news, olds, shape, identity), self._region(context, news)
        faults = [*check_fields(news, shape.inputs)] or [
            *refused(identity.type, named, region),
            *published_faults(identity.type, named),
            *zone_faults(identity.type, named),
            *vercel_faults(identity.type, named),
            *fly_faults(identity.type, named),
        ]
        return _checked(encode(named), faults)

    @_one_sentence
    def Diff(self, request: Any, context: Any) -> provider_pb2.DiffResponse:  # noqa: N802, ARG002
        """Return the difference between the old inputs and the new ones."""
        token = Identity(urn=request.urn, generation=0).type
        shape = resource_shape(token)
        olds, news, state = decode(request.old_inputs), decode(request.news), decode(request.olds)
        if not olds:
            olds = {name: value for name, value in state.items() if name in shape.inputs}
        read = as_read(token, olds)
        olds = {**read, **{name: olds[name] for name in request.ignoreChanges if name in olds}}
        found = [it for it in changes(token, shape, olds, news, state) if it.path not in request.ignoreChanges]
        replaces = sorted({_top(change.path) for change in found if change.replaces})
        some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
        kinds = {
            change.path: provider_pb2.PropertyDiff.Kind.Value(
                f"{change.kind.upper()}{'_REPLACE' if change.replaces else ''}"
            )
            for change in found
        }
        return provider_pb2.DiffResponse(
            changes=some if found else none,
            replaces=replaces,
            deleteBeforeReplace=bool(replaces) and deletes_first(token, olds, news),
            diffs=sorted({_top(change.path) for change in found}),
            hasDetailedDiff=True,
            detailedDiff={
                path: provider_pb2.PropertyDiff(kind=kind, inputDiff=True) for path, kind in kinds.items()
            },
        )

    @_one_sentence
    def Create(self, request: Any, context: Any) -> provider_pb2.CreateResponse:  # noqa: N802
        """Return the new resource; in a preview, what only the cloud can know is unknown."""
        inputs = decode(request.properties)
        if request.preview:
            shape = resource_shape(Identity(urn=request.urn, generation=0).type)
            unknown = {name: UNKNOWN for name in shape.outputs if inputs.get(name) is None}
            given = {name: value for name, value in inputs.items() if not name.startswith("__")}
            foreseen = mark_secrets({**unknown, **given}, given, shape)
            return provider_pb2.CreateResponse(properties=encode(foreseen))
        record = self._cloud.create(request.urn, inputs, region=self._region(context, inputs))
        return provider_pb2.CreateResponse(id=record.id, properties=encode(record.properties))

    @_one_sentence
    def Read(self, request: Any, context: Any) -> provider_pb2.ReadResponse:  # noqa: N802, ARG002
        """Return the resource as the cloud holds it; no id when it is gone."""
        if self._package == "random" and request.properties.fields:
            # As in the real provider: a random value is kept in the engine's state and nowhere else.
            return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)
        record = self._cloud.read(request.urn, request.id)
        if record is None:
            return provider_pb2.ReadResponse()
        # The engine imports with nothing but the id, and compares what is read with what the program gives.
        known = request.properties.fields or request.inputs.fields
        inputs = record.inputs if known else imported_inputs(record)
        return provider_pb2.ReadResponse(id=record.id, properties=encode(record.properties), inputs=encode(inputs))

    @_one_sentence
    def Update(self, request: Any, context: Any) -> provider_pb2.UpdateResponse:  # noqa: N802, ARG002
        """Return the resource, changed in place; in a preview, computed outputs are taken to stay."""
        token, news = Identity(urn=request.urn, generation=0).type, decode(request.news)
        if request.preview:
            olds, shape = decode(request.olds), resource_shape(token)
            given = updated_properties(shape, decode(request.old_inputs), olds, news)
            return provider_pb2.UpdateResponse(properties=encode(mark_secrets(given, news, shape)))
        record = self._cloud.update(request.urn, request.id, news)
        return provider_pb2.UpdateResponse(properties=encode(record.properties))

    @_one_sentence
    def Delete(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802, ARG002
        """Return nothing; what is gone already counts as deleted."""
        self._cloud.delete(request.urn, request.id)
        return empty_pb2.Empty()

    @_one_sentence
    def Invoke(self, request: Any, context: Any) -> provider_pb2.InvokeResponse:  # noqa: N802
        """Return the answer to a look-up, of the few that are known."""
        arguments = reveal(decode(request.args))
        found = self._cloud.look_up(request.tok, arguments, region=self._region(context, arguments))
        return provider_pb2.InvokeResponse(**{"return": encode(found)})

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802, ARG002
        """Return nothing: no operation runs long enough to stop."""
        return empty_pb2.Empty()

    def _served(self, context: grpc.ServicerContext) -> str:
        return self._parameterized.get(context.peer(), self._package)

    def _region(self, context: grpc.ServicerContext, inputs: Properties) -> str:
        given = reveal(inputs.get("region"))
        return given if isinstance(given, str) else self._regions.get(context.peer(), DEFAULT_REGION)


def _checked(inputs: Any, failures: Any) -> provider_pb2.CheckResponse:
    return provider_pb2.CheckResponse(
        inputs=inputs,
        failures=[provider_pb2.CheckFailure(property=failure.path, reason=failure.reason) for failure in failures],
    )
