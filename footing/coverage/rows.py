"""Every row of the requirements, and what it comes to."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from footing.coverage import (
    fairtradeworker,
    fairtradeworker_launch,
    feed_delivery,
    feed_readiness,
    feed_setup,
    nexod,
    synckairos,
    synckairos_bring_up,
)
from footing.coverage.evidence import Row

ROWS: Final[Mapping[str, Row]] = {
    **feed_setup.ROWS,
    **feed_readiness.ROWS,
    **feed_delivery.ROWS,
    **fairtradeworker.ROWS,
    **fairtradeworker_launch.ROWS,
    **synckairos.ROWS,
    **synckairos_bring_up.ROWS,
    **nexod.ROWS,
}
"""How each row is answered, in the order of docs/requirements.md."""

REQUIREMENT: Final = re.compile(r'^\| <a id="s\d-\d+"></a>(S\d-\d+) \| (.+) \| (\w+) \| [^|]*\|$', re.MULTILINE)
"""A row of docs/requirements.md: its key, its sentence, its kind."""


class Status(StrEnum):
    """What a row comes to."""

    REALISED = "realised"
    """All its evidence holds, and nothing is missing."""
    PART = "part"
    """Something of its literal meaning is missing."""
    WAITS = "waits"
    """A later feature brings it, or the rest of it."""
    OUT_OF_SCOPE = "out of scope"
    """Infrastructure does not answer it."""


def status(row: Row, problems: Sequence[str]) -> Status:
    """Return what a row comes to, whose evidence has `problems`."""
    if row.out_of_scope:
        return Status.OUT_OF_SCOPE
    if row.waits:
        return Status.WAITS
    return Status.PART if row.missing or problems or not row.evidence else Status.REALISED


def requirements(text: str) -> dict[str, str]:
    """Return the sentence of each row, by its key, in the `text` of docs/requirements.md."""
    return {key: sentence.replace(r"\|", "|") for key, sentence, _ in REQUIREMENT.findall(text)}
