"""Fuzzy matching for the command palette: letters in order, better where they begin words or stand together."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Match", "match"]

_START = 14  # a letter that begins a word
_TOGETHER = 18  # a letter right after the last one matched
_LETTER = 4
_GAP = 2  # for each letter left out between two matched ones


@dataclass(frozen=True, slots=True)
class Match:
    """How well a text matches (higher is better) and at which positions its letters were found.

    `at_words`: every letter begins a word, or follows on letters that do: what people type who know what they want.
    """

    score: int
    positions: tuple[int, ...]
    at_words: bool = True


def match(query: str, text: str) -> Match | None:
    """Match the letters of `query` in order in `text`, ignoring case, accents and blanks; None if one is missing.

    An empty query matches everything equally.
    """
    wanted = [_folded(letter) for letter in query if not letter.isspace()]
    if not wanted:
        return Match(0, ())
    folded = "".join(map(_folded, text))
    best: Match | None = None
    for start, letter in enumerate(folded):
        if letter == wanted[0]:
            found = _from(wanted, folded, start)
            if found is None:
                break
            if best is None or found.score > best.score:
                best = found
    return best


def _from(wanted: list[str], text: str, start: int) -> Match | None:
    """The match that takes `start` first, then prefers for each letter the next one or the start of a word."""
    positions = [start]
    score = _worth(text, start, None)
    for letter in wanted[1:]:
        position = _next(letter, text, positions[-1])
        if position < 0:
            return None
        score += _worth(text, position, positions[-1])
        positions.append(position)
    begun = [position for number, position in enumerate(positions) if position != positions[number - 1] + 1]
    return Match(score, tuple(positions), all(_begins_word(text, position) for position in begun))


def _next(letter: str, text: str, after: int) -> int:
    nearest = text.find(letter, after + 1)
    if nearest < 0 or nearest == after + 1:
        return nearest
    position = nearest
    while position >= 0:
        if _begins_word(text, position):
            return position
        position = text.find(letter, position + 1)
    return nearest


def _worth(text: str, position: int, last: int | None) -> int:
    worth = _LETTER
    if _begins_word(text, position):
        worth += _START
    if last is None:
        return worth - min(position, 8) * _GAP
    if position == last + 1:
        return worth + _TOGETHER
    return worth - min(position - last - 1, 8) * _GAP


def _begins_word(text: str, position: int) -> bool:
    return position == 0 or not text[position - 1].isalnum()


@lru_cache(maxsize=4096)
def _folded(letter: str) -> str:
    """The one plain letter that stands for it: é, È and E are all e."""
    return unicodedata.normalize("NFKD", letter.casefold())[:1] or letter
