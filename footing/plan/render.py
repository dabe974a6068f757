"""The plan for people: the resource tree and its counts."""

import json
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from footing.plan.model import Plan, PlannedResource, Value, is_secret, is_unknown
from stacks.budget import Budget

_AT_THE_TOP = "no component"


def tree(
    plan: Plan,
    console: Console,
    *,
    verbose: bool = False,
    summary: bool = False,
    budget: Budget | None = None,
    notes: Sequence[str] = (),
) -> None:
    """Print `plan` as a tree with components as parents, then connections, counts by component, and notes.

    Args:
        plan: what to print.
        console: where to print; every mark is a word too, so nothing is lost without colours.
        verbose: print inputs and exports as well; secrets appear as [secret], what is not known yet as [unknown].
        summary: leave the tree and the connections out.
        budget: connections of the services; None without a database.
        notes: lines that the plan itself does not hold, such as costs.

    """
    root = Tree(Text(f"{plan.project} / {plan.stack}", style="bold"))
    nodes: dict[str, Tree] = {"": root}
    for resource in plan.resources:
        label = Text(resource.name, style="bold" if not resource.custom else "")
        label.append(f"  {short_type(resource.type)}", style="dim")
        if resource.protect:
            label.append("  protected", style="bold green")
        if resource.external:
            label.append("  read only", style="cyan")
        node = nodes[resource.urn] = nodes[resource.parent].add(label)
        if verbose:
            _add_values(node, resource.inputs)
    if verbose and plan.outputs:
        _add_values(root.add(Text("exports", style="bold")), plan.outputs)
    console.print(root.label if summary else root)
    if budget and not summary:
        console.print(_connections(budget))
    console.print(_counts(plan))
    components = sum(not resource.custom for resource in plan.resources)
    every = (
        f"`pulumi` counts the {components} components and the stack itself too: {len(plan.resources) + 1} in all."
    )
    for note in (every, *notes):
        console.print(Text(note), soft_wrap=True)


def short_type(token: str) -> str:
    """Return a type token without what repeats: "aws:ec2/vpc:Vpc" is "aws.ec2.Vpc"."""
    package, _, rest = token.partition(":")
    module, _, name = rest.rpartition(":")
    service = module.partition("/")[0]
    return ".".join(part for part in (package, service, name) if part and part != "index")


def _add_values(node: Tree, values: Mapping[str, Value]) -> None:
    for key in sorted(values):
        node.add(Text.assemble((key, "dim"), (": ", "dim"), _written(values[key])))


def _written(value: Value) -> str:
    if is_secret(value):
        return "[secret]"
    if is_unknown(value):
        return "[unknown]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_written(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_written(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _connections(budget: Budget) -> Table:
    """Return what each service opens while all of them deploy, and what is allowed."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("connections at the worst moment")
    for name in ("pool", "tasks", "connections", "allowed"):
        table.add_column(name, justify="right")
    for client in budget.clients:
        if client.pool:
            numbers = (client.pool, client.connected, client.connections)
            table.add_row(Text(f"services.{client.name}"), *map(str, numbers))
    demand, supply = budget.client_side_demand, budget.client_side_supply
    table.add_row("all services to the poolers", "", "", str(demand), str(supply))
    share = budget.server_connections // budget.poolers.tasks
    poolers = ("database.pooler", share, budget.poolers.connected, budget.peak_pool)
    table.add_row(*map(str, poolers))
    demand, supply = budget.server_side_demand, budget.server_side_supply
    direct = f"poolers and {budget.direct_connections} direct to PostgreSQL"
    table.add_row(direct, "", "", str(demand), str(supply))
    return table


def _counts(plan: Plan) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("component")
    for name in ("resources", "protected"):
        table.add_column(name, justify="right")
    made: dict[str, list[PlannedResource]] = {}
    outermost: dict[str, str] = {}  # The outermost component that a resource is part of.
    for resource in plan.resources:
        own = _AT_THE_TOP if resource.custom else resource.name
        component = outermost[resource.urn] = outermost.get(resource.parent, own)
        if resource.custom:
            made.setdefault(component, []).append(resource)
    total = [resource for resources in made.values() for resource in resources]
    for name, resources in (*made.items(), ("total", total)):
        table.add_row(Text(name), str(len(resources)), str(sum(resource.protect for resource in resources)))
    return table
