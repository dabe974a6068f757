"""Load tests of a stack: which address is asked, where it is allowed, and what the run comes to."""
