"""What the commands say and ask in a terminal."""

from __future__ import annotations

import getpass
import math
import os
import sys

from fleetdesk.errors import Busy, Refused, Unavailable
from fleetdesk.models.passphrases import Wanted, Word

__all__ = ["agreed", "asked", "chosen", "demand_display", "has_display", "passphrase_of_files", "say", "secret_line"]


def say(sentence: str) -> None:
    """Tell the person; what a command gives to other programs is not told here."""
    sys.stderr.write(sentence + "\n")


def asked(question: str) -> str:
    """What the person types without its being seen. Raises Unavailable where there is no terminal."""
    if not sys.stdin.isatty():
        raise Unavailable(
            "A passphrase is needed, and nobody is here to give it.",
            kept="Nothing was changed.",
            do="Run it in a terminal.",
        )
    return getpass.getpass(question)


def chosen(what: str, word: Word = Word.PASSPHRASE) -> str:
    """A new passphrase of something, typed twice: a slip must not lock anything up. Raises Refused, Unavailable."""
    first = asked(f"Choose a {_name(word)} for {what} ({word.shortest} characters or more): ")
    if asked("The same again: ") != first:
        raise Refused("not_the_same", "The two are not the same.", kept="Nothing was done.", do="Run it again.")
    return first


def secret_line(question: str) -> str:
    """A secret, typed without its being seen, or else the first line of standard input."""
    return getpass.getpass(question) if sys.stdin.isatty() else sys.stdin.readline().strip()


def agreed(question: str) -> bool:
    """Whether the person says yes; true where nobody is there to be asked."""
    if not sys.stdin.isatty():
        return True
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def has_display() -> bool:
    """Whether a window can be shown: on Linux, whether a display is named."""
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def demand_display() -> None:
    """Raise Unavailable where no window can be shown: Qt itself would end the program without a word to a person."""
    if not has_display() and not os.environ.get("QT_QPA_PLATFORM"):
        raise Unavailable("There is no display here to show a window on.", do="Run it where you see windows.")


def passphrase_of_files(wanted: Wanted) -> str:
    """The PIN or passphrase of the local copies. Raises Refused, Busy after too many wrong ones, Unavailable."""
    if wanted.wait > 0:
        raise Busy(
            "There were too many wrong attempts.",
            seconds=wanted.wait,
            do=f"Wait {math.ceil(wanted.wait)} s, and try again.",
        )
    if wanted.new:
        return chosen("the local copy", wanted.word)
    name = _name(wanted.word)
    return asked(f"{name[0].upper()}{name[1:]} of the local copy: ")


def _name(word: Word) -> str:
    return "PIN" if word is Word.PIN else "passphrase"
