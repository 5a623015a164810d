"""What screens remember: for the person wherever they work, and for each tab of its own."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from fleetdesk.models.base import Key
from fleetdesk.models.drafts import Draft, Drafted
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.saver import Saver
from fleetdesk.views.drafts import Drafts
from fleetdesk.views.form_drafts import FormDraft, Typed
from fleetdesk.views.remembered import Place, Remembered


class Shelf:
    """Keeps values as a laptop's store does, in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, JsonValue] = {}
        self.drafts: dict[Key, Drafted] = {}

    def keep_draft(self, record: Key, draft: Draft) -> None:
        self.drafts[record] = (draft,)

    def keep(self, name: str, value: JsonValue) -> None:
        if value is None:
            self.kept.pop(name, None)
        else:
            self.kept[name] = value


class Asked(Saver):
    """Notes how soon each thing is to be written."""

    def __init__(self) -> None:
        super().__init__()
        self.within: list[float] = []

    def save(self, what: Hashable, write: Callable[[], None], *, within: float = 0.0) -> None:
        self.within.append(within)
        super().save(what, write, within=within)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def saver(qapp: QApplication) -> Iterator[Saver]:
    saver = Saver()
    yield saver
    saver.close()


@pytest.fixture
def remembered(shelf: Shelf, saver: Saver) -> Remembered:
    return Remembered(shelf, saver)


def test_each_tab_keeps_its_own_value(remembered: Remembered) -> None:
    one, other = Place(remembered, "1"), Place(remembered, "2")

    one.keep("leads.query", "status:new")
    other.keep("leads.query", "owner:me")

    assert (one.get("leads.query"), other.get("leads.query")) == ("status:new", "owner:me")
    assert remembered.get("leads.query") is None


def test_a_tab_finds_what_it_kept_after_a_restart(shelf: Shelf, remembered: Remembered, saver: Saver) -> None:
    Place(remembered, "1").keep("leads.query", "status:new")
    assert saver.close()

    assert Place(Remembered(shelf, saver), "1").get("leads.query") == "status:new"


def test_a_tab_begins_where_another_one_is(remembered: Remembered) -> None:
    one, other = Place(remembered, "1"), Place(remembered, "12")
    one.keep("leads.query", "status:new")

    other.begin_as(one)
    other.keep("leads.query", "status:lost")

    assert (one.get("leads.query"), other.get("leads.query")) == ("status:new", "status:lost")


def test_of_a_tab_that_is_gone_nothing_is_kept(shelf: Shelf, remembered: Remembered, saver: Saver) -> None:
    gone, there = Place(remembered, "1"), Place(remembered, "12")
    gone.keep("leads.query", "status:new")
    there.keep("leads.query", "status:lost")
    remembered.keep("leads.columns", ["name"])

    gone.forget()

    assert saver.close()
    assert shelf.kept == {"tab.12.leads.query": "status:lost", "leads.columns": ["name"]}


def test_what_was_saved_is_forgotten_at_once(shelf: Shelf, qapp: QApplication) -> None:
    saver = Asked()
    draft = FormDraft(Remembered(shelf, saver), "leads.new", "New lead")
    draft.keep(Typed({"company": "Acme"}))
    draft.forget()
    assert saver.within[0] > 0
    assert saver.within[1] == 0
    assert saver.close()
    assert shelf.kept == {}


def test_what_was_sent_is_forgotten_at_once(shelf: Shelf, qapp: QApplication) -> None:
    saver, lead = Asked(), Lead.key_of("one")
    drafts = Drafts(shelf, saver)
    drafts.keep(lead, Draft("note", "They called back."))
    drafts.keep(lead, Draft("note", ""))
    assert saver.within[0] > 0
    assert saver.within[1] == 0
    assert saver.close()
