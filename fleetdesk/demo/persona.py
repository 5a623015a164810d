"""Whom to try the demo as: a choice that exists in the demo alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QSizePolicy

from fleetdesk.demo.dataset.staff import Persona
from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.painting import draw_focus_ring, draw_text
from fleetdesk.qt.look.text import Label, Tint, menu_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize
from fleetdesk.qt.widgets.avatar import paint_avatar
from fleetdesk.views.words import role_name

__all__ = ["PersonaDialog", "choose_persona"]

_WIDTH = 720
_HEIGHT = 64
_AVATAR = 36


def choose_persona(personas: Sequence[Persona]) -> Persona | None:
    """Ask whom to be; None if the window is closed. Needs an application, and no running event loop."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = Theme(app)
    dialog = PersonaDialog(personas, theme)
    chosen = dialog.chosen if dialog.exec() == QDialog.DialogCode.Accepted else None
    dialog.deleteLater()
    theme.deleteLater()
    return chosen


class PersonaDialog(QDialog):
    """A card for each persona. Up and down move between them, Enter or a click chooses one."""

    def __init__(self, personas: Sequence[Persona], theme: Theme) -> None:
        super().__init__()
        self._personas = tuple(personas)
        self.chosen: Persona | None = None
        self.setWindowTitle(tr("FleetDesk demo"))
        self.setAccessibleName(tr("Whom do you want to be?"))
        self.setFixedWidth(theme.pixels(_WIDTH))
        self._cards = [_Card(persona, theme) for persona in personas]
        for card, persona in zip(self._cards, self._personas, strict=True):
            card.clicked.connect(partial(self._choose, persona))
        about = tr("Each person sees and does what their role allows. You can start the demo again as someone else.")
        self.setLayout(
            column(
                column(
                    Label(self.accessibleName(), size=TextSize.HEADING),
                    Label(about, tint=Tint.MUTED, wrap=True),
                    gap=GRID // 2,
                ),
                column(*self._cards, gap=GRID),
                gap=3 * GRID,
                margins=4 * GRID,
            )
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Qt's: the arrows move between the cards."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        focused = next((place for place, card in enumerate(self._cards) if card.hasFocus()), 0)
        place = max(0, min(focused + step, len(self._cards) - 1))
        self._cards[place].setFocus(Qt.FocusReason.TabFocusReason)

    def _choose(self, persona: Persona) -> None:
        self.chosen = persona
        self.accept()


class _Card(QAbstractButton):
    """One persona: initials, name and role, what they do."""

    def __init__(self, persona: Persona, theme: Theme) -> None:
        super().__init__()
        self._persona = persona
        self._theme = theme
        self.setText(menu_text(persona.name))
        self.setAccessibleName(f"{persona.name}, {role_name(persona.role)}")
        self.setAccessibleDescription(persona.sentence)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Qt's."""
        return QSize(0, self._theme.pixels(_HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Qt's: Enter does what Space does; the arrows belong to the dialog."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Qt's."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(palette.line), 1))
        painter.setBrush(colour(palette.hover if self.underMouse() else palette.surface))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), Radius.PANEL, Radius.PANEL)
        size = self._theme.pixels(_AVATAR)
        disc = QRect(2 * GRID, (self.height() - size) // 2, size, size)
        paint_avatar(painter, disc, self._persona.name, self._theme)
        words = self.rect().adjusted(disc.right() + 2 * GRID, GRID + 4, -2 * GRID, -GRID - 4)
        upper = QRect(words.x(), words.y(), words.width(), words.height() // 2)
        lower = QRect(words.x(), upper.bottom() + 1, words.width(), words.height() - upper.height())
        self._paint_name(painter, upper)
        draw_text(painter, lower, self._persona.sentence, palette.text_muted, self._theme.font(TextSize.SMALL))
        if self.hasFocus():
            draw_focus_ring(painter, self.rect(), palette.focus, Radius.PANEL)
        painter.end()

    def _paint_name(self, painter: QPainter, rect: QRect) -> None:
        strong, small = self._theme.font(strong=True), self._theme.font(TextSize.SMALL)
        taken = QFontMetrics(strong).horizontalAdvance(self._persona.name) + GRID
        draw_text(painter, rect, self._persona.name, self._theme.palette.text, strong)
        beside = rect.adjusted(taken, 0, 0, 0)
        draw_text(painter, beside, role_name(self._persona.role), self._theme.palette.accent_text, small)
