"""The house in numbers: rooms, imports, sizes, words. `python -m tests.house` prints them."""
