"""Components run as a program against a cloud of given answers, and what the engine would have been told."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from inspect import get_annotations
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

import pulumi

from footing.plan.model import PlannedResource
from footing.plan.monitor import Answers, Recorder
from footing.plan.record import run
from footing.plan.requests import RequestReader
from footing.plan.source import SourceFinder
from footing.plan.values import ValueReader
from wire_format import MarkDecoder

C = TypeVar("C", bound=pulumi.ComponentResource)

UNKNOWN: Final = "<unknown>"
"""Stands for a value that only the provider knows, in a preview."""


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
    replace_on_changes: tuple[str, ...]
    """Inputs whose changes replace the resource."""
    retain_on_delete: bool
    """Whether the engine forgets it instead of deleting it."""
    ignore_changes: tuple[str, ...]
    dependencies: frozenset[str]
    """Names of the resources it waits for."""
    update_timeout: str
    """How long the engine waits for an update; empty for the provider's own time."""
    before_update_hooks: tuple[str, ...]
    """Names of the hooks that may refuse an update."""
    import_id: str
    """Id of what is adopted instead of created; empty for nothing."""


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
        """Return all resources of one type: the whole token, or its last part (`Ruleset`)."""
        return [it for it in self.resources if it.type == type_ or it.type.endswith(f":{type_}")]

    def one(self, type_: str, name: str | None = None) -> Registered:
        """Return the only resource of a type, or the one with that name.

        Raises:
            LookupError: there is none, or there are several.

        """
        found = [it for it in self.of(type_) if name is None or it.name == name]
        if len(found) != 1:
            raise LookupError(f"{len(found)} resources {type_} {name or ''}: {[it.name for it in found]}")
        return found[0]

    def inventory(self) -> set[tuple[str, str]]:
        """Return the short type and the name of every resource that a provider makes."""
        return {(it.type.rpartition(":")[2], it.name) for it in self.resources if it.custom}


def record_component(
    build: Callable[[], C],
    *,
    read: Callable[[C], Any] = lambda _: None,
    outputs: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    lookups: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    preview: bool = False,
) -> Recorded[C]:
    """Run `build` as a program and return the component with all that it registered.

    ```python
    recorded = record_component(
        lambda: Queue("mail", QueueArgs(retention_days=4)),
        outputs={"aws:sqs/queue:Queue": {"url": "https://sqs.example.com/mail"}},
    )
    assert recorded.one("Queue").inputs["messageRetentionSeconds"] == 345_600
    assert recorded.outputs == {"url": "https://sqs.example.com/mail"}
    ```

    Args:
        build: makes the component.
        read: picks something that holds Outputs without being an annotated output.
        outputs: what providers would answer beside the inputs, by type token; a function is given the resource's
            name. An id, `arn` and `name` are there for every resource.
        lookups: results of provider functions by token; any other is an error.
        preview: know nothing but inputs, as in `pulumi preview` of a new stack.

    Raises:
        Exception: what `build`, or a function it applied to an Output, raised.

    """

    def answered(type_: str, name: str) -> dict[str, Any]:
        own = {key: it(name) if callable(it) else it for key, it in outputs.get(type_, {}).items()}
        return {"name": name, "arn": f"arn:aws:made:::{name}", **own}

    values, sources = _RevealingReader(Path.cwd()), SourceFinder(Path.cwd())
    known = Answers(outputs=answered, lookups=lookups, id=lambda name: f"{name}-id")
    answers = Answers(lookups=lookups) if preview else known
    recorder = _ComponentRecorder("shop", "staging", RequestReader(values, sources), values, answers)
    recorded: list[Recorded[C]] = []

    async def program() -> None:
        component = build()
        resolved = {
            name: await _resolve(getattr(component, name))
            for name in get_annotations(type(component))
            if isinstance(getattr(component, name), pulumi.Output)
        }
        found = await _resolve(pulumi.Output.from_input(read(component)))
        recorded.append(Recorded(component=component, resources=recorder.registered, outputs=resolved, read=found))

    run(program, recorder, sources, config={}, secret_keys=(), root=Path.cwd(), preview=preview)
    [result] = recorded
    result.registered_outputs = recorder.outputs_by_component
    return result


async def _resolve(output: pulumi.Output[Any]) -> Any:
    value = await output.future()
    return Secret(value) if await output.is_secret() else value


class _RevealingReader(ValueReader):
    """Keeps the content of secrets: a test of a component may look at it, a plan may not."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._unknown = UNKNOWN

    def struct(self, message: Any, hidden: Collection[str] = ()) -> dict[str, Any]:  # noqa: ARG002
        return MarkDecoder.struct(self, message)

    def secret(self, message: Any) -> Any:
        return Secret(self.value(message.fields["value"]))


class _ComponentRecorder(Recorder):
    """Keeps what a plan leaves out as well: hooks, and the outputs of components."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.registered: list[Registered] = []
        self.outputs_by_component: dict[str, dict[str, Any]] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 the protocol's name, as below
        response = super().RegisterResource(request)
        if planned := self.planned.get(response.urn):
            self.registered.append(_registered(planned, tuple(request.hooks.before_update)))
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        self.outputs_by_component[_name(request.urn)] = self._values.struct(request.outputs)
        return super().RegisterResourceOutputs(request)


def _registered(planned: PlannedResource, before_update_hooks: tuple[str, ...]) -> Registered:
    options = planned.options
    return Registered(
        type=planned.type,
        name=planned.name,
        urn=planned.urn,
        parent=_name(planned.parent),
        custom=planned.custom,
        inputs=dict(planned.inputs),
        protect=planned.protect,
        delete_before_replace=bool(options.delete_before_replace),
        replace_on_changes=options.replace_on_changes,
        retain_on_delete=options.retain_on_delete,
        ignore_changes=options.ignore_changes,
        dependencies=frozenset(map(_name, planned.dependencies)),
        update_timeout=options.custom_timeouts.get("update", ""),
        before_update_hooks=before_update_hooks,
        import_id=options.import_id,
    )


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]
