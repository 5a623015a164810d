"""What the wizard does with a file in another thread: look into it, go through its rows, check or import them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fleetdesk.commands.pending import CommandDesk
from fleetdesk.reports.import_report import ImportReport
from fleetdesk.reports.lead_import import ImportChoices, ImportProgress, open_leads, run_import
from fleetdesk.reports.survey import survey_columns
from fleetdesk.reports.tables import Reading
from fleetdesk.views.leads.importing.choices import Opened
from fleetdesk.views.leads.importing.progress import or_cancelled
from fleetdesk.views.long_acts import GoesOn
from fleetdesk.views.workbench import Workbench

__all__ = ["bringing", "looking", "surveying"]


def looking(path: Path, asked: Reading) -> Callable[[CommandDesk, GoesOn[int]], Opened]:
    """Open a file as the person asks for it."""
    return lambda _desk, _go_on: Opened(open_leads(path, asked), asked)


def surveying(opened: Opened) -> Callable[[CommandDesk, GoesOn[int]], Opened]:
    """Go through all rows, for what stands in the columns."""

    def work(_desk: CommandDesk, go_on: GoesOn[int]) -> Opened:
        return Opened(opened.sheet, opened.asked, survey_columns(opened.sheet, or_cancelled(go_on)))

    return work


def bringing(
    bench: Workbench, path: Path, choices: ImportChoices, *, dry_run: bool
) -> Callable[[CommandDesk, GoesOn[ImportProgress]], ImportReport]:
    """Import the file, or only say what would come of it."""

    def work(desk: CommandDesk, go_on: GoesOn[ImportProgress]) -> ImportReport:
        say = or_cancelled(go_on)
        with bench.readings.open() as connection:
            return run_import(path, desk, connection, clock=bench.clock, choices=choices, dry_run=dry_run, say=say)

    return work
