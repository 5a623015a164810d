"""`MemberPane`: one member: who they are, what waits, and what was done about their membership."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QWidget

from fleetdesk.models.ids import Clock
from fleetdesk.protocol import VerdictKind
from fleetdesk.qt.acting.actions import ActionButton, ActionRegistry
from fleetdesk.qt.look.layout import STRETCH, column, panel, row, rule
from fleetdesk.qt.look.text import Label, Tint, isolated, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize, Tone
from fleetdesk.qt.widgets.status_chip import StatusChip
from fleetdesk.qt.widgets.timeline import Timeline, TimelineEntry
from fleetdesk.queries.members import MemberEvent, MemberRow, Standing
from fleetdesk.views.members.words import (
    STANDING_TONES,
    asked_sentence,
    event_body,
    event_icon,
    event_title,
    not_done_sentence,
    standing_word,
)
from fleetdesk.views.words import day, local, role_name

__all__ = ["HISTORY", "MemberPane"]

HISTORY = 100
"""Events that are shown."""


class MemberPane(QFrame):
    """Shows a row of the list and the history that belongs to it; what can be done stands below."""

    def __init__(self, me: str, theme: Theme, clock: Clock, *, audits: bool) -> None:
        """`me` is the reader's id; only one who `audits` sees the history, which is the audit log's."""
        super().__init__()
        self._me = me
        self._theme = theme
        self._clock = clock
        self._row: MemberRow | None = None
        self.setProperty("ground", "surface")
        self.setAccessibleName(tr("Member"))
        self._name = Label(size=TextSize.TITLE, wrap=True)
        self._email = Label(tint=Tint.MUTED, wrap=True)
        self._role = Label(strong=True)
        self._standing = StatusChip(theme)
        self._since = Label(size=TextSize.SMALL, tint=Tint.MUTED)
        self._note = Label(wrap=True)
        self._note_frame = panel(column(self._note, margins=(GRID + 4, GRID, GRID + 4, GRID)), ground="card")
        self.history = Timeline(theme, tr("History"), nothing=tr("The audit log tells nothing of this member yet."))
        self._foot = row(margins=GRID)
        self._buttons: dict[str, ActionButton] = {}
        standing = row(self._role, self._standing, STRETCH, gap=GRID)
        head = column(
            self._name,
            self._email,
            standing,
            self._since,
            self._note_frame,
            gap=GRID // 2,
            margins=(2 * GRID, 2 * GRID, 2 * GRID, GRID),
        )
        title = column(Label(tr("History"), strong=True), margins=(2 * GRID, GRID, 2 * GRID, 0))
        past = column(rule(), title, self.history, rule(), self._foot, gap=0)
        past.setStretchFactor(self.history, 1)
        log = QWidget()
        log.setLayout(past)
        log.setVisible(audits)
        lines = column(panel(head), log, *(() if audits else (STRETCH,)), gap=0)
        if audits:
            lines.setStretchFactor(log, 1)
        self.setLayout(lines)

    def offer(self, actions: ActionRegistry) -> None:
        """Put buttons below for what can be done: those that suit the member are seen."""
        for name in ("role", "suspend", "reinstate", "withdraw"):
            self._buttons[name] = actions.button(f"members.{name}", with_text=True)
            self._foot.addWidget(self._buttons[name])
        self._foot.addStretch(1)

    @property
    def row(self) -> MemberRow | None:
        """The member that is shown."""
        return self._row

    @property
    def note(self) -> str:
        """What is said about a change, or why there can be none."""
        return "" if self._note_frame.isHidden() else self._note.text()

    def show_member(self, member: MemberRow | None) -> None:
        """Turn to a member, or to none; of another one the history is empty until `show_history`."""
        other = (member and member.id) != (self._row and self._row.id)
        self._row = member
        if member is None:
            return
        now = self._clock.now()
        if other:
            self.history.begin()
            self.history.wait()
        self._name.setText(isolated(member.name))
        self._email.setText(isolated(member.email))
        self._role.setText(role_name(member.role))
        self._standing.show_status(standing_word(member.standing), STANDING_TONES[member.standing])
        since = local(member.since)
        self._since.setText(tr("On the staff since %1").replace("%1", f"{since.day} {since:%B %Y}"))
        note = self._about(member, now)
        self._note.setText(note)
        self._note_frame.setVisible(bool(note))
        self._show_buttons(member)

    def show_history(self, events: Sequence[MemberEvent]) -> None:
        """What the audit log tells of the member that is shown."""
        self.history.show_entries(self._entries(events, self._clock.now()))

    def _show_buttons(self, member: MemberRow) -> None:
        suspended, waits = member.standing is Standing.SUSPENDED, member.waiting is not None
        suiting = {"role": not waits, "suspend": not waits and not suspended, "reinstate": not waits and suspended}
        for name, button in self._buttons.items():
            button.setVisible(suiting.get(name, waits))

    def _about(self, member: MemberRow, now: dt.datetime) -> str:
        if member.waiting is not None:
            return asked_sentence(member.waiting, now)
        if member.user_id == self._me:
            return tr("This is you. Another super admin changes your role.") if self._buttons else tr("This is you.")
        return not_done_sentence(member)

    def _entries(self, events: Sequence[MemberEvent], now: dt.datetime) -> list[TimelineEntry]:
        shown: list[TimelineEntry] = []
        last: dt.date | None = None
        for event in events:
            on = local(event.at).date()
            taken = event.outcome in (VerdictKind.APPLIED, VerdictKind.MERGED)
            shown.append(
                TimelineEntry(
                    id=event.id,
                    icon=event_icon(event),
                    title=event_title(event),
                    who=self._who(event),
                    when=f"{local(event.at):%H:%M}",
                    body=event_body(event),
                    heading=day(event.at, now) if on != last else "",
                    tone=Tone.INFO if taken else Tone.WARNING,
                    badge="" if taken else tr("Not taken"),
                )
            )
            last = on
        return shown

    def _who(self, event: MemberEvent) -> str:
        if event.role == "system":
            return tr("The hub")
        return tr("You") if event.actor_id == self._me else event.actor_name or tr("Someone else")
