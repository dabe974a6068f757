"""What watches a stack, as files: rules and their tests, routes, runbook, the limits of load tests."""
