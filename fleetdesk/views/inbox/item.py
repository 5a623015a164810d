"""`InboxItem`: one change that the hub did not take: why, what it wanted, and what to make of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget
from sqlalchemy import Connection

from fleetdesk.models.types import JsonValue
from fleetdesk.protocol import FieldConflict, VerdictKind
from fleetdesk.qt.acting.actions import ActionRegistry
from fleetdesk.qt.look.layout import STRETCH, column, panel, row, rule
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.three_way_field import Side, ThreeWay, ThreeWayField
from fleetdesk.queries.last_changes import LastChange, last_change
from fleetdesk.views.outbox import ShownChange
from fleetdesk.views.records import RecordKinds
from fleetdesk.views.words import change_about, exact_time

__all__ = ["InboxItem", "ItemTexts", "read_texts", "wanted_values"]

_WIDTH = 680


@dataclass(frozen=True, slots=True)
class ItemTexts:
    """An item's values as people read them: the conflicts, and what the command wanted, field by field.

    `who` is the one person who wrote what conflicts; empty where there are several, or it is not known.
    """

    conflicts: tuple[ThreeWay, ...]
    wanted: tuple[tuple[str, str], ...]
    who: str = ""


class InboxItem(QFrame):
    """Says why, shows the values, and tells what was chosen."""

    decided = Signal()  # a value was chosen

    def __init__(self, records: RecordKinds, actions: ActionRegistry, theme: Theme) -> None:
        super().__init__()
        self._records = records
        self._shown: ShownChange | None = None
        self._fields: list[ThreeWayField] = []
        self.setProperty("ground", "surface")
        self.setAccessibleName(tr("What the hub did not take"))
        self._title = Label(size=TextSize.HEADING, wrap=True)
        self._target = Label(tint=Tint.MUTED)
        self._when = Label(tint=Tint.FAINT)
        self._reason = Label(strong=True, wrap=True)
        self._advice = Label(tint=Tint.MUTED, wrap=True)
        self._held = Label(tint=Tint.MUTED, wrap=True)
        self._values = column(gap=GRID)
        self._all_buttons = (
            Button(tr("Keep all mine"), lambda: self.choose_all(Side.MINE)),
            Button(tr("Take all theirs"), lambda: self.choose_all(Side.THEIRS)),
        )
        self._all = panel(row(*self._all_buttons, STRETCH))
        self._left_to_choose = Label(size=TextSize.SMALL, tint=Tint.MUTED)
        primary, plain = partial(actions.button, with_text=True, kind=Kind.PRIMARY), actions.button
        apply, retry, edit = primary("inbox.apply"), primary("inbox.retry"), plain("inbox.edit", with_text=True)
        others = plain("inbox.open"), plain("inbox.export", with_text=True), plain("inbox.discard", with_text=True)
        self._conflict_buttons, self._refusal_buttons = panel(row(apply)), panel(row(retry, edit))
        self._buttons: Sequence[QWidget] = (*self._all_buttons, apply, retry, edit, *others)
        foot = row(
            self._conflict_buttons,
            self._refusal_buttons,
            STRETCH,
            *others,
            margins=(3 * GRID, GRID, 2 * GRID, GRID),
        )
        self._content = panel(column(self._scrolling(), rule(), foot, gap=0))
        self.setLayout(column(self._content, gap=0))
        self.clear()

    def clear(self) -> None:
        """Show nothing, until there is a change to show."""
        self._shown = None
        self._content.hide()

    def show_item(self, shown: ShownChange, texts: ItemTexts, held: int) -> None:
        """Show a change; `held` others wait for it."""
        self._shown = shown
        verdict = shown.change.verdict
        conflict = verdict is not None and verdict.kind is VerdictKind.CONFLICT
        self._title.setText(shown.change.sentence)
        self._target.setText(shown.target_name)
        self._when.setText(exact_time(shown.change.issued_at))
        self._reason.setText(_reason(shown, texts.who))
        self._advice.setText(_advice(shown))
        self._held.setText(
            plural(held, tr("%n later change waits for this one."), tr("%n later changes wait for this one."))
        )
        self._held.setVisible(held > 0)
        self._conflict_buttons.setVisible(conflict)
        self._refusal_buttons.setVisible(not conflict)
        self._all.setVisible(conflict and len(texts.conflicts) > 1)
        self._show_values(texts, conflict=conflict)
        self._content.show()

    def begin(self) -> None:
        """Give the keyboard to the first thing to decide; nothing happens while no change is shown."""
        for stop in self.stops:
            if stop.isVisible() and stop.isEnabled() and stop.focusPolicy() & Qt.FocusPolicy.TabFocus:
                stop.setFocus(Qt.FocusReason.TabFocusReason)
                return

    @property
    def stops(self) -> Sequence[QWidget]:
        """What takes the keyboard, in the order of deciding: what cannot be taken back comes last."""
        return [*(stop for field in self._fields for stop in field.stops), *self._buttons]

    def choose_all(self, side: Side) -> None:
        """Choose one side for every field."""
        for field in self._fields:
            field.choose(side)

    @property
    def begun(self) -> bool:
        """Whether the person has chosen something."""
        return any(field.side is not None for field in self._fields)

    @property
    def undecided(self) -> int:
        """For how many fields nothing was chosen so far."""
        return sum(field.side is None for field in self._fields)

    def mine(self) -> tuple[FieldConflict, ...]:
        """The conflicts in which the person's own value, or another that they wrote, shall stand."""
        assert self._shown is not None
        assert self._shown.change.verdict is not None
        sides: Mapping[str, ThreeWayField] = {field.key: field for field in self._fields}
        return tuple(
            self._chosen(conflict, sides[conflict.field])
            for conflict in self._shown.change.verdict.conflicts
            if sides[conflict.field].side is not Side.THEIRS
        )

    def _chosen(self, conflict: FieldConflict, field: ThreeWayField) -> FieldConflict:
        if field.side is not Side.OTHER:
            return conflict
        value = self._records.written_value(conflict.table, conflict.field, field.value or "")
        return conflict.model_copy(update={"mine": value})

    def _scrolling(self) -> QScrollArea:
        about = row(self._target, self._when, STRETCH, gap=2 * GRID)
        body = column(
            column(self._title, about, gap=GRID // 2),
            panel(column(self._reason, self._advice, self._held, gap=GRID // 2, margins=2 * GRID), ground="card"),
            self._values,
            self._all,
            self._left_to_choose,
            STRETCH,
            gap=2 * GRID,
            margins=3 * GRID,
        )
        content = panel(body)
        content.setMaximumWidth(_WIDTH + 6 * GRID)
        area = QScrollArea()
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _show_values(self, texts: ItemTexts, *, conflict: bool) -> None:
        while (item := self._values.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._fields = [ThreeWayField(field) for field in texts.conflicts] if conflict else []
        for field in self._fields:
            field.decided.connect(self._one_decided)
            self._values.addWidget(field)
        if not conflict and texts.wanted:
            self._values.addWidget(_wanted(texts.wanted))
        self._say_left()

    def _one_decided(self) -> None:
        self._say_left()
        self.decided.emit()

    def _say_left(self) -> None:
        left = plural(self.undecided, tr("Choose for %n more field."), tr("Choose for %n more fields."))
        self._left_to_choose.setText(left)
        self._left_to_choose.setVisible(self.undecided > 0)


def read_texts(
    connection: Connection, records: RecordKinds, shown: ShownChange, wanted: Wanted, *, me: str, now: dt.datetime
) -> ItemTexts:
    """Put an item's values into words; names of people, and who changed what, are read from the replica.

    `me` is the id of the person who reads it.
    """
    verdict, table = shown.change.verdict, shown.change.target.table
    conflicts = verdict.conflicts if verdict else ()
    changes = [
        last_change(connection, conflict.table, conflict.row_id, conflict.field, conflict.theirs)
        for conflict in conflicts
    ]
    names = {_called(change, me) for change in changes}
    return ItemTexts(
        conflicts=tuple(
            _three_way(connection, records, conflict, change_about(change, me, tr("You, on another laptop"), now))
            for conflict, change in zip(conflicts, changes, strict=True)
        ),
        who=names.pop() if len(names) == 1 else "",
        wanted=tuple(
            (records.field_label(table, field), records.value_text(connection, table, field, value))
            for field, value in wanted
        ),
    )


Wanted = Sequence[tuple[str, JsonValue]]


def wanted_values(payload: Mapping[str, JsonValue]) -> Wanted:
    """What a command wants, field by field, from the form in which it travels: no ids of rows, no empty values."""
    found: dict[str, JsonValue] = {}
    for name, value in payload.items():
        match name, value:
            case ("values", dict()):
                found |= value
            case ("edits", dict()):
                found |= {field: edit["new"] for field, edit in value.items() if isinstance(edit, dict)}
            case _ if not name.endswith("_id"):
                found[name] = value
    return [(name, value) for name, value in found.items() if value not in (None, "", [], {})]


def _called(change: LastChange | None, me: str) -> str:
    """Who made a change; nothing where that is not known."""
    if change is None:
        return ""
    return tr("You, on another laptop,") if change.person_id == me else isolated(change.name or "")


def _three_way(connection: Connection, records: RecordKinds, conflict: FieldConflict, about: str) -> ThreeWay:
    def text(value: JsonValue) -> str:
        return records.value_text(connection, conflict.table, conflict.field, value)

    return ThreeWay(
        key=conflict.field,
        label=records.field_label(conflict.table, conflict.field),
        base=text(conflict.base),
        mine=text(conflict.mine),
        theirs=text(conflict.theirs),
        theirs_about=about,
        writable=records.writable(conflict.table, conflict.field),
    )


def _wanted(wanted: Sequence[tuple[str, str]]) -> QWidget:
    grid = QGridLayout()
    grid.setHorizontalSpacing(2 * GRID)
    grid.setVerticalSpacing(GRID)
    grid.setColumnStretch(1, 1)
    for line, (label, text) in enumerate(wanted):
        name = Label(label, tint=Tint.MUTED)
        name.setAlignment(Qt.AlignmentFlag.AlignTop)
        grid.addWidget(name, line, 0)
        value = Label(text, wrap=True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(value, line, 1)
    title = Label(tr("What you wanted"), strong=True)
    return panel(column(title, grid, gap=GRID + 4, margins=2 * GRID), ground="card")


def _reason(shown: ShownChange, who: str) -> str:
    verdict = shown.change.verdict
    if verdict is None:
        return tr("This waits for an earlier change that the hub did not take.")
    if verdict.kind is VerdictKind.CONFLICT:
        text = tr("%1 changed the same thing while you were at it.")
        return text.replace("%1", who or tr("Someone else"))
    return verdict.reason


def _advice(shown: ShownChange) -> str:
    verdict = shown.change.verdict
    if verdict is not None and verdict.kind is VerdictKind.CONFLICT:
        return tr("Your other changes arrived. Choose what shall stand; until then, theirs does.")
    if verdict is None:
        return tr("Decide that one first: this one goes with it.")
    kept = tr("It is kept here, with everything you wrote.")
    return " ".join(part for part in (kept, verdict.do) if part)
