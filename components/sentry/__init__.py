"""Error tracking at Sentry."""
