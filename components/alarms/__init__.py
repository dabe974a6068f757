"""CloudWatch alarms: the second way to tell somebody, which needs nothing but AWS."""
