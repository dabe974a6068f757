"""Sign-in by Clerk."""
