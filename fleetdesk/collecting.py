"""Long work that makes many objects, without Python's search for cycles among them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

__all__ = ["no_collection"]

_turn = Lock()
_at_work = 0
_was_on = False


@contextmanager
def no_collection() -> Iterator[None]:
    """No search for cycles, in any thread, until the last who is in here leaves. Also a decorator: `@no_collection()`.

    Thousands of objects that are made at once and go at once would make it a third of the work, and every search holds
    up the window for as long as there are objects. What stands at the end counts as old, and so is not gone through
    then and there.
    """
    global _at_work, _was_on  # noqa: PLW0603 - the collector is one for the process, and so is who holds it off
    with _turn:
        if not _at_work:
            _was_on = gc.isenabled()
            gc.disable()
        _at_work += 1
    try:
        yield
    finally:
        with _turn:
            _at_work -= 1
            if not _at_work and _was_on:
                gc.freeze()
                gc.unfreeze()
                gc.enable()
