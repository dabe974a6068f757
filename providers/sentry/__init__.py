"""Sentry: projects, their client keys, monitors and alerts, over its API."""
