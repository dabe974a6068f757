"""The real Pulumi engine: finding it, giving it a place to work in, and running a stack's operations."""
