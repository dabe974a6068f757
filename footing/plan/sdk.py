"""Names that the Pulumi SDK does not document: no module but this and `sdk_types` touches any.

Each use checks that the SDK still has the shape it relies on; where it has not, the plan does without.
"""

import asyncio
import contextvars
import inspect
import sys
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pulumi
from google.protobuf.struct_pb2 import Struct
from pulumi import output
from pulumi._types import resource_pulumi_to_py_names
from pulumi.runtime import resource as registration
from pulumi.runtime import rpc, settings
from pulumi.runtime.proto import source_pb2

# What `pulumi.runtime.reset_options` sets. The SDK keeps these in context variables, but the first value that is
# not None becomes the default of every other context too: a plan would stay behind as the process's engine.
_SETTINGS: Final = (
    "callbacks",
    "dry_run",
    "engine",
    "legacy_apply_enabled",
    "lock",
    "monitor",
    "monitor_features",
    "organization",
    "outputs",
    "parallel",
    "project",
    "root_directory",
    "rpc_manager",
    "stack",
)
_TRACE: Final = "_get_stack_trace"
_TRANSFER: Final = "transfer_properties"
_SERIALIZE_PARAMETERS: Final = (
    "inputs property_deps resource_obj input_transformer typ keep_output_values exclude_resource_refs_from_deps"
)
_URN: Final = "create_urn"
_SERIALIZE: Final = "serialize_properties"
_RESOLVE: Final = "resolve_outputs"
_RESOLVE_PARAMETERS: Final = (
    "res serialized_props outputs deps resolvers custom "
    "transform_using_type_metadata keep_unknowns resolve_missing_as_unknown"
)
_UNKNOWNS: Final = "contains_unknowns"
_DATA: Final = "_data"
_KNOWN: Final = frozenset({type(None), bool, int, float, str})
_CALLBACKS: Final = "_CallbackServicer"


@contextmanager
def isolated() -> Iterator[None]:
    """Leave the SDK's process-wide defaults as they were, whatever runs inside."""
    ambient = getattr(settings, "SETTINGS", None)
    names = [name for name in _SETTINGS if hasattr(ambient, name)]
    defaults = contextvars.Context().run(lambda: {name: getattr(ambient, name) for name in names})
    try:
        yield
    finally:
        for name, value in defaults.items():
            contextvars.Context().run(setattr, ambient, name, value)


@contextmanager
def short_traces(in_project: Callable[[str], bool]) -> Iterator[bool]:
    """Send one stack frame with each resource: the project's line that made it.

    The SDK sends the whole stack and opens every file in it again for each resource, a cost that grows with the
    depth of the caller. Its own choice of frame also stops inside of a component that has a base class.

    Args:
        in_project: tells whether a file name is the project's own code.

    Yields:
        Whether this SDK allows it; where not, its own stack traces stay.

    """
    original: Any = getattr(registration, _TRACE, None)
    if not takes(original, []) or not isinstance(original(), source_pb2.StackTrace):
        yield False
        return
    setattr(registration, _TRACE, lambda: _trace(sys._getframe(1), in_project))
    try:
        yield True
    finally:
        setattr(registration, _TRACE, original)


@contextmanager
def few_outputs() -> Iterator[bool]:
    """Keep what each property of a resource resolves to in one future, and make one Output for its URN.

    The SDK makes four futures and a task for each property that a resource could have, and ten Outputs for a URN
    that is for programs without an engine. It also works out the types of inputs that are not given, translates
    every answer into the classes of outputs, whoever reads it, and makes a function each time it asks whether a
    value is unknown.

    Yields:
        Whether this SDK allows it; where not, its own functions stay.

    """
    transfer: Any = getattr(rpc, _TRANSFER, None)
    serialize: Any = getattr(rpc, _SERIALIZE, None)
    resolve: Any = getattr(rpc, _RESOLVE, None)
    unknowns: Any = getattr(rpc, _UNKNOWNS, None)
    urn: Any = getattr(registration, _URN, None)
    data: Any = getattr(output, "_OutputData", None)
    shapes = (
        (transfer, "res props custom"),
        (serialize, _SERIALIZE_PARAMETERS),
        (resolve, _RESOLVE_PARAMETERS),
        (unknowns, "val"),
        (urn, "name type_ parent project stack"),
        (data, "resources value is_known is_secret"),
    )
    known = all(takes(function, names.split()) for function, names in shapes)
    if not known or _DATA not in inspect.get_annotations(pulumi.Output):
        yield False
        return
    with ExitStack() as originals:
        for module, name, function in (
            (rpc, _TRANSFER, partial(_transfer, data)),
            (rpc, _SERIALIZE, partial(_serialize, serialize)),
            (rpc, _RESOLVE, partial(_resolve_outputs, resolve)),
            (rpc, _UNKNOWNS, partial(_contains_unknowns, unknowns)),
            (registration, _URN, partial(_urn, urn)),
        ):
            originals.callback(setattr, module, name, getattr(module, name))
            setattr(module, name, function)
        yield True


