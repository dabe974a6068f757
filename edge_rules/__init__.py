"""Cloudflare's rule language as a typed tree: what a plan holds, rules, their rendering and their evaluation."""
