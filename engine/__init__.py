"""The Pulumi engine for machines without one: a pinned CLI built with Go, and its Python language host."""
