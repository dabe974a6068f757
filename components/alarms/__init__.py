"""CloudWatch alarms: the second way to notify somebody, which needs nothing but AWS."""
