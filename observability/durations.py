"""Times as Prometheus and Grafana write them."""

DAY_SECONDS = 86_400
HOUR_SECONDS = 3600
MINUTE_SECONDS = 60


def duration(seconds: int) -> str:
    """Return `seconds` as Grafana writes it back: `5m`, `1h30m`; any other way is a difference for ever."""
    hours, rest = divmod(seconds, HOUR_SECONDS)
    minutes, rest = divmod(rest, MINUTE_SECONDS)
    parts = [f"{count}{unit}" for count, unit in ((hours, "h"), (minutes, "m"), (rest, "s")) if count]
    return "".join(parts) or "0s"


def window(seconds: int) -> str:
    """Return `seconds` as the range of a query, in the largest unit that divides it: `3d`, `6h`, `5m`, `90s`."""
    for unit, size in (("d", DAY_SECONDS), ("h", HOUR_SECONDS), ("m", MINUTE_SECONDS)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
