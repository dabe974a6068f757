"""Providers of our own for vendors without one that holds what it says: docs/providers.md."""
