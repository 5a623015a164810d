"""The Tab key goes where the eye goes: along the layouts of a window, whenever their widgets were made.

Qt's own order is that in which widgets were made, so that a chip which appears among others would come last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QGridLayout, QLayout, QLayoutItem, QScrollArea, QSplitter, QWidget

__all__ = ["bring_into_sight", "give_keyboard_on", "is_covered", "tab_stops", "take_keyboard"]


def give_keyboard_on(window: QWidget, *, forward: bool) -> bool:
    """Give the keyboard to the next stop of a window, or the one before; False where there is none."""
    stops = list(tab_stops(window))
    at = _place_of(window.focusWidget(), stops)
    ahead = [*stops[at + 1 :], *stops[: at + 1]]
    if not forward:
        at = max(at, 0)
        ahead = [*reversed(stops[:at]), *reversed(stops[at:])]
    stop = next((stop for stop in ahead if not is_covered(stop)), None)
    if stop is not None:
        stop.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        bring_into_sight(stop)
    return stop is not None


def take_keyboard(place: QWidget) -> bool:
    """Give the keyboard to what had it last in a place, else to what the place begins with, or its first stop."""
    before: QWidget | None = place.focusWidget()
    if before is not None and before is not place and _can_have_it(before):
        before.setFocus(Qt.FocusReason.OtherFocusReason)
        return True
    place.setFocus(Qt.FocusReason.OtherFocusReason)
    now: QWidget | None = place.focusWidget()
    if now is not None and now is not place and _can_have_it(now):
        return True
    stop = next(tab_stops(place), None)
    if stop is not None:
        stop.setFocus(Qt.FocusReason.OtherFocusReason)
    return stop is not None


def _can_have_it(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and not is_covered(widget)


def bring_into_sight(widget: QWidget) -> None:
    """Scroll whatever it lies in, so that it is seen; Qt does so only where the keyboard was in there before."""
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget)
        around = around.parentWidget()


def is_covered(widget: QWidget) -> bool:
    """Whether another widget lies over it, such as an open drawer: over its middle, or that of the part in sight."""
    window, middle, seen = widget.window(), widget.rect().center(), widget.visibleRegion()
    if seen.isEmpty():
        return False
    if not seen.contains(middle):  # scrolled out of sight in part
        middle = seen.boundingRect().center()
    on_top = window.childAt(widget.mapTo(window, middle))
    return on_top is not None and on_top is not widget and not widget.isAncestorOf(on_top)


def tab_stops(widget: QWidget) -> Iterator[QWidget]:
    """What Tab stops at within a widget, in order: of what can be seen and used, what takes the keyboard by Tab."""
    for child in _in_order(widget):
        if child.isWindow() or not child.isVisible() or not child.isEnabled():
            continue
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.focusProxy() is None and not _is_inner(child):
            yield child
        yield from tab_stops(child)


def _place_of(focused: QWidget | None, stops: Sequence[QWidget]) -> int:
    """Where the keyboard is among the stops: in one, or in a part of it; -1 where it is in none."""
    if focused is None or focused in stops:
        return -1 if focused is None else stops.index(focused)
    return _place_of(focused.parentWidget(), stops)


def _in_order(widget: QWidget) -> Iterator[QWidget]:
    """The children of a widget: as they are laid out, then those that lie over them."""
    laid_out = list(_laid_out(widget))
    yield from laid_out
    yield from (child for child in widget.children() if isinstance(child, QWidget) and child not in laid_out)


def _laid_out(widget: QWidget) -> Iterable[QWidget]:
    if isinstance(widget, QSplitter):
        return [part for number in range(widget.count()) if (part := widget.widget(number)) is not None]
    if isinstance(widget, QScrollArea) and widget.widget() is not None:
        return [widget.viewport()]
    layout = widget.layout()
    return [] if layout is None else list(_of_layout(layout))


def _of_layout(layout: QLayout) -> Iterator[QWidget]:
    for item in _items(layout):
        if (widget := item.widget()) is not None:
            yield widget
        elif (inner := item.layout()) is not None:
            yield from _of_layout(inner)


def _items(layout: QLayout) -> Iterable[QLayoutItem]:
    numbers: Iterable[int] = range(layout.count())
    if isinstance(layout, QGridLayout):
        numbers = sorted(numbers, key=partial(_cell, layout))
    return [item for number in numbers if (item := layout.itemAt(number)) is not None]


def _cell(layout: QGridLayout, number: int) -> tuple[int, int]:
    row, column, _rows, _columns = cast("tuple[int, int, int, int]", layout.getItemPosition(number))
    return row, column


def _is_inner(widget: QWidget) -> bool:
    """Whether it is a part of a widget of Qt's, which takes the keyboard for it."""
    return isinstance(widget.parent(), QAbstractScrollArea) or widget.objectName().startswith("qt_")
