"""`QueryField`: a search field for queries: it offers what could follow, and underlines what is not understood."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QTextLayout,
    QTextLine,
)
from PySide6.QtWidgets import QWidget

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.offer_list import OfferList
from fleetdesk.qt.widgets.search_field import SearchField
from fleetdesk.queries.filters.completion import Completion, Offer
from fleetdesk.queries.filters.grammar import Problem

__all__ = ["QueryField"]

_OPENING = ":,<>="  # after these a value follows
_LEAST = 2  # letters before the names of fields are offered: one alone begins too many names of people
_WAVE = 2  # pixels
_GOING_ON = frozenset(
    {
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
        Qt.Key.Key_Down,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
    }
)

Judge = Callable[[str], Sequence[Problem]]
Complete = Callable[[str, int], Completion]


class QueryField(SearchField):
    """Down and Up go through the offers, Enter and Tab take the marked one, Ctrl+Space asks for them.

    A piece is not called wrong while it is typed.
    """

    wrong = Signal(object)  # tuple[Problem, ...]: those that are not being typed
    entered = Signal()  # the keyboard came in: what completes a query is soon asked for

    def __init__(
        self, theme: Theme, asks: str, *, judge: Judge, complete: Complete, parent: QWidget | None = None
    ) -> None:
        """`judge` gives the problems of a text, `complete` what could follow at a place in it; both are quick."""
        super().__init__(theme, asks, parent)
        self._judge = judge
        self._complete = complete
        self._problems: tuple[Problem, ...] = ()
        self._shown: tuple[Problem, ...] = ()
        self._typing = False
        self._offers = OfferList(theme, self)
        self._offers.taken.connect(self.take)
        self.textEdited.connect(self._edited)
        self.textChanged.connect(self._judge_text)
        self.cursorPositionChanged.connect(self._show_problems)

    @property
    def offers(self) -> list[Offer]:
        """What is offered now."""
        return self._offers.offers if self._offers.isVisible() else []

    def offer(self) -> None:
        """Offer what could stand at the cursor, whatever was typed so far."""
        self._show_offers(self._complete(self.text(), self.cursorPosition()))

    def offer_again(self) -> None:
        """What can be offered is known better now: offer it where something is offered, or being typed."""
        if self.offers:
            self.offer()
        elif self._typing and self.hasFocus():
            self._edited()

    def take(self, offer: Offer) -> None:
        """Write an offer in the place of what it completes; a field's name is followed by its values."""
        completion = self._complete(self.text(), self.cursorPosition())
        self.replace(completion.start, completion.end, offer.text)
        self._close_offers()
        if offer.text.endswith(":"):
            self.offer()

    def replace(self, start: int, end: int, text: str) -> None:
        """Write a text in the place of another part of what was typed; it can be undone like typing."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setSelection(start, end - start)
        self.insert(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: the offers are worked from the field."""
        key, marked = Qt.Key(event.key()), self._offers.marked if self.offers else None
        if key == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.offer()
        elif self.offers and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._offers.step(1 if key == Qt.Key.Key_Down else -1)
        elif marked is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take(marked)
        elif self.offers and key == Qt.Key.Key_Escape:
            self._close_offers()
        else:
            if key in _GOING_ON:
                self._settle()
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001, RUF100 - Qt's name and form
        """Qt's: Tab takes the marked offer before it goes on."""
        marked = self._offers.marked if self.offers else None
        if next and marked is not None:
            self.take(marked)
            return True
        return super().focusNextPrevChild(next)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusInEvent(event)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's: what was typed is judged now."""
        super().focusOutEvent(event)
        self._settle()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        super().mousePressEvent(event)
        self._settle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: offers would stand where the field no longer is."""
        super().resizeEvent(event)
        self._close_offers()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's."""
        super().hideEvent(event)
        self._close_offers()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: with a wave below each piece that is not understood."""
        super().paintEvent(event)
        if not self._shown:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(self._theme.palette.danger_text), 1))
        margins = self.textMargins()
        painter.setClipRect(self.rect().adjusted(margins.left(), 0, -margins.right(), 0))
        for problem in self._shown:
            painter.drawPolyline(self._wave(problem))
        painter.end()

    # What could follow

    def _edited(self) -> None:
        self._typing = True
        text, cursor = self.text(), self.cursorPosition()
        completion = self._complete(text, cursor)
        before = text[completion.start - 1 : completion.start]
        in_values = bool(before) and before in _OPENING
        if in_values or cursor - completion.start >= _LEAST:
            self._show_offers(completion)
        else:
            self._close_offers()

    def _show_offers(self, completion: Completion) -> None:
        typed = self.text()[completion.start : completion.end]
        if completion.offers and [offer.text for offer in completion.offers] != [typed]:
            self._offers.show_offers(completion.offers, self._x_of(completion.start))
        else:
            self._close_offers()

    def _close_offers(self) -> None:
        if self.offers:
            self._offers.hide()

    # What is wrong

    def _judge_text(self, text: str) -> None:
        self._problems = tuple(self._judge(text))
        self._typing = self._typing and self.hasFocus()
        self._show_problems()

    def _settle(self) -> None:
        """The person stopped typing here."""
        self._typing = False
        self._close_offers()
        self._show_problems()

    def _show_problems(self) -> None:
        cursor = self.cursorPosition()
        shown = tuple(p for p in self._problems if not (self._typing and p.start <= cursor <= p.end))
        if shown != self._shown:
            self._shown = shown
            self.setProperty("faulty", "true" if shown else "false")
            self.style().polish(self)
            self.setAccessibleDescription(" ".join(problem.what for problem in shown))
            self.update()
            self.wrong.emit(shown)

    # Where it stands

    def _x_of(self, place: int) -> int:
        layout = self._laid_out()
        line = layout.lineAt(0)
        cursor = self.cursorRect().center().x()
        return round(cursor + _x(line, place) - _x(line, self.cursorPosition()))

    def _laid_out(self) -> QTextLayout:
        layout = QTextLayout(self.text(), self.font())
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        return layout

    def _wave(self, problem: Problem) -> QPolygonF:
        ends = (self._x_of(problem.start), self._x_of(max(problem.end, problem.start + 1)))
        left, right = min(ends), max(*ends, min(ends) + 2 * _WAVE)
        y = self.height() / 2 + self.fontMetrics().height() / 2
        steps = range((right - left) // _WAVE + 1)
        return QPolygonF([QPointF(left + _WAVE * step, y + (_WAVE / 2) * (-1) ** step) for step in steps])


def _x(line: QTextLine, place: int) -> float:
    found: object = line.cursorToX(place)
    assert isinstance(found, tuple), "Qt gives the place together with the cursor that it belongs to"
    return float(found[0])
