"""Scenes of the import: each step of it, and what can be wrong with a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from PySide6.QtWidgets import QAbstractButton

import fleetdesk.demo.tour
from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.lead_import import OnExisting
from fleetdesk.commands.leads import EditLead, TagLead
from fleetdesk.models.ids import new_id
from fleetdesk.queries.filters.sql import NO_ONE
from fleetdesk.queries.leads import LeadQuery, lead_ids, lead_keys
from fleetdesk.views.leads.exporting.dialog import ExportDialog
from fleetdesk.views.leads.importing.past import PastImports
from fleetdesk.views.leads.importing.wizard import ImportWizard, Step
from fleetdesk.views.shell.cut_off import settle_cut_off
from tests.gui.views.office import Office, named
from tests.gui.views.settling import settle

__all__ = ["IMPORT_SCENES"]

Draw = Callable[[Office], None]
_FAIR = Path(fleetdesk.demo.tour.__file__).with_name("trade-fair-leads.csv")
_ODD = """\
sep=;
Leads of the spring fair
Nom;Société;Courriel;Téléphone;Pays;Statut;Commercial;Relance;Stand
Mariam Al Zaabi;Al Zaabi Premium Cars;mariam@alzaabi-cars.example;9.71501E+11;EAU;Gagné;Layla Haddad;46092;B1
Élodie Lefèvre;Taxis de l'Hérault;elodie@herault.example;06 12 34 56 78;France;Plus tard;Inconnue;30/02/2026;C3
محمد الهاشمي;ليموزين الخليج;m@gulf.example;+971501112233;الإمارات;Perdu;Omar Al Suwaidi;2026-04-01;😀
;;;;;;;;
;;pas une adresse;;Atlantide;Nouveau;;;D4
"""


def at(step: Step, path: Callable[[], Path], *, narrow: bool = False) -> Draw:
    """Go on with a file until a step is reached."""

    def draw(office: Office) -> None:
        if narrow:
            office.window.resize(1024, 768)
        _go(office, path(), step)

    return draw


def updating(office: Office) -> None:
    _go(office, _odd(), Step.CHECK)
    wizard = office.dialog(ImportWizard)
    wizard.existing.show_choice(OnExisting.OVERWRITE, frozenset(), wizard.columns.targets)
    wizard.existing.overwrite("phone", may=True)


def done(office: Office) -> None:
    _go(office, _odd(), Step.CHECK)
    report = office.dialog(ImportWizard).report
    assert report is not None
    _press(office, "Import %n lead".replace("%n", str(report.created)) + ("s" if report.created > 1 else ""))


def no_table(office: Office) -> None:
    _go(office, _written("photo.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Step.FILE)


def gone(office: Office) -> None:
    path = _written("gone.csv", _ODD.encode())
    _go(office, path, Step.COLUMNS)
    path.unlink()
    _press(office, "Next")


def _go(office: Office, path: Path, step: Step) -> None:
    office.leads.import_file(path)
    settle(office)
    wizard = office.dialog(ImportWizard)
    while wizard.step < step:
        _press(office, "Next")


def _press(office: Office, name: str) -> None:
    named(office.dialog(ImportWizard), name, QAbstractButton).click()
    settle(office)


def _odd() -> Path:
    return _written("fair.csv", _ODD.encode())


def _written(name: str, content: bytes) -> Path:
    path = _folder() / name
    path.write_bytes(content)
    return path


@cache
def _folder() -> Path:
    return Path(mkdtemp(prefix="fleetdesk-pictures-"))


def export(office: Office) -> None:
    office.leads.table.selectAll()
    settle(office)
    office.do("leads.export")


def export_failed(office: Office) -> None:
    office.do("leads.export")
    settle(office)
    office.dialog(ExportDialog).export_to(_folder() / "usb" / "leads.xlsx")


def past(office: Office) -> None:
    done(office)
    office.dialog(ImportWizard).close()
    office.do("leads.imports")
    settle(office)
    office.dialog(PastImports).table.reveal(0)


def past_none(office: Office) -> None:
    office.do("leads.imports")


def past_left(office: Office) -> None:
    past(office)
    settle(office)
    dialog = office.dialog(PastImports)
    chosen = dialog.table.selection.current_row
    assert chosen is not None
    with office.store.reading() as replica:
        found = replica.exec_driver_sql("SELECT id FROM sys_demo_lead WHERE import_id = ?", (chosen.id,))
        edits = {"website": FieldEdit(None, "alpes.example")}
        edit = EditLead(id=new_id(), issued_at=office.clock.now(), lead_id=found.scalars().all()[0], edits=edits)
    office.store.perform(edit)
    dialog.take_back(chosen)


class _Cut(Exception):
    """The machine stops."""


def cut_off(office: Office) -> None:
    """The start after a machine that stopped in the middle of a bulk act, of which the rest is known."""
    with office.store.reading() as replica:
        ids = lead_ids(replica, lead_keys(replica, LeadQuery(), NO_ONE))

    def stop(_rows: int) -> bool:
        raise _Cut

    now = office.clock.now()
    tags = [TagLead(id=new_id(), issued_at=now, lead_id=id_, add=("autumn",)) for id_ in ids]
    with suppress(_Cut):
        office.store.perform_batch("autumn", tags, sentence="Tagged {} leads “autumn”".format, go_on=stop)
    settle_cut_off(office.window)
    settle(office)


IMPORT_SCENES: Mapping[str, Draw] = {
    "import-file": at(Step.FILE, _odd),
    "import-columns": at(Step.COLUMNS, _odd),
    "import-columns-fair": at(Step.COLUMNS, lambda: _FAIR),
    "import-check": at(Step.CHECK, _odd),
    "import-check-fair": at(Step.CHECK, lambda: _FAIR),
    "import-updating": updating,
    "import-done": done,
    "import-no-table": no_table,
    "import-file-gone": gone,
    "imports-past": past,
    "imports-past-none": past_none,
    "imports-past-left": past_left,
    "export": export,
    "export-failed": export_failed,
    "bulk-cut-off": cut_off,
    "import-narrow": at(Step.COLUMNS, _odd, narrow=True),
}
