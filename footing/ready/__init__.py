"""The command `ready`: asks the checks of a stack, and writes what became of them."""
