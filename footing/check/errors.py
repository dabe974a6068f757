"""Why the gate could not run; it is never green then."""


class GateError(Exception):
    """The gate itself is missing, empty, broken or misused; the message says what to do."""
