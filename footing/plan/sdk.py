"""Names that the Pulumi SDK does not document: no module but this, `sdk_outputs` and `sdk_types` touches any.

Each use checks that the SDK still has the shape it relies on; where it has not, the plan does without.
"""

import contextvars
import inspect
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pulumi
from pulumi.runtime import resource as registration
from pulumi.runtime import settings
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
_CALLBACKS: Final = "_CallbackServicer"
_SELF: Final = ("self", "__self__")
"""What the SDKs and their users call the object of a method."""


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


def takes(function: Any, names: list[str]) -> bool:
    """Tell whether `function` can be called and has exactly these parameters."""
    return callable(function) and list(inspect.signature(function).parameters) == names


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
        # The locals of a frame are copied when they are read, so only those of methods are.
        first = code.co_varnames[0] if code.co_argcount else ""
        owner = frame.f_locals.get(first) if first in _SELF else None
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
