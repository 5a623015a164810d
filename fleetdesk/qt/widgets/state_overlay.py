"""`StateOverlay`: what stands in place of content: nothing there, on its way, failed, offline, not to be changed."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QLabel, QSizePolicy, QWidget

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.painting import draw_focus_ring
from fleetdesk.qt.look.text import Label, Tint
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize, Tone
from fleetdesk.qt.widgets.buttons import Button

__all__ = ["Overlay", "OverlayKind", "Spinner", "StateOverlay"]

_PATIENCE = 150  # milliseconds before “loading” is shown: what comes sooner should not flicker
_STEP = 80  # milliseconds between two positions of the spinner


class OverlayKind(enum.Enum):
    """Why there is no content. The value is the icon."""

    EMPTY = "tray"
    LOADING = ""
    ERROR = "warning-circle"
    OFFLINE = "cloud-slash"
    READ_ONLY = "lock-simple"


_TONES = {
    OverlayKind.EMPTY: Tone.NEUTRAL,
    OverlayKind.LOADING: Tone.NEUTRAL,
    OverlayKind.ERROR: Tone.DANGER,
    OverlayKind.OFFLINE: Tone.WARNING,
    OverlayKind.READ_ONLY: Tone.INFO,
}


@dataclass(frozen=True, slots=True)
class Overlay:
    """A title, a sentence that says what to do, and one action; seldom, another one beside it."""

    kind: OverlayKind
    title: str
    sentence: str = ""
    action: str = ""
    run: Callable[[], None] | None = None
    icon: str = ""  # in place of the kind's own
    other: tuple[str, Callable[[], None]] | None = None


class StateOverlay(QFrame):
    """Covers its parent, and follows its size, while `show_overlay` says so."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._covered = parent
        self._run: Callable[[], None] | None = None
        self._overlay: Overlay | None = None
        self.setProperty("ground", "surface")
        self._icon = QLabel()
        self._spinner = Spinner(theme)
        self._title = Label(size=TextSize.TITLE, wrap=True)
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._sentence = Label(tint=Tint.MUTED, wrap=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._button = Button("", self._act)
        self._other = Button("", self._act_otherwise)
        centred = (self._icon, self._spinner, self._title, self._sentence)
        rows = [row(STRETCH, widget, STRETCH) for widget in centred]
        rows.append(row(STRETCH, self._button, self._other, STRETCH))
        self.setLayout(column(STRETCH, *rows, STRETCH, STRETCH, gap=GRID, margins=2 * GRID))
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE)
        self._patience.timeout.connect(self._appear)
        self._view = _view_of(parent)
        for watched in filter(None, {parent, self._view}):
            watched.installEventFilter(self)
        theme.changed.connect(self._restyle)
        self.hide()

    @property
    def overlay(self) -> Overlay | None:
        """What is shown or about to be; None while the content can be seen."""
        return self._overlay

    def show_overlay(self, overlay: Overlay) -> None:
        """Cover the parent. “Loading” waits a moment before it appears."""
        self._overlay = overlay
        self._run = overlay.run
        self._title.setText(overlay.title)
        self._sentence.setText(overlay.sentence)
        self._sentence.setVisible(bool(overlay.sentence))
        self._button.set_text(overlay.action)
        self._button.setVisible(bool(overlay.action))
        self._other.set_text(overlay.other[0] if overlay.other is not None else "")
        self._other.setVisible(overlay.other is not None)
        loading = overlay.kind is OverlayKind.LOADING
        self._spinner.setVisible(loading)
        self._icon.setVisible(not loading)
        self.setAccessibleName(". ".join(part for part in (overlay.title, overlay.sentence) if part))
        self._restyle()
        if loading and not self.isVisible():
            if not self._patience.isActive():
                self._patience.start()
        else:
            self._appear()

    def clear_overlay(self) -> None:
        """Let the content be seen."""
        self._overlay = None
        self._patience.stop()
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's: follow the parent's size, and the keyboard, which a covered list may have."""
        if event.type() is QEvent.Type.Resize and watched is self._covered:
            self._cover()
        elif event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut) and watched is self._view:
            self.update()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: with a ring where the list under it has the keyboard."""
        super().paintEvent(event)
        if self._view is not None and self._view.hasFocus():
            painter = QPainter(self)
            draw_focus_ring(painter, self.rect(), self._theme.palette.focus)
            painter.end()

    def _appear(self) -> None:
        self._patience.stop()
        self._cover()
        self.show()
        self.raise_()

    def _cover(self) -> None:
        self.setGeometry(self._covered.rect())
        for words in (self._title, self._sentence):
            words.setFixedWidth(max(GRID, min(self._theme.pixels(45 * GRID), self.width() - 4 * GRID)))

    def _act(self) -> None:
        if self._run is not None:
            self._run()

    def _act_otherwise(self) -> None:
        if self._overlay is not None and self._overlay.other is not None:
            self._overlay.other[1]()

    def _restyle(self) -> None:
        if self._overlay is None or self._overlay.kind is OverlayKind.LOADING:
            return
        kind = self._overlay.kind
        value = self._theme.tone(_TONES[kind]).strong
        icon = self._overlay.icon or kind.value
        self._icon.setPixmap(self._theme.icons.pixmap(icon, self._theme.pixels(40), value, self.devicePixelRatio()))


def _view_of(covered: QWidget) -> QAbstractScrollArea | None:
    """The list that is covered, or whose rows are."""
    around = covered.parentWidget()
    if isinstance(covered, QAbstractScrollArea):
        return covered
    return around if isinstance(around, QAbstractScrollArea) and around.viewport() is covered else None


class Spinner(QWidget):
    """Turns while it is seen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._angle = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP)
        self._timer.timeout.connect(self._turn)

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(self._theme.pixels(28), self._theme.pixels(28))

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: a ring with a brighter part."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        painter.setPen(QPen(colour(self._theme.palette.line), 3))
        painter.drawEllipse(ring)
        painter.setPen(QPen(colour(self._theme.palette.accent), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(ring, -self._angle * 16, 90 * 16)
        painter.end()

    def _turn(self) -> None:
        self._angle = (self._angle + 30) % 360
        self.update()
