"""The XML inside XLSX files, piece by piece: no document type, hence no entity, is ever let in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

__all__ = ["Markup", "MarkupError", "bare", "unescaped"]

_PIECE = 1 << 16
_DEEPEST = 64
"""How deep elements of a sheet stand within each other, at most; real ones stay under ten."""
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class MarkupError(Exception):
    """It is no XML, or holds what no XLSX file may hold."""


class Markup:
    """Receives the elements of one part. Override what matters; names come without their namespace's prefix."""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text of the innermost element, or a piece of it."""

    def read(self, part: IO[bytes]) -> Iterator[None]:
        """Take a part in; gives a turn after each piece. Raises MarkupError."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        depth = 0

        def begin(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            if depth > _DEEPEST:
                raise MarkupError("elements stand too deep within each other")
            self.begin(bare(name), attributes)

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            self.end(bare(name))

        parser.StartElementHandler = begin
        parser.EndElementHandler = end
        parser.CharacterDataHandler = self.text
        try:
            while piece := part.read(_PIECE):
                parser.Parse(piece, False)
                yield
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise MarkupError(str(error)) from error
        yield


def bare(name: str) -> str:
    """A name without its namespace's prefix."""
    return name.rpartition(":")[2]


def unescaped(text: str) -> str:
    """The text behind Excel's own escapes of characters that XML cannot hold (ECMA-376, 22.4.2.4: `_x000D_`)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _refuse_doctype(*_: object) -> None:
    raise MarkupError("it declares a document type")
