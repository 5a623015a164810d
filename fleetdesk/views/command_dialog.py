"""`CommandDialog`: a form that makes commands, and stays open with all that was typed until they are taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from fleetdesk.commands.core import Command
from fleetdesk.models.types import JsonValue
from fleetdesk.protocol import FieldConflict, Verdict, VerdictKind
from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.views.form_drafts import FormDraft, Typed

__all__ = ["CommandDialog", "CommandForm"]


_AROUND = 200  # pixels of a window that a dialog's title, explanation and buttons take
_BESIDE = 100  # pixels of a window that are seen beside a dialog
_MARGIN = 3 * GRID


class CommandForm(QWidget):
    """The part of a dialog that is filled in. One that tells what was typed has it kept until it is saved."""

    edited = Signal()  # the person changed something

    def typed(self) -> Mapping[str, str]:
        """What the person typed over what was shown at first, by field."""
        return {}

    def type_in(self, typed: Mapping[str, str]) -> None:
        """Show just this as typed; what the form has no field for is left out."""

    def bases(self) -> Mapping[str, JsonValue]:
        """What the record held in the typed fields when the person began with them; forms of no record have none."""
        return {}

    def rest_on(self, bases: Mapping[str, JsonValue]) -> None:
        """What was typed rests on these values: show, and let choose, where the record has others by now."""

    def follow(self, bases: Mapping[str, JsonValue]) -> None:
        """The same is typed in another window, where it rests on these values: they are known there."""
        self.rest_on(bases)

    def commands(self) -> Sequence[Command] | None:
        """What is filled in, as commands; None while something is wrong, which the form then shows."""
        return ()

    def touched(self) -> bool:
        """Whether something was typed that closing would lose."""
        return False

    def show_error(self, field: str, sentence: str) -> bool:
        """Write at a field what is wrong with it; False if the form has no such field."""
        return False

    def learn(self, conflicts: Sequence[FieldConflict]) -> bool:
        """Show what stands in fields that changed meanwhile, and have the person choose; False if it cannot."""
        return False


class _FormArea(QScrollArea):
    """As large as its form, up to `most` pixels: beyond, it scrolls, so that the verb below stays in sight.

    It is never made wider once it is seen: a form would like to be as wide as what others wrote, and its dialog stays.
    """

    def __init__(self, form: CommandForm, *, most: QSize) -> None:
        super().__init__()
        self._form = form
        self._most = most
        self.setWidget(form)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's: the form needs more room, or less."""
        if watched is self._form and event.type() is QEvent.Type.LayoutRequest:
            self._follow()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        """Qt's: no more than the form needs."""
        return self.minimumSize()

    def show_focus(self) -> None:
        """Bring the field that has the keyboard into sight."""
        if (field := self._form.focusWidget()) is not None:
            self.ensureWidgetVisible(field)

    def _follow(self) -> None:
        least = self._form.minimumSizeHint()
        needed = self._form.sizeHint().expandedTo(least)
        most = self.window().width() - 2 * _MARGIN if self.isVisible() else self._most.width()
        width = max(least.width(), min(needed.width(), most))
        self.setMinimumSize(width, min(needed.height(), self._most.height()))


