"""The edge: Cloudflare's cache, rate limits and bot rules in front of the origin."""
