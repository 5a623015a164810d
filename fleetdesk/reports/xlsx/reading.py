"""Opening XLSX files: looked at as the ZIP archives that they are before anything in them is unpacked."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fleetdesk.errors import BadFile
from fleetdesk.reports.tables import Limits, RawRow, Reading
from fleetdesk.reports.xlsx.markup import Markup, MarkupError, bare
from fleetdesk.reports.xlsx.sheet import sheet_rows
from fleetdesk.reports.xlsx.values import SharedTexts, Styles, Values

__all__ = ["XlsxFile"]

_SMALL_PART = 1_000_000
"""Bytes up to which a part may be packed as tightly as it likes."""
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    MarkupError,
    KeyError,
    ValueError,
    IndexError,
    EOFError,
    RuntimeError,
)
"""What comes where a part is missing, is not what it should be, or is protected (RuntimeError, by zipfile)."""
_OTHERS = {
    "content.xml": "an OpenDocument table",
    "xl/workbook.bin": "a binary Excel file",
    "word/document.xml": "a text document",
    "ppt/presentation.xml": "a presentation",
    "Index/Document.iwa": "a Numbers table",
}
"""Parts by which other files of this kind are known, and what those are."""
_RELATIONS = "_rels/.rels"
_VISIBLE = ("", "visible")


@dataclass(frozen=True, slots=True)
class _Book:
    """Where a workbook has its parts. `sheets` are the visible ones, by name."""

    sheets: dict[str, str]
    texts: str | None
    styles: str | None
    date1904: bool


class XlsxFile:
    """An XLSX file; its first visible sheet is read, or the one that is asked for."""

    def __init__(self, path: Path, limits: Limits, reading: Reading) -> None:
        """Look at the archive, then at the names of its sheets. Raises BadFile for a bomb, or where it is none."""
        self._path = path
        self._limits = limits
        with self._understood():
            _refuse_bombs(path, limits)
            with zipfile.ZipFile(path) as archive:
                _refuse_others(archive, path)
                self._book = _book(archive)
        if not self._book.sheets:
            raise BadFile(f"{path.name} has no sheet to read.", do="Choose a file with a sheet of leads.")
        self.sheets = tuple(self._book.sheets)
        """The names of the visible sheets, in the workbook's order."""
        self.sheet = reading.sheet if reading.sheet in self.sheets else self.sheets[0]

    @property
    def reading(self) -> Reading:
        """How it is read."""
        return Reading(sheet=self.sheet)

    @property
    def described(self) -> str:
        """Such as “Excel, sheet “Leads” (not read: “Notes”)”."""
        others = ", ".join(f"“{name}”" for name in self.sheets if name != self.sheet)
        return f"Excel, sheet “{self.sheet}”" + (f" (not read: {others})" if others else "")

    def rows(self) -> Iterator[RawRow]:
        """Every row of the sheet; values as their text, formulas as the value that was last computed."""
        book = self._book
        with self._understood(), zipfile.ZipFile(self._path) as archive:
            texts, styles = SharedTexts(), Styles()
            for markup, name in ((texts, book.texts), (styles, book.styles)):
                if name is not None:
                    _read(archive, name, markup)
            values = Values(texts.texts, styles.dates, date1904=book.date1904)
            with archive.open(book.sheets[self.sheet]) as part:
                yield from sheet_rows(part, values, self._limits)

    @contextmanager
    def _understood(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise BadFile(
                f"{self._path.name} cannot be read: {error.strerror or error}.",
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


def _refuse_others(archive: zipfile.ZipFile, path: Path) -> None:
    names = set(archive.namelist())
    for part, kind in _OTHERS.items():
        if part in names:
            raise BadFile(f"{path.name} is {kind}.", do="Save it as .xlsx or .csv, and try again.")


class _Relations(Markup):
    """Where a part's related parts are, by the names that it gives them; and by what they are."""

    def __init__(self, part: str) -> None:
        self.named: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self._folder = posixpath.dirname(posixpath.dirname(part))

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join(self._folder, attributes["Target"].removeprefix("/")))
            if attributes["Target"].startswith("/"):
                target = attributes["Target"].removeprefix("/")
            self.named[attributes["Id"]] = target
            self.kinds.setdefault(attributes["Type"].rpartition("/")[2], target)


class _Workbook(Markup):
    """The sheets of a workbook: their names, and by which relation each is found."""

    def __init__(self) -> None:
        self.sheets: dict[str, str] = {}
        self.date1904 = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and attributes.get("state", "") in _VISIBLE:
            relation = next(value for key, value in attributes.items() if bare(key) == "id")
            self.sheets[attributes["name"]] = relation
        elif name == "workbookPr":
            self.date1904 = attributes.get("date1904") in ("1", "true")


def _book(archive: zipfile.ZipFile) -> _Book:
    root, workbook = _Relations(_RELATIONS), _Workbook()
    _read(archive, _RELATIONS, root)
    place = root.kinds["officeDocument"]
    _read(archive, place, workbook)
    beside = posixpath.join(posixpath.dirname(place), "_rels", f"{posixpath.basename(place)}.rels")
    parts = _Relations(beside)
    _read(archive, beside, parts)
    return _Book(
        {name: parts.named[relation] for name, relation in workbook.sheets.items()},
        parts.kinds.get("sharedStrings"),
        parts.kinds.get("styles"),
        workbook.date1904,
    )


def _read(archive: zipfile.ZipFile, name: str, into: Markup) -> None:
    with archive.open(name) as part:
        for _ in into.read(part):
            pass
