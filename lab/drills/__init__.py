"""Drills on a real PostgreSQL: a migration under load, and a restore."""
