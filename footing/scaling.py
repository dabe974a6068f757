"""How a service meets a launch day with each way to scale it, simulated: `footing scaling`."""

from stacks.autoscaling import compare
from stacks.config.scaling import scaling_args
from stacks.config.service import WebConfig


def table(service: WebConfig) -> str:
    """Return one row for each way to scale `service`, as Markdown that a terminal shows well."""
    scaling = scaling_args(service.scaling)
    rows = [("simulated", f"all {scaling.maximum_tasks} running after", "overloaded"), ("---", "---:", "---:")]
    for compared in compare(scaling, service.task.cpu):
        minutes = compared.outcome.minutes_to(scaling.maximum_tasks)
        after = "never" if minutes is None else f"{minutes} min" if minutes >= 0 else "before it"
        rows.append((compared.title, after, f"{compared.outcome.overloaded_minutes} min"))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    )