def takes(function: Any, names: list[str]) -> bool:
    """Tell whether `function` can be called and has exactly these parameters."""
    return callable(function) and list(inspect.signature(function).parameters) == names


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
            res.__dict__[name] = made = object.__new__(pulumi.Output)
            setattr(made, _DATA, future)
            resolvers[name] = partial(_resolve, data, future, own)
    return resolvers


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
    """Resolve a property that the engine answered when it is read, and all others at once."""

    def resolve(answer: Struct, some: Mapping[str, Any]) -> None:
        original(res, serialized, answer, deps, some, custom, transform_using_type_metadata, *others, **named)

    if not settings.is_dry_run():
        resolve(outputs, resolvers)
        return
    names = resource_pulumi_to_py_names(type(res)) if transform_using_type_metadata else {}
    unanswered = dict(resolvers)
    # As bytes: a message of protobuf keeps all of its answer in memory, at several times the size.
    answer = outputs.SerializeToString()

    def resolve_one(key: str, name: str) -> None:
        resolve(Struct(fields={key: Struct.FromString(answer).fields[key]}), {name: resolvers[name]})

    for key in outputs.fields:
        name = (names.get(key) or key) if transform_using_type_metadata else res.translate_output_property(key)
        resolver = unanswered.pop(name, None)
        if resolver is not None:
            future: _ReadFuture = resolver.args[1]
            future.resolve = partial(resolve_one, key, name)
            if future.read:
                future._read()
    resolve(Struct(), unanswered)


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
    return pulumi.Output.from_input(f"{parent[: parent.rfind('::')]}${type_}::{name}")


def answer_callbacks_here(monitor: Any) -> Callable[[str, bytes], Awaitable[Any]] | None:
    """Let the SDK's functions that an engine would call back be called in this process, without a server.

    Args:
        monitor: what the SDK tells of each function, with its token.

    Returns:
        The call: a token and the request's bytes to the answer. None where this SDK has not the shape for it.

    """
    servicer_type = getattr(settings, _CALLBACKS, None)
    methods = ("register_transform", "register_stack_transform")
    usable = all(inspect.isfunction(getattr(servicer_type, name, None)) for name in methods)
    if not usable or not hasattr(getattr(settings, "SETTINGS", None), "callbacks"):
        return None
    # Its constructor would begin a server, with threads that a plan's loop does not have.
    servicer: Any = object.__new__(servicer_type)  # type: ignore[arg-type]
    servicer._callbacks, servicer._transforms = {}, {}
    servicer._monitor, servicer._target = monitor, "in this process"
    settings.SETTINGS.callbacks = servicer

    def call(token: str, request: bytes) -> Awaitable[Any]:
        answer: Awaitable[Any] = servicer._callbacks[token](request)
        return answer

    return call


def _trace(frame: FrameType | None, in_project: Callable[[str], bool]) -> source_pb2.StackTrace:
    resource = None
    while frame is not None:
        code = frame.f_code
        owner = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
        if resource is None and isinstance(owner, pulumi.Resource):
            resource = owner
        # Its own constructors are not what made it; the code that called the outermost one is.
        if resource is not None and owner is not resource and in_project(code.co_filename):
            position = source_pb2.SourcePosition(uri=_uri(code.co_filename), line=frame.f_lineno)
            return source_pb2.StackTrace(frames=[source_pb2.StackFrame(pc=position)])
        frame = frame.f_back
    return source_pb2.StackTrace()


@cache
def _uri(filename: str) -> str:
    return Path(filename).as_uri()
