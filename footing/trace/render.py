"""A trace for people and for programs."""

import json
from typing import Any

from rich.console import Console
from rich.text import Text

from edge_rules.evaluation.descriptions import describe_action
from edge_rules.evaluation.trace import State, Trace

STYLES = {State.MATCH: "bold", State.NO_MATCH: "dim", State.NOT_REACHED: "dim italic"}


def show(trace: Trace, console: Console, *, notes: list[str]) -> None:
    """Print every rule in Cloudflare's order, then the outcome and `notes`, one sentence a line."""
    response = trace.exchange.response
    request = trace.exchange.request
    query = f"?{request.query}" if request.query else ""
    first = f"{request.method} https://{request.host}{request.path}{query} from {request.address}"
    lines = [Text(first, style="bold")]
    if response:
        lines.append(Text(f"if the origin answers {response.status} {response.media_type}".rstrip(), style="dim"))
    states = max(len(state) for state in State)
    refs = max((len(step.rule.ref) for step in trace.steps), default=0)
    phase = None
    for step in trace.steps:
        if step.phase is not phase:
            phase = step.phase
            lines.append(Text(phase.value, style="cyan"))
        rule = f"  {step.state:<{states}}  {step.rule.ref:<{refs}}  {describe_action(step.rule.then)}"
        lines.append(Text(rule, style=STYLES[step.state]))
    for line in [*lines, *map(Text, [*trace.sentences, *notes])]:
        # One line a rule, however narrow the window: lines are searched and compared.
        console.print(line, soft_wrap=True)


def as_json(trace: Trace, *, notes: list[str]) -> str:
    """Return the same as one JSON object: `request`, `answer`, `rules`, `outcome`, `notes`."""
    request, response = trace.exchange.request, trace.exchange.response
    document: dict[str, Any] = {
        "request": {"method": request.method, "host": request.host, "path": request.path, "query": request.query},
        "answer": {"status": response.status, "headers": dict(response.headers)} if response else None,
        "rules": [
            {
                "phase": step.phase.value,
                "ref": step.rule.ref,
                "description": step.rule.description,
                "expression": step.rule.when.text(),
                "state": {State.NO_MATCH: "no match"}.get(step.state, step.state.value),
                "action": describe_action(step.rule.then),
            }
            for step in trace.steps
        ],
        "outcome": trace.sentences,
        "notes": notes,
    }
    return json.dumps(document, indent=2)
