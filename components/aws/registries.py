"""Registries of container images."""


def registry_of(image: str) -> str:
    """Return the host of the registry that holds `image`: Docker Hub's where the name has none."""
    host, slash, _ = image.partition("/")
    named = slash and ("." in host or ":" in host or host == "localhost")
    return host.removeprefix("index.") if named else "docker.io"
