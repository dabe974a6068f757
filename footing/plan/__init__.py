"""The offline plan: what a stack declares, as plain data, without an engine, a cloud or credentials."""
