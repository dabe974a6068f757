"""Neon's operations: what a request began, and goes on after its answer.

https://neon.com/docs/manage/operations
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from providers._server.api import Api, VendorError

FINISHED: Final = frozenset({"finished", "skipped"})
LOST: Final = frozenset({"failed", "error", "cancelled"})
UNREADY: Final = frozenset({"init", "resetting"})
"""States of branches and computes that nobody can use yet."""
OPERATION_SECONDS: Final = 600
MOST_BRANCHES: Final = 10_000
"""Branches of one answer."""
_PAGE: Final = 100
_turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
"""One change of a project at a time: Neon refuses a second one with 423 until what the first began is finished."""


def path(project: str, page: str = "") -> str:
    """Return the path of a project, or of what belongs to it."""
    return f"/projects/{project}{page}"


def wait(api: Api, project: str, answer: Mapping[str, Any] | None = None) -> None:
    """Wait for the operations of an answer; for all of the project's where the answer was lost.

    Raises:
        VendorError: one failed, or did not finish in time.

    """
    page = path(project, "/operations")
    begun = (answer or {}).get("operations")
    if begun is None:
        begun = api.get(page, {"limit": _PAGE})["operations"]
        begun = [it for it in begun if it["status"] not in FINISHED | LOST]

    def done(found: Any) -> bool:
        operation = found["operation"]
        if operation["status"] in LOST:
            reason = operation.get("error") or "for no reason that it says"
            raise VendorError(f"{operation['action']} of {project} is {operation['status']}: {reason}")
        return operation["status"] in FINISHED

    for it in begun:
        ask = partial(api.get, f"{page}/{it['id']}")
        what = f"{it['action']} of {project} is not finished"
        api.wait(ask, done, what=what, timeout_seconds=OPERATION_SECONDS)


def change(api: Api, method: str, project: str, page: str, body: Any = None) -> Any:
    """Return the answer to a PATCH, once all that it began is finished."""
    with _turns[project]:
        answer = api.call(method, path(project, page), body)
        wait(api, project, answer)
    return answer


def make(
    api: Api,
    project: str,
    page: str,
    body: Any,
    alike: Callable[[], Mapping[str, Any]],
    made: Callable[[Any], None],
) -> Any:
    """Return the answer to a POST, once all that it began is finished; `made` is called with it before."""
    with _turns[project]:
        answer = api.create(path(project, page), body, alike)
        made(answer)
        wait(api, project, answer)
    return answer


def remove(api: Api, project: str, page: str) -> None:
    """Delete something of a project, and wait until all that this began is finished."""
    with _turns[project]:
        if answer := api.remove("DELETE", path(project, page)):
            wait(api, project, answer)


def ready(what: str, found: Any) -> Any:
    """Return a branch or a compute that can be used.

    Raises:
        VendorError: it cannot, for an operation failed.

    """
    if found["current_state"] in UNREADY:
        raise VendorError(f"{what} {found['id']} is {found['current_state']}, and nothing is going on")
    return found
