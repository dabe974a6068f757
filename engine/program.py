"""Runs one Pulumi program for the language host; the host's RunRequest arrives on standard input.

Arguments: the engine's address, and the exit code that tells the host "the engine has the error already".

Does what the official host's runner does, with one message for each error:
https://github.com/pulumi/pulumi/blob/master/sdk/python/cmd/pulumi-language-python-exec
"""

import asyncio
import logging
import os
import runpy
import sys
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pulumi
import pulumi.runtime
from pulumi.runtime import settings, stack
from pulumi.runtime.proto import language_pb2

THREADS_PER_PARALLEL_OPERATION = 4
"""The official runner's ratio: an operation may block a thread for each call it waits for."""

NO_DEBUG = "FOOTING_NO_DEBUG"
"""Variable of a run whose debug messages nobody sees; the SDK sends several for each resource."""

WARNED = "FOOTING_WARNED"
"""Variable of the second run of a try-out, whose program would repeat the warnings of the first."""


def main() -> int:
    """Return 0, or the host's code once the engine has been told the program's error."""
    engine_address, reported = sys.argv[1], int(sys.argv[2])
    request = language_pb2.RunRequest.FromString(sys.stdin.buffer.read())
    _configure(request, engine_address)
    for variable, level in ((NO_DEBUG, "debug"), (WARNED, "warn")):
        if os.environ.get(variable):
            setattr(pulumi.log, level, lambda *_, **__: None)
    directory = Path(request.info.program_directory)
    entry_point = directory / request.info.entry_point
    main_file = entry_point / "__main__.py" if entry_point.is_dir() else entry_point
    if not main_file.is_file():
        pulumi.log.error(f"There is no Python program at {main_file}.")
        return reported
    os.chdir(directory)
    sys.argv = [str(entry_point), *request.args]
    sys.path[0] = str(directory)  # in place of the directory of this file
    try:
        _run(entry_point, request.parallel)
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return reported
    except Exception as error:  # noqa: BLE001  whatever the program raises is the user's to see
        # From the program's own first line on, where that is in the trace.
        frame = error.__traceback__
        while frame is not None and Path(frame.tb_frame.f_code.co_filename) != main_file:
            frame = frame.tb_next
        trace = "".join(traceback.format_exception(type(error), error, frame or error.__traceback__))
        pulumi.log.error(f"Program failed with an unhandled exception:\n{trace}")
        return reported
    return 0


def _configure(request: language_pb2.RunRequest, engine_address: str) -> None:
    pulumi.runtime.set_all_config(dict(request.config), list(request.configSecretKeys))
    settings = pulumi.runtime.Settings(
        project=request.project,
        stack=request.stack,
        organization=request.organization or "organization",
        monitor=request.monitor_address,
        engine=engine_address,
        parallel=request.parallel,
        dry_run=request.dryRun,
        root_directory=request.info.root_directory,
    )
    pulumi.runtime.configure(settings)


def _wait_once(wait_for_rpcs: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Return the SDK's wait for its outstanding work, with our own before it.

    The SDK's begins again over all Outputs each time one of them has its value: half of the time of a program of
    240 resources. What failed, and what is left, is the SDK's to raise and to await.
    """

    async def wait(*args: Any, **named: Any) -> None:
        while pending := [
            it for it in (*settings._get_rpc_manager().rpcs, *settings.SETTINGS.outputs) if not it.done()
        ]:
            done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)
            if any(it.cancelled() or it.exception() for it in done):
                break
        await wait_for_rpcs(*args, **named)

    return wait


def _run(entry_point: Path, parallel: int) -> None:
    # A failed program leaves futures unobserved on purpose; asyncio would report each of them.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    stack.wait_for_rpcs = _wait_once(stack.wait_for_rpcs)  # type: ignore[assignment]  # it is awaited alone

    def program() -> None:
        runpy.run_path(str(entry_point), run_name="__main__")

    with ThreadPoolExecutor(max(parallel, 1) * THREADS_PER_PARALLEL_OPERATION) as executor:
        loop.set_default_executor(executor)
        try:
            loop.run_until_complete(pulumi.runtime.run_in_stack(program))
        finally:
            loop.close()


if __name__ == "__main__":
    sys.exit(main())
