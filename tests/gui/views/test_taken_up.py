"""A form that is taken up again days later: what others wrote meanwhile is seen, and nothing of theirs is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QRadioButton
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.three_way_field import ThreeWayField
from fleetdesk.views.form_drafts import left_forms
from tests.gui.views.filled import Filling, StillClock, pull
from tests.gui.views.lead_pane import dialog, lead, open_lead, performed
from tests.gui.views.office import Office, named, texts
from tests.gui.views.restarting import Restarts
from tests.gui.views.sample import STORY, sample

BEFORE, MINE, THEIRS = "Al Zaabi Car Rental", "Zaabi Holding", "Al Zaabi Mobility"


@pytest.fixture
def filling() -> Filling:
    return sample(5)


@pytest.fixture
def restarts(qtbot: QtBot, theme: Theme, tmp_path: Path, clock: StillClock, filling: Filling) -> Iterator[Restarts]:
    restarts = Restarts(qtbot, theme, tmp_path / "laptop", clock, filling)
    yield restarts
    restarts.close()


def story(filling: Filling) -> Lead:
    return next(lead for lead in filling.leads if lead.id == STORY)


def company(office: Office) -> QLineEdit:
    return named(dialog(office), "Company", QLineEdit)


def type_into(field: QLineEdit, text: str) -> None:
    field.setText(text)
    field.textEdited.emit(text)


def begin(qtbot: QtBot, office: Office) -> Office:
    """Have the form of the story's lead open."""
    open_lead(qtbot, office, STORY)
    qtbot.waitUntil(office.idle)
    office.do("leads.edit")
    qtbot.waitUntil(office.idle)
    return office


def colleague_writes(office: Office, filling: Filling) -> None:
    """Omar gives the lead another company, on another laptop."""
    theirs = story(filling)
    theirs.company = THEIRS
    filling.revision(theirs, office.clock.now(), company=(BEFORE, THEIRS))
    pull(office.store, theirs, filling.revisions[-1])


@pytest.fixture
def taken_up(qtbot: QtBot, restarts: Restarts, filling: Filling) -> Office:
    """The form with an edit begun before a colleague's was pulled and FleetDesk was started again."""
    story(filling).company = BEFORE
    office = begin(qtbot, restarts_with(restarts, filling))
    type_into(company(office), MINE)
    dialog(office).leave()
    colleague_writes(office, filling)
    return begin(qtbot, restarts())


def restarts_with(restarts: Restarts, filling: Filling) -> Office:
    office = restarts()
    pull(office.store, story(filling))
    return office


def card(office: Office) -> ThreeWayField:
    return named(dialog(office), "Company", ThreeWayField)


def choose(office: Office, side: str) -> None:
    next(button for button in card(office).findChildren(QRadioButton) if button.text() == side).click()


def test_what_was_typed_is_there_beside_what_it_was_and_what_it_is_now(taken_up: Office) -> None:
    assert company(taken_up).text() == MINE
    assert {BEFORE, MINE, THEIRS} <= set(texts(card(taken_up)))
    assert any("Omar Al Suwaidi" in text for text in texts(card(taken_up)))


def test_nothing_is_sent_before_the_person_has_chosen(qtbot: QtBot, taken_up: Office) -> None:
    dialog(taken_up).submit()

    qtbot.waitUntil(taken_up.idle)
    assert (performed(taken_up), lead(taken_up).company) == ([], THEIRS)
    assert "Choose for 1 more field." in texts(dialog(taken_up))


def test_ones_own_value_is_written_over_theirs_knowingly(qtbot: QtBot, taken_up: Office) -> None:
    choose(taken_up, "Keep mine")

    dialog(taken_up).submit()

    qtbot.waitUntil(lambda: lead(taken_up).company == MINE)
    [edit] = performed(taken_up)
    assert isinstance(edit, EditLead)
    assert edit.edits == {"company": FieldEdit(base=THEIRS, new=MINE)}


def test_their_value_stands_where_it_is_taken(qtbot: QtBot, taken_up: Office) -> None:
    choose(taken_up, "Take theirs")
    shown = company(taken_up).text()

    dialog(taken_up).submit()

    qtbot.waitUntil(taken_up.idle)
    assert (shown, performed(taken_up), lead(taken_up).company) == (THEIRS, [], THEIRS)


def test_what_one_typed_comes_back_where_theirs_was_taken_by_mistake(taken_up: Office) -> None:
    choose(taken_up, "Take theirs")
    choose(taken_up, "Keep mine")

    assert company(taken_up).text() == MINE


