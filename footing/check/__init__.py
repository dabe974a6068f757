"""The gate: an offline plan, or a saved one, judged by the rules of `policies/`."""
