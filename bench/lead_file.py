"""A file of leads as a trade fair gives one: what the imports of the bench bring."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from bench.names import FIRST, LAST, PLACE, TRADE, WORDS
from fleetdesk.reports.table_files import table_file

__all__ = ["COLUMNS", "write_leads"]

COLUMNS = (
    *("Index", "Account Id", "Lead Owner", "First Name", "Last Name", "Company", "Phone 1", "Phone 2"),
    *("Email 1", "Email 2", "Website", "Source", "Deal Stage", "Notes"),
)
_STAGES = ("New", "Contacted", "Closed Lost", "Proposal Sent")


def write_leads(plain: Path, book: Path, size: int) -> None:
    """Write so many leads as CSV and as XLSX."""
    rng = random.Random(3)
    with plain.open("w", encoding="utf-8", newline="") as file, table_file(book, COLUMNS) as table:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        for number in range(size):
            last = rng.choice(LAST)
            row = [
                str(number),
                f"{number:012x}",
                "Somebody Else",
                rng.choice(FIRST),
                last,
                f"{last} {rng.choice(TRADE)} {rng.choice(PLACE)}",
                f"+9715{rng.choice('0245')}{number:07d}",
                f"+336{number:08d}",
                f"contact{number}@example.com",
                f"other{number}@example.org",
                "https://example.com",
                "Google Ads",
                rng.choice(_STAGES),
                " ".join(rng.choices(WORDS, k=8)),
            ]
            lines.writerow(row)
            table.write(row)
