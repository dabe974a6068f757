"""The engine's provider protocol, answered once for every vendor."""
