"""Vercel: facts alone, for its provider is another's (`pulumiverse-vercel`)."""
