"""Takes a typed query apart into words and demands, with their places; what they mean is `grammar`'s matter.

query  = (word | demand)*            separated by spaces
demand = ["-"] name operator values
values = value ("," value)*
word, value = bare | quoted          quoted: in "…", with "" for a quote within
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Demand", "Piece", "quoted", "scan"]

_HEAD = re.compile(r"(-?)([A-Za-z][A-Za-z_]*)(:?(?:<=|>=|<|>)|:|=)")
_BARE_WORD = re.compile(r'[^\s"]+')
_BARE_VALUE = re.compile(r'[^\s",]*')
_QUOTED = re.compile(r'"((?:[^"]|"")*)("?)')


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a value: from where to where it stands, and what it says. `open`: its last quote is missing."""

    start: int
    end: int
    text: str
    quoted: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True)
class Demand:
    """What is demanded of a field. `operator` is one of : < <= > >= ; values may be empty texts."""

    start: int
    name: Piece
    operator: str
    values: tuple[Piece, ...]
    negated: bool

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.values[-1].end


def scan(text: str) -> Iterator[Piece | Demand]:
    """The words and demands of a text, in their order. Nothing in it is wrong here; only quotes may be left open."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        head = _HEAD.match(text, at)
        found = _word(text, at) if head is None else _demand(text, head)
        yield found
        at = found.end


def quoted(text: str) -> str:
    """The text in quotes."""
    return '"' + text.replace('"', '""') + '"'


def _word(text: str, at: int) -> Piece:
    # A minus before a quote belongs to it: what is excluded is told as one piece.
    if text.startswith('-"', at):
        inner = _in_quotes(text, at + 1)
        return Piece(at, inner.end, "-" + inner.text, open=inner.open)
    if text[at] == '"':
        return _in_quotes(text, at)
    found = _BARE_WORD.match(text, at)
    assert found is not None, "what is neither space nor quote is a word"
    return Piece(at, found.end(), found[0])


def _demand(text: str, head: re.Match[str]) -> Demand:
    minus, name, operator = head.groups()
    values = []
    at = head.end()
    while True:
        values.append(_value(text, at))
        at = values[-1].end
        if not text.startswith(",", at):
            break
        at += 1
    begins = head.start(2)
    return Demand(
        head.start(),
        Piece(begins, begins + len(name), name),
        ":" if operator in (":", "=") else operator.lstrip(":"),
        tuple(values),
        bool(minus),
    )


def _value(text: str, at: int) -> Piece:
    if text.startswith('"', at):
        return _in_quotes(text, at)
    found = _BARE_VALUE.match(text, at)
    assert found is not None, "it matches nothing, too"
    return Piece(at, found.end(), found[0])


def _in_quotes(text: str, at: int) -> Piece:
    found = _QUOTED.match(text, at)
    assert found is not None, "a quote stands here"
    return Piece(at, found.end(), found[1].replace('""', '"'), quoted=True, open=not found[2])
