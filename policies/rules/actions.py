"""Which actions of AWS cannot be narrowed to a resource: dated data, which `python -m policies.renew` renews."""

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = "iam_actions.json"
"""Name of the data, beside this module."""


def takes_no_resource(action: str) -> bool:
    """Return whether every action that a pattern means exists and knows no resource, so that only `*` can be said.

    IAM compares actions without their case, and knows `*` and `?` in them.
    """
    service, _, name = action.lower().partition(":")
    known = _services().get(service)
    if known is None or not name:
        return False
    free, bound = ([it for it in known[key].split() if fnmatchcase(it, name)] for key in ("free", "bound"))
    return bool(free) and not bound


@cache
def _services() -> Mapping[str, Mapping[str, str]]:
    text = Path(__file__).with_name(FILE).read_text(encoding="utf-8")
    services: Mapping[str, Mapping[str, str]] = json.loads(text)["services"]
    return services