def test_an_edit_that_is_left_a_second_time_still_knows_what_it_was_based_on(
    qtbot: QtBot, taken_up: Office, restarts: Restarts
) -> None:
    type_into(company(taken_up), "Zaabi Group")
    dialog(taken_up).leave()

    again = begin(qtbot, restarts())

    assert company(again).text() == "Zaabi Group"
    assert BEFORE in texts(card(again))


def test_what_changes_after_the_choice_is_a_conflict_of_its_own(
    qtbot: QtBot, taken_up: Office, filling: Filling
) -> None:
    choose(taken_up, "Keep mine")
    story(filling).company = "Zaabi Cars"
    pull(taken_up.store, story(filling))

    dialog(taken_up).submit()

    qtbot.waitUntil(lambda: "Zaabi Cars" in texts(card(taken_up)))
    qtbot.waitUntil(lambda: lead(taken_up).company == "Zaabi Cars")
    assert company(taken_up).text() == MINE


def test_where_both_wrote_the_same_there_is_nothing_to_choose(
    qtbot: QtBot, restarts: Restarts, filling: Filling
) -> None:
    office = begin(qtbot, restarts())
    type_into(company(office), THEIRS)
    dialog(office).leave()
    colleague_writes(office, filling)

    again = begin(qtbot, restarts())

    assert not dialog(again).findChildren(ThreeWayField)


@pytest.mark.parametrize("bases", [None, 3, [], "x"])
def test_a_draft_that_does_not_say_what_it_was_based_on_is_asked_about(
    qtbot: QtBot, restarts: Restarts, bases: JsonValue
) -> None:
    """As FleetDesk wrote them before it kept that; or as something else did."""
    office = restarts()
    kept: JsonValue = {
        "action": "leads.edit",
        "title": "Edit lead",
        "typed": {"company": MINE},
        "table": Lead.__tablename__,
        "id": STORY,
        **({} if bases is None else {"bases": bases}),
    }
    office.bench.remembered.keep(f"form.leads.edit.{Lead.__tablename__}.{STORY}", kept)
    assert len(left_forms(office.bench.remembered)) == 1

    begin(qtbot, office)

    assert company(office).text() == MINE
    assert "not known any more" in texts(card(office))
    dialog(office).submit()
    qtbot.waitUntil(office.idle)
    assert performed(office) == []


# While the form is open


def edit_elsewhere(office: Office, **values: tuple[JsonValue, JsonValue]) -> None:
    edits = {name: FieldEdit(base=base, new=new) for name, (base, new) in values.items()}
    office.store.perform(EditLead(id=new_id(), issued_at=office.clock.now(), lead_id=STORY, edits=edits))


def test_a_field_that_was_left_alone_shows_what_came_to_it(qtbot: QtBot, restarts: Restarts) -> None:
    office = begin(qtbot, restarts())
    type_into(named(dialog(office), "Website", QLineEdit), "zaabi.example")
    edit_elsewhere(office, company=("Al Zaabi Premium Cars", THEIRS))

    qtbot.waitUntil(lambda: company(office).text() == THEIRS)
    dialog(office).submit()

    qtbot.waitUntil(lambda: lead(office).website == "zaabi.example")
    edit = performed(office)[-1]
    assert isinstance(edit, EditLead)
    assert list(edit.edits) == ["website"]


def test_what_came_to_a_field_that_is_being_written_stands_below_it_at_once(qtbot: QtBot, restarts: Restarts) -> None:
    office = begin(qtbot, restarts())
    type_into(company(office), MINE)

    edit_elsewhere(office, company=("Al Zaabi Premium Cars", THEIRS))

    qtbot.waitUntil(lambda: {"Al Zaabi Premium Cars", MINE, THEIRS} <= set(texts(card(office))))
    assert company(office).text() == MINE


def test_what_changes_once_more_is_asked_once_more(qtbot: QtBot, restarts: Restarts) -> None:
    office = begin(qtbot, restarts())
    type_into(company(office), MINE)
    edit_elsewhere(office, company=("Al Zaabi Premium Cars", THEIRS))
    qtbot.waitUntil(lambda: THEIRS in texts(card(office)))
    choose(office, "Keep mine")

    edit_elsewhere(office, company=(THEIRS, "Zaabi Cars"))

    qtbot.waitUntil(lambda: "Zaabi Cars" in texts(card(office)))
    dialog(office).submit()
    qtbot.waitUntil(office.idle)
    assert lead(office).company == "Zaabi Cars"
