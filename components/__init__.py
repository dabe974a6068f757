"""Components: what makes resources, one concept a package or a module."""
