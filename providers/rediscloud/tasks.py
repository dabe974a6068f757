"""Tasks of Redis Cloud: every change answers with one, and is carried out afterwards.

https://redis.io/docs/latest/operate/rc/api/get-started/process-lifecycle/
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from providers._server.api import Api, UncertainError, VendorError

COMPLETED: Final = "processing-completed"
FAILED: Final = "processing-error"
TASK_SECONDS: Final = 600
READY_SECONDS: Final = 1800
LATE_SECONDS: Final = 120
"""How long after a request whose answer was lost there may be what it made."""
MOST_UNKNOWN: Final = 8
"""How often a task may be unknown: it is told of before it can be asked for."""
GONE: Final = frozenset({"deleting", "deleted"})


class TaskError(VendorError):
    """A task that ended with an error; `absent` is whether for want of what it should change."""

    def __init__(self, task: Mapping[str, Any]) -> None:
        error = (task.get("response") or {}).get("error") or {}
        told = [error.get(key) for key in ("status", "type", "description")]
        reason = ": ".join(it for it in told if it) or task.get("description") or "for no reason that it says"
        super().__init__(f"{task.get('commandType') or 'a task'} failed: {reason}")
        self.absent = str(error.get("status", "")).startswith("404")


def _wait(api: Api, answer: Mapping[str, Any], done: Callable[[Any], bool]) -> Any:
    """Return the task of an answer once it is completed, or `done` before.

    Raises:
        TaskError: it failed.
        VendorError: it is unknown, or was not done in time.

    """
    id_, unknown = answer["taskId"], iter(range(MOST_UNKNOWN))

    def ended(task: Any) -> bool:
        if task is None:
            if next(unknown, None) is None:
                raise VendorError(f"the task {id_} is unknown")
            return False
        if task["status"] == FAILED or (task.get("response") or {}).get("error"):
            raise TaskError(task)
        return task["status"] == COMPLETED or done(task)

    ask = partial(api.find, f"/tasks/{id_}")
    return api.wait(ask, ended, what=f"the task {id_} is not completed", timeout_seconds=TASK_SECONDS)


def finish(api: Api, answer: Mapping[str, Any]) -> None:
    """Wait until a change is carried out.

    Raises:
        VendorError: it was not.

    """
    _wait(api, answer, lambda _: False)


def _told(task: Any) -> str | None:
    id_ = (task.get("response") or {}).get("resourceId")
    return None if id_ is None else str(id_)


def make(
    api: Api, page: str, body: Any, alike: Callable[[], Mapping[str, str]], accepted: Callable[[str], None]
) -> str:
    """Return the id of what a POST made; `accepted` has it as soon as the task tells it."""
    tasks: list[Any] = []

    def settled(answer: Any) -> str:
        tasks.append(answer)
        try:
            id_ = _told(_wait(api, answer, lambda it: _told(it) is not None))
        except TaskError:
            raise
        except VendorError as error:
            raise UncertainError(str(error)) from error
        if id_ is None:
            raise UncertainError(f"the task {answer['taskId']} tells of nothing that it made")
        return id_

    id_: str = api.create(page, body, alike, settled=settled, late_seconds=LATE_SECONDS)
    accepted(id_)
    for answer in tasks:
        finish(api, answer)
    return id_


def ready(api: Api, page: str) -> Any:
    """Return a subscription or a database once it is active.

    Raises:
        VendorError: it is not in time, or has an error.

    """

    def done(found: Any) -> bool:
        if found["status"] == "error":
            raise VendorError(f"{page} has the status error")
        return bool(found["status"] == "active")

    return api.wait(partial(api.get, page), done, what=f"{page} is not active", timeout_seconds=READY_SECONDS)


def remove(api: Api, page: str) -> None:
    """Delete a subscription or a database, and wait until it is gone."""
    if answer := api.remove("DELETE", page):
        try:
            finish(api, answer)
        except TaskError as error:
            if not error.absent:
                raise
    what = f"{page} is not gone"
    ask = partial(api.find, page)
    api.wait(ask, lambda it: it is None or it["status"] == "deleted", what=what, timeout_seconds=READY_SECONDS)
