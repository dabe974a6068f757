"""The command `trace`: what the edge would do with one request, offline."""
