"""Clerk: the configuration of instances over its Platform API, and what belongs to one over its Backend API."""
