"""Where the person is in the list of leads comes back after a restart, and after a crash."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QSplitter
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import Command
from fleetdesk.commands.leads import CreateLead
from fleetdesk.commands.saved_views import DeleteView, SaveView
from fleetdesk.models.ids import new_id
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.records.record_header import SortKey
from fleetdesk.queries.leads import LeadSort
from tests.gui.views.filled import StillClock, load, open_store
from tests.gui.views.office import Office
from tests.gui.views.sample import sample

COUNT = 400
Again = Callable[[], Office]


class Laptop:
    """One laptop, whose window is opened again and again."""

    def __init__(self, qtbot: QtBot, folder: Path, theme: Theme, clock: StillClock) -> None:
        self._qtbot = qtbot
        self._folder = folder
        self._theme = theme
        self._clock = clock
        store = open_store(folder, clock)
        load(store, sample(COUNT))
        store.close()
        self.office = self._open()

    def restart(self, *meanwhile: Command) -> Office:
        """Close the window and open it again; `meanwhile` is done while it is closed."""
        self._rest(self.office)
        self.office.close()
        store = open_store(self._folder, self._clock)
        store.perform(*meanwhile)
        store.close()
        self.office = self._open()
        return self.office

    def crash(self) -> Office:
        """Open what lies on the disk a moment later: nobody was told to close."""
        self._rest(self.office)
        assert self.office.saver.close(), "what was asked is written within seconds, however busy the machine"
        left = self._folder.with_name("left")
        shutil.copytree(self._folder, left, ignore=shutil.ignore_patterns("*.lock"))
        self.office.close()
        self._folder = left
        self.office = self._open()
        return self.office

    def _open(self) -> Office:
        office = Office.open(open_store(self._folder, self._clock), self._theme, self._clock)
        self._qtbot.waitUntil(lambda: office.idle() and office.leads.model.rowCount() > 0)
        self._rest(office)
        return office

    def _rest(self, office: Office) -> None:
        """Let timers end, and what they began."""
        self._qtbot.wait(450)
        self._qtbot.waitUntil(office.idle, timeout=30_000)


@pytest.fixture
def laptop(qtbot: QtBot, tmp_path: Path, theme: Theme, clock: StillClock) -> Iterator[Laptop]:
    laptop = Laptop(qtbot, tmp_path / "kept", theme, clock)
    yield laptop
    laptop.office.close()


def top(office: Office) -> str:
    """The id of the first lead in sight."""
    row = office.leads.model.row_at(office.leads.table.rows_in_sight().start)
    return "" if row is None else row.id


def chosen(office: Office) -> set[str]:
    keys = set(office.leads.table.selection.keys())
    model = office.leads.model
    return {row.id for at in range(model.rowCount()) if model.keys[at] in keys and (row := model.row_at(at))}


@pytest.mark.parametrize("ends", ["restart", "crash"])
def test_the_list_comes_back_as_it_was(qtbot: QtBot, laptop: Laptop, ends: str) -> None:
    office = laptop.office
    office.leads.listing.sort((SortKey(LeadSort.COUNTRY), SortKey(LeadSort.NAME, descending=True)))
    office.leads.head.search.setText("status:new flet>3 al")
    qtbot.waitUntil(lambda: office.leads.listing.text == "status:new flet>3 al")

    office = laptop.restart() if ends == "restart" else laptop.crash()

    assert office.leads.head.search.text() == "status:new flet>3 al"
    assert office.leads.head.filtering.bar.texts == ("Stage: New",)
    assert office.leads.table.sorting == (SortKey(LeadSort.COUNTRY), SortKey(LeadSort.NAME, descending=True))


@pytest.mark.parametrize("ends", ["restart", "crash"])
def test_the_row_on_top_is_on_top_again_though_others_came_above_it(laptop: Laptop, ends: str) -> None:
    laptop.office.leads.table.put_on_top(150)
    office = laptop.restart()
    before = top(office)
    assert before
    office.store.perform(
        *(
            CreateLead(id=new_id(), issued_at=office.clock.now(), lead_id=new_id(), values={"company": f"New {n}"})
            for n in range(5)
        )
    )

    office = laptop.restart() if ends == "restart" else laptop.crash()

    assert top(office) == before


def test_the_open_lead_is_open_again(qtbot: QtBot, laptop: Laptop) -> None:
    laptop.office.leads.table.reveal(7)
    qtbot.waitUntil(lambda: laptop.office.leads.pane.lead is not None)
    before = laptop.office.leads.pane.lead_id

    office = laptop.restart()

    assert office.leads.pane.lead_id == before
    assert not office.leads.pane.isHidden()
    assert chosen(office) == {before}


def test_a_lead_that_was_closed_stays_closed(qtbot: QtBot, laptop: Laptop) -> None:
    laptop.office.leads.table.reveal(7)
    qtbot.waitUntil(lambda: laptop.office.leads.pane.lead is not None)
    laptop.office.do("leads.close")

    assert laptop.restart().leads.pane.isHidden()


def test_the_chosen_leads_are_chosen_again(laptop: Laptop) -> None:
    laptop.office.leads.table.selection.select_rows([3, 5, 6])
    before = chosen(laptop.office)
    assert len(before) == 3

    assert chosen(laptop.restart()) == before


def test_all_leads_are_chosen_again(laptop: Laptop) -> None:
    laptop.office.do("leads.bulk_all")

    assert laptop.restart().leads.table.selection.count == COUNT


def test_how_the_room_is_shared_comes_back(qtbot: QtBot, laptop: Laptop) -> None:
    office = laptop.office
    office.window.resize(1600, 900)
    office.leads.table.reveal(7)
    splitter = office.leads.pane.parentWidget()
    assert isinstance(splitter, QSplitter)
    splitter.moveSplitter(620, 1)
    before = office.leads.shown.width()
    office.leads.pane.close_asked.emit()

    office = laptop.restart()
    office.window.resize(1600, 900)
    office.leads.table.reveal(7)

    qtbot.waitUntil(lambda: abs(office.leads.shown.width() - before) < 8)


def test_a_lead_that_comes_back_has_the_room_that_it_had(qtbot: QtBot, laptop: Laptop) -> None:
    laptop.office.window.resize(1280, 800)
    laptop.office.leads.table.reveal(7)
    qtbot.waitUntil(lambda: not laptop.office.leads.pane.isHidden())
    before = laptop.office.leads.pane.width()

    office = laptop.restart()

    assert office.window.width() == 1280
    qtbot.waitUntil(lambda: abs(office.leads.pane.width() - before) < 8)


def save(office: Office, view_id: str) -> None:
    values: dict[str, JsonValue] = {"name": "France", "kind": "table", "query": "country:FR", "sort": [], "columns": []}
    office.store.perform(
        SaveView(id=new_id(), issued_at=office.clock.now(), view_id=view_id, screen="leads", values=values)
    )


def open_saved(qtbot: QtBot, office: Office) -> None:
    save(office, "v")
    qtbot.waitUntil(lambda: len(office.leads.views.views) == 1)
    office.leads.views.open(office.leads.views.views[0])
    office.leads.head.search.setText("country:FR status:new")
    qtbot.waitUntil(lambda: office.leads.views.differs)


def test_the_open_view_is_open_again_with_what_was_changed(qtbot: QtBot, laptop: Laptop) -> None:
    open_saved(qtbot, laptop.office)

    office = laptop.restart()

    qtbot.waitUntil(lambda: office.leads.heading == "France")
    assert office.leads.listing.text == "country:FR status:new"
    qtbot.waitUntil(lambda: office.leads.views.differs)


def test_a_view_that_was_deleted_meanwhile_leaves_the_list_as_it_was(qtbot: QtBot, laptop: Laptop) -> None:
    open_saved(qtbot, laptop.office)

    office = laptop.restart(DeleteView(id=new_id(), issued_at=laptop.office.clock.now(), view_id="v"))

    assert office.leads.heading == ""
    assert office.leads.listing.text == "country:FR status:new"


NONSENSE: list[JsonValue] = [7, ["x"], {"a": 1}, "\0" * 20, None]


@pytest.mark.parametrize("kept", NONSENSE, ids=repr)
def test_what_was_kept_and_cannot_be_read_is_let_go(qtbot: QtBot, laptop: Laptop, kept: JsonValue) -> None:
    qtbot.wait(450)
    remembered = laptop.office.bench.remembered
    [tab] = [name.removesuffix("leads.sort") for name in remembered.names("tab.") if name.endswith("leads.sort")]
    for name in ("query", "sort", "view", "view_columns", "lead", "top", "chosen"):
        remembered.keep(f"{tab}leads.{name}", kept)
    remembered.keep("leads.split", kept)

    office = laptop.restart()

    assert office.leads.table.selection.count <= 1


def test_a_person_who_goes_on_at_once_is_not_taken_back(qtbot: QtBot, laptop: Laptop) -> None:
    laptop.office.leads.table.put_on_top(150)
    qtbot.wait(450)

    office = laptop.restart()
    office.leads.listing.put("al")
    qtbot.waitUntil(office.idle)

    assert office.leads.table.rows_in_sight().start == 0
