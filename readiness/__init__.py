"""Readiness: the checks of a stack are asked of the live system, all at once, and nothing is changed by it."""
