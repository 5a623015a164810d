"""A role that is taken away: the rows go at once, from the file too, and the work upon them is kept for the person."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fleetdesk.commands.pending import PendingState
from fleetdesk.models.access import Role
from fleetdesk.models.base import Key
from fleetdesk.models.drafts import Draft
from fleetdesk.models.stages import Stage
from tests.sync.decrypted import stands_in
from tests.unit.sync.laptop import KEYS, Laptop, hosted_lead
from tests.unit.sync.tiny_hub import NOW, TinyHub

LEAD = "sys_demo_lead"
SECRET = "zanzibar"


@pytest.fixture
def lead(laptop: Laptop, hub: TinyHub) -> str:
    lead_id = hosted_lead(hub, company=SECRET, search_key=SECRET)
    laptop.pull()
    return lead_id


def lose_the_role(laptop: Laptop) -> None:
    laptop.hub.role = Role.FINANCE
    laptop.pull()


def load_with_less(laptop: Laptop) -> None:
    """What comes of a role that was lost while the laptop was away for longer than removals are remembered."""
    laptop.hub.role = Role.FINANCE
    laptop.store.forget_cursor()
    laptop.load()


Lose = Callable[[Laptop], None]


def test_the_rows_go(laptop: Laptop, lead: str) -> None:
    lose_the_role(laptop)
    assert laptop.rows() == {}


def test_the_rows_are_no_longer_found(laptop: Laptop, lead: str) -> None:
    lose_the_role(laptop)
    assert laptop.found(f'"{SECRET}"') == set()


def test_rows_of_other_scopes_stay(laptop: Laptop, hub: TinyHub, lead: str) -> None:
    member = {"user_id": "u", "organisation": "o", "role": Role.FINANCE, "status": "active"}
    hub.insert("adm_members", id="m", scope="staff", created_at=NOW, updated_at=NOW, **member)
    laptop.pull()
    lose_the_role(laptop)
    assert [key.id for key in laptop.rows()] == ["m"]


def test_many_rows_go_too(laptop: Laptop, hub: TinyHub) -> None:
    for _ in range(50):
        hosted_lead(hub)
    laptop.pull()
    lose_the_role(laptop)
    assert laptop.rows() == {}


def test_the_words_cannot_be_read_in_the_file_by_one_who_has_the_key(laptop: Laptop, lead: str) -> None:
    assert readable(laptop, SECRET)
    lose_the_role(laptop)
    laptop.store.idle_checkpoint()
    assert not readable(laptop, SECRET)


def test_the_hosted_words_beneath_an_edit_cannot_be_read_either(laptop: Laptop, lead: str) -> None:
    laptop.do(laptop.edit(lead, company=(SECRET, "Bolt"), source=(None, "mombasa")))
    lose_the_role(laptop)
    laptop.store.idle_checkpoint()
    assert not readable(laptop, SECRET)
    assert not readable(laptop, "mombasa")


def test_the_hosted_words_of_a_conflict_cannot_be_read_in_the_outbox_either(laptop: Laptop, lead: str) -> None:
    conflict_over(laptop, lead, "pemba")
    lose_the_role(laptop)
    assert not readable(laptop, "pemba", outbox=True)


def test_what_the_person_wanted_in_a_conflict_stays_with_the_reason(laptop: Laptop, lead: str) -> None:
    conflict_over(laptop, lead, "pemba")
    lose_the_role(laptop)
    [change] = laptop.in_state(PendingState.INBOX)
    assert change.verdict is not None
    assert (change.verdict.code, readable(laptop, "Bolt", outbox=True)) == ("scope_lost", True)


def test_the_words_of_a_conflict_go_with_a_load_of_everything_too(laptop: Laptop, lead: str) -> None:
    conflict_over(laptop, lead, "pemba")
    load_with_less(laptop)
    assert not readable(laptop, "pemba", outbox=True)


def test_what_waited_goes_to_the_inbox_with_a_load_of_everything_too(laptop: Laptop, lead: str) -> None:
    laptop.do(laptop.edit(lead, company=(SECRET, "Bolt")))
    load_with_less(laptop)
    [change] = laptop.in_state(PendingState.INBOX)
    assert change.verdict is not None
    assert change.verdict.code == "scope_lost"


OTHER = Key(LEAD, "another")


def test_what_was_being_written_about_the_rows_goes_too(laptop: Laptop, lead: str) -> None:
    laptop.store.keep_draft(Key(LEAD, lead), Draft("note", "pemba rang"))
    lose_the_role(laptop)
    assert (laptop.store.drafts, readable(laptop, "pemba", outbox=True)) == ({}, False)


def test_what_a_form_held_of_them_goes_too(laptop: Laptop, lead: str) -> None:
    laptop.store.keep("form.leads.edit", {"table": LEAD, "id": lead, "title": "pemba", "bases": {"company": "pemba"}})
    lose_the_role(laptop)
    assert (laptop.store.kept, readable(laptop, "pemba", outbox=True)) == ({}, False)


def test_what_is_kept_of_other_rows_and_of_none_stays(laptop: Laptop, hub: TinyHub, lead: str) -> None:
    member = {"user_id": "u", "organisation": "o", "role": Role.FINANCE, "status": "active"}
    hub.insert("adm_members", id="m", scope="staff", created_at=NOW, updated_at=NOW, **member)
    laptop.pull()
    laptop.store.keep("form.members.role", {"table": "adm_members", "id": "m"})
    laptop.store.keep("leads.columns", ["name"])
    laptop.store.keep("form.leads.new", {"typed": {"last_name": "Petit"}})
    lose_the_role(laptop)
    assert laptop.store.kept.keys() == {"form.members.role", "leads.columns", "form.leads.new"}


@pytest.mark.parametrize("lose", [lose_the_role, load_with_less], ids=["by a pull", "by a load of everything"])
def test_what_is_kept_of_a_row_that_was_gone_before_goes(laptop: Laptop, lead: str, lose: Lose) -> None:
    laptop.store.keep_draft(OTHER, Draft("note", "pemba rang"))
    laptop.store.keep_draft(Key(LEAD, lead), Draft("note", "pemba rang"))
    lose(laptop)
    assert (laptop.store.drafts, readable(laptop, "pemba", outbox=True)) == ({}, False)


def test_a_former_value_that_an_undo_would_bring_back_goes(laptop: Laptop, lead: str) -> None:
    laptop.hub.change(LEAD, lead, lost_reason="pemba", status="lost")
    laptop.pull()
    laptop.do(laptop.move(lead, Stage.LOST, Stage.CONTACTED))
    assert readable(laptop, "pemba", outbox=True)
    lose_the_role(laptop)
    assert not readable(laptop, "pemba", outbox=True)


def conflict_over(laptop: Laptop, lead: str, theirs: str) -> None:
    """Have an edit of this laptop conflict with what somebody else wrote, of which the outbox then tells."""
    laptop.do(laptop.edit(lead, company=(SECRET, "Bolt")))
    laptop.hub.change(LEAD, lead, company=theirs)
    laptop.sync()
    [change] = laptop.in_state(PendingState.INBOX)
    assert change.verdict is not None
    assert [conflict.theirs for conflict in change.verdict.conflicts] == [theirs]


def test_what_waited_on_them_goes_to_the_inbox_with_the_reason(laptop: Laptop, lead: str) -> None:
    laptop.do(laptop.edit(lead, company=(SECRET, "Bolt")))
    lose_the_role(laptop)
    [change] = laptop.in_state(PendingState.INBOX)
    assert change.verdict is not None
    assert change.verdict.code == "scope_lost"


def test_a_row_created_here_goes_with_its_scope(laptop: Laptop) -> None:
    laptop.do(laptop.new_lead())
    lose_the_role(laptop)
    assert laptop.rows() == {}


def test_what_is_in_the_inbox_for_it_can_be_discarded(laptop: Laptop, lead: str) -> None:
    act = laptop.edit(lead, company=(SECRET, "Bolt"))
    laptop.do(act)
    lose_the_role(laptop)
    laptop.store.discard(act.id)
    assert laptop.store.pending() == ()


def test_it_can_be_retried_when_the_role_comes_back(laptop: Laptop, hub: TinyHub, lead: str) -> None:
    act = laptop.edit(lead, company=(SECRET, "Bolt"))
    laptop.do(act)
    lose_the_role(laptop)
    hub.role = Role.COMMERCIAL
    laptop.pull()
    assert laptop.store.retry(act.id).settled
    laptop.sync()
    assert laptop.rows() == hub.visible()


def test_what_was_on_its_way_still_gets_its_verdict(laptop: Laptop, hub: TinyHub, lead: str) -> None:
    laptop.do(laptop.edit(lead, company=(SECRET, "Bolt")))
    batch = laptop.store.next_batch(10)
    assert batch is not None
    lose_the_role(laptop)
    laptop.sync()
    [change] = laptop.in_state(PendingState.INBOX)
    assert hub.verdict(change.command.id) is not None


def test_what_the_hub_took_before_the_role_went_is_settled(laptop: Laptop, lead: str) -> None:
    laptop.do(laptop.edit(lead, company=(SECRET, "Bolt")))
    laptop.push(lose_answer=True)
    lose_the_role(laptop)
    assert laptop.store.pending() == ()


def readable(laptop: Laptop, word: str, *, outbox: bool = False) -> bool:
    """Whether the replica's file (or the outbox's) or its log holds the word once decrypted."""
    [path] = laptop.folder.glob("outbox.db" if outbox else "replica-*.db")
    return stands_in(path, word, KEYS.outbox if outbox else KEYS.replica)
