"""Neon: projects, branches, computes, roles and databases, over its API."""
