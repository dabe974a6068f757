"""Who hears of an alert, and in which words."""
