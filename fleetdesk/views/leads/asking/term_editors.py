"""The small editors of a filter's terms: one for each kind of field, each giving a condition as it is filled in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget
from sqlalchemy import null

from fleetdesk.models.ids import Clock
from fleetdesk.qt.look.layout import column, row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.qt.widgets.day_field import DayField
from fleetdesk.qt.widgets.pick_list import PickList
from fleetdesk.qt.widgets.text_fields import TextField
from fleetdesk.qt.widgets.tick_lines import Pick
from fleetdesk.queries.filters.completion import Offer
from fleetdesk.queries.filters.fields import ME, NONE, OVERDUE, Field, FieldTable, Kind
from fleetdesk.queries.filters.grammar import parse, written
from fleetdesk.queries.filters.values import AnyOf, Bound, Condition, Filter, Range, Term
from fleetdesk.views.leads.asking.filter_words import FilterWords, field_title
from fleetdesk.views.words import local

__all__ = ["TermEditor", "term_editor"]

_PAST = ("today", "yesterday", "7d..", "30d..", "90d..")
_PLANNED = ("today", "tomorrow", "today..+7d")
_QUIET = ("7", "14", "30", "60", "90")


class TermEditor(QWidget):
    """Gives the condition that is filled in; None where none is. `trouble` says what is wrong with it."""

    changed = Signal()

    @property
    def condition(self) -> Condition | None:
        """What is asked for."""
        return None

    @property
    def trouble(self) -> str:
        """What is wrong, empty for nothing."""
        return ""

    def show_condition(self, condition: Condition) -> None:
        """Show one that is asked for; one that the editor has no place for leaves it empty. Tells nobody."""


def term_editor(field: Field, offers: Sequence[Offer], words: FilterWords, theme: Theme, clock: Clock) -> TermEditor:
    """The editor for a field; `offers` are values that there are now, with their names."""
    match field.kind:
        case Kind.NUMBER:
            return _NumberEditor(field, theme)
        case Kind.INSTANT:
            return _InstantEditor(field, words, theme, clock)
        case Kind.QUIET | Kind.DELETION:
            return _SingleEditor(field, words, theme)
        case _:
            return _ValuesEditor(field, offers, words, theme)


class _ValuesEditor(TermEditor):
    """Any of the values that there are."""

    def __init__(self, field: Field, offers: Sequence[Offer], words: FilterWords, theme: Theme) -> None:
        super().__init__()
        self._field = field
        free = field.kind in (Kind.TAGS, Kind.WORD)
        known = {offer.text: Pick(offer.text, offer.title or offer.text) for offer in offers}
        first = [Pick(ME, tr("Me"))] if field.kind is Kind.PERSON else []
        groups = [Pick(group, words.value(field, group)) for group in field.groups]
        choices = [Pick(word, words.value(field, word)) for word in field.choices if word not in known]
        last = [Pick(_NOTHING, words.value(field, None))] if field.optional else []
        picks = [*first, *groups, *last, *known.values(), *choices]
        self._list = PickList(theme, field_title(field.key), picks, free=free, searchable=len(picks) > 12 or free)
        self._list.changed.connect(self.changed)
        self.setLayout(column(self._list))
        self.setFocusProxy(self._list)

    @property
    def condition(self) -> Condition | None:
        values = tuple(None if key == _NOTHING else key for key in self._list.picked)
        return AnyOf(values) if values else None

    def show_condition(self, condition: Condition) -> None:
        if isinstance(condition, AnyOf):
            self._list.pick(_NOTHING if value is None else str(value) for value in condition.values)


_NOTHING = "\N{EMPTY SET}"  # stands among the values for none; "none" may be one of them


class _NumberEditor(TermEditor):
    """From a number to another, or none known."""

    def __init__(self, field: Field, theme: Theme) -> None:
        super().__init__()
        self._low = _number_field(tr("At least"))
        self._high = _number_field(tr("At most"))
        self._none = CheckBox(theme, tr("Not known"))
        if not field.optional:
            self._none.hide()
        for field_ in (self._low, self._high):
            field_.textEdited.connect(self._filled)
        self._none.toggled.connect(self._ticked)
        pair = row(_labelled(tr("At least"), self._low), _labelled(tr("At most"), self._high), gap=GRID)
        self.setLayout(column(pair, self._none))
        self.setFocusProxy(self._low)

    @property
    def condition(self) -> Condition | None:
        if self._none.isChecked():
            return AnyOf((None,))
        if self.trouble:
            return None
        low, high = (_number(field.text()) for field in (self._low, self._high))
        if low is None and high is None:
            return None
        return AnyOf((low,)) if low == high and low is not None else Range(low, high)

    @property
    def trouble(self) -> str:
        for field in (self._low, self._high):
            if field.text().strip() and _number(field.text()) is None:
                return tr("“%1” is no whole number.").replace("%1", field.text().strip())
        return ""

    def show_condition(self, condition: Condition) -> None:
        match condition:
            case AnyOf((None,)):
                self._none.setChecked(True)
            case AnyOf((int(value),)):
                self._show(value, value)
            case Range(low, high):
                self._show(low, high)

    def _show(self, low: Bound | None, high: Bound | None) -> None:
        self._low.setText("" if low is None else str(low))
        self._high.setText("" if high is None else str(high))

    def _filled(self) -> None:
        self._none.blockSignals(True)
        self._none.setChecked(False)
        self._none.blockSignals(False)
        self.changed.emit()

    def _ticked(self) -> None:
        self._show(None, None)
        self.changed.emit()


class _InstantEditor(TermEditor):
    """One of the spans that are asked for often, or from a day to another."""

    def __init__(self, field: Field, words: FilterWords, theme: Theme, clock: Clock) -> None:
        super().__init__()
        self._field = field
        today = local(clock.now()).date()
        month = f"{today.year}-{today.month:02}"
        planned = OVERDUE in field.choices
        texts = (*field.choices, *(_PLANNED if planned else (*_PAST, month)), *((NONE,) if field.optional else ()))
        self._list = PickList(
            theme,
            field_title(field.key),
            [Pick(text, _capital(words.condition(field, _known_condition(field, text)))) for text in texts],
            exclusive=True,
            searchable=False,
        )
        self._low, self._high = DayField(theme, tr("From"), today), DayField(theme, tr("To"), today)
        self._list.changed.connect(self._listed)
        for day in (self._low, self._high):
            day.changed.connect(self._filled)
        pair = row(_labelled(tr("From"), self._low), _labelled(tr("To"), self._high), gap=GRID)
        self.setLayout(column(self._list, pair))
        self.setFocusProxy(self._list)

    @property
    def condition(self) -> Condition | None:
        if self._list.picked:
            return _condition(self._field, self._list.picked[0])
        low, high = self._low.moment, self._high.moment
        if self.trouble or (low is None and high is None):
            return None
        return AnyOf((low,)) if low == high and low is not None else Range(low, high)

    @property
    def trouble(self) -> str:
        return self._low.trouble or self._high.trouble

    def show_condition(self, condition: Condition) -> None:
        text = _condition_text(condition)
        match condition:
            case _ if text in self._list.keys:
                self._list.pick((text,))
            case Range(low, high):
                self._show(low, high)
            case AnyOf((value,)) if value is not None:
                self._show(None if isinstance(value, str) else value, None if isinstance(value, str) else value)

    def _show(self, low: Bound | None, high: Bound | None) -> None:
        self._low.show_text("" if low is None else str(low))
        self._high.show_text("" if high is None else str(high))

    def _listed(self) -> None:
        self._show(None, None)
        self.changed.emit()

    def _filled(self) -> None:
        self._list.pick(())
        self.changed.emit()


class _SingleEditor(TermEditor):
    """One value of few: so many days without activity, or which of the deleted ones."""

    def __init__(self, field: Field, words: FilterWords, theme: Theme) -> None:
        super().__init__()
        self._field = field
        texts = field.choices or _QUIET
        picks = [Pick(text, words.term(Term(field.key, _known_condition(field, text)))) for text in texts]
        self._list = PickList(theme, field_title(field.key), picks, exclusive=True, searchable=False)
        self._list.changed.connect(self._listed)
        self._days = _number_field(tr("Other number of days"))
        self._days.textEdited.connect(self._filled)
        other = _labelled(tr("Other number of days"), self._days)
        if field.kind is not Kind.QUIET:
            other.hide()
        self.setLayout(column(self._list, other))
        self.setFocusProxy(self._list)

    @property
    def condition(self) -> Condition | None:
        text = self._list.picked[0] if self._list.picked else self._days.text().strip()
        return _condition(self._field, text) if text else None

    @property
    def trouble(self) -> str:
        text = self._days.text().strip()
        if not text or _condition(self._field, text) is not None:
            return ""
        return tr("“%1” is no number of days.").replace("%1", text)

    def show_condition(self, condition: Condition) -> None:
        text = _condition_text(condition)
        if text in self._list.keys:
            self._list.pick((text,))
        else:
            self._days.setText(text)

    def _listed(self) -> None:
        self._days.clear()
        self.changed.emit()

    def _filled(self) -> None:
        self._list.pick(())
        self.changed.emit()


def _condition(field: Field, text: str) -> Condition | None:
    """What a text means as a value of the field; None for one that means nothing."""
    terms = parse(FieldTable((field,)), f"{field.key}:{text}")
    return terms.filter.terms[0].condition if terms.filter.terms and not terms.problems else None


def _condition_text(condition: Condition) -> str:
    return written(Filter((Term("x", condition),))).removeprefix("x:")


def _known_condition(field: Field, text: str) -> Condition:
    condition = _condition(field, text)
    assert condition is not None, "what is offered is understood"
    return condition


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_ANY_NUMBER = Field("n", "", Kind.NUMBER, null())


def _number(text: str) -> int | None:
    condition = _condition(_ANY_NUMBER, text.strip()) if text.strip() else None
    if isinstance(condition, AnyOf) and isinstance(condition.values[0], int) and len(condition.values) == 1:
        return condition.values[0]
    return None


def _number_field(name: str) -> QLineEdit:
    field = TextField()
    field.setAccessibleName(name)
    return field


def _labelled(text: str, field: QWidget) -> QWidget:
    label = Label(text, size=TextSize.SMALL, tint=Tint.MUTED)
    label.setBuddy(field)
    pair = QWidget()
    pair.setLayout(column(label, field, gap=2))
    return pair
