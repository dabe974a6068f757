"""Routes and message templates: who is notified of an alert, and in which words."""
