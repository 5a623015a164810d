"""Scenes of what lies over every screen: the palette, the shortcuts, the messages."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit

from fleetdesk.commands.saved_views import SaveView
from fleetdesk.errors import DiskFull
from fleetdesk.models.ids import new_id
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.acting.key_recorder import KeyRecorder
from fleetdesk.qt.acting.palette import CommandPalette
from fleetdesk.qt.acting.shortcut_editor import ShortcutEditor
from tests.gui.views.office import Office
from tests.gui.views.sample import STORY
from tests.gui.views.settling import settle

__all__ = ["PALETTE_SCENES"]


def type_in(office: Office, text: str) -> None:
    settle(office)
    office.dialog(CommandPalette).findChildren(QLineEdit)[0].setText(text)


def ask_beside_a_lead(office: Office, text: str) -> None:
    office.leads.open_record(STORY)
    settle(office)
    office.do("window.palette")
    type_in(office, text)


def palette(office: Office) -> None:
    ask_beside_a_lead(office, "mar")


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
    type_in(office, "#")


def palette_why_not(office: Office) -> None:
    ask_beside_a_lead(office, "restore")


def palette_nothing(office: Office) -> None:
    office.do("window.palette")
    type_in(office, "zzzz")


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
    office.leads.open_record(STORY)
    settle(office)
    office.bench.notifier.success("Mariam Al Zaabi is qualified now.")
    office.bench.notifier.failed(
        DiskFull("The disk is full.", kept="What you saved before is kept.", do="Free some space.")
    )


PALETTE_SCENES: dict[str, Callable[[Office], None]] = {
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
