"""`Composer`: writes an entry of one of several kinds, such as a note, a call or a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from fleetdesk.models.drafts import Draft
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, menu_text, shortcut_text
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import Button, Kind, WordButton

__all__ = ["Composer", "ComposerKind"]

_PAUSE = 300  # milliseconds without typing until a draft is told
_MOST_LINES = 10


@dataclass(frozen=True, slots=True)
class ComposerKind:
    """A kind of entry: what its tab says, what the empty field asks for, and the verb of its button."""

    key: str
    text: str
    icon: str
    asks: str
    verb: str


class Composer(QFrame):
    """Tabs for the kinds, a field that grows with its text, a button. Ctrl+Enter sends; the text stays until told."""

    sent = Signal(object)  # Draft; call `clear` once it is kept
    draft_changed = Signal(object)  # Draft, a moment after the last key, or when it goes out of sight

    def __init__(self, kinds: Sequence[ComposerKind], theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = {kind.key: kind for kind in kinds}
        self._kind = kinds[0].key
        self._details: dict[str, QWidget] = {}
        self._available: Availability = ENABLED
        self.setProperty("ground", "card")
        self.setAccessibleName(name)
        self._tabs = {kind.key: self._make_tab(kind, theme) for kind in kinds}
        self._editor = _GrowingEditor(theme, self)
        self._send = Button("", self.send, kind=Kind.PRIMARY)
        self._hint = Label(shortcut_text("Ctrl+Return"), size=TextSize.SMALL, tint=Tint.FAINT)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._tell_draft)
        self._editor.textChanged.connect(self._text_changed)
        self._editor.send_asked.connect(self.send)
        self._body = column(
            row(*self._tabs.values(), STRETCH, gap=2),
            self._editor,
            row(STRETCH, self._hint, self._send),
            gap=GRID // 2,
            margins=GRID,
        )
        self.setLayout(self._body)
        self._take_kind(self._kind)

    @property
    def draft(self) -> Draft:
        """What stands in it now."""
        return Draft(self._kind, self._editor.toPlainText())

    def set_draft(self, draft: Draft) -> None:
        """Put back what was written before; tells nobody."""
        self._take_kind(draft.kind if draft.kind in self._kinds else next(iter(self._kinds)))
        self._editor.setPlainText(draft.text)
        self._pause.stop()

    def clear(self) -> None:
        """Empty the field: what was in it is kept elsewhere now."""
        self._editor.clear()

    def compose(self, kind: str) -> None:
        """Choose a kind and put the cursor into the field."""
        self._take_kind(kind)
        self._editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def add_details(self, kind: str, widget: QWidget) -> None:
        """Show a widget between field and button for one kind: when a meeting takes place, for one."""
        self._details[kind] = widget
        self._body.insertWidget(2, widget)
        widget.setVisible(self._kind == kind)

    def set_available(self, availability: Availability) -> None:
        """Whether anything can be sent; if not, the reason stands beside the button."""
        self._available = availability
        self._hint.setText(availability.reason if isinstance(availability, WhyNot) else shortcut_text("Ctrl+Return"))
        self._update_send()

    def send(self) -> None:
        """Hand over what is written, unless that is nothing."""
        if self._send.isEnabled():
            self._pause.stop()
            self.sent.emit(self.draft)

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's: the window may be closing."""
        if self._pause.isActive():
            self._pause.stop()
            self._tell_draft()
        super().hideEvent(event)

    def _make_tab(self, kind: ComposerKind, theme: Theme) -> WordButton:
        tab = WordButton(self)
        tab.setText(menu_text(kind.text))
        tab.setIcon(theme.icons.icon(kind.icon))
        tab.setCheckable(True)
        tab.setAccessibleName(kind.text)
        tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tab.clicked.connect(partial(self._tab_clicked, kind.key))
        return tab

    def _tab_clicked(self, key: str) -> None:
        self.compose(key)
        self._pause.start()

    def _take_kind(self, key: str) -> None:
        self._kind = key
        kind = self._kinds[key]
        for other, tab in self._tabs.items():
            tab.setChecked(other == key)
        for owner, widget in self._details.items():
            widget.setVisible(owner == key)
        self._editor.setPlaceholderText(kind.asks)
        self._editor.setAccessibleName(kind.asks)
        self._send.set_text(kind.verb)
        self._update_send()

    def _text_changed(self) -> None:
        self._update_send()
        self._pause.start()

    def _update_send(self) -> None:
        written = bool(self._editor.toPlainText().strip())
        self._send.setEnabled(written and self._available == ENABLED)

    def _tell_draft(self) -> None:
        self.draft_changed.emit(self.draft)


class _GrowingEditor(QPlainTextEdit):
    """Plain text, from two lines up to ten; Tab leaves it."""

    send_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setTabChangesFocus(True)
        self.setProperty("bare", "true")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.document().documentLayout().documentSizeChanged.connect(self._grow)
        theme.changed.connect(self._grow)
        self._grow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Ctrl+Enter sends."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.send_asked.emit()
        else:
            super().keyPressEvent(event)

    def _grow(self) -> None:
        lines = min(_MOST_LINES, max(2, round(self.document().size().height())))
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 2 * GRID)
