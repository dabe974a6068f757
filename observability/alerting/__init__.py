"""Alerts, recording rules and alerting rules, from records."""
