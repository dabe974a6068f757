"""No garbage collection while a plan is made: nearly all it makes lives to its end, so searching frees little."""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Run without garbage collections, and leave the collector as it was.

    Turning it on again costs one search of everything made meanwhile.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def never_collect() -> None:
    """Turn garbage collection off for the rest of the process, its end included.

    For a command that ends with its plan: the interpreter's last collection costs a third of the reference's plan.
    """
    gc.disable()
    # The last collection runs even where the collector is off, but leaves frozen objects alone.
    atexit.register(gc.freeze)
