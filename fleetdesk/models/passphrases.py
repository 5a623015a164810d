"""What a PIN or a passphrase must be to be chosen, for a local copy as for a file that is carried elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fleetdesk.errors import Invalid

__all__ = ["SHORTEST", "SHORTEST_PIN", "Wanted", "Word", "demand_long"]

SHORTEST = 12
"""Characters that a passphrase needs at least."""
SHORTEST_PIN = 6
"""Characters that a PIN needs at least: beside it stands a secret of the keyring, which nobody guesses."""


class Word(StrEnum):
    """What a person types to open the local copy."""

    PIN = "pin"
    PASSPHRASE = "passphrase"  # noqa: S105 (what it is called)

    @property
    def shortest(self) -> int:
        """Characters that it needs at least."""
        return SHORTEST_PIN if self is Word.PIN else SHORTEST


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person is asked for.

    `new`: they choose it now. `moving`: their keys lie in the keyring already, without one, and move under it. `wait`:
    seconds in which nothing is tried, since there were wrong ones.
    """

    word: Word
    new: bool = False
    moving: bool = False
    wait: float = 0.0


def demand_long(typed: str, word: Word = Word.PASSPHRASE) -> None:
    """Raise Invalid for a PIN or passphrase that is too short to be chosen."""
    if len(typed) < word.shortest:
        name = "PIN" if word is Word.PIN else "passphrase"
        raise Invalid(word, f"A {name} needs at least {word.shortest} characters.")
