"""`Composer`: writes an entry of one of several kinds, such as a note, a call or a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from fleetdesk.models.drafts import Draft
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.layout import STRETCH, column, panel, row
from fleetdesk.qt.look.text import Label, Tint, menu_text, shortcut_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import Button, Kind, WordButton
from fleetdesk.qt.widgets.shrinking_area import ShrinkingArea
from fleetdesk.qt.widgets.text_fields import TextArea

__all__ = ["Composer", "ComposerKind", "Details", "is_no_text"]

_MOST_LINES = 10
_LEAST_DETAILS = 80  # pixels of what is given beside the text, where there is little room


@dataclass(frozen=True, slots=True)
class ComposerKind:
    """A kind of entry: what its tab says, what the empty field asks for, and the verb of its button."""

    key: str
    text: str
    icon: str
    asks: str
    verb: str


class Details(QWidget):
    """What is given for an entry beside its text, kept with its draft."""

    edited = Signal()  # the person changed something

    def values(self) -> Mapping[str, JsonValue]:
        """What was given, by name; nothing for what stands there of itself."""
        return {}

    def show_values(self, values: Mapping[str, JsonValue]) -> None:
        """Show what was given before, read with suspicion; nothing empties it."""


class Composer(QFrame):
    """Tabs for the kinds, a field that grows with its text, a button. Ctrl+Enter sends; the text stays until told.

    Each kind has a text of its own: who turns from a note to a call finds both as they were left.
    """

    sent = Signal(object)  # Draft; call `clear` once it is kept
    draft_changed = Signal(object)  # Draft, with every key
    pasted = Signal(object)  # QMimeData: files or a picture were pasted, which are no text

    def __init__(self, kinds: Sequence[ComposerKind], theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = {kind.key: kind for kind in kinds}
        self._kind = kinds[0].key
        self._drafts: dict[str, Draft] = {}  # of the kinds that are not shown
        self._details: dict[str, list[Details]] = {kind.key: [] for kind in kinds}
        self._putting = False
        self._available: Availability = ENABLED
        self.setProperty("ground", "card")
        self.setAccessibleName(name)
        self._tabs = {kind.key: self._make_tab(kind, theme) for kind in kinds}
        self._editor = _GrowingEditor(theme, self)
        self._send = Button("", self.send, kind=Kind.PRIMARY)
        self._hint = Label(shortcut_text("Ctrl+Return"), size=TextSize.SMALL, tint=Tint.FAINT)
        self._editor.textChanged.connect(self._text_changed)
        self._editor.send_asked.connect(self.send)
        self._editor.pasted.connect(self.pasted)
        self._editor.has_keyboard.connect(lambda lit: self._light_edge(lit=lit))
        self._shelf = column(gap=GRID // 2)
        body = column(
            row(*self._tabs.values(), STRETCH, gap=2),
            self._editor,
            ShrinkingArea(panel(self._shelf), least=theme.pixels(_LEAST_DETAILS)),
            row(STRETCH, self._hint, self._send),
            gap=GRID // 2,
            margins=GRID,
        )
        self.setLayout(body)
        self._show_kind()

    @property
    def draft(self) -> Draft:
        """What stands in it now."""
        given = [widget.values() for widget in self._details[self._kind]]
        details = {name: value for values in given for name, value in values.items()}
        return Draft(self._kind, self._editor.toPlainText(), details)

    def set_drafts(self, drafts: Sequence[Draft]) -> None:
        """Put back what was written before, and show what was written last; tells nobody."""
        self._drafts = {}
        for draft in drafts:
            kept = self._known(draft)
            self._drafts[kept.kind] = kept
        self._kind = self._known(drafts[-1]).kind if drafts else next(iter(self._kinds))
        self._put(self._drafts.pop(self._kind, Draft(self._kind, "")))
        self._show_kind()

    def show_draft(self, draft: Draft) -> None:
        """The same was written on elsewhere: show it here too; tells nobody."""
        if draft.kind != self._kind:
            self._drafts[draft.kind] = draft
        elif draft != self.draft:
            self._put(draft)
        self._mark_tabs()

    def clear(self, kind: str) -> None:
        """Empty what was written of a kind: it is kept elsewhere now."""
        self.show_draft(Draft(kind, ""))
        self.draft_changed.emit(Draft(kind, ""))

    def compose(self, kind: str) -> None:
        """Choose a kind and put the cursor into the field."""
        self._take_kind(kind)
        self._editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def add_details(self, kind: str, widget: Details) -> None:
        """Show a widget between field and button for one kind: when a meeting takes place, for one."""
        self._details[kind].append(widget)
        self._shelf.addWidget(widget)
        widget.edited.connect(self._tell_draft)
        widget.setVisible(self._kind == kind)

    def set_available(self, availability: Availability) -> None:
        """Whether anything can be sent; if not, the reason stands beside the button."""
        self._available = availability
        self._hint.setText(availability.reason if isinstance(availability, WhyNot) else shortcut_text("Ctrl+Return"))
        self._update_send()

    def send(self) -> None:
        """Hand over what is written, unless that is nothing."""
        if self._send.isEnabled():
            self.sent.emit(self.draft)

    def _make_tab(self, kind: ComposerKind, theme: Theme) -> WordButton:
        tab = WordButton(self)
        tab.setText(menu_text(kind.text))
        tab.setIcon(theme.icons.icon(kind.icon))
        tab.setCheckable(True)
        tab.setAccessibleName(kind.text)
        tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tab.clicked.connect(partial(self.compose, kind.key))
        return tab

    def _known(self, draft: Draft) -> Draft:
        """A draft of a kind that no longer exists goes on as one of the first kind, below what is there."""
        if draft.kind in self._kinds:
            return draft
        first = next(iter(self._kinds))
        there = self._drafts.get(first, Draft(first, "")).text
        return Draft(first, "\n".join(filter(None, (there, draft.text))))

    def _put(self, draft: Draft) -> None:
        """Show a draft of the kind that is shown; the cursor stays where it is as far as it can."""
        self._putting = True
        place = self._editor.textCursor().position()
        if self._editor.toPlainText() != draft.text:
            self._editor.setPlainText(draft.text)
            cursor = self._editor.textCursor()
            cursor.setPosition(min(place, len(draft.text)))
            self._editor.setTextCursor(cursor)
        for widget in self._details[self._kind]:
            widget.show_values(draft.details)
        self._putting = False

    def _take_kind(self, key: str) -> None:
        if key != self._kind:
            self._drafts[self._kind] = self.draft
            self._kind = key
            self._put(self._drafts.pop(key, Draft(key, "")))
        self._show_kind()

    def _show_kind(self) -> None:
        key = self._kind
        kind = self._kinds[key]
        for other, tab in self._tabs.items():
            tab.setChecked(other == key)
        for owner, widgets in self._details.items():
            for widget in widgets:
                widget.setVisible(owner == key)
        self._editor.setPlaceholderText(kind.asks)
        self._editor.setAccessibleName(kind.asks)
        self._send.set_text(kind.verb)
        self._update_send()
        self._mark_tabs()

    def _mark_tabs(self) -> None:
        """A kind of which something is written says so, also while another one is shown."""
        for key, tab in self._tabs.items():
            name = self._kinds[key].text
            left = key != self._kind and not self._drafts.get(key, Draft(key, "")).empty
            tab.setText(menu_text(f"{name} •" if left else name))
            tab.setAccessibleName(tr("%1, not finished").replace("%1", name) if left else name)

    def _text_changed(self) -> None:
        self._update_send()
        self._tell_draft()

    def _update_send(self) -> None:
        written = bool(self._editor.toPlainText().strip())
        self._send.setEnabled(written and self._available == ENABLED)

    def _light_edge(self, *, lit: bool) -> None:
        self.setProperty("focused", "true" if lit else "false")
        self.style().polish(self)

    def _tell_draft(self) -> None:
        if not self._putting:
            self.draft_changed.emit(self.draft)


def is_no_text(data: QMimeData) -> bool:
    """Whether files, or a picture without words, were copied; a spreadsheet's cells come as both, and are text."""
    return any(url.isLocalFile() for url in data.urls()) or (data.hasImage() and not data.hasText())


class _GrowingEditor(TextArea):
    """Plain text, from two lines up to ten; Tab leaves it."""

    send_asked = Signal()
    pasted = Signal(object)
    has_keyboard = Signal(bool)

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

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's: the frame around it, having none of its own, shows where the keyboard is."""
        super().focusInEvent(event)
        self.has_keyboard.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusOutEvent(event)
        self.has_keyboard.emit(False)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Qt's: what is no text goes elsewhere, and the text stays as it is."""
        return is_no_text(source) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Qt's."""
        if is_no_text(source):
            self.pasted.emit(source)
        else:
            super().insertFromMimeData(source)

    def _grow(self) -> None:
        lines = min(_MOST_LINES, max(2, round(self.document().size().height())))
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 2 * GRID)
