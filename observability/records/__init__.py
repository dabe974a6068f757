"""Records: what a component measures, with thresholds, objectives and runbook text, as plain data."""
