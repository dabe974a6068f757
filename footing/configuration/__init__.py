"""What the keys of a stack file mean, what a stack file says in full, and what a shell may complete."""
