"""Exporters of what has no task of its own, and the collector that reads them."""
