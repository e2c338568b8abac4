"""Large things that live long, and the garbage collector."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Many small objects are made, none of them garbage: looking at them costs as much again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def set_aside() -> None:
    """Take all that lives now out of the collector's sight: a request would wait 0.1 s for a look.

    What was set aside before, and has become garbage since, is collected first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
