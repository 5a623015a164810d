"""Pictures of every screen in its states, light and dark: `python -m tests.gui.views.pictures FOLDER [NAME…]`."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPlainTextEdit

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.lead_merge import MergeLeads
from fleetdesk.commands.leads import CreateLead, EditLead, LogActivity, MoveLead
from fleetdesk.commands.saved_views import SaveView
from fleetdesk.errors import DiskFull
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind, Lead
from fleetdesk.models.stages import Stage
from fleetdesk.models.status import LoadProgress, SyncState, SyncStatus
from fleetdesk.models.types import JsonValue
from fleetdesk.protocol import FieldConflict, Verdict, VerdictKind
from fleetdesk.qt.acting.key_recorder import KeyRecorder
from fleetdesk.qt.acting.palette import CommandPalette
from fleetdesk.qt.acting.shortcut_editor import ShortcutEditor
from fleetdesk.qt.look.theme import Appearance, Look, Theme
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.leads.doing.bulk_dialog import BulkDialog
from fleetdesk.views.leads.duplicates.merge_dialog import MergeDialog
from fleetdesk.views.leads.duplicates.page import DuplicatesPage
from tests.gui.views.board_scenes import BOARD_SCENES
from tests.gui.views.filled import ME, FailingStore, StillClock, answer, open_store
from tests.gui.views.home_scenes import HOME_SCENES
from tests.gui.views.import_scenes import IMPORT_SCENES
from tests.gui.views.lead_scenes import LEAD_SCENES
from tests.gui.views.list_scenes import LIST_SCENES
from tests.gui.views.office import Office, named, read_only
from tests.gui.views.sample import STORY, open_sample
from tests.gui.views.settling import settle
from tests.gui.views.shell_scenes import SHELL_SCENES, in_text, low
from tests.gui.views.twins import OFFICE, TWIN, bring_twins

SIZE = (1440, 900)


def main(arguments: list[str]) -> int:
    """Draw the pictures named, or all, into a folder."""
    folder, names = Path(arguments[0]), arguments[1:]
    folder.mkdir(parents=True, exist_ok=True)
    screen = folder / "screen.json"
    screen.write_text(json.dumps({"screens": [{"name": "desk", "x": 0, "y": 0, "width": 1600, "height": 1000}]}))
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"
    app = QApplication([])
    screen.unlink()
    theme = Theme(app)
    for name, draw in SCENES.items():
        if names and name not in names:
            continue
        for appearance in (Appearance.LIGHT, Appearance.DARK):
            theme.set_look(Look(appearance))
            with scene(theme, name) as office:
                draw(office)
                settle(office)
                picture(office).save(str(folder / f"{name}-{appearance}.png"))
    return 0


@contextmanager
def scene(theme: Theme, name: str) -> Iterator[Office]:
    """A window over a store of its own, filled unless the scene is about an empty one."""
    with tempfile.TemporaryDirectory() as folder:
        clock, person_id = StillClock(), OTHERS.get(name, ME)
        opened = open_store if name in EMPTY else open_sample
        store = opened(Path(folder), clock, person_id=person_id)
        platform = read_only() if name in READ_ONLY else None
        office = Office.open(store, theme, clock, person_id=person_id, platform=platform)
        office.window.resize(*SIZE)
        settle(office)
        try:
            yield office
        finally:
            office.close()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def picture(office: Office) -> QPixmap:
    """The window with the dialogs that stand over it, and what is open above them."""
    window = office.window
    pixmap = window.grab()
    painter = QPainter(pixmap)
    for widget in sorted(QApplication.topLevelWidgets(), key=lambda each: each is QApplication.activePopupWidget()):
        if widget is not window and widget.isVisible() and widget.isWindow():
            if isinstance(widget, QDialog):
                painter.fillRect(pixmap.rect(), QColor(0, 0, 0, 70))
            painter.drawPixmap(widget.frameGeometry().topLeft() - window.frameGeometry().topLeft(), widget.grab())
    painter.end()
    return pixmap


# Scenes


def leads(office: Office) -> None:
    office.leads.open_record(STORY)


def leads_list(office: Office) -> None:
    office.leads.table.setFocus()


def leads_nothing(office: Office) -> None:
    office.leads.head.search.setText("zzzz")


def leads_nothing_beside(office: Office) -> None:
    """A lead is open, and the search finds nothing: it says that it is not in the list."""
    office.leads.open_record(STORY)
    settle(office)
    office.leads.listing.put("zzzz")


def leads_loading(office: Office) -> None:
    office.status.update(
        SyncStatus(SyncState.LOADING, progress=LoadProgress(rows=1_830, total=5_000, table="sys_demo_lead"))
    )


def leads_offline(office: Office) -> None:
    office.status.update(SyncStatus(SyncState.OFFLINE))


def leads_empty(office: Office) -> None:
    office.tell(SyncState.LIVE)


def lead_lost(office: Office) -> None:
    leads(office)
    settle(office)
    lead = office.leads.pane.lead
    assert lead is not None
    command = MoveLead(
        id=new_id(),
        issued_at=office.clock.now(),
        lead_id=lead.id,
        base=lead.status,
        to=Stage.LOST,
        reason="Chose another supplier",
        activity_id=new_id(),
    )
    office.store.perform(command)
    office.tell(SyncState.OFFLINE)


def lead_deleted(office: Office) -> None:
    leads(office)
    settle(office)
    office.store.perform(
        DeleteLead(id=new_id(), issued_at=office.clock.now(), lead_id=STORY, reason="Entered twice by mistake")
    )


def lead_duplicate(office: Office) -> None:
    office.do("leads.new")
    email = named(office.dialog(CommandDialog), "Email", QLineEdit)
    email.insert("mariam@alzaabi-cars.example")
    email.textEdited.emit(email.text())


def merge(office: Office) -> None:
    bring_twins(office.store)
    leads(office)
    settle(office)
    office.do("leads.merge")


def merge_narrow(office: Office) -> None:
    office.window.resize(1024, 640)
    merge(office)


def merge_refused(office: Office) -> None:
    """One of the leads is deleted while the person compares, and two values are written that cannot be."""
    merge(office)
    settle(office)
    form = office.dialog(MergeDialog).form
    for name, text in (("Email", "mariam@"), ("Fleet size", "forty")):
        editor = named(form, f"{name} of the lead that stays", QLineEdit)
        editor.setText(text)
        editor.textEdited.emit(text)
    office.dialog(MergeDialog).submit()
    settle(office)
    office.store.perform(DeleteLead(id=new_id(), issued_at=office.clock.now(), lead_id=OFFICE, reason="Not a lead"))


def duplicates(office: Office) -> None:
    bring_twins(office.store)
    office.window.show_screen("duplicates")


def duplicates_narrow(office: Office) -> None:
    office.window.resize(1024, 640)
    duplicates(office)


def duplicates_apart(office: Office) -> None:
    duplicates(office)
    settle(office)
    office.do("duplicates.apart")
    settle(office)
    page = office.window.page("duplicates")
    assert isinstance(page, DuplicatesPage)
    page.shown.set_key("apart")
    page.shown.chosen.emit("apart")


def duplicates_nothing(office: Office) -> None:
    duplicates(office)
    settle(office)
    page = office.window.page("duplicates")
    assert isinstance(page, DuplicatesPage)
    page.search.setText("zzzz")


def duplicates_none(office: Office) -> None:
    office.window.show_screen("duplicates")


def duplicates_loading(office: Office) -> None:
    duplicates_none(office)
    leads_loading(office)


def duplicates_offline(office: Office) -> None:
    duplicates_none(office)
    leads_offline(office)


def duplicates_error(office: Office) -> None:
    assert isinstance(office.store, FailingStore)
    office.store.fails = True
    duplicates_none(office)


def lead_merged(lead_id: str) -> Callable[[Office], None]:
    """A lead that was merged into another, or that other one."""

    def draw(office: Office) -> None:
        bring_twins(office.store)
        now = office.clock.now()
        office.store.perform(MergeLeads(id=new_id(), issued_at=now, lead_id=STORY, losers=(TWIN,)))
        office.leads.open_record(lead_id)

    return draw


def calendar_week_open(office: Office) -> None:
    """A lead that is opened from a week stands in its place."""
    BOARD_SCENES["calendar-week"](office)
    settle(office)
    office.leads.open_record(STORY)


def bulk(office: Office) -> None:
    settle(office)
    office.do("leads.bulk_all")


def bulk_waiting(office: Office) -> None:
    """Two batches in the drawer, one of them kept back."""
    for action, value in (("leads.bulk_tag", "autumn"), ("leads.bulk_delete", "Bought list")):
        bulk(office)
        office.do(action)
        settle(office)
        dialog = office.dialog(BulkDialog)
        dialog.form.set_values({"value": value})
        dialog.submit()
        settle(office)
    office.store.pause_batch(office.store.batches()[0].id, paused=True)
    office.tell(SyncState.OFFLINE)
    office.do("window.pending")


def bulk_dialog(action: str) -> Callable[[Office], None]:
    """Choose all leads, and ask for something to be done with them."""

    def draw(office: Office) -> None:
        bulk(office)
        office.do(action)

    return draw


def bulk_refused(office: Office) -> None:
    bulk_dialog("leads.bulk_lose")(office)
    settle(office)
    dialog = office.dialog(BulkDialog)
    dialog.form.set_values({"value": "No answer for a year"})
    dialog.submit()


def doing(action: str) -> Callable[[Office], None]:
    """Open the lead and do an action."""

    def draw(office: Office) -> None:
        leads(office)
        settle(office)
        office.do(action)

    return draw


def lead_edit_wrong(office: Office) -> None:
    doing("leads.edit")(office)
    settle(office)
    dialog = office.dialog(CommandDialog)
    field = next(field for field in dialog.findChildren(QLineEdit) if field.text().startswith("mariam@"))
    field.setText("mariam@")
    named(dialog, "Fleet size", QLineEdit).setText("-5")
    named(dialog, "Score", QLineEdit).setText("seventy")
    phone = named(dialog, "Phone", QLineEdit)
    phone.setText("ask for Omar")
    phone.textEdited.emit("ask for Omar")
    dialog.submit()


def lead_writing(office: Office) -> None:
    leads(office)
    settle(office)
    office.do("leads.write_call")
    for editor in office.leads.pane.journal.findChildren(QPlainTextEdit):
        editor.setPlainText("Mariam wants the price list in Arabic before Sunday, and a second login for her partner.")


def new_lead(office: Office) -> None:
    office.do("leads.new")


def offline_work(office: Office) -> None:
    now = office.clock.now() - dt.timedelta(minutes=6)
    store = office.store
    office.leads.open_record(STORY)
    store.perform(
        CreateLead(
            id=new_id(),
            issued_at=now,
            lead_id="lead-new",
            values={"first_name": "نور", "last_name": "الكتبي", "company": "الواحة لتأجير السيارات", "country": "AE"},
        ),
    )
    store.perform(
        EditLead(id=new_id(), issued_at=now, lead_id=STORY, edits={"fleet_size": FieldEdit(base=None, new=42)}),
        LogActivity(
            id=new_id(),
            issued_at=now,
            lead_id=STORY,
            activity_id=new_id(),
            kind=ActivityKind.CALL,
            body="Called from the car park: forty-two cars, two of them electric.",
            happened_at=now,
        ),
    )
    store.perform(
        MoveLead(
            id=new_id(),
            issued_at=now + dt.timedelta(minutes=4),
            lead_id=STORY,
            base=Stage.CONTACTED,
            to=Stage.QUALIFIED,
            activity_id=new_id(),
        )
    )
    office.tell(SyncState.OFFLINE, "The hub cannot be reached.")


def pending(office: Office) -> None:
    offline_work(office)
    settle(office)
    office.do("window.pending")


def pending_empty(office: Office) -> None:
    office.do("window.pending")


def inbox_conflict(office: Office) -> None:
    fill_inbox(office)
    office.window.show_screen("inbox")


def inbox_rejected(office: Office) -> None:
    fill_inbox(office)
    office.window.show_screen("inbox")
    settle(office)
    office.inbox.list.choose(office.inbox.list.lines[1].id)


def inbox_empty(office: Office) -> None:
    office.window.show_screen("inbox")


def fill_inbox(office: Office) -> None:
    """A conflict over two fields, a refused new lead, and a note held under it."""
    now, store = office.clock.now() - dt.timedelta(hours=2), office.store
    edits = {
        "phone": FieldEdit(base="+971 50 660 1122", new="+971 50 660 1199"),
        "owner_id": FieldEdit(base="person-layla", new="person-camille"),
    }
    store.perform(EditLead(id=new_id(), issued_at=now, lead_id=STORY, edits=edits))
    store.perform(
        CreateLead(
            id=new_id(),
            issued_at=now,
            lead_id="lead-new",
            values={"first_name": "Karim", "last_name": "Haddad", "email": "karim@haddad.example", "country": "AE"},
        )
    )
    conflicts = tuple(
        FieldConflict(
            table=Lead.__tablename__, row_id=STORY, field=field, base=edits[field].base, mine=edits[field].new, theirs=t
        )
        for field, t in (("phone", "+971 4 220 0000"), ("owner_id", "person-omar"))
    )
    answer(
        store,
        Verdict(kind=VerdictKind.CONFLICT, conflicts=conflicts),
        Verdict(
            kind=VerdictKind.REJECTED,
            code="not_allowed",
            reason="Your role (sales) may not change leads.",
            do="Ask a super admin if you need it.",
        ),
    )
    store.perform(
        LogActivity(
            id=new_id(),
            issued_at=now,
            lead_id="lead-new",
            activity_id=new_id(),
            kind=ActivityKind.NOTE,
            body="Met at the trade fair.",
            happened_at=now,
        )
    )
    office.tell(SyncState.LIVE)


def palette(office: Office) -> None:
    leads(office)
    settle(office)
    office.do("window.palette")
    settle(office)
    office.dialog(CommandPalette).findChildren(QLineEdit)[0].setText("mar")


def palette_recent(office: Office) -> None:
    """What was chosen lately: a lead, a view, an action."""
    store, now = office.store, office.clock.now()
    store.perform(
        SaveView(
            id=new_id(),
            issued_at=now,
            view_id="view-overdue",
            screen="leads",
            values={"name": "Overdue in Dubai", "kind": "table", "query": "next:overdue", "sort": [], "columns": []},
        )
    )
    chosen: list[JsonValue] = [
        "record sys_demo_lead " + STORY,
        "link fleetdesk://leads?view=view-overdue",
        "action leads.import",
    ]
    office.bench.remembered.keep("shell.palette", chosen)
    office.do("window.palette")


def palette_views(office: Office) -> None:
    palette_recent(office)
    settle(office)
    office.dialog(CommandPalette).findChildren(QLineEdit)[0].setText("#")


def palette_why_not(office: Office) -> None:
    leads(office)
    settle(office)
    office.do("window.palette")
    settle(office)
    office.dialog(CommandPalette).findChildren(QLineEdit)[0].setText("restore")


def palette_nothing(office: Office) -> None:
    office.do("window.palette")
    settle(office)
    office.dialog(CommandPalette).findChildren(QLineEdit)[0].setText("zzzz")


def shortcuts(office: Office) -> None:
    office.do("window.shortcuts")


def shortcuts_change(office: Office) -> None:
    office.bench.actions.rebind("leads.edit", "F2")
    office.do("window.change_shortcuts")


def shortcuts_clash(office: Office) -> None:
    shortcuts_change(office)
    settle(office)
    editor = office.dialog(ShortcutEditor)
    editor.findChildren(QLineEdit)[0].setText("Plan the next")
    settle(office)
    editor.findChildren(KeyRecorder)[0].recorded.emit("N")


def toasts(office: Office) -> None:
    leads(office)
    settle(office)
    office.bench.notifier.success("Mariam Al Zaabi is qualified now.")
    office.bench.notifier.failed(
        DiskFull("The disk is full.", kept="What you saved before is kept.", do="Free some space.")
    )


SCENES: dict[str, Callable[[Office], None]] = {
    **HOME_SCENES,
    **BOARD_SCENES,
    "leads": leads,
    "leads-list": leads_list,
    **LIST_SCENES,
    **SHELL_SCENES,
    "lead-large-text": in_text(1.5, leads),
    "lead-new-large-text": in_text(1.5, new_lead),
    "inbox-large-text": in_text(1.5, inbox_conflict),
    "pending-large-text": in_text(1.5, pending),
    **LEAD_SCENES,
    "leads-nothing-found": leads_nothing,
    "leads-nothing-beside": leads_nothing_beside,
    "leads-loading": leads_loading,
    "leads-offline": leads_offline,
    "leads-empty": leads_empty,
    "lead-duplicate": lead_duplicate,
    "duplicates": duplicates,
    "duplicates-narrow": duplicates_narrow,
    "duplicates-read-only": duplicates,
    "duplicates-apart": duplicates_apart,
    "duplicates-nothing-found": duplicates_nothing,
    "duplicates-none": duplicates_none,
    "duplicates-loading": duplicates_loading,
    "duplicates-offline": duplicates_offline,
    "duplicates-error": duplicates_error,
    "lead-merged": lead_merged(TWIN),
    "lead-took-in": lead_merged(STORY),
    "merge": merge,
    "merge-narrow": merge_narrow,
    "merge-refused": merge_refused,
    "merge-low": low(merge),
    "duplicates-low": low(duplicates),
    "lead-took-in-low": low(lead_merged(STORY)),
    "home-low": low(HOME_SCENES["home"]),
    "calendar-week-open": calendar_week_open,
    "calendar-week-low": low(BOARD_SCENES["calendar-week"]),
    "bulk": bulk,
    "bulk-assign": bulk_dialog("leads.bulk_assign"),
    "bulk-refused": bulk_refused,
    "bulk-waiting": bulk_waiting,
    "lead-lost": lead_lost,
    "lead-deleted": lead_deleted,
    "lead-edit": doing("leads.edit"),
    "lead-edit-wrong": lead_edit_wrong,
    "lead-move": doing("leads.move_on"),
    "lead-lose": doing("leads.lose"),
    "lead-next-step": doing("leads.next_step"),
    "lead-assign": doing("leads.assign"),
    "lead-delete": doing("leads.delete"),
    "lead-writing": lead_writing,
    "lead-new": new_lead,
    "lead-offline": offline_work,
    "pending": pending,
    "pending-empty": pending_empty,
    "inbox-conflict": inbox_conflict,
    "inbox-refused": inbox_rejected,
    "inbox-empty": inbox_empty,
    **IMPORT_SCENES,
    "palette": palette,
    "palette-recent": palette_recent,
    "palette-views": palette_views,
    "palette-why-not": palette_why_not,
    "palette-nothing-found": palette_nothing,
    "shortcuts": shortcuts,
    "shortcuts-change": shortcuts_change,
    "shortcuts-clash": shortcuts_clash,
    "messages": toasts,
}
EMPTY = frozenset(
    {
        *("leads-loading", "leads-offline", "leads-empty", "board-offline", "board-loading", "calendar-offline"),
        *("home-loading", "home-offline", "home-empty"),
        *("duplicates-none", "duplicates-loading", "duplicates-offline"),
    }
)
OTHERS = {"home-not-mine": "person-nadia"}
"""Whose window it is, where it is not Layla's."""
READ_ONLY = frozenset({"board-read-only", "calendar-read-only", "home-read-only", "duplicates-read-only"})

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
