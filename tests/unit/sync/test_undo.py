"""Taking acts back, and doing them again."""

from __future__ import annotations

import pytest

from fleetdesk.commands.lead_deletion import DeleteLead, RestoreLead
from fleetdesk.commands.leads import EditLead, TagLead
from fleetdesk.commands.pending import BatchDone, PastAct, PendingState
from fleetdesk.errors import Refused
from fleetdesk.models.access import Role
from fleetdesk.models.leads import Lead
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import Plain
from fleetdesk.sync.store.batches import PORTION
from tests.unit.sync.laptop import Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub

LEAD = "sys_demo_lead"


@pytest.fixture
def lead(laptop: Laptop, hub: TinyHub) -> str:
    """A lead of the company Acme with the tag “vip”, known here."""
    lead_id = hosted_lead(hub, company="Acme", tags=["vip"])
    laptop.pull()
    return lead_id


@pytest.fixture
def leads(laptop: Laptop, hub: TinyHub) -> list[str]:
    """Leads enough for more than one portion, known here."""
    found = [hosted_lead(hub, company="Acme") for _ in range(PORTION + 2)]
    laptop.pull()
    return found


def column(laptop: Laptop, lead_id: str, name: str) -> Plain:
    row = laptop.lead(lead_id)
    return None if row is None else row[name]


def last(laptop: Laptop) -> PastAct:
    history = laptop.store.history()
    act = history.stays or history.undo
    assert act is not None, "there is nothing to undo"
    return act


def undo(laptop: Laptop) -> BatchDone:
    return laptop.store.undo(last(laptop).number)


def redo(laptop: Laptop) -> BatchDone:
    act = laptop.store.history().redo
    assert act is not None, "there is nothing to redo"
    return laptop.store.redo(act.number)


def rename(laptop: Laptop, lead: str, before: str = "Acme", after: str = "Bolt") -> EditLead:
    act = laptop.edit(lead, company=(before, after))
    laptop.do(act)
    return act


def assign_all(laptop: Laptop, leads: list[str]) -> BatchDone:
    acts = [laptop.edit(lead, owner_id=(None, "salma")) for lead in leads]
    return laptop.store.perform_batch("batch", acts, sentence=lambda rows: f"Assigned {rows} leads to Salma")


def owners(laptop: Laptop, leads: list[str]) -> set[Plain]:
    rows = laptop.rows()
    at = laptop.hub.columns(LEAD).index("owner_id")
    return {row[at] for key, row in rows.items() if key.table == LEAD and key.id in leads}


def test_commands_performed_together_name_the_act_that_takes_them_back(laptop: Laptop, lead: str) -> None:
    performed = laptop.store.perform_together(laptop.edit(lead, company=("Acme", "Bolt")))
    assert performed.act == last(laptop).number


def test_what_changes_nothing_is_no_act(laptop: Laptop, lead: str) -> None:
    assert laptop.store.perform_together(laptop.edit(lead, company=("Acme", "Acme"))).act is None


