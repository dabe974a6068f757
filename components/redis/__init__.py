"""Redis: one output shape, several backends. Each is imported by itself, so that no unused SDK is loaded."""
