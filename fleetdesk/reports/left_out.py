"""The rows that an import left out, as a file that can be mended and imported again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from fleetdesk.commands.import_words import VERDICT_TITLE
from fleetdesk.errors import BadFile
from fleetdesk.reports.import_findings import fingerprint
from fleetdesk.reports.import_report import ImportReport
from fleetdesk.reports.spreadsheets import SheetRow, column_name, open_spreadsheet
from fleetdesk.reports.table_files import FOR_EXCEL, CsvForm, table_file
from fleetdesk.reports.tables import Reading

__all__ = ["write_left_out"]

_SAID_EVERY = 500
_PLAIN = str.maketrans({"“": '"', "”": '"', "’": "'", "…": "..."})


def write_left_out(report: ImportReport, path: Path, say: Callable[[int], None] = lambda _rows: None) -> None:
    """Write these rows as they stand in the file, with the reasons in one more column; a CSV file as it is written.

    They are read from the file once more, so that a long list of them takes no memory. `say` is told how many rows
    were read, and may raise to end it with nothing written. Raises BadFile where the file is another one by now,
    DiskFull and Unavailable where nothing can be written.
    """
    sheet = open_spreadsheet(report.path, report.reading)
    titles = report.mapping.titles
    form = _form(report.reading)
    with table_file(path, [*titles, VERDICT_TITLE], form) as table:
        rows = _told(sheet.rows(), say)
        for number, print_, reasons in report.left_out:
            found = next((row for row in rows if row.number >= number), None)
            if found is None or found.number != number or print_ not in (None, fingerprint(found.cells)):
                raise _changed(report, number)
            cells = list(found.cells[: len(titles)])
            # What stands beyond the last title would be taken for the reason.
            beyond = [
                f"{column_name(sheet.header, place)}: {cell}"
                for place, cell in enumerate(found.cells[len(titles) :], start=len(titles))
                if cell
            ]
            table.write([*cells, _lettered(" ".join([reasons, *beyond]), form.encoding)])


def _form(reading: Reading) -> CsvForm:
    """As the file itself is written: the program that wrote it opens such a one rightly."""
    if reading.delimiter is None:
        return FOR_EXCEL  # a workbook
    unicode = reading.encoding in (None, "utf-8")
    return CsvForm(reading.delimiter, FOR_EXCEL.encoding if unicode else str(reading.encoding))


def _lettered(text: str, encoding: str) -> str:
    """A sentence of ours in the letters of an encoding: not each has our quotation marks."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN)
    return text


def _told(rows: Iterator[SheetRow], say: Callable[[int], None]) -> Iterator[SheetRow]:
    for read, row in enumerate(rows, start=1):
        if read % _SAID_EVERY == 0:
            say(read)
        yield row


def _changed(report: ImportReport, row: int) -> BadFile:
    return BadFile(
        f"{report.path.name} is not any more as it was read: row {row} is another one.",
        row=row,
        kept="Nothing was written.",
        do="Import it again; what is there already is recognised.",
    )
