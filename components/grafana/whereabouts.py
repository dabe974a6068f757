"""Where alerts point to: the board of each record, and who owns it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from components._dashboards.boards import board_of, records
from components._signals import Board, Signals


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """Of all records of a stack."""

    boards: Mapping[str, Board]
    """The board of the panel, by the record's id."""
    owner: str
    """Who answers where a record names nobody."""


def whereabouts(told: Iterable[Signals], owner: str) -> Whereabouts:
    """Of the records of `told`."""
    boards = {record.id: board_of(record, component) for component in told for record in records(component)}
    return Whereabouts(boards=boards, owner=owner)
