"""Backups that are restored for a test."""
