"""Connections over time, for the plot."""

from lab.postgres import Postgres
from lab.result import Curve


def curve(name: str, postgres: Postgres, since: float) -> Curve:
    """Return the application's connections after `since`, Unix time."""
    points = [(at - since, count) for at, count in postgres.occupancy() if at > since]
    return Curve(name=name, points=[(0.0, 0), *points])