class CommandDialog(Dialog):
    """A title, a form, a verb. Whoever opens it performs what it `made`, then calls `accept`, `refuse` or `fail`."""

    made = Signal(object)  # tuple[Command, ...]

    def __init__(
        self,
        title: str,
        verb: str,
        form: CommandForm,
        parent: QWidget,
        *,
        explanation: str = "",
        dangerous: bool = False,
        width: int = 480,
        draft: FormDraft | None = None,
    ) -> None:
        """`draft` is where what is typed is kept until it is saved or given up."""
        super().__init__(title, parent)
        self.form = form
        self._area = _FormArea(form, most=parent.window().size() - QSize(_BESIDE, _AROUND))
        self._warned = False
        self.setMinimumWidth(width)
        self._verb = Button(verb, self.submit, kind=Kind.DANGER if dangerous else Kind.PRIMARY)
        self._verb.setDefault(True)
        self._trouble = Label(tint=Tint.DANGER, wrap=True)
        self._trouble.hide()
        self._about = Label(explanation, tint=Tint.MUTED, wrap=True)
        if not explanation:
            self._about.hide()
        buttons = row(STRETCH, Button(tr("Cancel"), self.reject), self._verb, margins=(0, GRID, 0, 0))
        head = column(Label(title, size=TextSize.TITLE, wrap=True), self._about, gap=GRID // 2)
        self.setLayout(column(head, self._area, self._trouble, buttons, gap=2 * GRID, margins=_MARGIN))
        self._draft = draft
        if draft is not None:
            self._take_up(draft)

    @property
    def trouble(self) -> str:
        """What is said to be wrong, beyond what stands at the fields."""
        return "" if self._trouble.isHidden() else self._trouble.text()

    def submit(self) -> None:
        """Make the commands, if the form is right and nothing is on its way; close if there is nothing to do."""
        if not self._verb.isEnabled():
            return
        self._trouble.hide()
        commands = self.form.commands()
        if commands:
            self._verb.setEnabled(False)
            self.made.emit(tuple(commands))
        elif commands is not None:
            self.accept()
        else:
            self._area.show_focus()

    def refuse(self, verdict: Verdict) -> None:
        """Say why a command was not taken, at the field where it names one."""
        sentence = " ".join(part for part in (verdict.reason, verdict.do) if part)
        if verdict.kind is VerdictKind.CONFLICT:
            sentence = tr("This was changed meanwhile. What you typed is still here: look, and try again.")
            if self.form.learn(verdict.conflicts):
                sentence = tr("This was changed meanwhile. Choose at each field what shall stand.")
        shown = [self.form.show_error(field, sentence) for field in verdict.missing]
        self._show_trouble("" if any(shown) else sentence)
        self._area.show_focus()

    def fail(self, error: Exception) -> None:
        """Say why nothing could be kept."""
        self._show_trouble(message_for(error).text)

    def accept(self) -> None:
        """Close: everything was taken."""
        self._forget_draft()
        super().accept()

    def leave(self) -> None:
        """Close, and keep what was typed: it is there when the form is opened again."""
        super().reject()

    def reject(self) -> None:
        """Close without doing anything; what was typed is given up only at the second time of asking."""
        if self.form.touched() and not self._warned:
            self._warned = True
            self._show_trouble(tr("What you typed is not saved yet. Cancel again to give it up."))
        else:
            self._forget_draft()
            super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Ctrl+Enter does the verb from within a text of several lines too."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: a form that needs more room by and by takes it upwards too, so that its verb stays in sight."""
        super().resizeEvent(event)
        parent = self.parentWidget()
        room = (parent or self).window().geometry()
        if self.isVisible() and self.geometry().bottom() > room.bottom():
            self.move(self.x(), max(room.top(), room.bottom() - self.height()))

    def _show_trouble(self, sentence: str) -> None:
        self._verb.setEnabled(True)
        self._trouble.setText(sentence)
        self._trouble.setVisible(bool(sentence))

    def _take_up(self, draft: FormDraft) -> None:
        """Go on where the form was left, here or in another window; keep what is typed from now on."""
        draft.setParent(self)
        self.finished.connect(lambda _result: draft.let_go())
        if draft.typed.texts:
            self.form.type_in(draft.typed.texts)
            self.form.rest_on(draft.typed.bases)
            before = tr("You were writing this before. It is not saved yet.")
            self._about.setText("\n".join(filter(None, (self._about.text(), before))))
            self._about.show()
        self.form.edited.connect(lambda: draft.keep(Typed(self.form.typed(), self.form.bases())))
        draft.changed.connect(lambda: self._follow(draft.typed))

    def _follow(self, typed: Typed) -> None:
        """The same form is written in another window too; where it was ended there, what it says stays here."""
        if typed.texts:
            self.form.type_in(typed.texts)
            self.form.follow(typed.bases)
        elif self.form.touched():
            self._show_trouble(tr("This was saved or given up in another window. What you typed still stands here."))

    def _forget_draft(self) -> None:
        if self._draft is not None:
            self._draft.forget()
