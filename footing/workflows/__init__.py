"""Workflows of GitHub Actions, judged: what would deploy nothing, too much, or with keys that anybody may take."""
