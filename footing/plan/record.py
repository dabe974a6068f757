"""Runs a program as far as its plan: nothing is contacted, decrypted or written."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from inspect import isawaitable
from pathlib import Path

import pulumi.runtime

from footing.plan.collection import without_collection
from footing.plan.loop import PlanLoop
from footing.plan.model import Plan, PlannedResource
from footing.plan.monitor import Recorder
from footing.plan.requests import RequestReader
from footing.plan.sdk import answer_callbacks_here, isolated, short_traces
from footing.plan.sdk_outputs import few_outputs
from footing.plan.sdk_types import types_on_demand
from footing.plan.source import SourceFinder
from footing.plan.values import ValueReader


def record(
    program: Callable[[], object],
    *,
    project: str,
    stack: str,
    config: Mapping[str, str],
    secret_keys: Collection[str] = (),
    root: Path,
) -> Plan:
    """Run `program` as a preview of a new stack and return what it declares.

    Args:
        program: declares the resources; may be a coroutine function.
        project: the name in Pulumi.yaml.
        stack: the stack's name.
        config: values by key, as in a stack file; a key without a namespace gets the project's.
        secret_keys: the keys of `config` whose values are secrets.
        root: the project's directory, which paths in the plan are relative to.

    Raises:
        OfflineError: the program needs an answer from a cloud or the engine.
        DuplicateResourceError: two resources would have the same URN.
        TransformError: a resource transform of the program raised an error.
        StalledPlanError: the program waits for what nothing can give.
        Exception: what the program, or a function it applied to an output, raised.

    """
    values = {_full_key(project, key): value for key, value in config.items()}
    secrets = {_full_key(project, key) for key in secret_keys}
    reader = ValueReader(root.resolve(), [values[key] for key in secrets & values.keys()])
    sources = SourceFinder(root.resolve())
    recorder = Recorder(project, stack, RequestReader(reader, sources), reader)
    run(program, recorder, sources, config=values, secret_keys=secrets, root=root)
    return Plan(
        project=project, stack=stack, resources=tuple(_in_order(recorder.planned)), outputs=recorder.outputs
    )


def run(
    program: Callable[[], object],
    recorder: Recorder,
    sources: SourceFinder,
    *,
    config: Mapping[str, str],
    secret_keys: Collection[str],
    root: Path,
    preview: bool = True,
) -> None:
    """Run `program` to its end, every Output included, with `recorder` in the engine's place.

    Args:
        program: declares the resources; may be a coroutine function.
        recorder: keeps what is registered, and answers.
        sources: finds the project's lines.
        config: values by full key.
        secret_keys: the full keys whose values are secrets.
        root: the project's directory.
        preview: what the program is told; without it, what no answer gives is absent instead of unknown.

    Raises:
        Exception: as `record`.

    """

    async def start() -> None:
        # Context variables all of them, so they end with this task.
        pulumi.runtime.reset_options(
            project=recorder.project,
            stack=recorder.stack,
            root_directory=str(root.resolve()),
            monitor_address=recorder,  # type: ignore[arg-type]  # Settings takes the monitor itself as well
            preview=preview,
            organization="organization",
        )
        recorder.answer_callbacks(answer_callbacks_here(recorder))
        pulumi.runtime.set_all_config(dict(config), sorted(secret_keys))
        await pulumi.runtime.run_in_stack(lambda: _run_until_idle(program))

    with (
        isolated(),
        short_traces(sources.in_project),
        few_outputs(),
        types_on_demand(),
        without_collection(),
        asyncio.Runner(loop_factory=PlanLoop) as runner,
    ):
        runner.run(start())


async def _run_until_idle(program: Callable[[], object]) -> None:
    result = program()
    if isawaitable(result):
        await result
    # The SDK waits for every open output again each time one of them resolves: 72 rounds over thousands of
    # outputs for 1,561 resources. Once the loop is idle, all that will ever resolve has.
    loop = asyncio.get_running_loop()
    if isinstance(loop, PlanLoop):
        await loop.idle()


def _full_key(project: str, key: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _in_order(planned: Mapping[str, PlannedResource]) -> Iterator[PlannedResource]:
    """Yield parents before their children, siblings by name and then type, whatever order they came in."""
    children: dict[str, list[PlannedResource]] = {}
    for resource in sorted(planned.values(), key=lambda item: (item.name, item.type), reverse=True):
        children.setdefault(resource.parent, []).append(resource)
    waiting = children.get("", [])
    while waiting:
        resource = waiting.pop()
        yield resource
        waiting.extend(children.get(resource.urn, ()))
