"""What the data in a Redis store is for. Every backend of Redis takes the same word."""

from enum import StrEnum


class Role(StrEnum):
    """What the data is for; decides what happens when memory is full."""

    CACHE = "cache"
    """Copies of something else: the oldest go."""
    SESSION = "session"
    """Data with an end: of that, what was not used for longest goes."""
    QUEUE = "queue"
    """Work to be done: nothing may go, writes are refused."""
    PRIMARY_STORE = "primary_store"
    """The only copy: nothing may go, writes are refused."""


EVICTING = frozenset({Role.CACHE, Role.SESSION})
"""Roles whose keys may go when memory is full."""
