"""Runs a component against the SDK's mock monitor and keeps what the engine would have been told."""

import asyncio
import contextvars
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import pulumi
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import run_pulumi_func

from components.component import Component, output_names

C = TypeVar("C", bound=Component)

SIGNATURE = rpc._special_sig_key
SECRET = rpc._special_secret_sig

MADE: Mapping[str, Mapping[str, Any]] = {
    "aws:ec2/vpc:Vpc": {"cidrBlock": "10.0.0.0/16"},
    "aws:rds/instance:Instance": {
        "address": "db.internal",
        "endpoint": "db.internal:5432",
        "port": 5432,
        "masterUserSecrets": [{"kmsKeyId": "", "secretArn": "arn:of-rds", "secretStatus": "active"}],
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "primaryEndpointAddress": "redis.internal",
        "readerEndpointAddress": "reader.redis.internal",
        "memberClusters": ["redis-003", "redis-001"],
    },
    "aws:elasticache/serverlessCache:ServerlessCache": {
        "endpoints": [{"address": "serverless.internal", "port": 6379}],
        "readerEndpoints": [{"address": "serverless.internal", "port": 6380}],
    },
    "aws:lb/loadBalancer:LoadBalancer": {"dnsName": "lb.internal", "arnSuffix": "app/lb/1", "zoneId": "Z1"},
    "aws:lb/targetGroup:TargetGroup": {"arnSuffix": "targetgroup/tg/1"},
    "aws:s3/bucket:Bucket": {"bucketRegionalDomainName": "bucket.internal"},
    "aws:secretsmanager/secretVersion:SecretVersion": {"secretArn": "arn:aws:made:::secret", "versionId": "v1"},
    "aws:cloudfront/distribution:Distribution": {"domainName": "d1.cdn.internal"},
    "cloudflare:index/zoneDnssec:ZoneDnssec": {"ds": "feed.example.com. 3600 IN DS 1 13 2 ABC"},
    "cloudflare:index/zone:Zone": {"nameServers": ["ada.ns.example.com", "bob.ns.example.com"]},
    "grafana:oss/dashboard:Dashboard": {"url": "https://grafana.example.com/d/made", "uid": "made"},
    "random:index/randomPassword:RandomPassword": {"result": "generated-password"},
    "random:index/randomId:RandomId": {"hex": "0a1b2c3d"},
    "sentry:index/sentryKey:SentryKey": {"dsnPublic": "https://public@sentry.example.com/1"},
    "tls:index/certRequest:CertRequest": {"certRequestPem": "request"},
    "tls:index/locallySignedCert:LocallySignedCert": {"certPem": "leaf certificate"},
    "tls:index/privateKey:PrivateKey": {"privateKeyPem": lambda name: f"{name} key"},
    "tls:index/selfSignedCert:SelfSignedCert": {"certPem": "authority certificate"},
    "upstash:index/redisDatabase:RedisDatabase": {
        "endpoint": "made.upstash.example.com",
        "databaseId": "made-id",
        "port": 6379,
        "password": "made/password",
        "restToken": "made-rest-token",
    },
}
"""What the providers would answer beside the inputs, by type token; a function is given the resource's name."""


@dataclass(frozen=True)
class Secret:
    """A value that the engine was told to keep secret."""

    value: Any


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One resource as the engine was told about it."""

    type: str
    name: str
    urn: str
    parent: str
    """Name of the parent, empty for the stack."""
    custom: bool
    inputs: dict[str, Any]
    """Keys as the provider spells them; secrets as `Secret`."""
    protect: bool
    delete_before_replace: bool
    retain_on_delete: bool
    """Whether the engine forgets it instead of deleting it."""
    ignore_changes: tuple[str, ...]
    dependencies: frozenset[str]
    """Names of the resources it waits for."""
    update_timeout: str
    """How long the engine waits for an update; empty for the provider's own time."""
    asked_before_update: tuple[str, ...]
    """Names of the hooks that may refuse an update."""
    import_id: str
    """Id of what is adopted instead of made; empty for nothing."""


