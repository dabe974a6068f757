"""Resource transforms in a plan: run before a resource is recorded, as the engine runs them.

The engine runs those of the resource itself, then those of its parents, then those of the whole stack, and sends
each the inputs with every value that is unknown or secret as an output value.
https://www.pulumi.com/docs/iac/concepts/inputs-outputs/transforms/
"""

import traceback
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Final

from pulumi.runtime.proto import resource_pb2

from wire_format import OUTPUT_SIGNATURE, SIGNATURE_KEY, UNKNOWN, decode, encode, is_secret, secret

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
            options = resource_pb2.TransformResourceOptions()
            for option, field in _FIELDS.items():
                _copy(request, field, options, option)
            if not request.deleteBeforeReplaceDefined:
                options.ClearField("delete_before_replace")
            properties = {
                key: _with_output_values(value, list(request.propertyDependencies[key].urns))
                for key, value in decode(request.object).items()
            }
            given = resource_pb2.TransformRequest(
                type=request.type,
                name=request.name,
                custom=request.custom,
                parent=request.parent,
                properties=encode(properties),
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
    # A transform that changes nothing answers with what was sent, output values and all.
    changed.object.CopyFrom(encode(_without_output_values(decode(answer.properties))))
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


def _with_output_values(value: Any, urns: list[str]) -> Any:
    """Return a plain value with an output value, which comes from `urns`, for every unknown and every secret."""
    output = {SIGNATURE_KEY: OUTPUT_SIGNATURE, "secret": is_secret(value), "dependencies": urns}
    if value == UNKNOWN:
        return output
    if is_secret(value):
        return output if value["value"] == UNKNOWN else {**output, "value": value["value"]}
    if isinstance(value, list):
        return [_with_output_values(item, urns) for item in value]
    if isinstance(value, dict) and SIGNATURE_KEY not in value:
        return {key: _with_output_values(item, urns) for key, item in value.items()}
    return value


def _without_output_values(value: Any) -> Any:
    """Return a plain value with unknowns and secrets as a program registers them."""
    if isinstance(value, list):
        return [_without_output_values(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE_KEY) == OUTPUT_SIGNATURE:
        plain = value.get("value", UNKNOWN)
        return secret(plain) if value.get("secret") else plain
    return {key: _without_output_values(item) for key, item in value.items()}
