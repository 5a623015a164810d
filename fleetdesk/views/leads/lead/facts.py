"""`FactsPanel`: what is known of a lead beside its timeline: next step, owner, tags, fields."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.layout import STRETCH, column, panel, row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize, Tone
from fleetdesk.qt.widgets.buttons import Button, IconButton, Kind
from fleetdesk.qt.widgets.status_chip import StatusChip
from fleetdesk.queries.lead_detail import LeadDetail
from fleetdesk.views.form_drafts import FormDraft
from fleetdesk.views.leads.edits import base_value
from fleetdesk.views.leads.fields import FORM_FIELDS
from fleetdesk.views.leads.lead.documents import DocumentsCard
from fleetdesk.views.leads.lead.tags import TagsEditor
from fleetdesk.views.leads.words import field_label, lead_about
from fleetdesk.views.remembered import Remembered
from fleetdesk.views.words import country_name, due, exact_time, number, short_time

__all__ = ["FactsPanel"]

_WIDTH = 240
_IN_HEADER = frozenset({"first_name", "last_name", "company", "email", "phone"})


class FactsPanel(QScrollArea):
    """Shows a lead's facts and asks for changes of them."""

    next_step_asked = Signal()
    owner_asked = Signal()
    edit_asked = Signal()
    tags_changed = Signal(object, object)  # added, removed: tuples of str

    def __init__(self, theme: Theme, remembered: Remembered) -> None:
        super().__init__()
        self._remembered = remembered
        self._lead_id = ""
        self._next = _NextStep(theme)
        self._owner = Label(wrap=True)
        self._tags = TagsEditor(theme)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(GRID + 4)
        self._grid.setHorizontalSpacing(GRID)
        self.documents = DocumentsCard(theme)
        self._facts: tuple[tuple[str, str], ...] = ()
        self._dates = Label(size=TextSize.SMALL, tint=Tint.FAINT, wrap=True)
        self._next.asked.connect(self.next_step_asked)
        self._tags.changed.connect(self.tags_changed)
        self._buttons = {
            "next": IconButton(theme, "pencil-simple", tr("Set the next step"), self.next_step_asked.emit, small=True),
            "owner": IconButton(theme, "pencil-simple", tr("Assign the lead"), self.owner_asked.emit, small=True),
            "edit": IconButton(theme, "pencil-simple", tr("Edit the details"), self.edit_asked.emit, small=True),
        }
        body = column(
            _section(tr("Next step"), self._next, self._buttons["next"]),
            _section(tr("Owner"), self._owner, self._buttons["owner"]),
            _section(tr("Tags"), self._tags),
            _section(tr("Documents"), self.documents),
            _section(tr("Details"), panel(self._grid), self._buttons["edit"]),
            self._dates,
            STRETCH,
            gap=3 * GRID,
            margins=(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID),
        )
        self.setWidget(panel(body))
        self.setWidgetResizable(True)
        self.setFixedWidth(theme.pixels(_WIDTH))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Facts"))

    def show_lead(self, lead: LeadDetail, now: dt.datetime, *, editable: bool) -> None:
        """Show a lead's facts."""
        self._next.show_step(lead, now)
        self._owner.setText(lead.owner_name or (tr("Someone else") if lead.owner_id else tr("Nobody yet")))
        self._owner.set_tint(Tint.PLAIN if lead.owner_id else Tint.FAINT)
        if lead.id != self._lead_id:
            self._lead_id = lead.id
            title = f"{tr('Add a tag')} ({lead_about(lead)})"
            self._tags.write_into(FormDraft(self._remembered, "leads.tag", title, Lead.key_of(lead.id)))
        self._tags.show_tags(lead.tags, editable=editable)
        self._show_fields(lead)
        self._dates.setText(_dates(lead, now))
        self._dates.setToolTip(exact_time(lead.created_at))
        for button in self._buttons.values():
            button.setVisible(editable)

    def begin_tag(self) -> None:
        """Put the cursor where a tag is typed."""
        self._tags.begin()

    def _show_fields(self, lead: LeadDetail) -> None:
        known = (name for name in FORM_FIELDS if name not in _IN_HEADER and getattr(lead, name) is not None)
        facts = tuple((name, _text(name, base_value(lead, name))) for name in known)
        if facts == self._facts:
            return
        self._facts = facts
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for line, (name, text) in enumerate(facts):
            value = Label(text, wrap=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            cell = column(Label(field_label(name), size=TextSize.SMALL, tint=Tint.MUTED), value, gap=2)
            self._grid.addWidget(panel(cell), line, 0)


class _NextStep(QWidget):
    """What is to be done next, and when."""

    asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._what = Label(wrap=True)
        self._when = StatusChip(theme)
        self._nothing = Button(tr("Plan the next step"), self.asked.emit, kind=Kind.QUIET)
        chip = row(self._when, STRETCH)
        self.setLayout(column(self._what, chip, self._nothing, gap=GRID // 2))

    def show_step(self, lead: LeadDetail, now: dt.datetime) -> None:
        planned = lead.next_activity is not None or lead.next_activity_at is not None
        self._what.setText(lead.next_activity or tr("Planned, without saying what"))
        self._what.setVisible(planned)
        self._nothing.setVisible(not planned and not lead.deleted)
        self._when.setVisible(lead.next_activity_at is not None)
        if lead.next_activity_at is not None:
            overdue = lead.next_activity_at < now
            self._when.show_status(due(lead.next_activity_at, now), Tone.DANGER if overdue else Tone.INFO)


def _section(title: str, body: QWidget, button: QWidget | None = None) -> QWidget:
    head = row(Label(title, size=TextSize.SMALL, tint=Tint.MUTED, strong=True), STRETCH, gap=0)
    if button is not None:
        head.addWidget(button)
    return panel(column(head, body, gap=GRID // 2))


def _text(name: str, value: JsonValue) -> str:
    match name, value:
        case "country", str():
            return country_name(value)
        case _, int():
            return number(value)
        case _:
            return str(value)


def _dates(lead: LeadDetail, now: dt.datetime) -> str:
    return (
        tr("Created %1 · updated %2")
        .replace("%1", short_time(lead.created_at, now))
        .replace("%2", short_time(lead.updated_at, now))
    )
