"""Memory of RDS instance classes: a threshold on a share of it needs the whole."""

import re

GIB = 1024**3
_LARGE_GIB = {"t": 8, "m": 8, "r": 16}
"""Memory of the size `large`, GiB, by the letter of the family. https://aws.amazon.com/rds/instance-types/"""
_CLASS = re.compile(r"db\.([a-z])\d[a-z]*\.(\d*)([a-z]+)")
_IO_BURST_XLARGE = 2
"""Largest size, in multiples of `xlarge`, that has more I/O in bursts than its baseline.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ebs-optimized.html
"""
_OF_LARGE = {"micro": 1 / 8, "small": 1 / 4, "medium": 1 / 2, "large": 1, "xlarge": 2}
"""Sizes as a multiple of `large`; those above are multiples of `xlarge`."""


def memory_bytes(instance_class: str) -> float | None:
    """Return the memory of `instance_class`, for example `db.r6g.large`, in bytes; None for an unknown family."""
    found = _CLASS.fullmatch(instance_class)
    if found is None or found[1] not in _LARGE_GIB or found[3] not in _OF_LARGE:
        return None
    return _LARGE_GIB[found[1]] * _OF_LARGE[found[3]] * int(found[2] or 1) * GIB


def bursts_io(instance_class: str) -> bool:
    """Return whether `instance_class` publishes `EBSIOBalance%`: an alarm of the others would wait for ever."""
    found = _CLASS.fullmatch(instance_class)
    return found is not None and found[3] in _OF_LARGE and int(found[2] or 1) <= _IO_BURST_XLARGE
