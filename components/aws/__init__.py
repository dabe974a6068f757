"""Pieces of AWS that several components are made of: tasks, roles, secrets, security groups, buckets."""
