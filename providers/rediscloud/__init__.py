"""Redis Cloud: Essentials subscriptions and their databases, over its API."""
