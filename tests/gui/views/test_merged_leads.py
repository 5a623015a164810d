"""The pages of leads that were merged: they lead to each other, tell what happened with all, and can be separated."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QMenu
from pytestqt.qtbot import QtBot

from fleetdesk.commands.lead_merge import MergeLeads
from fleetdesk.models.ids import new_id
from fleetdesk.models.stages import Stage
from fleetdesk.qt.availability import WhyNot
from fleetdesk.views.leads.duplicates.family_bar import FamilyBar
from tests.gui.views.lead_pane import lead, open_lead, performed
from tests.gui.views.office import Office, named, texts
from tests.gui.views.sample import STORY
from tests.gui.views.twins import OFFICE, TWIN, bring_twins


@pytest.fixture
def merged(office: Office) -> Office:
    """Maryam was merged into Mariam."""
    bring_twins(office.store)
    merge(office, TWIN)
    return office


def merge(office: Office, *losers: str) -> None:
    now = office.clock.now()
    office.store.perform(MergeLeads(id=new_id(), issued_at=now, lead_id=STORY, losers=losers))


def bar(office: Office) -> FamilyBar:
    found = office.leads.pane.findChild(FamilyBar)
    assert found is not None
    return found


def written(office: Office) -> list[str]:
    """Who wrote each entry that is shown, and of whom; what changed in the leads is left out."""
    entries = office.leads.pane.journal.timeline.entries
    return [entry.who for entry in entries if "activity-" in entry.id]


def press(office: Office, name: str) -> None:
    named(bar(office), name, QAbstractButton).click()


def test_a_lead_that_is_one_with_no_other_says_nothing_of_it(qtbot: QtBot, opened: Office) -> None:
    assert bar(opened).isHidden()


def test_a_merged_lead_says_where_it_went_and_leads_there(qtbot: QtBot, merged: Office) -> None:
    open_lead(qtbot, merged, TWIN)
    said = "This lead was merged into Mariam Al Zaabi (Al Zaabi Premium Cars), and can be changed there."
    assert texts(bar(merged))[0] == said
    press(merged, "Open it")
    qtbot.waitUntil(lambda: lead(merged).id == STORY)


def test_a_merged_lead_is_not_changed_and_says_why(qtbot: QtBot, merged: Office) -> None:
    open_lead(qtbot, merged, TWIN)
    merged.do("leads.edit")
    told = "This lead was merged into another one: change that one, or separate them."
    assert merged.said.texts[-1] == told
    assert merged.leads.pane.option(Stage.LOST).why_not
    assert isinstance(merged.leads.pane.may_edit(), WhyNot)


def test_the_lead_that_took_it_in_tells_of_it_and_of_what_happened_with_it(qtbot: QtBot, merged: Office) -> None:
    open_lead(qtbot, merged, STORY)
    said = "Maryam Alzaabi (Al Zaabi Premium Cars LLC) was merged into this lead (Today · Layla Haddad);"
    assert texts(bar(merged))[0] == f"{said} its entries are below."
    assert [who for who in written(merged) if "Maryam" in who] == ["Omar Al Suwaidi, on Maryam Alzaabi"]
    assert len(written(merged)) == 6


def test_it_is_separated_and_both_timelines_are_their_own_again(qtbot: QtBot, merged: Office) -> None:
    open_lead(qtbot, merged, STORY)
    press(merged, "Separate")
    qtbot.waitUntil(lambda: bar(merged).isHidden() and merged.idle())
    assert len(written(merged)) == 5
    assert merged.said.texts[-1] == "The leads are separated again."
    open_lead(qtbot, merged, TWIN)
    qtbot.waitUntil(lambda: len(written(merged)) == 1)
    assert lead(merged).merged_into is None


def test_a_merged_lead_separates_itself_too(qtbot: QtBot, merged: Office) -> None:
    open_lead(qtbot, merged, TWIN)
    press(merged, "Separate")
    qtbot.waitUntil(lambda: lead(merged).merged_into is None)


def test_of_several_one_is_chosen_or_all(qtbot: QtBot, merged: Office) -> None:
    merge(merged, OFFICE)
    open_lead(qtbot, merged, STORY)
    assert texts(bar(merged))[0] == "2 leads were merged into this one; their entries are below."
    press(merged, "Separate")
    menu = bar(merged).findChildren(QMenu)[-1]
    assert [action.text() for action in menu.actions()] == [
        "Maryam Alzaabi",
        "Al Zaabi Premium Cars",
        "",
        "All of them",
    ]
    menu.actions()[-1].trigger()
    menu.close()
    qtbot.waitUntil(lambda: bar(merged).isHidden() and merged.idle())
    assert performed(merged)[-1].name == "leads.unmerge"


def test_a_merge_is_told_once_by_the_name_of_the_other(qtbot: QtBot, office: Office) -> None:
    bring_twins(office.store)
    now = office.clock.now()
    office.store.perform(MergeLeads(id=new_id(), issued_at=now, lead_id=STORY, losers=(TWIN,)))

    open_lead(qtbot, office, STORY)
    qtbot.waitUntil(office.idle)

    told = [(entry.title, entry.who, entry.body) for entry in office.leads.pane.journal.timeline.entries]
    assert ("Merged with Maryam Alzaabi", "You", "") in told
    assert [title for title, _, _ in told if "another lead" in title] == []


def test_the_lead_that_was_merged_says_so_itself(qtbot: QtBot, office: Office) -> None:
    bring_twins(office.store)
    now = office.clock.now()
    office.store.perform(MergeLeads(id=new_id(), issued_at=now, lead_id=STORY, losers=(TWIN,)))

    open_lead(qtbot, office, TWIN)
    qtbot.waitUntil(office.idle)

    assert "Merged into another lead" in [entry.title for entry in office.leads.pane.journal.timeline.entries]
