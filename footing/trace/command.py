"""`footing trace`: from what was typed to what is printed."""

from rich.console import Console

from edge_rules.evaluation.trace import walk
from footing.trace.ask import RequestSpec, exchange
from footing.trace.render import as_json, show
from stacks.config.stack import StackConfig
from stacks.edge import edge_downgrades, edge_rules


def run(config: StackConfig, spec: RequestSpec, console: Console, *, json: bool) -> None:
    """Print what the edge of `config` does with the request of `spec`.

    Raises:
        ConfigError: it is no request.

    """
    typed = exchange(spec, host=config.edge.hostnames[0])
    trace = walk(edge_rules(config), typed)
    notes = [f"Note: {downgrade}" for downgrade in edge_downgrades(config)]
    host = typed.request.host
    if host not in config.edge.hostnames:
        served = ", ".join(config.edge.hostnames)
        notes.insert(0, f"Note: {host} is not served by this stack; edge.hostnames are {served}.")
    if json:
        console.out(as_json(trace, notes=notes), highlight=False)
    else:
        show(trace, console, notes=notes)
