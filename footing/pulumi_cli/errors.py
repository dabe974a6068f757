"""What stops an operation before the engine starts."""


class UsageError(Exception):
    """A wrong stack, passphrase or machine; the text says what was given and what to change (exit code 2)."""
