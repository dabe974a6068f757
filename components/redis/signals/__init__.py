"""Alerts, panels and checks of Redis, as plain data: one module a source, each imported by itself."""
