"""What a plan does otherwise with the SDK's Outputs, which are many; undocumented as in `sdk`."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Final

import pulumi
from google.protobuf.struct_pb2 import Struct
from pulumi import _types, output
from pulumi.runtime import resource as registration
from pulumi.runtime import rpc, settings

from footing.plan.sdk import takes

_SERIALIZE_PARAMETERS: Final = (
    "inputs property_deps resource_obj input_transformer typ keep_output_values exclude_resource_refs_from_deps"
)
_SERIALIZE_ONE_PARAMETERS: Final = (
    "value deps property_key resource_obj input_transformer typ "
    "keep_output_values exclude_resource_refs_from_deps return_protobuf_value"
)
_RESOLVE_PARAMETERS: Final = (
    "res serialized_props outputs deps resolvers custom "
    "transform_using_type_metadata keep_unknowns resolve_missing_as_unknown"
)
_ADD_DEPENDENCY_PARAMETERS: Final = "deps res from_resource"
_DATA: Final = "_data"
_DATA_FIELDS: Final = "resources value is_known is_secret"
_DEPENDENCIES: Final = "_plan_dependencies"
_DEPENDED_ON: Final = "_plan_depended_on"
_KNOWN: Final = frozenset({type(None), bool, int, float, str})


@contextmanager
def few_outputs() -> Iterator[bool]:
    """Keep what each property of a resource resolves to in one future, and make one Output for its URN.

    The SDK makes four futures and a task for each property that a resource could have, and ten Outputs for a URN
    that is for programs without an engine. It also works out the types of inputs that are not given, looks for
    parts in every text and number, translates every answer into the classes of outputs, whoever reads it, makes a
    function each time it asks whether a value is unknown, takes a lock twice for each Output that it waits for,
    imports a module again for each dependency, and looks for an engine to tell of each step.

    Yields:
        Whether this SDK allows it; where not, its own functions stay.

    """
    data: Any = getattr(output, "_OutputData", None)
    found = [getattr(module, name, None) for module, name, _, _ in _REPLACED]
    shapes = [(function, names) for function, (_, _, names, _) in zip(found, _REPLACED, strict=True)]
    known = all(takes(function, names.split()) for function, names in (*shapes, (data, _DATA_FIELDS)))
    if not known or _DATA not in inspect.get_annotations(pulumi.Output):
        yield False
        return
    with ExitStack() as originals:
        for (module, name, _, ours), original in zip(_REPLACED, found, strict=True):
            originals.callback(setattr, module, name, original)
            first = data if ours is _transfer else original
            setattr(module, name, ours if ours is _track else partial(ours, first))
        yield True


def _transfer(
    data: Callable[..., Any],
    res: pulumi.Resource,
    props: Mapping[str, Any],
    custom: bool,  # noqa: FBT001 the SDK's signature, as below
) -> dict[str, Callable[..., None]]:
    """Make an Output of each property, and return by name what resolves it.

    The SDK also waits for each of them at its end. They resolve as soon as their resource is registered, which it
    waits for as well.
    """
    loop, own = asyncio.get_running_loop(), {res}
    resolvers: dict[str, Callable[..., None]] = {}
    for name in props:
        if name != "urn" and not (name == "id" and custom):
            future = _ReadFuture(loop)
            res.__dict__[name] = _untracked(future)
            resolvers[name] = partial(_resolve, data, future, own)
    return resolvers


def _untracked(future: asyncio.Future[Any]) -> pulumi.Output[Any]:
    """Return an Output of `future` that the SDK does not wait for at its end."""
    made: pulumi.Output[Any] = object.__new__(pulumi.Output)
    setattr(made, _DATA, future)
    return made


class _ReadFuture(asyncio.Future[Any]):
    """Future that is resolved once its resource is registered and something reads it.

    Attributes:
        resolve: resolves it, while nothing has read it since its resource was registered.
        read: whether something waits for it.

    """

    __slots__ = ("read", "resolve")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self.resolve: Callable[[], None] | None = None
        self.read = False

    def __await__(self) -> Generator[Any, None, Any]:
        self._read()
        return super().__await__()

    def add_done_callback(self, *args: Any, **named: Any) -> None:
        self._read()
        super().add_done_callback(*args, **named)

    def done(self) -> bool:
        self._read()
        return super().done()

    def _read(self) -> None:
        self.read = True
        resolve, self.resolve = self.resolve, None
        if resolve is not None:
            resolve()


def _track(made: pulumi.Output[Any]) -> None:
    """Have the SDK wait for an Output until it has its value; a failure stays for the SDK to raise."""
    waiting = settings.SETTINGS.outputs
    future = getattr(made, _DATA)
    waiting.add(future)
    future.add_done_callback(partial(_no_longer_wait, waiting))


def _no_debug(*_: Any, **__: Any) -> None:
    """Say nothing: a plan has no engine to hear it."""


def _no_longer_wait(waiting: set[Any], future: asyncio.Future[Any]) -> None:
    if not future.cancelled() and future.exception() is None:
        waiting.discard(future)


def _resolve_outputs(
    original: Callable[..., None],
    res: pulumi.Resource,
    serialized: Struct,
    outputs: Struct,
    deps: Mapping[str, set[pulumi.Resource]],
    resolvers: Mapping[str, partial[None]],
    custom: bool,  # noqa: FBT001
    transform_using_type_metadata: bool = False,  # noqa: FBT001, FBT002
    *others: Any,
    **named: Any,
) -> None:
    """Resolve each property when it is read, from what the engine answered of it."""

    def resolve(answer: Struct, some: Mapping[str, Any]) -> None:
        original(res, serialized, answer, deps, some, custom, transform_using_type_metadata, *others, **named)

    if not settings.is_dry_run():
        resolve(outputs, resolvers)
        return
    names = _types.resource_pulumi_to_py_names(type(res)) if transform_using_type_metadata else {}
    answered = {
        (names.get(key) or key) if transform_using_type_metadata else res.translate_output_property(key): key
        for key in outputs.fields
    }
    # As bytes: a message of protobuf keeps all of its answer in memory, at several times the size.
    answer = outputs.SerializeToString()

    def resolve_one(name: str, resolver: partial[None]) -> None:
        key = answered.get(name)
        own = Struct() if key is None else Struct(fields={key: Struct.FromString(answer).fields[key]})
        resolve(own, {name: resolver})

    for name, resolver in resolvers.items():
        future: _ReadFuture = resolver.args[1]
        future.resolve = partial(resolve_one, name, resolver)
        if future.read:
            future._read()


def _resolve(
    data: Callable[..., Any],
    future: _ReadFuture,
    own: set[pulumi.Resource],
    value: Any,
    is_known: bool,  # noqa: FBT001
    is_secret: bool,  # noqa: FBT001
    others: set[pulumi.Resource] | None,
    failure: Exception | None = None,
) -> None:
    if failure is not None:
        future.set_exception(failure)
    else:
        future.set_result(data(own | others if others else own, value, is_known, is_secret))


def _serialize(original: Callable[..., Any], inputs: Any, *others: Any, **named: Any) -> Any:
    # The SDK leaves out what is None as well, but only after it has worked out its type.
    given = (
        {name: inputs[name] for name in inputs if inputs[name] is not None} if isinstance(inputs, dict) else inputs
    )
    return original(given, *others, **named)


def _serialize_one(
    original: Callable[..., Awaitable[Any]], value: Any, *others: Any, **named: Any
) -> Awaitable[Any]:
    # The SDK comes to the same value, whatever its type, after it has looked for all kinds that have parts.
    if type(value) in _KNOWN and not named.get("return_protobuf_value"):
        return _itself(value)
    return original(value, *others, **named)


async def _itself(value: Any) -> Any:
    return value


def _contains_unknowns(original: Callable[[Any], bool], value: Any) -> bool:
    return type(value) not in _KNOWN and original(value)


def _urn(
    original: Callable[..., pulumi.Output[str]],
    name: Any,
    type_: Any,
    parent: Any = None,
    *others: Any,
    **named: Any,
) -> pulumi.Output[str]:
    if not all(isinstance(each, str) for each in (name, type_, parent)):
        return original(name, type_, parent, *others, **named)
    known = asyncio.get_running_loop().create_future()
    urn = f"{parent[: parent.rfind('::')]}${type_}::{name}"
    known.set_result(output._OutputData(resources=set(), value=urn, is_known=True, is_secret=False))
    return _untracked(known)


def _declare_dependency(_: object, from_resource: pulumi.Resource, to_resource: pulumi.Resource) -> bool:
    """Remember a dependency, unless it would close a circle; return whether it did not.

    The SDK walks all that `to_resource` depends on, each time. Nothing reaches what nobody depends on yet.
    """
    own: set[pulumi.Resource] = from_resource.__dict__.setdefault(_DEPENDENCIES, set())
    if to_resource in own:
        return True
    if from_resource is to_resource or (
        _DEPENDED_ON in from_resource.__dict__ and _reaches(to_resource, from_resource)
    ):
        return False
    own.add(to_resource)
    to_resource.__dict__[_DEPENDED_ON] = True
    return True


async def _add_dependency(
    original: Callable[..., Awaitable[None]], deps: dict[str, Any], res: Any, from_resource: Any
) -> None:
    """Add one resource to `deps`; a component, which stands for its children, is the SDK's own matter."""
    alone = isinstance(res, pulumi.CustomResource)
    if not alone or (from_resource and not _declare_dependency(None, from_resource, res)):
        await original(deps, res, from_resource)
    elif urn := await res.urn.future():
        deps[urn] = res


def _reaches(start: pulumi.Resource, end: pulumi.Resource) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        found = waiting.pop().__dict__.get(_DEPENDENCIES, set()) - seen
        if end in found:
            return True
        seen |= found
        waiting += found
    return False


_REPLACED: Final[tuple[tuple[Any, str, str, Callable[..., Any]], ...]] = (
    (rpc, "transfer_properties", "res props custom", _transfer),
    (rpc, "serialize_properties", _SERIALIZE_PARAMETERS, _serialize),
    (rpc, "serialize_property", _SERIALIZE_ONE_PARAMETERS, _serialize_one),
    (rpc, "resolve_outputs", _RESOLVE_PARAMETERS, _resolve_outputs),
    (rpc, "contains_unknowns", "val", _contains_unknowns),
    (rpc, "declare_dependency", "from_resource to_resource", _declare_dependency),
    (rpc, "_add_dependency", _ADD_DEPENDENCY_PARAMETERS, _add_dependency),
    (registration, "create_urn", "name type_ parent project stack", _urn),
    (pulumi.Output, "_track", "self", _track),
    (pulumi.log, "debug", "msg resource stream_id ephemeral", _no_debug),
)
"""Module and name of each function that is replaced, its parameters as they are known, and ours."""
