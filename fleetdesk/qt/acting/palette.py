"""`CommandPalette`: everything that can be done or opened, found by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fleetdesk.qt.acting.actions import ActionRegistry
from fleetdesk.qt.acting.entry_list import EntryList, said
from fleetdesk.qt.acting.matching import ActionMatch, action_token, matching
from fleetdesk.qt.acting.recent import Recent
from fleetdesk.qt.dialog import Floating
from fleetdesk.qt.look.layout import column, row, rule
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.tasks import Cancellation, TaskRunner
from fleetdesk.qt.widgets.text_fields import TextField

__all__ = ["Asked", "CommandPalette", "PaletteEntry", "PaletteSource"]

_ACTIONS = ">"
_MOST = 60  # of one source: nobody scrolls further, they type another letter
_MOST_RECENT = 7


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """One thing to choose. `beside` says what it is (a company, a group), `why_not` why it cannot be chosen now.

    `token`, by which the choice is remembered, is a kind and a name; empty for what is not worth remembering.
    """

    text: str
    run: Callable[[], None]
    beside: str = ""
    icon: str = ""
    shortcut: str = ""
    why_not: str = ""
    positions: tuple[int, ...] = ()  # of the letters that matched
    heading: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a source is asked for. `recent` are tokens of what was chosen lately, the latest first.

    `alone`: the person wants to see of this source's, and of no other's.
    """

    text: str
    recent: Sequence[str] = ()
    alone: bool = False


class PaletteSource(Protocol):
    """Finds records, views and the like, in a worker thread. `run` of its entries is called in the GUI thread.

    A text that begins with its `sign` is for it alone; `noun` is what it finds, in people's words.
    """

    sign: str
    noun: str

    def find(self, asked: Asked, cancel: Cancellation) -> Sequence[PaletteEntry]:
        """What is called like that, the best first."""
        ...

    def recall(self, tokens: Sequence[str], cancel: Cancellation) -> Sequence[PaletteEntry]:
        """Those of these tokens that are the source's own, as far as they are still there."""
        ...


