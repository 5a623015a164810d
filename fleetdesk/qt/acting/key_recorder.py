"""`KeyRecorder`: a field that takes keys as they are pressed, for what they shall do from now on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from fleetdesk.qt.acting.keys import is_reserved, stroke_of
from fleetdesk.qt.look.text import shortcut_text, tr

__all__ = ["KeyRecorder"]

_PAUSE = 1_000  # milliseconds in which a second stroke may follow
_MODIFIERS = (
    Qt.Key.Key_Control,
    Qt.Key.Key_Shift,
    Qt.Key.Key_Alt,
    Qt.Key.Key_Meta,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_CapsLock,
)
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier)


class KeyRecorder(QLineEdit):
    """One stroke, or two in turn. Enter ends at once, Backspace means none, Escape leaves it; Tab goes on as ever."""

    recorded = Signal(str)  # in Qt's portable form; empty for none
    refused = Signal(str)  # what was pressed, and cannot be had
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strokes: list[str] = []
        self._standing = ""
        self.setReadOnly(True)
        self.setPlaceholderText(tr("Press the new keys"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._finish)

    def show_keys(self, shortcut: str) -> None:
        """Show the keys that hold now."""
        self._standing = shortcut_text(shortcut)
        self._take([])

    def begin(self) -> None:
        """Wait for keys."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._take([])

    def event(self, event: QEvent) -> bool:
        """Qt's: no shortcut of the window is to be done while its keys are pressed here."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        if event.key() in _MODIFIERS:
            return
        if event.modifiers() in _PLAIN and self._is_for_itself(event):
            return
        stroke = stroke_of(event.keyCombination())
        if not stroke or is_reserved(stroke):
            self._take([])
            self.refused.emit(stroke)
            return
        self._take([*self._strokes, stroke])
        if len(self._strokes) > 1:
            self._finish()
        else:
            self._pause.start()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's: what holds now makes way for what is pressed."""
        super().focusInEvent(event)
        self._take([])

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's: what was begun is given up."""
        super().focusOutEvent(event)
        self._take([])

    def _is_for_itself(self, event: QKeyEvent) -> bool:
        match Qt.Key(event.key()):
            case Qt.Key.Key_Escape:
                self.left.emit()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._finish()
            case Qt.Key.Key_Backspace | Qt.Key.Key_Delete:
                self._take([])
                self.recorded.emit("")
            case _:
                return False
        return True

    def _take(self, strokes: list[str]) -> None:
        self._pause.stop()
        self._strokes = strokes
        pressed = f"{shortcut_text(', '.join(strokes))} …" if strokes else ""
        self.setText(pressed if self.hasFocus() else self._standing)

    def _finish(self) -> None:
        keys = ", ".join(self._strokes)
        self._take([])
        if keys:
            self.recorded.emit(keys)
