"""What the commands say and ask in a terminal."""

from __future__ import annotations

import getpass
import sys

from fleetdesk.errors import Refused, Unavailable

__all__ = ["asked", "chosen", "passphrase_of_files", "say"]


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


def chosen(question: str) -> str:
    """A new passphrase, typed twice: a slip of the finger must not lock anything up. Raises Refused, Unavailable."""
    first = asked(question)
    if asked("The same again: ") != first:
        raise Refused("not_the_same", "The two are not the same.", kept="Nothing was done.", do="Run it again.")
    return first


def passphrase_of_files(new: bool) -> str:
    """The passphrase of the local copies, on a machine without a keyring. Raises Refused, Unavailable."""
    if new:
        return chosen("Choose a passphrase for the local copy (12 characters or more): ")
    return asked("Passphrase of the local copy: ")
