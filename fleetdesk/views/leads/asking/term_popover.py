"""`TermPopover`: where one term of the filter is made or changed; the list follows while it is filled in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from fleetdesk.models.ids import Clock
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.popover import Popover
from fleetdesk.queries.filters.fields import Field
from fleetdesk.queries.filters.values import Term
from fleetdesk.views.leads.asking.filter_words import FilterWords, field_title
from fleetdesk.views.leads.asking.term_editors import term_editor
from fleetdesk.views.leads.asking.vocabulary import LeadVocabulary

__all__ = ["TermPopover"]

_WIDTH = 336
_IS, _IS_NOT = "is", "is_not"

Exchange = Callable[[Term | None, Term | None], None]


class TermPopover(Popover):
    """Opens below what asks for it. `exchange` hears which term takes the place of which; None stands for none."""

    def __init__(
        self,
        field: Field,
        term: Term | None,
        *,
        exchange: Exchange,
        vocabulary: LeadVocabulary,
        words: FilterWords,
        theme: Theme,
        clock: Clock,
        opener: QWidget,
    ) -> None:
        self._field = field
        self._term = term
        self._exchange = exchange
        self._editor = term_editor(field, vocabulary.offers(field.key), words, theme, clock)
        modes = ((_IS, tr("is")), (_IS_NOT, tr("is not")))
        self._mode = ChoiceBox(theme, modes, tr("Those that match, or the others"))
        self._trouble = Label(size=TextSize.SMALL, tint=Tint.DANGER, wrap=True)
        self._trouble.hide()
        remove = Button(tr("Remove the filter"), self._remove, kind=Kind.QUIET)
        if term is None:
            remove.hide()
        buttons = row(remove, STRETCH, Button(tr("Done"), self.close_popover, kind=Kind.PRIMARY))
        content = column(self._mode, self._editor, self._trouble, buttons, gap=GRID)
        super().__init__(theme, field_title(field.key), content, width=_WIDTH, opener=opener)
        if term is not None:
            self._mode.set_key(_IS_NOT if term.negated else _IS)
            self._editor.show_condition(term.condition)
        self._mode.chosen.connect(self._filled)
        self._editor.changed.connect(self._filled)

    def open_at(self, place: QRect) -> None:
        """Show it below a place in the opener's coordinates, with the keyboard in it."""
        super().open_at(place)
        self._editor.setFocus()

    def _filled(self) -> None:
        trouble = self._editor.trouble
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))
        self.adjustSize()
        if trouble:
            return
        condition = self._editor.condition
        negated = self._mode.key == _IS_NOT
        new = None if condition is None else Term(self._field.key, condition, negated)
        before, self._term = self._term, new
        if before != new:
            self._exchange(before, new)

    def _remove(self) -> None:
        if self._term is not None:
            self._exchange(self._term, None)
        self.close_popover()
