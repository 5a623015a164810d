"""`FilterBar`: one button for each thing to filter by, showing what is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from fleetdesk.qt.look.layout import STRETCH, row
from fleetdesk.qt.look.text import menu_text, plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.buttons import Button, Kind

__all__ = ["Choices", "Facet", "FilterBar", "Option"]

Choices = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Option:
    """One value to filter by."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing to filter by. Of an `exclusive` one a single option can be chosen."""

    key: str
    text: str
    options: Sequence[Option]
    exclusive: bool = False


class FilterBar(QWidget):
    """Tells the choices as they change: for each facet with any, the keys of its chosen options."""

    changed = Signal(object)  # Choices

    def __init__(self, facets: Sequence[Facet], theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._buttons = {facet.key: _FacetButton(facet, theme, self) for facet in facets}
        self._clear = Button(tr("Clear filters"), self.clear, kind=Kind.QUIET)
        self._clear.hide()
        self.setLayout(row(*self._buttons.values(), self._clear, STRETCH, gap=GRID // 2))
        for button in self._buttons.values():
            button.changed.connect(self._tell)

    @property
    def choices(self) -> Choices:
        """What is chosen."""
        return {key: button.chosen for key, button in self._buttons.items() if button.chosen}

    def set_choices(self, choices: Choices) -> None:
        """Show other choices, as a saved view has them; options that no longer exist are left out. Tells nobody."""
        for key, button in self._buttons.items():
            button.choose(choices.get(key, frozenset()))
        self._clear.setVisible(bool(self.choices))

    def set_options(self, facet: str, options: Sequence[Option]) -> None:
        """Offer other options for a facet; what was chosen and still exists stays chosen."""
        self._buttons[facet].offer(options)

    def clear(self) -> None:
        """Choose nothing."""
        self.set_choices({})
        self._tell()

    def open(self, facet: str) -> None:
        """Open the options of a facet."""
        self._buttons[facet].showMenu()

    def _tell(self) -> None:
        self._clear.setVisible(bool(self.choices))
        self.changed.emit(self.choices)


class _FacetButton(QToolButton):
    changed = Signal()

    def __init__(self, facet: Facet, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._facet = facet
        self._options: dict[str, QAction] = {}
        self._texts: dict[str, str] = {}
        self._menu = _StayingMenu(self)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("facet", "true")
        self.offer(facet.options)

    @property
    def chosen(self) -> frozenset[str]:
        return frozenset(key for key, action in self._options.items() if action.isChecked())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: with a caret after the words."""
        super().paintEvent(event)
        palette, size = self._theme.palette, self._theme.pixels(12)
        painter = QPainter(self)
        place = QRect(self.width() - size - 9, (self.height() - size) // 2, size, size)
        value = palette.accent_text if self.chosen else palette.text_muted
        self._theme.icons.paint(painter, place, "caret-down", value)
        painter.end()

    def choose(self, keys: frozenset[str]) -> None:
        for key, action in self._options.items():
            action.setChecked(key in keys)
        self._show()

    def offer(self, options: Sequence[Option]) -> None:
        chosen = self.chosen
        self._menu.clear()
        self._options = {option.key: self._add(option) for option in options}
        self._texts = {option.key: option.text for option in options}
        self.choose(chosen)

    def _add(self, option: Option) -> QAction:
        action = QAction(menu_text(option.text), self._menu)
        action.setCheckable(True)
        action.triggered.connect(lambda checked: self._toggled(option.key, checked=checked))
        self._menu.addAction(action)
        return action

    def _toggled(self, key: str, *, checked: bool) -> None:
        if checked and self._facet.exclusive:
            for other, action in self._options.items():
                action.setChecked(other == key)
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        chosen = [self._texts[key] for key in self._options if key in self.chosen]
        text = self._facet.text
        if len(chosen) > 2:
            text += ": " + plural(len(chosen), tr("%n chosen"), tr("%n chosen"))
        elif chosen:
            text += ": " + ", ".join(chosen)
        self.setText(menu_text(text))
        self.setAccessibleName(tr("Filter by %1").replace("%1", text))
        self.setProperty("active", "true" if chosen else "false")
        self.style().polish(self)


class _StayingMenu(QMenu):
    """Stays open while options are ticked, so that several can be chosen in one go."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        action: QAction | None = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Space ticks and stays, Enter ticks and closes."""
        action: QAction | None = self.activeAction()
        if action is not None and event.key() == Qt.Key.Key_Space:
            action.trigger()
        else:
            super().keyPressEvent(event)
