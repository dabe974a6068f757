"""Supabase: projects and the settings of their databases, over its management API."""
