"""The command `migrate`: the migration of a stack, once, followed to its end."""
