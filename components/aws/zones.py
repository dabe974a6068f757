"""Availability zones, as their names tell them."""

SUBNET_LETTERS = "abcdefgh"
"""Last letters that a zone of a network may have: each has its range, so that no zone ever takes another's."""

SUBNET_PREFIX_GROWTH = 4
"""Each subnet takes a sixteenth of the VPC: the first eight are public, the others private."""
