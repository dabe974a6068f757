"""`footing trace`: from what was typed to what is printed."""

from collections.abc import Iterator

from rich.console import Console

from edge_rules.evaluation.trace import walk
from footing.trace.ask import Asked, exchange
from footing.trace.render import as_json, show
from stacks.config.stack import StackConfig
from stacks.edge import edge_degradations, edge_rules


def run(config: StackConfig, asked: Asked, console: Console, *, json: bool) -> None:
    """Print what the edge of `config` does with what was asked.

    Raises:
        ConfigError: it is no request.

    """
    asked_for = exchange(asked, host=config.edge.hostnames[0])
    trace = walk(edge_rules(config), asked_for)
    notes = list(_notes(config, asked_for.request.host))
    if json:
        console.out(as_json(trace, notes=notes), highlight=False)
    else:
        show(trace, console, notes=notes)


def _notes(config: StackConfig, host: str) -> Iterator[str]:
    if host not in config.edge.hostnames:
        yield f"Note: {host} is not served by this stack; edge.hostnames are {', '.join(config.edge.hostnames)}."
    for lost in edge_degradations(config):
        yield f"Note: {lost}"
