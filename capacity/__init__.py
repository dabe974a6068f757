"""A model, no measurement: what a stack bears, and which of its limits breaks first."""
