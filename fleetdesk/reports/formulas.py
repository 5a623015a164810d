"""Text in the files that we write for spreadsheet programs: none of it is taken for a formula (OWASP, "CSV Injection").

In a CSV file an apostrophe stands before it, and is taken off where the file is read again, so that a phone number such
as +971501234567 comes back as it was. A workbook has a mark of its own for such a cell (`xlsx.book.GUARDED`).
"""

from __future__ import annotations

import re

__all__ = ["guarded", "like_a_formula", "unguarded"]

_UNSEEN = r"\s\0-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
"""Blanks, controls and what has no width: some programs drop them before they look at how a cell begins."""
_FORMULA = re.compile(rf"['{_UNSEEN}]*[=+@\-＝＋－＠]|'*[\t\r\n]")
"""Apostrophes may stand before it, so that what is guarded is guarded again: else it would come back with one less.

Each way of it has one repetition: of two that follow each other, a cell of apostrophes tries all ways to share them.
"""


def like_a_formula(text: str) -> bool:
    """Whether a program may take a text for a formula by how it begins, full-width signs included."""
    return _FORMULA.match(text) is not None


def guarded(cell: str) -> str:
    """The cell as our own CSV files have it: no spreadsheet program takes it for a formula."""
    return f"'{cell}" if like_a_formula(cell) else cell


def unguarded(cell: str) -> str:
    """What was guarded, as it was before."""
    return cell[1:] if cell.startswith("'") and like_a_formula(cell) else cell