@dataclass(kw_only=True)
class Recorded(Generic[C]):
    """A finished component and every resource it registered."""

    component: C
    resources: list[Registered]
    outputs: dict[str, Any]
    """Its annotated outputs, resolved; secrets as `Secret`."""
    read: Any = None
    """What the caller's `read` found on the component, resolved; a `Secret` if any part is one."""
    registered_outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What each component handed to the engine as its outputs, by component name."""

    def of(self, type_: str) -> list[Registered]:
        """All resources of one type: the whole token, or its last part (`Ruleset`)."""
        return [it for it in self.resources if it.type == type_ or it.type.endswith(f":{type_}")]

    def one(self, type_: str, name: str | None = None) -> Registered:
        """The only resource of a type, or the one with that name."""
        found = [it for it in self.of(type_) if name is None or it.name == name]
        assert len(found) == 1, f"{len(found)} resources {type_} {name or ''}: {[it.name for it in found]}"
        return found[0]

    def inventory(self) -> set[tuple[str, str]]:
        """Short type and name of every child."""
        return {(it.type.rpartition(":")[2], it.name) for it in self.resources if it.custom}


def record_component(
    build: Callable[[], C],
    *,
    read: Callable[[C], Any] = lambda _: None,
    made: Mapping[str, Mapping[str, Any]] = MADE,
    answers: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    preview: bool = False,
) -> Recorded[C]:
    """Run `build` as a program; an exception in it or in any Output of it is raised here.

    `read` picks something that holds Outputs without being an annotated one. With `preview`, nothing but the
    inputs is known, as in `pulumi preview` of a new stack. `answers` are those of lookups, by token; without one,
    a lookup is an error.
    """
    monitor = _Monitor({} if preview else made, answers, preview=preview)
    recorded: list[Recorded[C]] = []

    async def program() -> None:
        component = build()
        outputs = {name: await _resolve(getattr(component, name)) for name in output_names(type(component))}
        found = await _resolve(pulumi.Output.from_input(read(component)))
        recorded.append(Recorded(component=component, resources=monitor.registered, outputs=outputs, read=found))

    async def main() -> None:
        settings.SETTINGS.outputs = set()
        settings.set_root_resource(None)  # type: ignore[arg-type]
        mocks.set_mocks(_NoMocks(), project="shop", stack="staging", preview=preview, monitor=monitor)
        await run_pulumi_func(program)

    with asyncio.Runner() as runner:
        runner.run(main(), context=contextvars.copy_context())
    [result] = recorded
    result.registered_outputs = monitor.outputs
    return result


async def _resolve(output: pulumi.Output[Any]) -> Any:
    value = await output.future()
    return Secret(value) if await output.is_secret() else value


class _NoMocks(mocks.Mocks):
    """Unused: the monitor below answers itself. The SDK wants one."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        raise NotImplementedError(args.typ)

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        raise NotImplementedError(args.token)


class _Monitor(mocks.MockMonitor):
    """Answers a registration with its inputs and what `made` adds, and keeps the request."""

    def __init__(
        self, made: Mapping[str, Mapping[str, Any]], answers: Mapping[str, Mapping[str, Any]], *, preview: bool
    ) -> None:
        super().__init__(_NoMocks())
        self._answers = answers
        self.registered: list[Registered] = []
        self.outputs: dict[str, dict[str, Any]] = {}
        self._made = made
        self._preview = preview

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == "pulumi:pulumi:Stack":
            return resource_pb2.RegisterResourceResponse(urn=urn)
        self.registered.append(_registered(request, urn))
        state = struct_pb2.Struct()
        state.update(self._generated(request) if request.custom else {})
        state.MergeFrom(request.object)
        id_ = "" if self._preview or not request.custom else f"{request.name}-id"
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=state)

    def _generated(self, request: Any) -> dict[str, Any]:
        if self._preview:
            return {}
        generic = {"name": request.name, "arn": f"arn:aws:made:::{request.name}"}
        secret = set(request.additionalSecretOutputs)
        made = self._made.get(request.type, {})
        named = {key: value(request.name) if callable(value) else value for key, value in made.items()}
        values = {**generic, **named}
        return {
            key: {SIGNATURE: SECRET, "value": value} if key in secret else value
            for key, value in values.items()
            if key not in request.object
        }

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        if request.tok not in self._answers:
            raise AssertionError(f"a component looks something up: {request.tok}")
        answer = struct_pb2.Struct()
        answer.update(self._answers[request.tok])
        return resource_pb2.ResourceInvokeResponse(**{"return": answer})

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        self.outputs[_name(request.urn)] = _plain(request.outputs)
        return empty_pb2.Empty()


def _registered(request: Any, urn: str) -> Registered:
    return Registered(
        type=request.type,
        name=request.name,
        urn=urn,
        parent="" if "pulumi:pulumi:Stack::" in request.parent else _name(request.parent),
        custom=request.custom,
        inputs=_plain(request.object),
        protect=request.protect,
        delete_before_replace=request.deleteBeforeReplace,
        retain_on_delete=request.retainOnDelete,
        ignore_changes=tuple(request.ignoreChanges),
        dependencies=frozenset(_name(it) for it in request.dependencies),
        update_timeout=request.customTimeouts.update,
        asked_before_update=tuple(request.hooks.before_update),
        import_id=request.importId,
    )


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _plain(value: Any) -> Any:
    """Protobuf values as Python ones; whole numbers as `int`, unknown values as `UNKNOWN`."""
    if isinstance(value, struct_pb2.Struct):
        if SIGNATURE in value.fields and value[SIGNATURE] == SECRET:
            return Secret(_plain(value["value"]))
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, struct_pb2.ListValue):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return UNKNOWN if value == rpc.UNKNOWN else value


UNKNOWN = "<unknown>"
"""Stands for a value that only the provider knows, in a preview."""
