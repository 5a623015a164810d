"""Python's search for cycles among objects: rare in a program that makes many of them and drops them without cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

__all__ = ["collect_rarely", "let_go", "let_stand", "no_collection"]

_RARELY = (10_000, 20, 50)
_MANY = 50_000
"""Objects made meanwhile and not gone: a search through them would hold up the window for a frame and more."""

_turn = Lock()
_at_work = 0
_was_on = False


def collect_rarely() -> None:
    """Search for cycles after ten thousand new objects instead of seven hundred, through all of them more rarely still.

    For the beginning of a program: importing alone makes a quarter of a million objects, of which none goes.
    """
    gc.set_threshold(*_RARELY)


def let_stand() -> None:
    """Count all that there is now as here for good: the search for cycles no longer goes through it.

    A program that has started is a quarter of a million objects, and every search through them all holds up the window
    for a tenth of a second and more.
    """
    gc.freeze()


def let_go() -> None:
    """Take away all that nobody holds any more, also of what was here for good: such as keys, once all is locked."""
    gc.unfreeze()
    gc.collect()


@contextmanager
def no_collection() -> Iterator[None]:
    """No search for cycles, in any thread, until the last who is in here leaves. Also a decorator: `@no_collection()`.

    Thousands of objects that are made at once and go at once would make it a third of the work, and every search holds
    up the window for as long as there are objects. Where many stand at the end, they count as here for good.
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
                if gc.get_count()[0] > _MANY:
                    let_stand()
                gc.enable()
