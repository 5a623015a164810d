"""`StageStepper`: where a record stands on its way, where it may go next, and why not elsewhere."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPolygon
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.layout import column, row
from fleetdesk.qt.look.painting import draw_focus_ring
from fleetdesk.qt.look.text import Label, Tint, tooltip_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize, Tone

__all__ = ["Stage", "StageStepper"]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. An `aside` stage stands apart from the way, as “lost” does."""

    key: str
    text: str
    tone: Tone = Tone.NEUTRAL
    aside: bool = False


class _Place(enum.Enum):
    PASSED = enum.auto()
    CURRENT = enum.auto()
    AHEAD = enum.auto()


class StageStepper(QWidget):
    """The stages in a row. Left and right move between them, Enter asks for the move (`chosen`).

    What stands in the way of a stage is written below while it has the mouse or the keyboard; asking for it anyway
    tells the reason once more (`refused`).
    """

    chosen = Signal(str)
    refused = Signal(str)  # the reason

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._buttons: list[_StageButton] = []
        self._behind: QWidget | None = None
        self._row = row(gap=0)
        self._hint = Label(size=TextSize.SMALL, tint=Tint.MUTED)
        self._hint.setMinimumHeight(theme.pixels(2 * GRID))
        self.setLayout(column(self._row, self._hint, gap=GRID // 2))
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def stand_behind(self, widget: QWidget) -> None:
        """Let Tab come here from a widget: the stages are made anew with each record, and would come last."""
        self._behind = widget

    def show_stages(self, stages: Sequence[Stage], current: str, moves: Mapping[str, Availability]) -> None:
        """Show where the record stands. `moves` says for each other stage whether it may go there, or why not."""
        focused = next((button.stage.key for button in self._buttons if button.hasFocus()), None)
        self._clear()
        place = _Place.PASSED if any(s.key == current and not s.aside for s in stages) else _Place.AHEAD
        for stage in stages:
            if stage.aside and not self._row.isEmpty():
                self._row.addSpacing(2 * GRID)
            at = _Place.CURRENT if stage.key == current else _Place.AHEAD if stage.aside else place
            place = _Place.AHEAD if stage.key == current else place
            self._add(_StageButton(self._theme, stage, at, moves.get(stage.key, ENABLED), first=not self._buttons))
        self._row.addStretch(1)
        anchor = (self._behind,) if self._behind is not None else ()
        for before, after in pairwise((*anchor, *self._buttons)):
            self.setTabOrder(before, after)
        self._rove(focused or current, take_focus=focused is not None)

    def point_out(self, stage: str) -> None:
        """Give a stage the keyboard, so that what stands in its way is read."""
        self._rove(stage, take_focus=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: arrows move between the stages."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        keys = [button.stage.key for button in self._buttons]
        at = next((number for number, button in enumerate(self._buttons) if button.hasFocus()), None)
        if not step or at is None:
            super().keyPressEvent(event)
        elif 0 <= at + step < len(keys):
            self._rove(keys[at + step], take_focus=True)

    def _add(self, button: _StageButton) -> None:
        self._buttons.append(button)
        self._row.addWidget(button)
        button.show()  # at once, or it could not take the keyboard over
        button.clicked.connect(partial(self._ask, button))
        button.pointed_at.connect(self._hint.setText)

    def _ask(self, button: _StageButton) -> None:
        match button.move_there:
            case WhyNot(reason):
                self._hint.setText(reason)
                self.refused.emit(reason)
            case _ if button.place is not _Place.CURRENT:
                self.chosen.emit(button.stage.key)

    def _rove(self, key: str, *, take_focus: bool) -> None:
        """Tab reaches one stage of the row; the arrows reach the others."""
        for button in self._buttons:
            here = button.stage.key == key
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if here else Qt.FocusPolicy.ClickFocus)
            if here and take_focus:
                button.setFocus(Qt.FocusReason.TabFocusReason)

    def _clear(self) -> None:
        self._hint.clear()
        for button in self._buttons:
            button.deleteLater()
        self._buttons = []
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()


class _StageButton(QAbstractButton):
    """One stage, drawn as a chevron."""

    pointed_at = Signal(str)

    def __init__(self, theme: Theme, stage: Stage, place: _Place, move_there: Availability, *, first: bool) -> None:
        super().__init__()
        self.stage = stage
        self.place = place
        self.move_there = move_there if place is not _Place.CURRENT else ENABLED
        self._theme = theme
        self._rounded = first or stage.aside
        self._reason = self.move_there.reason if isinstance(self.move_there, WhyNot) else ""
        self._font = theme.font(TextSize.SMALL, strong=place is _Place.CURRENT)
        self._tip = theme.pixels(7)
        self.setText(stage.text)
        self.setAccessibleName(self._said())
        self.setToolTip(tooltip_text(self._reason))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.ArrowCursor if self._reason else Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Qt's: room for the word, the mark and the tips."""
        width = QFontMetrics(self._font).horizontalAdvance(self.stage.text)
        mark = self._theme.pixels(18) if self.place is _Place.PASSED else 0
        return QSize(width + mark + 2 * self._tip + 3 * GRID, self._theme.pixels(28))

    def minimumSizeHint(self) -> QSize:
        """Qt's: a word is not cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        ground, ink = self._colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(ground))
        painter.drawPolygon(self._outline())
        inner = self.rect().adjusted(GRID + (0 if self._rounded else self._tip), 0, -self._tip - GRID // 2, 0)
        if self.place is _Place.PASSED:
            size = self._theme.pixels(14)
            mark = QRect(inner.x(), (self.height() - size) // 2, size, size)
            self._theme.icons.paint(painter, mark, "check-bold", ink)
            inner.adjust(self._theme.pixels(18), 0, 0, 0)
        painter.setFont(self._font)
        painter.setPen(colour(ink))
        painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, self.stage.text)
        if self.hasFocus():
            draw_focus_ring(painter, self.rect(), self._theme.palette.focus, 4)
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Qt's: say what stands in the way."""
        self.pointed_at.emit(self._reason)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Qt's."""
        self.pointed_at.emit("")
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's: say what stands in the way."""
        self.pointed_at.emit(self._reason)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Enter does what Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _said(self) -> str:
        if self.place is _Place.CURRENT:
            return tr("%1, current stage").replace("%1", self.stage.text)
        if self._reason:
            return tr("%1, not possible now: %2").replace("%1", self.stage.text).replace("%2", self._reason)
        return tr("Move to %1").replace("%1", self.stage.text)

    def _colours(self) -> tuple[str, str]:
        palette = self._theme.palette
        if self.place is _Place.CURRENT:
            colours = palette.tone(self.stage.tone)
            return colours.ground, colours.text
        if self.place is _Place.PASSED:
            return palette.selected, palette.accent_text
        return palette.track, palette.text_faint if self._reason else palette.text

    def _outline(self) -> QPolygon:
        right, bottom, tip = self.width() - 1, self.height(), self._tip
        points = [QPoint(0, 0), QPoint(right - tip, 0), QPoint(right, bottom // 2), QPoint(right - tip, bottom)]
        points.append(QPoint(0, bottom))
        if not self._rounded:
            points.append(QPoint(tip, bottom // 2))
        return QPolygon(points)
