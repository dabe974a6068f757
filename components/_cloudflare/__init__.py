"""Cloudflare as plain data: what a plan holds, requests, rules and their expressions."""
