"""What the edge would do with one request, offline: every rule of every phase, in Cloudflare's order."""
