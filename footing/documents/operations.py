"""docs/operations.md: the procedures of this repository's production, by whom they are needed."""

INTRODUCTION = """\
# Operations: day one, and every day after

Generated from the procedures of the components by `footing docs`: do not edit. This is the day-one operations
runbook (DAY1_OPERATIONS_RUNBOOK) of this repository's production; `footing observe STACK` writes the same as
operations.md with the names of any stack, beside runbook.md, to which every alert links. Words in capitals are to
be filled in; STACK is the stack's name. Every command here exists and parses: a test holds that, and another one
asks real PostgreSQL, PgBouncer and Redis what they are asked here.

Before a launch: [launch.md](launch.md). The way in: [connect.md](connect.md). Where time and memory go, with
py-spy and memray: [profiling.md](profiling.md). The resources behind the names: [database.md](database.md),
[redis.md](redis.md), [service.md](service.md), [edge.md](edge.md).
"""


def operations_page() -> str:
    """Return the whole page."""
    from footing.project import observed, stack_file
    from observability.files.operations import lines

    found = observed("production", stack_file("production", None))
    return INTRODUCTION + "\n".join(lines(found.procedures)) + "\n"
