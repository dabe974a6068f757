"""Local development: the servers of a stack on one machine, with the numbers of the stack."""
