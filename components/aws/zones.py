"""Availability zones, as their names tell them."""

SUBNET_LETTERS = "abcdefgh"
"""Last letters that a zone of a network may have: each has its range, so that no zone ever takes another's."""
