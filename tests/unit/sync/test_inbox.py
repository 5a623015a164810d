"""What people decide about their waiting commands."""

from __future__ import annotations

import pytest

from fleetdesk.commands.leads import CreateLead
from fleetdesk.commands.pending import PendingState
from fleetdesk.errors import Refused
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import VerdictKind
from tests.unit.sync.laptop import Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub

LEAD = "sys_demo_lead"


@pytest.fixture
def lead(laptop: Laptop, hub: TinyHub) -> str:
    """A lead of the company Acme, known here."""
    lead_id = hosted_lead(hub, company="Acme")
    laptop.pull()
    return lead_id


@pytest.fixture
def conflict(laptop: Laptop, hub: TinyHub, lead: str) -> str:
    """An edit to Bolt in the Inbox, because somebody wrote Careem; its id."""
    act = laptop.edit(lead, company=("Acme", "Bolt"))
    laptop.do(act)
    hub.change(LEAD, lead, company="Careem")
    laptop.sync()
    return act.id


@pytest.fixture
def refused_creation(laptop: Laptop, hub: TinyHub) -> CreateLead:
    """A creation in the Inbox, because the hub already had a row of that id, which is gone again by now."""
    act = laptop.new_lead(company="Bolt")
    laptop.do(act)
    hosted_lead(hub, id=act.lead_id)
    laptop.push()
    hub.remove(LEAD, act.lead_id)
    laptop.pull()
    return act


def company(laptop: Laptop, lead_id: str) -> object:
    lead = laptop.lead(lead_id)
    return None if lead is None else lead["company"]


class TestConflict:
    """An edit that met another."""

    def test_it_waits_in_the_inbox_with_all_three_values(self, laptop: Laptop, conflict: str) -> None:
        [change] = laptop.in_state(PendingState.INBOX)
        assert change.verdict is not None
        [field] = change.verdict.conflicts
        assert (field.base, field.mine, field.theirs) == ("Acme", "Bolt", "Careem")

    def test_insisting_sets_the_value_after_all(self, laptop: Laptop, hub: TinyHub, conflict: str, lead: str) -> None:
        [change] = laptop.in_state(PendingState.INBOX)
        assert change.verdict is not None
        laptop.store.resolve(conflict, change.verdict.conflicts)
        laptop.sync()
        assert company(laptop, lead) == "Bolt"
        assert laptop.rows() == hub.visible()

    def test_insisting_empties_the_inbox(self, laptop: Laptop, conflict: str) -> None:
        [change] = laptop.in_state(PendingState.INBOX)
        assert change.verdict is not None
        laptop.store.resolve(conflict, change.verdict.conflicts)
        assert laptop.in_state(PendingState.INBOX) == []

    def test_yielding_leaves_the_hubs_value(self, laptop: Laptop, conflict: str, lead: str) -> None:
        assert laptop.store.resolve(conflict, ()).settled
        assert company(laptop, lead) == "Careem"
        assert laptop.store.pending() == ()

    def test_insisting_on_what_changed_once_more_shows_the_newer_value(
        self, laptop: Laptop, hub: TinyHub, conflict: str, lead: str
    ) -> None:
        [change] = laptop.in_state(PendingState.INBOX)
        assert change.verdict is not None
        hub.change(LEAD, lead, company="Dnata")
        laptop.pull()
        verdict = laptop.store.resolve(conflict, change.verdict.conflicts)
        [change] = laptop.in_state(PendingState.INBOX)
        assert change.verdict == verdict
        assert verdict.conflicts[0].theirs == "Dnata"

    def test_a_decision_survives_a_restart(self, laptop: Laptop, conflict: str) -> None:
        laptop.store.resolve(conflict, ())
        laptop.start_again()
        assert laptop.store.pending() == ()


