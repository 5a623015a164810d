"""Text in the files that we write for spreadsheet programs: none of it is taken for a formula (OWASP, "CSV Injection").

In a CSV file an apostrophe stands before it, and is taken off where the file is read again, so that a phone number such
as +971501234567 comes back as it was. So it is within a cell, behind what a program may take for the cell's end: in
French and German ones a semicolon separates, and then quotes do not hold what we put into them. A workbook has a mark
of its own for a cell that begins so (`xlsx.book.GUARDED`), and no other end of one.
"""

from __future__ import annotations

import re

__all__ = ["guarded", "like_a_formula", "unguarded"]

_SIGN = "=+@\\-＝＋－＠﹦﹢﹣﹫−"
_BLANK = (
    r" \xa0\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2069"
    r"\u2800\u3000\ufeff"
)
"""Blanks but tabs and line ends, controls, what has no width: some programs drop them before they look at a cell."""
_FORMULA = re.compile(rf"['\t\r\n{_BLANK}]*[{_SIGN}]|'*[\t\r\n]")
"""Apostrophes may stand before it, so that what is guarded is guarded again: else it would come back with one less.

Each way of it has one repetition: of two that follow each other, a cell of apostrophes tries all ways to share them.
"""
# A dash before a blank begins an entry of a list in most notes, and before a bracket a smile; neither is a formula.
_WITHIN = rf"(?=['{_BLANK}]*(?:-(?![\s)])|(?!-)[{_SIGN}]))"
_ENDED = re.compile(rf"[;\t\r\n]{_WITHIN}")
_GUARDED = re.compile(rf"([;\t\r\n])'{_WITHIN}")


def like_a_formula(text: str) -> bool:
    """Whether a program may take a text for a formula by how it begins, full-width signs included."""
    return _FORMULA.match(text) is not None


def guarded(cell: str) -> str:
    """The cell as our own CSV files have it: no spreadsheet program takes it, or a part of it, for a formula."""
    within = _ENDED.sub(r"\g<0>'", cell)
    return f"'{within}" if like_a_formula(cell) else within


def unguarded(cell: str) -> str:
    """What was guarded, as it was before."""
    begin = 1 if cell.startswith("'") and like_a_formula(cell) else 0
    return _GUARDED.sub(r"\1", cell[begin:])
