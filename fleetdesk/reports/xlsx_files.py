"""XLSX files: looked at as the ZIP archives that they are before anything in them is unpacked."""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from fleetdesk.errors import BadFile
from fleetdesk.reports.tables import Limits, RawRow

__all__ = ["XlsxFile"]

_AT_ONCE = 500
_SMALL_PART = 1_000_000
"""Bytes up to which a part may be packed as tightly as it likes."""
_BROKEN = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    NotImplementedError,
)
"""What openpyxl lets through where a part is missing or is not what it should be."""


class XlsxFile:
    """An XLSX file; its first visible sheet is read."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Look at the archive, then at the names of its sheets. Raises BadFile for a bomb, or where it is none."""
        self._path = path
        with self._understood():
            _refuse_bombs(path, limits)
            with _opened(path) as book:
                visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not visible:
            raise BadFile(f"{path.name} has no sheet to read.", do="Choose a file with a sheet of leads.")
        self._sheet, *self._others = visible

    @property
    def described(self) -> str:
        """Such as “Excel, sheet “Leads” (not read: “Notes”)”."""
        others = ", ".join(f"“{name}”" for name in self._others)
        return f"Excel, sheet “{self._sheet}”" + (f" (not read: {others})" if others else "")

    def rows(self) -> Iterator[RawRow]:
        """Every row of the sheet; values as their text, formulas as the value that was last computed."""
        with self._understood(), _opened(self._path) as book:
            sheet = book[self._sheet]
            assert isinstance(sheet, ReadOnlyWorksheet)
            # What the file claims of its size may be wrong, and would cut it.
            sheet.reset_dimensions()
            values = sheet.iter_rows(values_only=True)
            number = 0
            while rows := _quietly(values):
                for row in rows:
                    number += 1
                    yield RawRow(number, tuple(map(_text, row)))

    @contextmanager
    def _understood(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise BadFile(
                f"{self._path.name} cannot be read: {error.strerror}.",
                kept="Nothing was imported from here on.",
                do="Check where the file is and try again.",
            ) from error
        except _BROKEN as error:
            raise BadFile(
                f"{self._path.name} is not an Excel file, or it is damaged.",
                do="Open it in your spreadsheet program, save it as .xlsx or .csv, and try again.",
            ) from error


def _refuse_bombs(path: Path, limits: Limits) -> None:
    """Raise BadFile for an archive that unpacks to far more than it is. The sizes that it declares bind zipfile."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    tight = any(
        part.file_size > _SMALL_PART and part.file_size > limits.ratio * max(part.compress_size, 1) for part in parts
    )
    if len(parts) > limits.parts or unpacked > limits.unpacked or tight:
        raise BadFile(
            f"{path.name} would unpack to {unpacked:,} bytes in {len(parts):,} parts: it is not opened.",
            do="Save the leads alone as .csv and try again.",
        )


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    # Opened here, because openpyxl goes by the name of a file that it opens itself.
    with path.open("rb") as file:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        yield book


def _quietly(rows: Iterator[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """The next rows, without openpyxl's warnings (of styles, of dates out of range) that nobody here can act on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(islice(rows, _AT_ONCE))


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat(" ", "minutes") if isinstance(value, dt.datetime) else value.isoformat()
        case _:
            return str(value)