class CommandPalette(Floating):
    """A field and a list. The actions answer at once, the sources when they have found something."""

    def __init__(
        self,
        registry: ActionRegistry,
        sources: Sequence[PaletteSource],
        *,
        without: str,
        recent: Recent,
        go: Callable[[str], None],
        runner: TaskRunner,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        """`without` is the action that opens the palette: it is open already. `go` shows a screen by its id."""
        self._registry = registry
        self._without = without
        self._recent = recent
        self._go = go
        self._sources = tuple(sources)
        self._runner = runner
        self._field = TextField()
        self._list: EntryList[PaletteEntry] = EntryList(theme, tr("What was found"))
        self._nothing = Label(tr("Nothing is called like that."), tint=Tint.MUTED)
        self._foot = Label(size=TextSize.SMALL, tint=Tint.MUTED)
        super().__init__(
            tr("Command palette"), self._parts(), width=theme.pixels(640), height=theme.pixels(440), parent=parent
        )
        self._found: list[Sequence[PaletteEntry] | None] = []  # None while it is on its way
        self._sure = False  # nothing that is still to come stands above what is first now
        self._in_haste = False  # Enter was pressed before everything had come
        self._field.textChanged.connect(self._search)
        self._list.clicked.connect(self._clicked)
        self._list.selectionModel().currentChanged.connect(self._marked)
        self._search("")
        self._field.setFocus()

    @property
    def entries(self) -> list[PaletteEntry]:
        """What can be chosen now, in order."""
        return list(self._list.entries)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: the list is worked from the field."""
        match Qt.Key(event.key()):
            case Qt.Key.Key_Down:
                self._list.step(1)
            case Qt.Key.Key_Up:
                self._list.step(-1)
            case Qt.Key.Key_PageDown:
                self._list.step(8)
            case Qt.Key.Key_PageUp:
                self._list.step(-8)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._enter()
            case _:
                super().keyPressEvent(event)

    def _parts(self) -> QVBoxLayout:
        self._field.setPlaceholderText(tr("Type an action, a name or a view"))
        self._field.setAccessibleName(self._field.placeholderText())
        self._field.setProperty("bare", "true")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.hide()
        head = row(self._field, margins=(2 * GRID, GRID, 2 * GRID, GRID))
        foot = row(self._foot, margins=(2 * GRID, GRID, 2 * GRID, GRID))
        return column(head, rule(), self._nothing, self._list, rule(), foot, gap=0)

    # Searching

    def _search(self, text: str) -> None:
        sign, wanted = self._parted(text)
        self._in_haste = False
        asked = [sign in ("", source.sign) for source in self._sources]
        self._found = [None if ask else () for ask in asked]
        self._show()
        for number, source in enumerate(self._sources):
            if asked[number]:
                tokens = self._recent.tokens
                find = partial(source.find, Asked(wanted, tokens, alone=bool(sign)))
                self._runner.run(
                    find if sign or wanted else partial(source.recall, tokens),
                    on_success=partial(self._source_found, text, number),
                    owner=self,
                    cancel_key=f"source-{number}",
                )

    def _parted(self, text: str) -> tuple[str, str]:
        """The sign that a text begins with, if it is one of ours, and the rest."""
        text = text.strip()
        signs = (_ACTIONS, *(source.sign for source in self._sources))
        return (text[0], text[1:].strip()) if text.startswith(signs) else ("", text)

    def _source_found(self, text: str, number: int, entries: Sequence[PaletteEntry]) -> None:
        if text != self._field.text():
            return
        self._found[number] = entries[:_MOST]
        self._show()
        if self._in_haste and None not in self._found:
            self._in_haste = False
            self._choose(self._list.current)

    def _show(self) -> None:
        marked = self._list.current if self._list.currentIndex().row() > 0 else None
        entries = self._wanted()
        kept = next((at for at, entry in enumerate(entries) if marked and _same(entry, marked)), 0)
        self._list.show_entries(entries, marked=kept)
        self._list.setVisible(bool(entries) or None in self._found)
        self._nothing.setVisible(not entries and None not in self._found)
        self._marked()

    def _wanted(self) -> list[PaletteEntry]:
        """Recent things first, then what is meant, then what came from elsewhere, then what is less likely."""
        sign, wanted = self._parted(self._field.text())
        found = [entry for entries in self._found for entry in entries or ()]
        if sign not in ("", _ACTIONS):
            self._sure = False
            return found
        matches = matching(self._registry, wanted, recent=self._recent, without=self._without, go=self._go)
        recent = [] if sign or wanted else self._recalled(found, matches)
        shown = {entry.token for entry in recent}
        rest = [match for match in matches if action_token(match.action.id) not in shown]
        meant = [_entry(match, tr("Actions")) for match in rest if match.meant and not match.why_not]
        other = [_entry(match, tr("Other actions")) for match in rest if not match.meant and not match.why_not]
        cannot = [_entry(match, tr("Not possible now")) for match in rest if match.why_not]
        self._sure = bool(wanted and meant)
        return [*recent, *meant, *(found if wanted else ()), *other, *cannot]

    def _recalled(self, found: Sequence[PaletteEntry], matches: Sequence[ActionMatch]) -> list[PaletteEntry]:
        """What was chosen lately, the latest first, as far as it can be chosen now."""
        known = {entry.token: entry for entry in found}
        known |= {action_token(match.action.id): _entry(match, "") for match in matches if not match.why_not}
        tokens = [token for token in self._recent.tokens if token in known][:_MOST_RECENT]
        return [replace(known[token], heading=tr("Recent")) for token in tokens]

    # Choosing

    def _enter(self) -> None:
        """Choose what is marked; where that may not be what is meant, wait for what is still to come."""
        row = self._list.currentIndex().row()
        if row > 0 or self._sure or None not in self._found:
            self._choose(self._list.current)
        else:
            self._in_haste = True

    def _clicked(self, _index: QModelIndex) -> None:
        self._choose(self._list.current)

    def _choose(self, entry: PaletteEntry | None) -> None:
        if entry is None or entry.why_not:
            return
        self._recent.note(entry.token)
        self.accept()
        entry.run()

    def _marked(self) -> None:
        """Say below why the marked entry cannot be chosen, which its line may have no room for."""
        entry = self._list.current
        signs = [(_ACTIONS, tr("actions")), *((source.sign, source.noun) for source in self._sources)]
        hint = "   ".join(f"{sign} {noun}" for sign, noun in signs)
        self._foot.setText(entry.why_not if entry and entry.why_not else hint)
        self._field.setAccessibleDescription(said(entry) if entry else "")


def _entry(found: ActionMatch, heading: str) -> PaletteEntry:
    action = found.action
    return PaletteEntry(
        text=action.text,
        run=found.run,
        beside=action.group,
        icon=action.icon,
        shortcut=action.shortcut,
        why_not=found.why_not,
        positions=found.positions,
        heading=heading,
        token=action_token(action.id),
    )


def _same(one: PaletteEntry, other: PaletteEntry) -> bool:
    return (one.token, one.text, one.beside) == (other.token, other.text, other.beside)
