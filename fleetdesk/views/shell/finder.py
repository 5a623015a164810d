"""What the palette finds beside actions: records, saved views, screens and links."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from operator import itemgetter

from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection

from fleetdesk.errors import Invalid
from fleetdesk.models.base import Key
from fleetdesk.qt.acting.palette import Asked, CommandPalette, PaletteEntry
from fleetdesk.qt.acting.recent import Recent
from fleetdesk.qt.fuzzy import match
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.qt.tasks import Cancellation
from fleetdesk.queries.links import SCHEME, Link, link_text, parse_link
from fleetdesk.queries.saved_views import ViewRow, saved_views
from fleetdesk.views.records import FoundRecord, RecordKind
from fleetdesk.views.remembered import Remembered
from fleetdesk.views.workbench import Screen, Workbench

__all__ = ["PlaceFinder", "RecordFinder", "forget_found", "open_palette"]

_LEAST_LETTERS = 2
_MOST = 8
_MOST_ALONE = 40
_KEPT = "shell.palette"


def open_palette(bench: Workbench, screens: Sequence[Screen], window: QWidget, *, without: str) -> None:
    """Open the palette over a window; `without` is the action that does so."""
    recent = Recent(bench.remembered.get(_KEPT), partial(bench.remembered.keep, _KEPT))
    palette = CommandPalette(
        bench.actions,
        (PlaceFinder(bench, screens), RecordFinder(bench, screens)),
        without=without,
        recent=recent,
        go=bench.navigator.show_screen,
        runner=bench.runner,
        theme=bench.theme,
        parent=window,
    )
    palette.open()


def forget_found(remembered: Remembered, screens: Collection[str], tables: Collection[str]) -> None:
    """Forget which records of these tables, and which places of these screens, were chosen lately."""
    kept = remembered.get(_KEPT)
    if not isinstance(kept, list):
        return
    lost = (*(f"{_RECORD}{table} " for table in tables), *(f"{_LINK}{SCHEME}://{screen}" for screen in screens))
    left = [token for token in kept if not (isinstance(token, str) and token.startswith(lost))]
    remembered.keep(_KEPT, left or None)


class RecordFinder:
    """Looks in the replica for the records of the screens that this window has."""

    sign = "@"

    def __init__(self, bench: Workbench, screens: Sequence[Screen]) -> None:
        self.noun = tr("people and companies")
        self._bench = bench
        self._titles = {screen.id: screen.title for screen in screens}

    def find(self, asked: Asked, cancel: Cancellation) -> Sequence[PaletteEntry]:
        """The first records that match, those of late before the others; for a single letter, those of late alone."""
        with self._bench.readings.connection(cancel) as connection:
            known = [entry for entry in self._recalled(connection, asked.recent) if _means(asked.text, entry.text)]
            found = self._found(connection, asked) if len(asked.text) >= _LEAST_LETTERS else []
        return list({entry.token: entry for entry in (*known, *found)}.values())

    def recall(self, tokens: Sequence[str], cancel: Cancellation) -> Sequence[PaletteEntry]:
        """The records among these tokens that are still there."""
        with self._bench.readings.connection(cancel) as connection:
            return self._recalled(connection, tokens)

    def _found(self, connection: Connection, asked: Asked) -> list[PaletteEntry]:
        """By words; or, as the sign may have been typed as part of an address, by its domain."""
        return self._matching(connection, asked.text, _MOST_ALONE if asked.alone else _MOST) or (
            self._matching(connection, f"{self.sign}{asked.text}", _MOST_ALONE) if asked.alone else []
        )

    def _matching(self, connection: Connection, text: str, most: int) -> list[PaletteEntry]:
        kinds = self._bench.records
        return [self._entry(kind, record) for kind in kinds for record in kind.find(connection, text, most)]

    def _recalled(self, connection: Connection, tokens: Iterable[str]) -> list[PaletteEntry]:
        keys = [key for token in tokens if (key := _record_of(token)) is not None]
        entries: dict[str, PaletteEntry] = {}
        for kind in self._bench.records:
            ids = [key.id for key in keys if key.table == kind.table]
            records = kind.show(connection, ids) if ids else ()
            entries |= {entry.token: entry for entry in (self._entry(kind, record) for record in records)}
        return [entries[token] for token in map(_token_of, keys) if token in entries]

    def _entry(self, kind: RecordKind, record: FoundRecord) -> PaletteEntry:
        return PaletteEntry(
            record.name,
            partial(self._bench.navigator.open_record, record.key),
            beside=record.hint,
            icon=record.icon,
            heading=self._titles.get(kind.screen, ""),
            token=_token_of(record.key),
        )


class PlaceFinder:
    """Finds where one can go: saved views, screens, and whatever a link leads to."""

    sign = "#"

    def __init__(self, bench: Workbench, screens: Sequence[Screen]) -> None:
        self.noun = tr("views")
        self._bench = bench
        self._screens = {screen.id: screen for screen in screens}

    def find(self, asked: Asked, cancel: Cancellation) -> Sequence[PaletteEntry]:
        """Where the letters lead; where they are no more than scattered through a name, that is not meant.

        Beside actions the screens are left out: there is one for each.
        """
        if asked.text.startswith(f"{SCHEME}:"):
            return [self._pasted(asked.text)]
        found = []
        for entry in self._all(cancel) if asked.alone else self._views(cancel):
            hit = match(asked.text, entry.text)
            if hit is not None and hit.at_words:
                place = asked.recent.index(entry.token) if entry.token in asked.recent else len(asked.recent)
                found.append((place, -hit.score, replace(entry, positions=hit.positions)))
        return [entry for _, _, entry in sorted(found, key=itemgetter(0, 1))]

    def recall(self, tokens: Sequence[str], cancel: Cancellation) -> Sequence[PaletteEntry]:
        """The places among these tokens that are still there."""
        if not any(token.startswith(_LINK) for token in tokens):
            return ()
        return [entry for entry in self._all(cancel) if entry.token in tokens]

    def _all(self, cancel: Cancellation) -> list[PaletteEntry]:
        screens = self._screens.values()
        return [
            *self._views(cancel),
            *(self._place(each.title, Link(each.id), tr("Screen"), each.icon, each.shortcut) for each in screens),
        ]

    def _views(self, cancel: Cancellation) -> list[PaletteEntry]:
        with self._bench.readings.connection(cancel) as connection:
            return [self._view(view) for screen in self._screens for view in saved_views(connection, screen)]

    def _view(self, view: ViewRow) -> PaletteEntry:
        screen = self._screens[view.screen]
        mine = view.owner_id == self._bench.person.id
        owner = "" if mine else tr("shared by %1").replace("%1", isolated(view.owner_name or tr("someone")))
        beside = " · ".join(filter(None, (screen.title, owner)))
        return self._place(view.name, Link(view.screen, view_id=view.id), beside, "funnel-simple")

    def _pasted(self, text: str) -> PaletteEntry:
        title = tr("Open this link")
        try:
            link = parse_link(text, self._screens)
        except Invalid as error:
            return PaletteEntry(title, _nowhere, icon="link", why_not=error.what, heading=tr("Places"))
        return self._place(title, link, link_text(link), "link")

    def _place(self, text: str, link: Link, beside: str, icon: str, shortcut: str = "") -> PaletteEntry:
        return PaletteEntry(
            text,
            self._leads_to(link),
            beside=beside,
            icon=icon,
            shortcut=shortcut,
            heading=tr("Places"),
            token=f"{_LINK}{link_text(link)}",
        )

    def _leads_to(self, link: Link) -> Callable[[], None]:
        navigator = self._bench.navigator
        if link.view_id is None and link.query is None:
            return partial(navigator.show_screen, link.screen)
        return partial(navigator.open_link, link)


_LINK = "link "
_RECORD = "record "


def _token_of(record: Key) -> str:
    return f"{_RECORD}{record.table} {record.id}"


def _record_of(token: str) -> Key | None:
    kind, _, name = token.partition(" ")
    table, _, id_ = name.partition(" ")
    return Key(table, id_) if f"{kind} " == _RECORD and id_ else None


def _means(text: str, name: str) -> bool:
    hit = match(text, name)
    return hit is not None and hit.at_words


def _nowhere() -> None:
    """A link that cannot be read leads nowhere; its entry cannot be chosen."""
