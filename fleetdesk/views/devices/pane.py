"""`DevicePane`: one laptop: whose, what it told last, and what it handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from fleetdesk.models.base import Key
from fleetdesk.models.ids import Clock
from fleetdesk.qt.acting.actions import ActionButton, ActionRegistry
from fleetdesk.qt.look.layout import STRETCH, column, panel, row, rule
from fleetdesk.qt.look.text import Label, Tint, isolated, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize, Tone
from fleetdesk.qt.widgets.shrinking_area import ShrinkingArea
from fleetdesk.qt.widgets.status_chip import StatusChip
from fleetdesk.qt.widgets.timeline import Timeline, TimelineEntry
from fleetdesk.queries.devices import DeviceRow, DeviceStanding, KeptEdit
from fleetdesk.views.devices.words import (
    STANDING_TONES,
    kind_icon,
    kind_word,
    lease_word,
    note_about,
    person_word,
    standing_word,
)
from fleetdesk.views.words import day, day_and_time, local, number

__all__ = ["EDITS", "DevicePane"]

EDITS = 500
"""Edits that are listed; the file has all."""


_LEAST = 96  # pixels of what is told of a laptop, where there is little room: the rest scrolls


class DevicePane(QFrame):
    """Shows a row of the list; below, what it handed in, if it was revoked."""

    def __init__(self, theme: Theme, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._row: DeviceRow | None = None
        self.setProperty("ground", "surface")
        self.setAccessibleName(tr("Laptop"))
        self._name = Label(size=TextSize.TITLE, wrap=True)
        self._person = Label(strong=True, wrap=True)
        self._standing = StatusChip(theme)
        self._note = Label(wrap=True)
        self._note_frame = panel(column(self._note, margins=(GRID + 4, GRID, GRID + 4, GRID)), ground="card")
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(2 * GRID)
        self._facts.setVerticalSpacing(GRID // 2)
        self._facts.setColumnStretch(1, 1)
        self._values: list[Label] = []
        for fact in ("System", "Version", "Registered", "Last contact", "Waiting", "Opens until"):
            value = Label(wrap=True)
            self._facts.addWidget(Label(tr(fact), tint=Tint.MUTED), len(self._values), 0)
            self._facts.addWidget(value, len(self._values), 1)
            self._values.append(value)
        self.edits = Timeline(theme, tr("Handed in"), nothing=tr("Nothing waited on it."))
        self._foot = row(margins=GRID)
        self._buttons: dict[str, ActionButton] = {}
        head = column(
            self._name,
            row(self._person, self._standing, STRETCH, gap=GRID),
            self._note_frame,
            self._facts,
            gap=GRID,
            margins=(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID),
        )
        title = column(Label(tr("Handed in"), strong=True), margins=(2 * GRID, GRID, 2 * GRID, 0))
        listed = column(rule(), title, self.edits, gap=0)
        listed.setStretchFactor(self.edits, 1)
        self._kept = QWidget()
        self._kept.setLayout(listed)
        self._room = QWidget()
        told = ShrinkingArea(panel(head), least=theme.pixels(_LEAST))
        lines = column(told, self._kept, self._room, rule(), self._foot, gap=0)
        lines.setStretchFactor(self._kept, 1)
        lines.setStretchFactor(self._room, 1)
        self.setLayout(lines)

    def offer(self, actions: ActionRegistry) -> None:
        """Put buttons below for what can be done: those that suit the laptop are seen."""
        for name in ("revoke", "export"):
            self._buttons[name] = actions.button(f"devices.{name}", with_text=True)
            self._foot.addWidget(self._buttons[name])
        self._foot.addStretch(1)

    @property
    def row(self) -> DeviceRow | None:
        """The laptop that is shown."""
        return self._row

    @property
    def note(self) -> str:
        """What is said of its being revoked."""
        return "" if self._note_frame.isHidden() else self._note.text()

    def show_device(self, device: DeviceRow | None, *, unsent: bool = False) -> None:
        """Turn to a laptop, or to none; of another one the list is empty until `show_edits`.

        `unsent`: what was done about it waits to be sent.
        """
        other = (device and device.id) != (self._row and self._row.id)
        self._row = device
        if device is None:
            return
        now = self._clock.now()
        if other:
            self.edits.begin()
            self.edits.wait()
        self._name.setText(isolated(device.name))
        self._person.setText(isolated(person_word(device)))
        self._standing.show_status(standing_word(device.standing), STANDING_TONES[device.standing])
        note = note_about(device, now, unsent=unsent)
        self._note.setText(note)
        self._note_frame.setVisible(bool(note))
        gone = device.standing is DeviceStanding.EMPTIED
        facts = (
            isolated(device.system),
            isolated(device.version),
            day(device.registered_at, now),
            day_and_time(device.contact_at, now),
            tr("Not told yet") if device.waiting is None else number(device.waiting),
            tr("Not any more") if gone else lease_word(device, now) or tr("Not told yet"),
        )
        for label, text in zip(self._values, facts, strict=True):
            label.setText(text)
        emptied = gone or device.edits > 0
        self._kept.setVisible(emptied)
        self._room.setVisible(not emptied)
        if self._buttons:
            self._buttons["revoke"].setVisible(device.standing is DeviceStanding.IN_USE)
            self._buttons["export"].setVisible(device.edits > 0)

    def show_edits(self, edits: Sequence[KeptEdit], names: Mapping[Key, str]) -> None:
        """What the laptop that is shown handed in; `names` calls the records that they are about."""
        now = self._clock.now()
        shown: list[TimelineEntry] = []
        last = None
        for edit in edits:
            on = local(edit.made_at).date()
            about = "" if edit.target is None else names.get(edit.target, "")
            shown.append(
                TimelineEntry(
                    id=edit.id,
                    icon=kind_icon(edit.kind),
                    title=edit.sentence,
                    who=about,
                    when=f"{local(edit.made_at):%H:%M}",
                    body=_text_of(edit),
                    heading=day(edit.made_at, now) if on != last else "",
                    tone=Tone.NEUTRAL,
                    badge=kind_word(edit.kind),
                    badge_tone=Tone.INFO,
                )
            )
            last = on
        self.edits.show_entries(shown)


def _text_of(edit: KeptEdit) -> str:
    """The text of a draft: it was not to be read anywhere else."""
    text = edit.payload.get("text")
    return text if isinstance(text, str) else ""
