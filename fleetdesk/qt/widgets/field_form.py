"""`FieldForm`: labelled fields, with what is wrong written below the field that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.filling import fill, is_cut, written
from fleetdesk.qt.widgets.text_fields import TextArea, TextField

__all__ = ["Editor", "FieldForm"]

Editor = QLineEdit | QPlainTextEdit | ChoiceBox


@dataclass(frozen=True, slots=True)
class _Field:
    """The parts of one field."""

    editor: Editor
    label: Label
    note: _Note
    hint: str
    name: str
    cell: QBoxLayout


class _Note(Label):
    """What stands below a field, in as many lines as it needs: Qt alone lets a dialog be too low for the second one."""

    def say(self, text: str) -> None:
        """Show a text, or nothing."""
        self.setText(text)
        self.setVisible(bool(text))
        self._take_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._take_room()

    def _take_room(self) -> None:
        self.setMinimumHeight(max(0, self.heightForWidth(self.width())))


class FieldForm(QWidget):
    """Fields in one or more columns, read and written as text by their keys."""

    edited = Signal(str)  # the key of a field that the person changed

    def __init__(self, *, columns: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self._fields: dict[str, _Field] = {}
        self._next = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(GRID)
        for number in range(columns):
            self._grid.setColumnStretch(number, 1)

    def add(
        self,
        key: str,
        label: str,
        editor: Editor,
        *,
        required: bool = False,
        hint: str = "",
        wide: bool = False,
        within: bool = False,
    ) -> None:
        """Add a field after the others; a `wide` one takes a whole row; `within` it stands its label, while empty."""
        name = Label(label, size=TextSize.SMALL, tint=Tint.MUTED)
        if within and not isinstance(editor, ChoiceBox):
            name.hide()
            editor.setPlaceholderText(label)
        name.setBuddy(editor)
        mark = Label(tr("required"), size=TextSize.SMALL, tint=Tint.FAINT)
        if not required:
            mark.hide()
        note = _Note(size=TextSize.SMALL, tint=Tint.FAINT, wrap=True)
        head = row(name, mark, gap=GRID // 2)
        head.addStretch(1)
        cell = column(head, editor, note, STRETCH, gap=2)
        span = self._columns if wide else 1
        if self._next % self._columns + span > self._columns:
            self._next += self._columns - self._next % self._columns
        self._grid.addLayout(cell, self._next // self._columns, self._next % self._columns, 1, span)
        self._next += span
        note.say(hint)  # not before it has its place: alone, it would be a window
        self._fields[key] = _Field(editor, name, note, hint, label, cell)
        editor.setAccessibleName(tr("%1, required").replace("%1", label) if required else label)
        editor.setAccessibleDescription(hint)
        if isinstance(editor, TextField | TextArea):
            editor.say_by(lambda said: self._mark(key, said))
        self._listen(key, editor)

    def place_below(self, key: str, widget: QWidget) -> None:
        """Show a widget below a field, above what is said of it."""
        cell = self._fields[key].cell
        cell.insertWidget(cell.indexOf(self._fields[key].note), widget)

    def value(self, key: str) -> str:
        """The text of a field; the key of a choice."""
        editor = self._fields[key].editor
        return editor.key if isinstance(editor, ChoiceBox) else written(editor)

    @property
    def values(self) -> Mapping[str, str]:
        """The texts of all fields."""
        return {key: self.value(key) for key in self._fields}

    def set_values(self, values: Mapping[str, str]) -> None:
        """Fill fields, without telling that they were edited."""
        for key, value in values.items():
            editor = self._fields[key].editor
            if isinstance(editor, ChoiceBox):
                editor.set_key(value)
            elif isinstance(editor, QLineEdit) or written(editor) != value:
                fill(editor, value)
                if is_cut(editor):
                    said = tr("%1 characters are too many to be edited here. You see the beginning; all of it is kept.")
                    self.set_hint(key, said.replace("%1", f"{len(value):,}"))

    def set_hint(self, key: str, hint: str) -> None:
        """Say something about what stands in a field, without calling it wrong; empty for nothing."""
        field = self._fields[key]
        error = self.error(key)
        self._fields[key] = replace(field, hint=hint)
        self._mark(key, error)

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Write what is wrong below the fields and put the cursor into the first; the others are right again."""
        for key in self._fields:
            self._mark(key, errors.get(key, ""))
        for key, field in self._fields.items():
            if errors.get(key):
                field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def error(self, key: str) -> str:
        """What is said to be wrong with a field, empty if nothing."""
        field = self._fields[key]
        return field.note.text() if field.editor.property("faulty") == "true" else ""

    def set_read_only(self, *, read_only: bool) -> None:
        """Let the fields be read and copied, but not changed."""
        for field in self._fields.values():
            if isinstance(field.editor, ChoiceBox):
                field.editor.setEnabled(not read_only)
            else:
                field.editor.setReadOnly(read_only or is_cut(field.editor))

    def _mark(self, key: str, error: str) -> None:
        field = self._fields[key]
        field.note.say(error or field.hint)
        field.note.set_tint(Tint.DANGER if error else Tint.FAINT)
        field.editor.setProperty("faulty", "true" if error else "false")
        field.editor.setAccessibleDescription(error or field.hint)
        field.editor.style().polish(field.editor)

    def _listen(self, key: str, editor: Editor) -> None:
        if isinstance(editor, QLineEdit):
            editor.textEdited.connect(lambda _text: self._edited(key))
        elif isinstance(editor, ChoiceBox):
            editor.chosen.connect(lambda _key: self._edited(key))
        else:
            editor.setTabChangesFocus(True)
            editor.setFixedHeight(4 * editor.fontMetrics().lineSpacing() + 2 * GRID)
            editor.textChanged.connect(lambda: self._edited(key))

    def _edited(self, key: str) -> None:
        self._mark(key, "")
        self.edited.emit(key)