class TestBeforeItIsSent:
    """The command is withdrawn: the hub never hears of it."""

    def test_an_edit_is_as_if_it_had_never_been(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        rename(laptop, lead)
        undo(laptop)
        assert laptop.rows() == hub.visible()
        assert laptop.store.pending() == ()

    def test_what_could_not_be_taken_back_later_still_can(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        laptop.do(laptop.log(lead))
        undo(laptop)
        assert laptop.rows() == hub.visible()

    def test_an_act_of_several_commands_goes_as_a_whole(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        laptop.store.perform_together(laptop.edit(lead, company=("Acme", "Bolt")), laptop.log(lead))
        undo(laptop)
        assert laptop.rows() == hub.visible()

    def test_it_is_done_again_as_a_new_command(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        first = rename(laptop, lead)
        undo(laptop)
        redo(laptop)
        [change] = laptop.store.pending()
        assert change.command.id != first.id
        laptop.sync()
        assert column(laptop, lead, "company") == "Bolt"
        assert laptop.rows() == hub.visible()

    def test_what_came_later_to_the_row_is_not_pulled_away_from_under(
        self, laptop: Laptop, hub: TinyHub, lead: str
    ) -> None:
        edit = rename(laptop, lead)
        first = last(laptop)
        laptop.do(laptop.edit(lead, source=(None, "fair")))
        laptop.store.undo(first.number)
        assert edit.id in {change.command.id for change in laptop.store.pending()}
        laptop.sync()
        assert (column(laptop, lead, "company"), column(laptop, lead, "source")) == ("Acme", "fair")
        assert laptop.rows() == hub.visible()


class TestOnItsWay:
    """Offered to the hub, whose answer is not known yet: it is taken back by a command that follows."""

    def test_an_edit_is_taken_back_behind_it(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        rename(laptop, lead)
        laptop.push(lose_answer=True)
        undo(laptop)
        laptop.sync()
        assert column(laptop, lead, "company") == "Acme"
        assert laptop.rows() == hub.visible()

    def test_nothing_happens_to_what_the_hub_refuses_meanwhile(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        rename(laptop, lead)
        laptop.store.next_batch(10)
        undo(laptop)
        hub.change(LEAD, lead, company="Careem")
        laptop.sync()
        assert column(laptop, lead, "company") == "Careem"


class TestAfterItWasSynced:
    """A new command takes it back, and is decided about like every other."""

    def test_an_edit_gets_its_former_value_back(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        rename(laptop, lead)
        laptop.sync()
        undo(laptop)
        laptop.sync()
        assert column(laptop, lead, "company") == "Acme"
        assert laptop.rows() == hub.visible()

    def test_it_is_done_again(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        rename(laptop, lead)
        laptop.sync()
        undo(laptop)
        laptop.sync()
        redo(laptop)
        laptop.sync()
        assert column(laptop, lead, "company") == "Bolt"
        assert laptop.rows() == hub.visible()

    def test_it_is_undone_again_after_it_was_done_again(self, laptop: Laptop, lead: str) -> None:
        rename(laptop, lead)
        laptop.sync()
        for step in (undo, redo, undo):
            step(laptop)
            laptop.sync()
        assert column(laptop, lead, "company") == "Acme"

    def test_a_value_that_someone_else_wrote_since_stays(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        rename(laptop, lead)
        laptop.sync()
        hub.change(LEAD, lead, company="Careem")
        laptop.pull()
        [refused] = undo(laptop).refused
        [conflict] = refused.verdict.conflicts
        assert (conflict.mine, conflict.theirs, column(laptop, lead, "company")) == ("Acme", "Careem", "Careem")

    def test_only_the_field_that_someone_else_wrote_since_stays(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        laptop.do(laptop.edit(lead, company=("Acme", "Bolt"), source=(None, "fair")))
        laptop.sync()
        hub.change(LEAD, lead, company="Careem")
        laptop.pull()
        undo(laptop)
        laptop.sync()
        assert (column(laptop, lead, "company"), column(laptop, lead, "source")) == ("Careem", None)

    def test_what_someone_else_wrote_unseen_is_a_conflict_at_the_hub(
        self, laptop: Laptop, hub: TinyHub, lead: str
    ) -> None:
        rename(laptop, lead)
        laptop.sync()
        hub.change(LEAD, lead, company="Careem")
        undo(laptop)
        laptop.sync()
        assert column(laptop, lead, "company") == "Careem"
        assert len(laptop.in_state(PendingState.INBOX)) == 1

    def test_what_someone_else_had_written_before_stays(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        rename(laptop, lead)
        hub.change(LEAD, lead, company="Bolt")
        laptop.sync()
        assert "Someone else" in last(laptop).why_not
        undo(laptop)
        assert column(laptop, lead, "company") == "Bolt"

    def test_of_tags_only_those_that_were_added_go(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        laptop.do(TagLead(**laptop.envelope(), lead_id=lead, add=("vip", "dubai")))
        laptop.sync()
        undo(laptop)
        laptop.sync()
        assert column(laptop, lead, "tags") == '["vip"]'

    def test_a_deleted_lead_comes_back(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        laptop.do(DeleteLead(**laptop.envelope(), lead_id=lead, reason="Spam"))
        laptop.sync()
        undo(laptop)
        laptop.sync()
        assert column(laptop, lead, "deleted_at") is None

    def test_a_lead_that_someone_else_deleted_since_stays_deleted(
        self, laptop: Laptop, hub: TinyHub, lead: str
    ) -> None:
        laptop.do(DeleteLead(**laptop.envelope(), lead_id=lead, reason="Spam"))
        laptop.sync()
        hub.change(LEAD, lead, deleted_by="omar", deletion_reason="A test")
        laptop.pull()
        [refused] = undo(laptop).refused
        assert refused.verdict.code == "deleted_by_another"

    def test_a_restored_lead_is_deleted_for_its_reason_again(self, laptop: Laptop, lead: str) -> None:
        laptop.do(DeleteLead(**laptop.envelope(), lead_id=lead, reason="Spam"))
        laptop.do(RestoreLead(**laptop.envelope(), lead_id=lead))
        laptop.sync()
        undo(laptop)
        assert column(laptop, lead, "deletion_reason") == "Spam"

    def test_a_created_lead_goes(self, laptop: Laptop, hub: TinyHub) -> None:
        new = laptop.new_lead()
        laptop.do(new)
        laptop.sync()
        undo(laptop)
        laptop.sync()
        assert column(laptop, new.lead_id, "deleted_at") is not None
        assert laptop.rows() == hub.visible()

    def test_a_created_lead_that_someone_worked_on_stays(self, laptop: Laptop, hub: TinyHub) -> None:
        new = laptop.new_lead()
        laptop.do(new)
        laptop.sync()
        hub.change(LEAD, new.lead_id, activity_count=1)
        laptop.pull()
        [refused] = undo(laptop).refused
        assert refused.verdict.code == "changed_since"

    def test_a_lost_lead_that_was_contacted_is_contacted_again(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        laptop.do(laptop.log(lead), laptop.move(lead, Stage.NEW, Stage.CONTACTED))
        laptop.do(laptop.move(lead, Stage.CONTACTED, Stage.LOST, "Too dear"))
        laptop.sync()
        undo(laptop)
        laptop.sync()
        assert (column(laptop, lead, "status"), column(laptop, lead, "lost_reason")) == ("contacted", None)

    def test_a_reopened_lead_is_lost_for_its_reason_again(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        hub.change(LEAD, lead, status="lost", lost_reason="Too dear")
        laptop.pull()
        laptop.do(laptop.move(lead, Stage.LOST, Stage.CONTACTED))
        laptop.sync()
        undo(laptop)
        laptop.sync()
        assert (column(laptop, lead, "status"), column(laptop, lead, "lost_reason")) == ("lost", "Too dear")

    def test_a_lost_lead_that_was_new_cannot_be_new_again(self, laptop: Laptop, lead: str) -> None:
        laptop.do(laptop.move(lead, Stage.NEW, Stage.LOST, "Too dear"))
        laptop.sync()
        assert last(laptop).why_not.startswith("This lead was new, and a lost lead can only be reopened as contacted.")
        undo(laptop)
        assert column(laptop, lead, "status") == "lost"

    def test_words_on_a_lead_that_was_lost_already_stay(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        hub.change(LEAD, lead, status="lost", lost_reason="Too dear")
        laptop.pull()
        laptop.do(laptop.move(lead, Stage.NEW, Stage.LOST, "No answer"))
        laptop.sync()
        assert last(laptop).why_not == "Someone else had changed this before; what they did stays."

    def test_an_entry_of_a_timeline_stays(self, laptop: Laptop, lead: str) -> None:
        laptop.do(laptop.log(lead))
        laptop.sync()
        assert last(laptop).why_not.startswith("An entry of a timeline stays.")

    def test_an_act_of_which_a_part_stays_stays_whole(self, laptop: Laptop, lead: str) -> None:
        edit, log = laptop.edit(lead, company=("Acme", "Bolt")), laptop.log(lead)
        laptop.store.perform_together(edit, log)
        laptop.sync()
        assert undo(laptop).done == 0
        assert column(laptop, lead, "company") == "Bolt"

    def test_with_a_lost_role_goes_what_its_rows_were_before(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        rename(laptop, lead)
        laptop.sync()
        hub.role = Role.FINANCE
        laptop.pull()
        assert laptop.store.history().undo is None


class TestInTheInbox:
    """What the hub did not take is decided about there."""

    @pytest.fixture
    def conflict(self, laptop: Laptop, hub: TinyHub, lead: str) -> str:
        """An edit to Bolt in the Inbox, because somebody wrote Careem; its id."""
        act = rename(laptop, lead)
        hub.change(LEAD, lead, company="Careem")
        laptop.sync()
        return act.id

    def test_undo_says_that_it_waits_there(self, laptop: Laptop, conflict: str) -> None:
        assert last(laptop).why_not == "This waits in the Inbox. Decide about it there."

    def test_a_discarded_change_is_forgotten(self, laptop: Laptop, conflict: str, lead: str) -> None:
        undone = laptop.store.history()
        laptop.do(laptop.new_lead())
        laptop.store.discard(laptop.store.pending()[-1].command.id)
        assert laptop.store.history() == undone

    def test_insisting_is_an_act_of_its_own(self, laptop: Laptop, hub: TinyHub, conflict: str, lead: str) -> None:
        [change] = laptop.in_state(PendingState.INBOX)
        assert change.verdict is not None
        laptop.store.resolve(conflict, change.verdict.conflicts)
        laptop.sync()
        undo(laptop)
        laptop.sync()
        assert column(laptop, lead, "company") == "Careem"

    def test_a_retried_change_has_the_place_of_the_first(self, laptop: Laptop, hub: TinyHub, lead: str) -> None:
        hub.change(LEAD, lead, deleted_at=laptop.clock.now())
        act = rename(laptop, lead)
        laptop.sync()
        hub.change(LEAD, lead, deleted_at=None)
        laptop.pull()
        laptop.store.retry(act.id)
        laptop.sync()
        undo(laptop)
        assert column(laptop, lead, "company") == "Acme"


class TestBatch:
    """All rows of it that succeeded go back, each by itself."""

    def test_before_it_is_sent_it_is_withdrawn(self, laptop: Laptop, hub: TinyHub, leads: list[str]) -> None:
        assign_all(laptop, leads)
        assert undo(laptop).done == len(leads)
        assert laptop.store.batches() == ()
        assert laptop.rows() == hub.visible()

    def test_after_it_was_synced_it_is_taken_back_as_a_new_batch(
        self, laptop: Laptop, hub: TinyHub, leads: list[str]
    ) -> None:
        assign_all(laptop, leads)
        laptop.sync()
        undo(laptop)
        [batch] = laptop.store.batches()
        assert (batch.sentence, batch.waiting) == (f"Undid “Assigned {len(leads)} leads to Salma”", len(leads))
        laptop.sync()
        assert owners(laptop, leads) == {None}

    def test_half_sent_one_half_is_withdrawn_and_the_other_taken_back(
        self, laptop: Laptop, hub: TinyHub, leads: list[str]
    ) -> None:
        assign_all(laptop, leads)
        laptop.push(limit=50, lose_answer=True)
        assert undo(laptop).done == len(leads)
        assert sum(batch.waiting for batch in laptop.store.batches()) == 50
        laptop.sync()
        assert owners(laptop, leads) == {None}
        assert laptop.rows() == hub.visible()

    def test_a_row_that_someone_changed_since_stays_and_says_why(
        self, laptop: Laptop, hub: TinyHub, leads: list[str]
    ) -> None:
        assign_all(laptop, leads)
        laptop.sync()
        hub.change(LEAD, leads[0], owner_id="omar")
        laptop.pull()
        done = undo(laptop)
        [refused] = done.refused
        assert (done.done, refused.target.id) == (len(leads) - 1, leads[0])
        assert owners(laptop, leads) == {None, "omar"}

    def test_it_can_be_undone_though_the_last_hundred_rows_of_it_stay(
        self, laptop: Laptop, hub: TinyHub, leads: list[str]
    ) -> None:
        assign_all(laptop, leads)
        for lead in leads[-100:]:
            hub.change(LEAD, lead, owner_id="salma")
        laptop.sync()
        assert laptop.store.history().undo == last(laptop)
        done = undo(laptop)
        assert (done.done, len(done.refused)) == (len(leads) - 100, 100)

    def test_it_is_done_again(self, laptop: Laptop, hub: TinyHub, leads: list[str]) -> None:
        assign_all(laptop, leads)
        laptop.sync()
        undo(laptop)
        laptop.sync()
        assert redo(laptop).done == len(leads)
        laptop.sync()
        assert owners(laptop, leads) == {"salma"}
        assert laptop.rows() == hub.visible()

    def test_cancelled_midway_the_rest_can_still_be_undone(self, laptop: Laptop, leads: list[str]) -> None:
        assign_all(laptop, leads)
        laptop.sync()
        done = laptop.store.undo(last(laptop).number, go_on=lambda _rows: False)
        assert (done.done, done.ended, last(laptop).rows) == (PORTION, True, len(leads) - PORTION)
        undo(laptop)
        assert owners(laptop, leads) == {None}

    def test_a_cancelled_batch_is_undone_as_far_as_it_went(self, laptop: Laptop, leads: list[str]) -> None:
        acts = [laptop.edit(lead, owner_id=(None, "salma")) for lead in leads]
        laptop.store.perform_batch("batch", acts, sentence=str, go_on=lambda _rows: False)
        assert undo(laptop).done == PORTION
        assert owners(laptop, leads) == {None}

    def test_something_else_done_meanwhile_leaves_the_rest_to_be_done_again(
        self, laptop: Laptop, leads: list[str]
    ) -> None:
        def go_on(rows: int) -> bool:
            if rows == PORTION:
                laptop.do(laptop.new_lead())
            return True

        assign_all(laptop, leads)
        laptop.sync()
        laptop.store.undo(last(laptop).number, go_on=go_on)
        redone = laptop.store.history().redo
        assert redone is not None
        assert redone.rows == len(leads) - PORTION

    def test_its_rows_are_counted_as_one_act(self, laptop: Laptop, leads: list[str]) -> None:
        assign_all(laptop, leads)
        assert (last(laptop).rows, last(laptop).target) == (len(leads), None)
        undo(laptop)
        assert laptop.store.history().undo is None


class TestHistory:
    """What would be undone next."""

    def test_the_last_act_comes_first(self, laptop: Laptop, lead: str) -> None:
        rename(laptop, lead)
        laptop.do(TagLead(**laptop.envelope(), lead_id=lead, add=("dubai",)))
        assert last(laptop).sentence == "Changed tags"
        undo(laptop)
        assert (last(laptop).sentence, last(laptop).target) == ("Edited company", Lead.key_of(lead))

    def test_it_is_kept_over_a_restart(self, laptop: Laptop, lead: str) -> None:
        rename(laptop, lead)
        laptop.sync()
        before = laptop.store.history()
        laptop.start_again()
        assert laptop.store.history() == before
        undo(laptop)
        assert column(laptop, lead, "company") == "Acme"

    def test_a_new_act_ends_what_could_be_done_again(self, laptop: Laptop, lead: str) -> None:
        rename(laptop, lead)
        undo(laptop)
        laptop.do(TagLead(**laptop.envelope(), lead_id=lead, add=("dubai",)))
        assert laptop.store.history().redo is None

    def test_an_act_that_changed_nothing_is_not_in_it(self, laptop: Laptop, lead: str) -> None:
        laptop.do(TagLead(**laptop.envelope(), lead_id=lead, add=("vip",)))
        assert laptop.store.history().undo is None

    def test_it_is_bounded(self, laptop: Laptop) -> None:
        for _ in range(105):
            laptop.do(laptop.new_lead())
        for _ in range(100):
            undo(laptop)
        assert laptop.store.history().undo is None

    def test_an_act_that_is_no_longer_known_cannot_be_undone(self, laptop: Laptop, lead: str) -> None:
        rename(laptop, lead)
        number = last(laptop).number
        laptop.store.undo(number)
        with pytest.raises(Refused):
            laptop.store.undo(number)
