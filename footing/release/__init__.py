"""What a deployment tells Sentry: the release, and where it runs now."""
