"""The event loop of a plan: no threads, and an error instead of waiting for what can never come."""

import asyncio
import selectors
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, Final

# Only what the program itself brought, a thread or a socket, can wake a plan; it gets this long.
_PATIENCE_SECONDS: Final = 10.0


class StalledPlanError(RuntimeError):
    """The program waits for a value that nothing left to run can give."""

    def __init__(self) -> None:
        super().__init__(
            "The plan cannot end: the program waits for a value that nothing left to run can give. "
            "Look for a future that is never resolved, or resources that wait for each other."
        )


class _IdleSelector(selectors.DefaultSelector):
    """Tells where the loop would sleep with nothing scheduled: a plan has no network to wake it."""

    def __init__(self) -> None:
        super().__init__()
        self.on_idle: Callable[[], None] | None = None
        self._threads_before = threading.active_count()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None:
            return super().select(timeout)
        if self.on_idle is not None:
            wake, self.on_idle = self.on_idle, None
            wake()
            return super().select(0)
        # Beside the loop's own, a file is there only if something outside is to wake it.
        alone = threading.active_count() <= self._threads_before and len(self.get_map()) == 1
        ready = super().select(0 if alone else _PATIENCE_SECONDS)
        if not ready:
            raise StalledPlanError
        return ready


class PlanLoop(asyncio.SelectorEventLoop):
    """Runs default-executor work at once instead of in a thread.

    The SDK hands every request to the engine to a thread, as a real request would block. Here the answer is
    ready at once, and without threads the same program always runs in the same order.
    """

    def __init__(self) -> None:
        self._idle_selector = _IdleSelector()
        super().__init__(self._idle_selector)
        # What is left unawaited after a failure repeats the error that is raised already.
        self.set_exception_handler(lambda _loop, _context: None)

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Call `func` now, unless the program brought an executor of its own."""
        if executor is not None:
            return super().run_in_executor(executor, func, *args)
        future = self.create_future()
        try:
            result = func(*args)
        except Exception as error:  # noqa: BLE001 belongs to whoever awaits the future
            future.set_exception(error)
            return future
        # An answer that has to wait for the program's own functions, such as resource transforms.
        if asyncio.iscoroutine(result):
            return self.create_task(result)
        future.set_result(result)
        return future

    async def idle(self) -> None:
        """Return once nothing is left that can run without the caller."""
        future = self.create_future()
        self._idle_selector.on_idle = lambda: future.set_result(None)
        await future
