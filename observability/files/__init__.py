"""The files that `footing observe` writes: dashboards, rules, routes, runbook, load limits."""
