"""A trace for people and for programs."""

import json
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from components._cloudflare.traffic import Request
from footing.trace.walk import State, Step, Trace
from footing.trace.words import words

STYLES = {State.HOLDS: "bold", State.HOLDS_NOT: "dim", State.NOT_REACHED: "dim italic"}


def show(trace: Trace, console: Console, *, notes: list[str]) -> None:
    """Print every rule in Cloudflare's order, then the outcome and `notes`, one sentence a line."""
    response = trace.exchange.response
    console.print(Text(_line(trace.exchange.request), style="bold"))
    if response:
        console.print(Text(f"if the origin answers {response.status} {response.media_type}".rstrip(), style="dim"))
    console.print(_table(trace))
    for sentence in [*trace.sentences, *notes]:
        console.print(Text(sentence))


def as_json(trace: Trace, *, notes: list[str]) -> str:
    """The same as one JSON object: `request`, `answer`, `rules`, `outcome`, `notes`."""
    request, response = trace.exchange.request, trace.exchange.response
    document: dict[str, Any] = {
        "request": {"method": request.method, "host": request.host, "path": request.path, "query": request.query},
        "answer": {"status": response.status, "headers": dict(response.headers)} if response else None,
        "rules": [_rule(step) for step in trace.steps],
        "outcome": trace.sentences,
        "notes": notes,
    }
    return json.dumps(document, indent=2)


def _line(request: Request) -> str:
    query = f"?{request.query}" if request.query else ""
    return f"{request.method} https://{request.host}{request.path}{query} from {request.address}"


def _table(trace: Trace) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=True, header_style="dim")
    for title in ("phase", "rule", "", "what it does"):
        table.add_column(title, overflow="fold")
    phase = None
    for step in trace.steps:
        style = STYLES[step.state]
        shown = "" if step.phase is phase else step.phase.value
        phase = step.phase
        table.add_row(
            shown, *(Text(cell, style=style) for cell in (step.rule.ref, step.state, words(step.rule.then)))
        )
    return table


def _rule(step: Step) -> dict[str, str]:
    return {
        "phase": step.phase.value,
        "ref": step.rule.ref,
        "description": step.rule.description,
        "expression": step.rule.when.text(),
        "state": {State.HOLDS_NOT: "holds not"}.get(step.state, step.state.value),
        "does": words(step.rule.then),
    }
