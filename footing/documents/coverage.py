"""docs/coverage.md: each row of the requirements with what realises it, looked up while the page is made."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from footing.coverage.evidence import (
    Alert,
    Command,
    Evidence,
    Feature,
    File,
    Job,
    Key,
    LoadTest,
    Output,
    Panel,
    ReadinessCheck,
    Resource,
    Row,
    Rule,
)
from footing.coverage.facts import stack_facts
from footing.coverage.resolve import SYSTEMS, Resolver, written
from footing.coverage.rows import ROWS, Status, requirements, status
from footing.markdown import table
from footing.project import root

INTRODUCTION = """\
# Coverage of the requirements

Generated from `footing/coverage/` by `footing docs`: do not edit. Each of the {rows} rows of
[requirements.md](requirements.md) has its evidence there, and each piece of it is looked up while this page is
made: resources, alerts, panels and outputs in the plan of the row's own system, keys in its file with their
defaults, rules by what they say of that plan, files, tests and commands in this tree. A test fails where one does
not hold.

- **realised**: all of its evidence holds, in its own system. A number to be measured is realised only where
  something watches it; a line of a checklist only where something judges it.
- **part**: something of its literal meaning is missing, and the page says what.
- **waits**: a later feature brings it, or the rest of it.
- **out of scope**: infrastructure does not answer it.

"""
TITLES = {
    "S0": "the feed: infrastructure",
    "S1": "FairTradeWorker",
    "S2": "the feed: readiness",
    "S3": "SyncKairos",
    "S4": "Nexod",
}
PRODUCTION = "production"
LONGEST = 60
"""Characters from which on a value is not shown."""


def coverage_page() -> str:
    """Return the whole page."""
    resolver = Resolver(cache(stack_facts), root())
    problems = {id_: resolver.problems(id_, row) for id_, row in ROWS.items()}
    statuses = {id_: status(row, problems[id_]) for id_, row in ROWS.items()}
    asked = requirements((root() / "docs" / "requirements.md").read_text(encoding="utf-8"))
    return (
        INTRODUCTION.format(rows=len(ROWS))
        + _counts(statuses)
        + "".join(_waiting(statuses))
        + "".join(_section(document, asked, statuses, problems) for document in TITLES)
    )


def _counts(statuses: Mapping[str, Status]) -> str:
    rows = []
    for name, ids in (
        *((it, [id_ for id_ in statuses if id_.startswith(it)]) for it in TITLES),
        ("all", [*statuses]),
    ):
        found = Counter(statuses[id_] for id_ in ids)
        inside = len(ids) - found[Status.OUT_OF_SCOPE]
        share = f"{found[Status.REALISED] / inside * 100:.0f} %"
        rows.append((name, SYSTEMS.get(name, ""), str(len(ids)), *(str(found[it]) for it in Status), share))
    return table(("document", "system", "rows", *Status, "realised of those in scope"), rows)


def _waiting(statuses: Mapping[str, Status]) -> Iterator[str]:
    yield "\n## What waits\n\n"
    rows = [
        (feature.value, _links(id_ for id_, row in ROWS.items() if row.waits is feature)) for feature in Feature
    ]
    yield table(("for", "rows"), [row for row in rows if row[1]])
    yield "\n## What is missing\n\n"
    missing = [
        (_link(id_), ROWS[id_].missing or "its evidence") for id_, it in statuses.items() if it is Status.PART
    ]
    yield table(("row", "what"), missing)


def _section(
    document: str, asked: Mapping[str, str], statuses: Mapping[str, Status], problems: Mapping[str, Sequence[str]]
) -> str:
    rows = [
        (_link(id_), asked[id_], statuses[id_].value, _answer(ROWS[id_], problems[id_]))
        for id_ in ROWS
        if id_.startswith(document)
    ]
    return f"\n## {document}: {TITLES[document]}\n\n" + table(("row", "asked", "status", "by"), rows)


def _answer(row: Row, problems: Sequence[str]) -> str:
    if row.out_of_scope:
        return row.out_of_scope
    wanting = [row.missing] if row.missing else []
    wanting += [f"needs {row.waits.value}"] if row.waits else []
    wanting += [f"does not hold: {it}" for it in problems]
    parts = ["; ".join(_shown(it, row.environment) for it in row.evidence), ". ".join(wanting)]
    return ". ".join(it for it in parts if it)


def _shown(evidence: Evidence, environment: str) -> str:
    match evidence:
        case File():
            name = evidence.contains.removeprefix("def ").removesuffix("(")
            shown = f" `{name}`" if name != evidence.contains else ""
            return f"[{evidence.path}](../{evidence.path}){shown}"
        case Command():
            return f"`footing {evidence.line}`"
        case Job():
            return f"[{evidence.path}](../{evidence.path}) `{evidence.name}`: `{evidence.runs}`"
    there = evidence.environment or environment
    return _in_a_stack(evidence) + ("" if there == PRODUCTION else f" ({there})")


def _in_a_stack(evidence: Resource | Key | Alert | Panel | Rule | Output | ReadinessCheck | LoadTest) -> str:
    match evidence:
        case Resource():
            values = (
                f"{path} {written(value)}"
                for path, value in evidence.properties.items()
                if value is not ... and len(written(value)) < LONGEST
            )
            return " ".join((f"`{evidence.type}`", ", ".join(values))).strip()
        case Key():
            return f"`{evidence.path}`" + ("" if evidence.value is ... else f" {written(evidence.value)}")
        case Alert():
            return f"alert `{evidence.id}`" + ("" if evidence.value is None else f" at {evidence.value:g}")
        case Panel():
            return f"panel `{evidence.id}`"
        case Rule():
            return f"rule [`{evidence.id}`](rules.md#{evidence.id})"
        case ReadinessCheck():
            return f"check `{evidence.id}`"
        case LoadTest():
            numbers = {**evidence.fields, **evidence.limits}
            held = ", ".join(f"{name} {it:g}" for name, it in numbers.items())
            return f"load test `{evidence.name}`" + (f" ({held})" if held else "")
        case Output():
            return f"output `{evidence.name}`"


def _links(ids: Iterator[str]) -> str:
    return ", ".join(map(_link, ids))


def _link(id_: str) -> str:
    return f"[{id_}](requirements.md#{id_.lower()})"
