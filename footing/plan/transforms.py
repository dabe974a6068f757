"""Resource transforms in a plan: run before a resource is recorded, as the engine runs them.

The engine runs those of the resource itself, then those of its parents, then those of the whole stack, and sends
each the inputs with every value that is unknown or secret as an output value.
https://www.pulumi.com/docs/iac/concepts/inputs-outputs/transforms/
"""

import traceback
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Final

from google.protobuf import struct_pb2
from pulumi.runtime.proto import resource_pb2

from wire_format import OUTPUT_SIGNATURE, SECRET_SIGNATURE, SIGNATURE_KEY, UNKNOWN

Callbacks = Callable[[str, bytes], Awaitable[Any]]
"""Answers the engine's call of a function of the program: its token, the request's bytes."""

_FIELDS: Final = {
    "depends_on": "dependencies",
    "protect": "protect",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "version": "version",
    "aliases": "aliases",
    "provider": "provider",
    "custom_timeouts": "customTimeouts",
    "plugin_download_url": "pluginDownloadURL",
    "retain_on_delete": "retainOnDelete",
    "deleted_with": "deletedWith",
    "delete_before_replace": "deleteBeforeReplace",
    "additional_secret_outputs": "additionalSecretOutputs",
    "providers": "providers",
    "import": "importId",
    "replace_with": "replace_with",
    "replacement_trigger": "replacement_trigger",
}
"""Options of a transform, and the same in a request to register a resource."""


class TransformError(RuntimeError):
    """A function that the program registered as a transform raised an error."""


class Transforms:
    """The transforms of one plan, by whom they are about."""

    def __init__(self, callbacks: Callbacks) -> None:
        self._callbacks = callbacks
        self._of_stack: list[str] = []
        self._of_resource: dict[str, list[str]] = {}
        self._parents: dict[str, str] = {}

    def add_for_stack(self, token: str) -> None:
        """Run the transform with this token for every resource from now on."""
        self._of_stack.append(token)

    def tokens(self, request: Any, urn: str) -> list[str]:
        """Return the transforms of a resource that is to be registered, in the engine's order."""
        self._parents[urn] = request.parent
        self._of_resource[urn] = [transform.token for transform in request.transforms]
        found: list[str] = []
        while urn:
            found += self._of_resource.get(urn, ())
            urn = self._parents.get(urn, "")
        return [*found, *self._of_stack]

    async def run(self, request: Any, tokens: Collection[str]) -> Any:
        """Return `request` as the transforms leave it.

        Raises:
            TransformError: one of them raised an error.

        """
        for token in tokens:
            options, properties = resource_pb2.TransformResourceOptions(), struct_pb2.Struct()
            for option, field in _FIELDS.items():
                _copy(request, field, options, option)
            if not request.deleteBeforeReplaceDefined:
                options.ClearField("delete_before_replace")
            properties.CopyFrom(request.object)
            for key, value in properties.fields.items():
                _raise_to_output_values(value, list(request.propertyDependencies[key].urns))
            given = resource_pb2.TransformRequest(
                type=request.type,
                name=request.name,
                custom=request.custom,
                parent=request.parent,
                properties=properties,
                options=options,
            )
            try:
                answer = await self._callbacks(token, given.SerializeToString())
            except Exception as error:
                frames = [
                    it for it in traceback.extract_tb(error.__traceback__) if "site-packages" not in it.filename
                ]
                where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
                about = f"the transform of {request.name} ({request.type})"
                raise TransformError(f"{about} raised {type(error).__name__}{where}: {error}") from error
            request = _transformed(request, answer)
        return request


def _transformed(request: Any, answer: Any) -> Any:
    changed = type(request)()
    changed.CopyFrom(request)
    changed.object.CopyFrom(answer.properties)
    # A transform that changes nothing is answered with what was sent, output values and all.
    for value in changed.object.fields.values():
        _lower_output_values(value)
    gone = changed.propertyDependencies.keys() - changed.object.fields.keys()
    for key in gone:
        del changed.propertyDependencies[key]
    if answer.HasField("options"):
        for option, field in _FIELDS.items():
            _copy(answer.options, option, changed, field)
        changed.deleteBeforeReplaceDefined = answer.options.HasField("delete_before_replace")
    return changed


def _copy(source: Any, name: str, target: Any, other: str) -> None:
    target.ClearField(other)
    for field, value in source.ListFields():
        if field.name == name:
            current = getattr(target, other)
            if hasattr(current, "MergeFrom"):
                current.MergeFrom(value)
            else:
                setattr(target, other, value)


def _raise_to_output_values(value: struct_pb2.Value, urns: list[str]) -> None:
    kind = value.WhichOneof("kind")
    if kind == "string_value" and value.string_value == UNKNOWN:
        value.struct_value.CopyFrom(_output_value(urns, secret=False))
    elif kind == "list_value":
        for item in value.list_value.values:
            _raise_to_output_values(item, urns)
    elif kind == "struct_value":
        fields = value.struct_value.fields
        if SIGNATURE_KEY in fields and fields[SIGNATURE_KEY].string_value == SECRET_SIGNATURE:
            output = _output_value(urns, secret=True)
            if fields["value"].string_value != UNKNOWN:
                output.fields["value"].CopyFrom(fields["value"])
            value.struct_value.CopyFrom(output)
        elif SIGNATURE_KEY not in fields:
            for item in fields.values():
                _raise_to_output_values(item, urns)


def _lower_output_values(value: struct_pb2.Value) -> None:
    kind = value.WhichOneof("kind")
    if kind == "list_value":
        for item in value.list_value.values:
            _lower_output_values(item)
    elif kind == "struct_value":
        fields = value.struct_value.fields
        if SIGNATURE_KEY in fields and fields[SIGNATURE_KEY].string_value == OUTPUT_SIGNATURE:
            plain = struct_pb2.Value(string_value=UNKNOWN)
            if "value" in fields:
                plain.CopyFrom(fields["value"])
            if fields["secret"].bool_value:
                hidden = struct_pb2.Struct()
                hidden.fields[SIGNATURE_KEY].string_value = SECRET_SIGNATURE
                hidden.fields["value"].CopyFrom(plain)
                plain = struct_pb2.Value(struct_value=hidden)
            value.CopyFrom(plain)
        else:
            for item in fields.values():
                _lower_output_values(item)


def _output_value(urns: list[str], *, secret: bool) -> struct_pb2.Struct:
    output = struct_pb2.Struct()
    output.update({SIGNATURE_KEY: OUTPUT_SIGNATURE, "secret": secret, "dependencies": urns})
    return output
