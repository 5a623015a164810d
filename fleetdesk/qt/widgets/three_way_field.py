"""`ThreeWayField`: a field that two people changed: what it was, mine, theirs, and what it shall be."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QButtonGroup,
    QFrame,
    QGridLayout,
    QRadioButton,
    QWidget,
)

from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import Label, Tint, menu_text, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.filling import LONGEST_EDITED, fill, written
from fleetdesk.qt.widgets.text_fields import TextField

__all__ = ["Side", "ThreeWay", "ThreeWayField"]


class Side(enum.Enum):
    """Whose value it shall be."""

    MINE = "mine"
    THEIRS = "theirs"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """A field's three values as texts. `theirs_about` says who changed it and when.

    A value that is chosen rather than written (an owner, a stage) is not `writable`: it is mine or theirs.
    """

    key: str
    label: str
    base: str
    mine: str
    theirs: str
    theirs_about: str = ""
    writable: bool = True


class ThreeWayField(QFrame):
    """Nothing is chosen at first: the person decides. Space chooses the value with the keyboard, an arrow the next."""

    decided = Signal(str)  # the field's key

    def __init__(self, field: ThreeWay, parent: QWidget | None = None, *, below: bool = False) -> None:
        """`below` the field itself, it bears no title, and what is said of a value stands under it."""
        super().__init__(parent)
        self._field = field
        self.setProperty("ground", "card")
        self.setAccessibleName(field.label)
        self._sides = QButtonGroup(self)
        self._sides.buttonToggled.connect(self._chosen)
        self._about = Label(size=TextSize.SMALL, tint=Tint.MUTED, wrap=below)
        self._mine = _value(field.mine)
        self._text = TextField(self, longest=LONGEST_EDITED)
        fill(self._text, field.mine)
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(1, 1)
        was = _at_top(Label(tr("Before"), tint=Tint.MUTED))
        was.setContentsMargins(3 * GRID + 4, 3, 0, 0)  # an indent would push it down too
        grid.addWidget(was, 0, 0)
        grid.addWidget(_value(field.base, tint=Tint.MUTED), 0, 1)
        self._buttons = {
            Side.MINE: self._add(grid, 1, tr("Keep mine"), field.mine, self._mine),
            Side.THEIRS: self._add(grid, 2, tr("Take theirs"), field.theirs, _value(field.theirs)),
        }
        grid.addWidget(_at_top(self._about), *((3, 1) if below else (2, 2)))
        self._text.setVisible(field.writable)
        if field.writable:
            self._buttons[Side.OTHER] = self._add_other(grid, 4)
        title = Label(field.label, strong=True)
        self.setLayout(column(title, grid, gap=GRID, margins=GRID if below else 2 * GRID))
        title.setVisible(not below)
        self.tell_theirs(field.theirs_about)

    @property
    def key(self) -> str:
        """The field's key."""
        return self._field.key

    @property
    def side(self) -> Side | None:
        """What was chosen, or None so far."""
        return next((side for side, button in self._buttons.items() if button.isChecked()), None)

    @property
    def value(self) -> str | None:
        """What the field shall be, or None so far."""
        match self.side:
            case Side.MINE:
                return self._field.mine
            case Side.THEIRS:
                return self._field.theirs
            case Side.OTHER:
                return written(self._text)
            case None:
                return None

    @property
    def stops(self) -> Sequence[QWidget]:
        """What takes the keyboard, from the top: the choices, and the text of another value."""
        choices: list[QWidget] = [*self._buttons.values()]
        return [*choices, self._text] if self._field.writable else choices

    def tell_theirs(self, about: str) -> None:
        """Say who wrote the other value, and when; empty for nothing."""
        self._about.setText(about)
        self._about.setVisible(bool(about))
        self._buttons[Side.THEIRS].setAccessibleDescription(about)

    def show_mine(self, text: str) -> None:
        """The person writes on in the field itself: this is their value now."""
        self._mine.setText(text or tr("empty"))
        self._buttons[Side.MINE].setAccessibleName(_spoken(self._field.label, tr("Keep mine"), text))

    def choose(self, side: Side) -> None:
        """Choose for the person, as “keep all mine” does."""
        self._buttons[side].click()

    def _add(self, grid: QGridLayout, at: int, text: str, value: str, shown: Label) -> QRadioButton:
        button = _Choice(menu_text(text), self)
        button.setAccessibleName(_spoken(self._field.label, text, value))
        self._sides.addButton(button)
        grid.addWidget(button, at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(shown, at, 1)
        return button

    def _add_other(self, grid: QGridLayout, at: int) -> QRadioButton:
        button = _Choice(menu_text(tr("Write another")), self)
        button.setAccessibleName(f"{self._field.label}: {tr('Write another')}")
        button.clicked.connect(self._write)
        self._sides.addButton(button)
        self._text.setAccessibleName(tr("%1, another value").replace("%1", self._field.label))
        self._text.textEdited.connect(lambda _text: button.click())
        grid.addWidget(button, at, 0)
        grid.addWidget(self._text, at, 1, 1, 2)
        return button

    def _write(self) -> None:
        if not self._text.hasFocus():
            self._text.setFocus(Qt.FocusReason.OtherFocusReason)
            self._text.selectAll()

    def _chosen(self, _button: QAbstractButton, chosen: bool) -> None:
        if chosen:
            self.decided.emit(self._field.key)


class _Choice(QRadioButton):
    """The arrows choose the value that they go to, also while none is chosen: Qt's would only go there."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        super().keyPressEvent(event)
        there = QApplication.focusWidget()
        if isinstance(there, _Choice) and there.group() is self.group() and there is not self:
            there.setChecked(True)


def _spoken(label: str, choice: str, value: str) -> str:
    return f"{label}: {choice}, {value or tr('empty')}"


def _value(text: str, tint: Tint = Tint.PLAIN) -> Label:
    return _at_top(Label(text, tint=tint, wrap=True) if text else Label(tr("empty"), tint=Tint.FAINT))


def _at_top(label: Label) -> Label:
    """Beside a button, on the line of its word."""
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setContentsMargins(0, 3, 0, 0)
    return label
