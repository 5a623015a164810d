"""`Meanwhile`: what others wrote into the fields of a form while the person was writing there: to choose between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection

from fleetdesk.models.base import Key
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.widgets.three_way_field import Side, ThreeWay, ThreeWayField
from fleetdesk.queries.last_changes import last_change
from fleetdesk.views.words import change_about
from fleetdesk.views.workbench import Workbench

__all__ = ["Contest", "Contested", "Meanwhile"]


class Contested(Protocol):
    """A form whose fields others may write too."""

    def written(self, name: str) -> JsonValue:
        """The value that stands in a field."""
        ...

    def put(self, name: str, value: JsonValue) -> None:
        """Write a value into a field, as if the person did."""
        ...

    def place(self, name: str, widget: QWidget) -> None:
        """Show a widget below a field."""
        ...


@dataclass(frozen=True, slots=True)
class Contest:
    """A field that someone else changed. `base` is what the person saw, where that is `known`."""

    base: JsonValue
    theirs: JsonValue
    known: bool = True


class Meanwhile(QObject):
    """The contested fields of a form about one record; each shows the values below it until the form goes."""

    decided = Signal()

    def __init__(self, bench: Workbench, record: Key, form: Contested, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._record = record
        self._form = form
        self._contests: dict[str, Contest] = {}
        self._mine: dict[str, JsonValue] = {}
        self._cards: dict[str, ThreeWayField] = {}
        self.theirs: dict[str, JsonValue] = {}
        """What others wrote into fields for which the person chose: what is sent rests on that."""

    @property
    def undecided(self) -> tuple[str, ...]:
        """The fields for which the person has not chosen yet."""
        return tuple(name for name in self._contests if name not in self.theirs)

    def base(self, name: str, shown: JsonValue) -> tuple[JsonValue, ...]:
        """What the value in a field rests on, `shown` unless someone changed it; empty where nobody knows."""
        contest = self._contests.get(name)
        if contest is None or name in self.theirs:
            return (self.theirs.get(name, shown),)
        return (contest.base,) if contest.known else ()

    def compare(self, typed: Iterable[str], bases: Mapping[str, JsonValue], now: Mapping[str, JsonValue]) -> None:
        """Take up fields that were typed on these bases, while the record holds other values by now."""
        found: dict[str, Contest] = {}
        for name in typed:
            if self._form.written(name) != now[name] and (name not in bases or bases[name] != now[name]):
                found[name] = Contest(bases.get(name), now[name], known=name in bases)
        for name in set(self._contests) - set(found):
            self._drop(name)
        self.add(found)

    def follow(self, bases: Mapping[str, JsonValue], shown: Mapping[str, JsonValue]) -> None:
        """In another window the fields rest on these values: of what was chosen there, nothing is asked here."""
        for name, base in bases.items():
            contest = self._contests.get(name)
            if contest is not None and contest.known and base == contest.base:
                continue  # it is undecided there too
            if contest is not None or base != self.theirs.get(name, shown.get(name)):
                self._drop(name)
                self.theirs[name] = base

    def learn(self, name: str, now: JsonValue, shown: JsonValue) -> bool:
        """A field holds another value now than the one `shown`: ask about it, unless the person wrote just that.

        False where it holds what is known already.
        """
        contest = self._contests.get(name)
        known = contest.theirs if contest is not None else self.theirs.get(name, shown)
        if now == known:
            return False
        if self._form.written(name) == now:
            self.agree(name, now)
        else:
            before = contest if contest is not None and name not in self.theirs else Contest(known, now)
            self.add({name: Contest(before.base, now, known=before.known)})
        return True

    def agree(self, name: str, now: JsonValue) -> None:
        """A field holds this now, and the person sees it: what they write rests on it."""
        self._drop(name)
        self.theirs[name] = now

    def add(self, contests: Mapping[str, Contest]) -> None:
        """Show these fields as contested."""
        new = {name: contest for name, contest in contests.items() if self._contests.get(name) != contest}
        for name, contest in new.items():
            self._drop(name)
            self._contests[name] = contest
            self._mine[name] = self._form.written(name)
        if new:
            read = partial(self._read, contests=new, mine={name: self._mine[name] for name in new})
            self._bench.readings.run(read, on_success=self._came, owner=self)

    def edited(self, name: str) -> None:
        """The person wrote into a field: what stands there is theirs to keep."""
        if name not in self._contests:
            return
        self._mine[name] = self._form.written(name)
        card = self._cards.get(name)
        if card is None:
            return
        card.show_mine("" if self._mine[name] is None else str(self._mine[name]))
        if card.side is Side.THEIRS:
            card.choose(Side.MINE)

    def begin(self) -> None:
        """Give the keyboard to the first choice that is left."""
        for name in self.undecided:
            if name in self._cards:
                self._cards[name].stops[0].setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _drop(self, name: str) -> None:
        self._contests.pop(name, None)
        self.theirs.pop(name, None)
        card = self._cards.pop(name, None)
        if card is not None:
            card.hide()
            card.deleteLater()

    def _read(
        self, connection: Connection, contests: Mapping[str, Contest], mine: Mapping[str, JsonValue]
    ) -> list[tuple[Contest, ThreeWay]]:
        records, (table, id_) = self._bench.records, (self._record.table, self._record.id)
        me, now = self._bench.person.id, self._bench.clock.now()
        return [
            (
                contest,
                ThreeWay(
                    key=name,
                    label=records.field_label(table, name),
                    base=records.value_text(connection, table, name, contest.base)
                    if contest.known
                    else tr("not known any more"),
                    mine=records.value_text(connection, table, name, mine[name]),
                    theirs=records.value_text(connection, table, name, contest.theirs),
                    theirs_about=change_about(
                        last_change(connection, table, id_, name, contest.theirs), me, tr("You"), now
                    ),
                    writable=False,
                ),
            )
            for name, contest in contests.items()
        ]

    def _came(self, read: list[tuple[Contest, ThreeWay]]) -> None:
        for contest, texts in read:
            if self._contests.get(texts.key) != contest or texts.key in self._cards:
                continue  # it is another by now
            card = ThreeWayField(texts, below=True)
            card.decided.connect(self._decide)
            self._cards[texts.key] = card
            self._form.place(texts.key, card)
            card.show()

    def _decide(self, name: str) -> None:
        contest, card = self._contests[name], self._cards[name]
        self.theirs[name] = contest.theirs
        self._form.put(name, contest.theirs if card.side is Side.THEIRS else self._mine[name])
        self.decided.emit()
