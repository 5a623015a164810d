"""The navigation rail: the screens that the person's role allows, what is in each, and who the person is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QFrame, QSizePolicy, QWidget

from fleetdesk.models.access import normalise_role
from fleetdesk.protocol import Person
from fleetdesk.qt.acting.actions import ActionRegistry
from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.layout import STRETCH, column, panel, row
from fleetdesk.qt.look.painting import draw_focus_ring, draw_text
from fleetdesk.qt.look.text import Label, Tint, menu_text, plural, shortcut_text, tooltip_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize
from fleetdesk.qt.widgets.avatar import Avatar
from fleetdesk.views.words import number, role_name
from fleetdesk.views.workbench import Screen

__all__ = ["NavigationRail"]

_WIDTH = 208
_NARROW = 56
_PADDING = 12


class NavigationRail(QFrame):
    """Up and down move between the screens, Enter or a click shows one, the middle button in a tab of its own.

    In a narrow window it shows icons alone.
    """

    chosen = Signal(str)  # the screen's id
    tab_asked = Signal(str)  # a screen is to be shown in a tab of its own

    def __init__(self, screens: Sequence[Screen], person: Person, actions: ActionRegistry, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("ground", "window")
        self.setAccessibleName(tr("Screens"))
        self._items = {screen.id: _Item(theme, screen) for screen in screens}
        for id_, item in self._items.items():
            item.clicked.connect(partial(self.chosen.emit, id_))
            item.tab_asked.connect(partial(self.tab_asked.emit, id_))
        buttons = [actions.button(id_) for id_ in ("window.palette", "window.shortcuts", "look.turn")]
        self._tools = row(*buttons, STRETCH, gap=GRID // 2)
        self._person = PersonBlock(person, theme)
        self.setLayout(
            column(
                _Mark(theme),
                column(*self._items.values(), gap=2),
                STRETCH,
                self._tools,
                self._person,
                gap=2 * GRID,
                margins=(GRID, 2 * GRID, GRID, GRID + 4),
            )
        )
        self.set_narrow(narrow=False)

    def set_narrow(self, *, narrow: bool) -> None:
        """Leave the words out, or bring them back."""
        self.setFixedWidth(self._theme.pixels(_NARROW if narrow else _WIDTH))
        direction = QBoxLayout.Direction
        self._tools.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)
        self._person.show_words(shown=not narrow)

    def show_current(self, screen: str) -> None:
        """Mark the screen that is shown."""
        for id_, item in self._items.items():
            item.setChecked(id_ == screen)

    def show_count(self, screen: str, count: int) -> None:
        """Say how many things wait on a screen; none says nothing."""
        if screen in self._items:
            self._items[screen].show_count(count)


class PersonBlock(QWidget):
    """Who works here: initials, name, role."""

    def __init__(self, person: Person, theme: Theme) -> None:
        super().__init__()
        role = role_name(normalise_role(person.role))
        name = Label(person.name, strong=True)
        name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._words = panel(column(name, Label(role, tint=Tint.MUTED, size=TextSize.SMALL), gap=0))
        line = row(Avatar(theme, person.name), self._words, gap=GRID + 2, margins=(GRID // 2, 0, 0, 0))
        line.setStretch(1, 1)
        self.setLayout(line)
        self.setAccessibleName(tr("Signed in as %1, %2").replace("%1", person.name).replace("%2", role))
        self.setToolTip(tooltip_text(f"{person.name} · {person.email}"))

    def show_words(self, *, shown: bool) -> None:
        """Name and role beside the initials, or the initials alone."""
        self._words.setVisible(shown)


class _Mark(QWidget):
    """The product's mark and name."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(theme.pixels(28))
        self.setAccessibleName("FleetDesk")
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        palette = self._theme.palette
        side = self._theme.pixels(24)
        square = QRect(_PADDING - GRID // 2, (self.height() - side) // 2, side, side)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(palette.accent))
        painter.drawRoundedRect(square, Radius.CONTROL, Radius.CONTROL)
        self._theme.icons.paint(painter, square.adjusted(4, 4, -4, -4), "truck-fill", palette.on_accent)
        words = self.rect().adjusted(square.right() + GRID + 2, 0, 0, 0)
        if words.width() > side:
            draw_text(painter, words, "FleetDesk", palette.text, self._theme.font(TextSize.TITLE, strong=True))
        painter.end()


class _Item(QAbstractButton):
    """One screen."""

    tab_asked = Signal()

    def __init__(self, theme: Theme, screen: Screen) -> None:
        super().__init__()
        self._theme = theme
        self._screen = screen
        self._icon = theme.icons.character(screen.icon)
        self._count = 0
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setText(menu_text(screen.title))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setToolTip(tooltip_text(" · ".join(filter(None, (screen.title, shortcut_text(screen.shortcut))))))
        self.show_count(0)
        theme.changed.connect(self.update)

    def show_count(self, count: int) -> None:
        """How many things wait there."""
        self._count = count
        waiting = plural(count, tr("%n waits"), tr("%n wait")) if count else ""
        self.setAccessibleName(", ".join(filter(None, (self._screen.title, waiting))))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's: the middle button asks for a tab."""
        if event.button() is Qt.MouseButton.MiddleButton and self.rect().contains(event.position().toPoint()):
            self.tab_asked.emit()
        else:
            super().mouseReleaseEvent(event)

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(self._theme.pixels(_NARROW) - 2 * GRID, self._theme.pixels(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        wide = self.width() > self._theme.pixels(_NARROW)
        if self.isChecked() or self.underMouse():
            painter.setBrush(colour(palette.selected if self.isChecked() else palette.hover))
            painter.drawRoundedRect(self.rect(), Radius.CONTROL, Radius.CONTROL)
        ink = palette.accent_text if self.isChecked() else palette.text_muted
        side = self._theme.pixels(18)
        square = QRect(_PADDING if wide else (self.width() - side) // 2, (self.height() - side) // 2, side, side)
        self._theme.icons.paint_character(painter, square, self._icon, ink)
        if wide:
            words = self.rect().adjusted(square.right() + GRID + 2, 0, -_PADDING, 0)
            text = palette.text if self.isChecked() else palette.text_muted
            draw_text(painter, words, self._screen.title, text, self._theme.font(strong=self.isChecked()))
        if self._count:
            self._paint_count(painter, wide=wide)
        if self.hasFocus():
            draw_focus_ring(painter, self.rect(), palette.focus)
        painter.end()

    def _paint_count(self, painter: QPainter, *, wide: bool) -> None:
        """The figure beside the words; without them, as much of it as there is room for above the icon."""
        text = number(self._count) if wide or self._count < 100 else "99+"
        font = self._theme.font(TextSize.SMALL, strong=True, tabular=True)
        height = self._theme.pixels(18 if wide else 16)
        width = max(height, QFontMetrics(font).horizontalAdvance(text) + (10 if wide else 6))
        box = QRect(self.width() - width, 0, width, height)
        if wide:
            box.moveTopLeft(QPoint(self.width() - GRID - width, (self.height() - height) // 2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._theme.palette.accent))
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setFont(font)
        painter.setPen(colour(self._theme.palette.on_accent))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
