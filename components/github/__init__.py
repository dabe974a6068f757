"""GitHub, where workflows deploy a stack from: an extra, `footing[github]`."""
