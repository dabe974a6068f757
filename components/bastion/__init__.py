"""The way in for people: a task that forwards a port of the database or of Redis, and ends by itself."""
