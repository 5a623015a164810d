"""`MergeLine`: one line of a comparison: each lead's value, and what it will be, which can be written too."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from fleetdesk.commands.lead_fields import longest
from fleetdesk.qt.look.text import Label, Tint, isolated, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.filling import fill, written
from fleetdesk.qt.widgets.text_fields import TextArea, TextField
from fleetdesk.views.leads.duplicates.compared import ComparedLead, Line
from fleetdesk.views.leads.duplicates.value_choice import ValueChoice

__all__ = ["MergeLine"]

_LONG = 64  # pixels of a text of several lines
_INDENT = 3 * GRID + 5  # where the word of a choice begins


class MergeLine(QObject):
    """The widgets of one line; `place` puts them into a grid: its name, the values, the result with a note below."""

    chosen = Signal(str, str)  # the line's key, the lead's id
    written = Signal(str, str)  # the line's key, the text

    def __init__(
        self, line: Line, leads: Sequence[ComparedLead], theme: Theme, *, writable: bool, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.line = line
        texts = [lead.texts[line.key] for lead in leads]
        self.same = len(set(texts)) == 1
        self._label = Label(line.label, tint=Tint.MUTED)
        self._group = QButtonGroup(self)
        self._choices: dict[str, ValueChoice] = {}
        self._values = [self._value(lead, text) for lead, text in zip(leads, texts, strict=True)]
        self._result = self._editor(theme) if writable else Label(wrap=True)
        self._note = Label(size=TextSize.SMALL, tint=Tint.DANGER, wrap=True)
        self._note.hide()

    @property
    def empty(self) -> bool:
        """Whether none of the leads has a value."""
        return not self._choices

    @property
    def stops(self) -> Sequence[QWidget]:
        """What takes the keyboard, from the left."""
        written = () if isinstance(self._result, Label) else (self._result,)
        return (*self._choices.values(), *written)

    def place(self, grid: QGridLayout, row: int) -> None:
        """Stand in this row of a grid, the note in the one below it."""
        top = Qt.AlignmentFlag.AlignTop if self.line.long else Qt.AlignmentFlag(0)
        for column, widget in enumerate((self._label, *self._values, self._result)):
            if widget is self._result:
                grid.addWidget(widget, row, column)
            else:
                grid.addWidget(widget, row, column, top)
        grid.addWidget(self._note, row + 1, len(self._values) + 1)

    def show_pick(self, source: str | None, text: str) -> None:
        """Show whose value it will be (nobody's: another one), and the value."""
        self._group.setExclusive(False)
        for lead_id, choice in self._choices.items():
            choice.setChecked(lead_id == source)
        self._group.setExclusive(True)
        if isinstance(self._result, QLineEdit | QPlainTextEdit):
            if written(self._result) != text:
                fill(self._result, text)
        else:
            self._result.setText(isolated(text))

    def say(self, sentence: str, *, wrong: bool) -> None:
        """Write below the result what is wrong with it, or worth knowing; empty for nothing."""
        self._note.setText(sentence)
        self._note.set_tint(Tint.DANGER if wrong else Tint.FAINT)
        self._note.setVisible(bool(sentence))
        self._result.setProperty("faulty", "true" if sentence and wrong else "false")
        self._result.style().polish(self._result)
        self._result.setAccessibleDescription(sentence)

    def begin(self) -> None:
        """Put the cursor where another value is written."""
        self._result.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_visible(self, *, visible: bool) -> None:
        """Show or hide the line as a whole."""
        for widget in (self._label, *self._values, self._result):
            widget.setVisible(visible)
        self._note.setVisible(visible and bool(self._note.text()))

    def _value(self, lead: ComparedLead, text: str) -> QWidget:
        if not text:
            nothing = Label(tr("empty"), tint=Tint.FAINT)
            nothing.setContentsMargins(_INDENT, 0, 0, 0)
            return nothing
        name = tr("%1: %2, of %3").replace("%1", self.line.label).replace("%3", lead.title).replace("%2", text)
        choice = ValueChoice(text, name)
        choice.clicked.connect(lambda: self.chosen.emit(self.line.key, lead.side.id))
        self._group.addButton(choice)
        self._choices[lead.side.id] = choice
        return choice

    def _editor(self, theme: Theme) -> QLineEdit | QPlainTextEdit:
        editor: QLineEdit | QPlainTextEdit
        if self.line.long:
            editor = TextArea(longest=longest(self.line.key))
            editor.setTabChangesFocus(True)
            editor.setFixedHeight(theme.pixels(_LONG))
            editor.textChanged.connect(lambda: self.written.emit(self.line.key, editor.toPlainText()))
        else:
            editor = TextField(longest=longest(self.line.key))
            editor.textEdited.connect(lambda text: self.written.emit(self.line.key, text))
        editor.setAccessibleName(tr("%1 of the lead that stays").replace("%1", self.line.label))
        return editor
