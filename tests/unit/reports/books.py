"""XLSX files made by openpyxl, which FleetDesk itself does without: a second opinion on the format."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

Value = str | float | bool | dt.datetime | dt.date | dt.time | None


def book(folder: Path, sheets: Mapping[str, Sequence[Sequence[Value]]]) -> Path:
    """An XLSX file with these sheets."""
    workbook = openpyxl.Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = folder / "leads.xlsx"
    workbook.save(path)
    return path


_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_BY_HAND = {
    "_rels/.rels": f'<R><Relationship Id="a" Type="{_RELATIONS}/officeDocument" Target="/xl/workbook.xml"/></R>',
    "xl/workbook.xml": f'<w xmlns:r="{_RELATIONS}"><sheets><sheet name="Leads" sheetId="1" r:id="b"/></sheets></w>',
    "xl/_rels/workbook.xml.rels": f'<R><Relationship Id="b" Type="{_RELATIONS}/worksheet" Target="worksheets/one.xml"/>'
    f'<Relationship Id="c" Type="{_RELATIONS}/sharedStrings" Target="texts.xml"/></R>',
}


def by_hand(folder: Path, sheet: str, texts: str) -> Path:
    """A file as little as one can be, with these rows of cells and these shared texts."""
    path = folder / "leads.xlsx"
    with zipfile.ZipFile(path, "w") as target:
        for part, body in _BY_HAND.items():
            target.writestr(part, body)
        target.writestr("xl/worksheets/one.xml", f"<w><sheetData>{sheet}</sheetData></w>")
        target.writestr("xl/texts.xml", f"<sst>{texts}</sst>")
    return path


def with_part(path: Path, name: str, change: tuple[str, str] | bytes) -> Path:
    """The same file with one part written anew, or with one text in it put in the place of another."""
    with zipfile.ZipFile(path) as source:
        parts = {part: source.read(part) for part in source.namelist()}
    if isinstance(change, bytes):
        parts[name] = change
    else:
        before, after = (text.encode() for text in change)
        assert before in parts[name], f"{name} has no {change[0]!r}"
        parts[name] = parts[name].replace(before, after)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for part, body in parts.items():
            target.writestr(part, body)
    return path
