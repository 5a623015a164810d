"""What a command does on the laptop, before any hub has seen it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleetdesk.commands.core import Commands
from fleetdesk.commands.leads import CreateLead, TagLead
from fleetdesk.commands.pending import PendingState
from fleetdesk.commands.platform import Platform
from fleetdesk.errors import SignInNeeded
from fleetdesk.models.access import Role
from fleetdesk.models.base import Key
from fleetdesk.models.changes import Changes
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import VerdictKind
from tests.unit.sync.laptop import Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub


def test_a_command_shows_at_once(laptop: Laptop) -> None:
    act = laptop.new_lead(company="Bolt")
    laptop.do(act)
    lead = laptop.lead(act.lead_id)
    assert lead is not None
    assert lead["company"] == "Bolt"


def test_a_command_waits_for_the_hub(laptop: Laptop) -> None:
    act = laptop.new_lead()
    laptop.do(act)
    assert [(change.command, change.state) for change in laptop.store.pending()] == [(act, PendingState.WAITING)]


def test_a_refused_command_changes_no_row(laptop: Laptop) -> None:
    act = laptop.new_lead()
    laptop.do(act)
    before = laptop.rows()
    [verdict] = laptop.store.perform(laptop.move(act.lead_id, Stage.NEW, Stage.QUALIFIED))
    assert verdict.kind is VerdictKind.REJECTED
    assert laptop.rows() == before


def test_a_refused_command_does_not_wait(laptop: Laptop) -> None:
    laptop.store.perform(laptop.edit("no such lead", company=("a", "b")))
    assert laptop.store.pending() == ()


def test_an_edit_whose_every_field_conflicts_is_not_kept(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, company="Acme")
    laptop.pull()
    [verdict] = laptop.store.perform(laptop.edit(lead_id, company=("Bolt", "Careem")))
    assert verdict.kind is VerdictKind.CONFLICT
    assert laptop.store.pending() == ()


def test_an_edit_that_set_one_of_two_fields_is_kept_and_says_what_conflicts(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, company="Acme")
    laptop.pull()
    laptop.store.perform(laptop.edit(lead_id, company=("Bolt", "Careem"), source=(None, "fair")))
    [change] = laptop.store.pending()
    assert change.verdict is not None
    assert [conflict.field for conflict in change.verdict.conflicts] == ["company"]


def test_of_several_commands_only_the_refused_one_is_left_out(laptop: Laptop) -> None:
    lead = laptop.new_lead()
    first, refused, last = laptop.edit(lead.lead_id, source=(None, "fair")), laptop.edit("x"), laptop.log(lead.lead_id)
    laptop.store.perform(lead, first, refused, last)
    assert [change.command for change in laptop.store.pending()] == [lead, first, last]


def test_commands_given_together_see_each_other(laptop: Laptop) -> None:
    lead = laptop.new_lead(company="Acme")
    verdicts = laptop.store.perform(lead, laptop.edit(lead.lead_id, company=("Acme", "Bolt")))
    assert [verdict.kind for verdict in verdicts] == [VerdictKind.APPLIED, VerdictKind.APPLIED]


def test_of_commands_performed_together_none_is_kept_if_one_is_refused(laptop: Laptop) -> None:
    lead = laptop.new_lead()
    laptop.do(lead)
    before = laptop.rows()
    performed = laptop.store.perform_together(
        laptop.log(lead.lead_id), laptop.move(lead.lead_id, Stage.NEW, Stage.QUALIFIED), laptop.log(lead.lead_id)
    )
    assert performed.refusal is not None
    assert performed.refusal.kind is VerdictKind.REJECTED
    assert [change.command for change in laptop.store.pending()] == [lead]
    assert laptop.rows() == before


def test_a_refusal_of_commands_performed_together_is_told_to_nobody_else(laptop: Laptop) -> None:
    lead = laptop.new_lead()
    laptop.do(lead)
    heard: list[Changes] = []
    laptop.store.subscribe(heard.append)
    laptop.store.perform_together(laptop.log(lead.lead_id), laptop.edit("no such lead", company=("a", "b")))
    assert heard == []


def test_commands_performed_together_after_a_refusal_are_done_once(laptop: Laptop) -> None:
    lead = laptop.new_lead()
    laptop.do(lead)
    laptop.store.perform_together(laptop.log(lead.lead_id), laptop.edit("no such lead", company=("a", "b")))
    laptop.store.perform_together(laptop.log(lead.lead_id), laptop.move(lead.lead_id, Stage.NEW, Stage.CONTACTED))
    row = laptop.lead(lead.lead_id)
    assert row is not None
    assert (row["status"], row["activity_count"]) == ("contacted", 1)


def test_an_edit_that_set_one_of_two_fields_is_no_refusal_of_what_is_performed_together(
    laptop: Laptop, hub: TinyHub
) -> None:
    lead_id = hosted_lead(hub, company="Acme")
    laptop.pull()
    edit, log = laptop.edit(lead_id, company=("Bolt", "Careem"), source=(None, "fair")), laptop.log(lead_id)
    performed = laptop.store.perform_together(edit, log)
    assert performed.refusal is None
    assert [conflict.field for conflict in performed.conflicts] == ["company"]
    assert [change.command for change in laptop.store.pending()] == [edit, log]


def test_a_role_without_the_permission_is_refused_before_the_hub_is_asked(tmp_path: Path, hub: TinyHub) -> None:
    hub.role = Role.FINANCE
    laptop = Laptop(tmp_path / "finance", hub)
    laptop.connect()
    [verdict] = laptop.store.perform(laptop.new_lead())
    laptop.store.close()
    assert verdict.code == "not_allowed"


def test_nobody_acts_before_the_hub_said_who_they_are(tmp_path: Path, hub: TinyHub) -> None:
    laptop = Laptop(tmp_path / "new", hub)
    with pytest.raises(SignInNeeded):
        laptop.store.perform(laptop.new_lead())
    laptop.store.close()


def test_whoever_listens_hears_which_rows_changed(laptop: Laptop) -> None:
    heard: list[Changes] = []
    laptop.store.subscribe(heard.append)
    act = laptop.new_lead()
    laptop.do(act)
    assert heard == [Changes(frozenset({Key("sys_demo_lead", act.lead_id), Key("sys_demo_lead_revision", act.id)}))]


def test_a_refusal_is_told_to_nobody_else(laptop: Laptop) -> None:
    heard: list[Changes] = []
    laptop.store.subscribe(heard.append)
    laptop.store.perform(laptop.edit("no such lead", company=("a", "b")))
    assert heard == []


def test_who_no_longer_listens_hears_nothing(laptop: Laptop) -> None:
    heard: list[Changes] = []
    laptop.store.subscribe(heard.append)()
    laptop.do(laptop.new_lead())
    assert heard == []


def test_a_listener_may_ask_the_store(laptop: Laptop) -> None:
    counted: list[int] = []
    laptop.store.subscribe(lambda changes: counted.append(laptop.store.counts().waiting))
    laptop.do(laptop.new_lead())
    assert counted == [1]


def test_search_finds_a_lead_by_its_new_words_only(laptop: Laptop) -> None:
    act = laptop.new_lead(company="Acme")
    laptop.do(act)
    laptop.do(laptop.edit(act.lead_id, company=("Acme", "Bolt")))
    assert laptop.found('"bol"*') == {act.lead_id}
    assert laptop.found('"acme"*') == set()


def test_search_takes_an_underscore_for_a_letter(laptop: Laptop) -> None:
    act = laptop.new_lead(company="big_fleet")
    laptop.do(act)
    assert laptop.found('"big_f"*') == {act.lead_id}


class TestAVersionThatDoesNotKnowACommand:
    """A laptop that went back to an older FleetDesk."""

    @pytest.fixture
    def older(self, laptop: Laptop) -> Laptop:
        lead = laptop.new_lead()
        laptop.do(lead)
        laptop.do(TagLead(**laptop.envelope(), lead_id=lead.lead_id, add=("vip",)))
        full = laptop.hub.platform
        laptop.store.close()
        laptop.hub.platform = Platform(full.schema, Commands([CreateLead]), full.access)
        laptop.reopen()
        laptop.hub.platform = full
        return laptop

    def test_keeps_showing_it(self, older: Laptop) -> None:
        assert [change.command.name for change in older.store.pending()] == ["leads.create", "unreadable"]

    def test_still_offers_it_to_the_hub(self, older: Laptop) -> None:
        older.sync()
        assert older.store.pending() == ()
        assert older.rows() == older.hub.visible()