class TestDiscarding:
    """Giving a waiting command up."""

    def test_it_leaves_no_trace_in_the_rows(self, laptop: Laptop, lead: str) -> None:
        before = laptop.rows()
        act = laptop.edit(lead, company=("Acme", "Bolt"))
        laptop.do(act)
        laptop.store.discard(act.id)
        assert laptop.rows() == before
        assert laptop.store.pending() == ()

    def test_what_others_of_mine_did_to_the_row_stays(self, laptop: Laptop, lead: str) -> None:
        act = laptop.edit(lead, company=("Acme", "Bolt"))
        laptop.do(act, laptop.edit(lead, source=(None, "fair")))
        laptop.store.discard(act.id)
        row = laptop.lead(lead)
        assert row is not None
        assert (row["company"], row["source"]) == ("Acme", "fair")

    def test_what_was_built_upon_it_says_that_it_no_longer_fits(self, laptop: Laptop, lead: str) -> None:
        act = laptop.edit(lead, company=("Acme", "Bolt"))
        laptop.do(act, laptop.edit(lead, company=("Bolt", "Careem")))
        laptop.store.discard(act.id)
        [change] = laptop.store.pending()
        assert change.verdict is not None
        assert change.verdict.kind is VerdictKind.CONFLICT

    def test_a_creation_takes_what_needs_its_row_along(self, laptop: Laptop) -> None:
        act = laptop.new_lead()
        laptop.do(act, laptop.log(act.lead_id))
        laptop.store.discard(act.id)
        assert laptop.store.pending() == ()
        assert laptop.rows() == {}

    def test_it_is_not_offered_to_the_hub(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        act = laptop.edit(lead, company=("Acme", "Bolt"))
        laptop.do(act)
        laptop.store.discard(act.id)
        laptop.sync()
        assert hub.verdict(act.id) is None

    def test_what_is_on_its_way_cannot_be_given_up(self, laptop: Laptop, lead: str) -> None:
        act = laptop.edit(lead, company=("Acme", "Bolt"))
        laptop.do(act)
        laptop.push(lose_answer=True)
        with pytest.raises(Refused) as told:
            laptop.store.discard(act.id)
        assert told.value.code == "on_its_way"

    def test_what_is_done_cannot_be_given_up(self, laptop: Laptop, lead: str) -> None:
        act = laptop.edit(lead, company=("Acme", "Bolt"))
        laptop.do(act)
        laptop.sync()
        with pytest.raises(Refused) as told:
            laptop.store.discard(act.id)
        assert told.value.code == "not_waiting"

    def test_the_rows_that_changed_are_named(self, laptop: Laptop, lead: str) -> None:
        act = laptop.edit(lead, company=("Acme", "Bolt"))
        laptop.do(act)
        assert laptop.store.discard(act.id).ids(LEAD) == {lead}


class TestRefusedCreation:
    """A creation in the Inbox, and what waits under it."""

    def test_what_needs_its_row_is_held(self, laptop: Laptop, hub: TinyHub) -> None:
        act = laptop.new_lead()
        laptop.do(act)
        hosted_lead(hub, id=act.lead_id)
        laptop.push()
        laptop.do(laptop.log(act.lead_id))
        assert [change.command.name for change in laptop.in_state(PendingState.HELD)] == ["leads.log_activity"]

    def test_what_does_not_need_it_goes_on(self, laptop: Laptop, refused_creation: CreateLead) -> None:
        other = laptop.new_lead()
        laptop.do(other)
        assert [receipt.command_id for receipt in laptop.push()] == [other.id]

    def test_what_the_hub_refused_for_want_of_it_is_held_with_it(self, laptop: Laptop, hub: TinyHub) -> None:
        act = laptop.new_lead()
        laptop.do(act, laptop.log(act.lead_id))
        hosted_lead(hub, id=act.lead_id)
        hub.change(LEAD, act.lead_id, scope="elsewhere")
        laptop.push(limit=1)
        hub.remove(LEAD, act.lead_id)
        laptop.push()
        laptop.pull()
        assert [change.state for change in laptop.store.pending()] == [PendingState.INBOX, PendingState.HELD]

    def test_a_retry_brings_the_row_and_what_was_held(self, laptop: Laptop, hub: TinyHub) -> None:
        act = laptop.new_lead()
        laptop.do(act)
        hosted_lead(hub, id=act.lead_id)
        laptop.push()
        laptop.do(laptop.log(act.lead_id))
        hub.remove(LEAD, act.lead_id)
        laptop.pull()
        assert laptop.store.retry(act.id).settled
        laptop.sync()
        row = laptop.lead(act.lead_id)
        assert row is not None
        assert row["activity_count"] == 1
        assert laptop.rows() == hub.visible()

    def test_a_retry_has_a_new_id(self, laptop: Laptop, refused_creation: CreateLead) -> None:
        laptop.store.retry(refused_creation.id)
        [change] = laptop.store.pending()
        assert change.command.id != refused_creation.id

    def test_a_retry_before_the_pull_stands_in_the_place_of_the_old_one(self, laptop: Laptop, hub: TinyHub) -> None:
        act = laptop.new_lead()
        laptop.do(act)
        hosted_lead(hub, id=act.lead_id)
        laptop.push()
        hub.remove(LEAD, act.lead_id)
        assert laptop.store.retry(act.id).settled
        laptop.sync()
        assert laptop.rows() == hub.visible()

    def test_an_edited_creation_takes_its_place(self, laptop: Laptop, refused_creation: CreateLead) -> None:
        edited = CreateLead(**laptop.envelope(), lead_id=refused_creation.lead_id, values={"company": "Careem"})
        laptop.store.replace(refused_creation.id, edited)
        assert company(laptop, refused_creation.lead_id) == "Careem"
        assert [change.command for change in laptop.store.pending()] == [edited]

    def test_an_edit_that_is_refused_leaves_the_inbox_as_it_was(
        self, laptop: Laptop, refused_creation: CreateLead
    ) -> None:
        edited = CreateLead(**laptop.envelope(), lead_id=refused_creation.lead_id, values={"email": "no address"})
        assert laptop.store.replace(refused_creation.id, edited).kind is VerdictKind.REJECTED
        assert [change.command for change in laptop.in_state(PendingState.INBOX)] == [refused_creation]


def test_only_what_is_in_the_inbox_can_be_retried(laptop: Laptop) -> None:
    act = laptop.new_lead()
    laptop.do(act)
    with pytest.raises(Refused) as told:
        laptop.store.retry(act.id)
    assert told.value.code == "not_in_inbox"


def test_a_stage_move_that_another_laptop_made_first_conflicts_on_the_stage(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, activity_count=1)
    laptop.pull()
    laptop.do(laptop.move(lead_id, Stage.NEW, Stage.CONTACTED))
    hub.change(LEAD, lead_id, status="lost", lost_reason="Budget")
    laptop.sync()
    [change] = laptop.in_state(PendingState.INBOX)
    assert change.verdict is not None
    assert [field.field for field in change.verdict.conflicts] == ["status"]


def test_counts_tell_what_waits_from_what_needs_a_person(laptop: Laptop, conflict: str) -> None:
    laptop.do(laptop.new_lead())
    counts = laptop.store.counts()
    assert (counts.waiting, counts.inbox) == (1, 1)
