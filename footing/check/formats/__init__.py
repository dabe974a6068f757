"""Reports of the gate for other programs; the same report always gives the same bytes."""

from collections.abc import Callable, Mapping
from typing import Literal

from footing.check.formats import document, github, junit, sarif
from policies.report import Report

Name = Literal["json", "sarif", "junit", "github"]

WRITERS: Mapping[Name, Callable[[Report], str]] = {
    "json": document.text,
    "sarif": sarif.text,
    "junit": junit.text,
    "github": github.text,
}
"""What writes each format."""


def render(report: Report, name: Name) -> str:
    """Return the report in the format `name`, ending with a line break.

    Of a resource it tells URN, type, name and line; of its properties only what the rules themselves say.
    """
    return WRITERS[name](report)
