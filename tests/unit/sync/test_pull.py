"""What a pull does to the rows here, and to what waits upon them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleetdesk.commands.pending import PendingState
from fleetdesk.errors import DiskFull, Refused, Unavailable
from fleetdesk.models.base import Key
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import Person, Plain, PullHead, RemovedChunk, RowsChunk, VerdictKind
from fleetdesk.sync.files.replica import Replica
from fleetdesk.sync.store.rebase import Hosted, Rebase
from tests.unit.sync.laptop import Laptop, hosted_lead
from tests.unit.sync.planted import RemovalsIgnored, StaleImage, UndoSkipped
from tests.unit.sync.tiny_hub import NOW, TinyHub

LEAD = "sys_demo_lead"


def field(laptop: Laptop, lead_id: str, name: str) -> Plain:
    lead = laptop.lead(lead_id)
    assert lead is not None
    return lead[name]


def test_what_others_changed_comes_in(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, company="Acme")
    laptop.pull()
    hub.change(LEAD, lead_id, company="Bolt")
    laptop.pull()
    assert field(laptop, lead_id, "company") == "Bolt"


def test_a_pull_says_which_rows_it_changed(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub)
    assert laptop.pull().rows == {Key(LEAD, lead_id)}


def test_what_waits_stands_upon_what_others_changed(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, company="Acme")
    laptop.pull()
    laptop.do(laptop.edit(lead_id, company=("Acme", "Bolt")))
    hub.change(LEAD, lead_id, source="fair")
    laptop.pull()
    assert (field(laptop, lead_id, "company"), field(laptop, lead_id, "source")) == ("Bolt", "fair")


def test_what_waits_is_counted_once_upon_what_others_counted(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, activity_count=0)
    laptop.pull()
    laptop.do(laptop.log(lead_id), laptop.log(lead_id))
    hub.change(LEAD, lead_id, activity_count=5)
    laptop.pull()
    laptop.pull()
    assert field(laptop, lead_id, "activity_count") == 7


def test_a_waiting_command_that_no_longer_fits_says_so_and_still_waits(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, company="Acme")
    laptop.pull()
    laptop.do(laptop.edit(lead_id, company=("Acme", "Bolt")))
    hub.change(LEAD, lead_id, company="Careem")
    laptop.pull()
    [change] = laptop.store.pending()
    assert change.state is PendingState.WAITING
    assert change.verdict is not None
    assert change.verdict.kind is VerdictKind.CONFLICT


def test_a_waiting_command_that_fits_again_has_nothing_to_say(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, company="Acme")
    laptop.pull()
    laptop.do(laptop.edit(lead_id, company=("Acme", "Bolt")))
    for company in ("Careem", "Acme"):
        hub.change(LEAD, lead_id, company=company)
        laptop.pull()
    [change] = laptop.store.pending()
    assert change.verdict is None


def test_a_settled_command_leaves_nothing_behind(laptop: Laptop, hub: TinyHub) -> None:
    laptop.do(laptop.new_lead())
    laptop.sync()
    assert laptop.store.pending() == ()
    assert laptop.images() == 0
    assert laptop.rows() == hub.visible()


def test_the_effect_of_a_sent_command_stays_until_its_row_comes(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, company="Acme")
    laptop.pull()
    laptop.do(laptop.edit(lead_id, company=("Acme", "Bolt")))
    laptop.push()
    assert field(laptop, lead_id, "company") == "Bolt"


def test_what_the_hub_refused_goes_although_its_row_does_not_come(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, company="Acme")
    laptop.pull()
    laptop.do(laptop.edit(lead_id, company=("Acme", "Bolt")))
    hub.change(LEAD, lead_id, company="Careem")
    laptop.push()
    laptop.pull()
    assert field(laptop, lead_id, "company") == "Careem"


def test_what_waits_behind_a_refused_command_stays(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, company="Acme")
    laptop.pull()
    laptop.do(laptop.edit(lead_id, company=("Acme", "Bolt")))
    hub.change(LEAD, lead_id, company="Careem")
    laptop.push()
    laptop.do(laptop.log(lead_id))
    laptop.pull()
    assert field(laptop, lead_id, "activity_count") == 1


def test_receipts_that_the_push_lost_come_with_the_pull(laptop: Laptop) -> None:
    laptop.do(laptop.new_lead())
    laptop.push(lose_answer=True)
    laptop.pull()
    assert laptop.store.counts().waiting == 0


def test_a_removed_row_goes(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub)
    laptop.pull()
    hub.remove(LEAD, lead_id)
    laptop.pull()
    assert laptop.lead(lead_id) is None


def test_a_removed_row_is_no_longer_found(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, search_key="acme")
    laptop.pull()
    hub.remove(LEAD, lead_id)
    laptop.pull()
    assert laptop.found('"acme"') == set()


def test_an_edit_of_a_removed_row_says_that_the_row_is_gone(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, company="Acme")
    laptop.pull()
    laptop.do(laptop.edit(lead_id, company=("Acme", "Bolt")))
    hub.remove(LEAD, lead_id)
    laptop.pull()
    [change] = laptop.store.pending()
    assert change.verdict is not None
    assert change.verdict.code == "missing"


def test_search_follows_what_others_changed(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, search_key="acme")
    laptop.pull()
    hub.change(LEAD, lead_id, search_key="bolt")
    laptop.pull()
    assert (laptop.found('"acme"'), laptop.found('"bolt"')) == (set(), {lead_id})


def test_a_pull_in_many_portions_brings_the_same(laptop: Laptop, hub: TinyHub) -> None:
    lead_ids = [hosted_lead(hub, company="Acme") for _ in range(20)]
    laptop.pull()
    for lead_id in lead_ids[:5]:
        laptop.do(laptop.edit(lead_id, company=("Acme", "Bolt")))
    laptop.push(limit=3)
    for lead_id in lead_ids:
        hub.change(LEAD, lead_id, source="fair")
    laptop.pull(chunk=1)
    laptop.sync()
    assert laptop.rows() == hub.visible()


def test_a_pull_that_is_left_changes_nothing(laptop: Laptop, hub: TinyHub) -> None:
    hosted_lead(hub)
    before = laptop.store.cursor
    assert before is not None
    pull = hub.pull(laptop.store.laptop_id, before, 0)
    with laptop.store.begin_pull(laptop.pull_request(), pull.head) as writer:
        writer.rows(pull.rows[0])
    assert (laptop.rows(), laptop.store.cursor) == ({}, before)


def test_columns_and_tables_of_a_newer_hub_are_passed_over(laptop: Laptop, hub: TinyHub) -> None:
    with laptop.store.begin_pull(laptop.pull_request(), PullHead(person=hub.person, server_time=NOW)) as writer:
        writer.removed(RemovedChunk(table="new_table", ids=("x",)))
        writer.rows(RowsChunk(table="new_table", columns=("id",), rows=[["x"]]))
        writer.rows(RowsChunk(table=LEAD, columns=("new_column", "id", "scope"), rows=[[1, "lead", "leads"]]))
        writer.finish(hub.pull(laptop.store.laptop_id, "0|", 0).end)
    assert list(laptop.rows()) == [Key(LEAD, "lead")]


def test_columns_that_an_older_hub_leaves_out_keep_their_hosted_value(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, company="Acme", source="fair")
    laptop.pull()
    laptop.do(laptop.edit(lead_id, source=("fair", "web")))
    laptop.push()
    with laptop.store.begin_pull(laptop.pull_request(), PullHead(person=hub.person, server_time=NOW)) as writer:
        writer.rows(RowsChunk(table=LEAD, columns=("id", "scope", "company"), rows=[[lead_id, "leads", "Bolt"]]))
        writer.finish(hub.pull(laptop.store.laptop_id, "0|", 0).end)
    assert field(laptop, lead_id, "source") == "fair"


def test_a_pull_for_another_person_is_refused(laptop: Laptop, hub: TinyHub) -> None:
    head = PullHead(person=Person(id="x", name="", email="", role="platform_support", scopes=()), server_time=NOW)
    with laptop.store.begin_pull(laptop.pull_request(), head) as writer, pytest.raises(Refused) as told:
        writer.finish(hub.pull(laptop.store.laptop_id, "0|", 0).end)
    assert told.value.code == "other_person"


def test_a_pull_that_began_before_a_load_is_not_applied_after_it(laptop: Laptop, hub: TinyHub) -> None:
    pull = hub.pull(laptop.store.laptop_id, laptop.store.cursor or "", 0)
    with laptop.store.begin_pull(laptop.pull_request(), pull.head) as writer:
        laptop.load()
        with pytest.raises(Unavailable):
            writer.finish(pull.end)


@pytest.mark.parametrize("change", ["a new epoch", "a new stream", "a lost cursor"])
def test_a_pull_that_was_asked_for_before_the_store_began_anew_is_not_applied(
    laptop: Laptop, hub: TinyHub, change: str
) -> None:
    laptop.sync()
    laptop.do(laptop.new_lead())
    laptop.push()
    request = laptop.pull_request()
    pull = hub.pull(request.laptop_id, request.cursor, 0)
    match change:
        case "a new epoch":
            laptop.store.new_epoch("another epoch")
        case "a new stream":
            laptop.store.begin_stream()
        case _:
            laptop.store.forget_cursor()
    cursor, before = laptop.store.cursor, laptop.rows()
    with laptop.store.begin_pull(request, pull.head) as writer, pytest.raises(Unavailable):
        writer.finish(pull.end)
    assert (laptop.store.cursor, laptop.rows()) == (cursor, before)


def test_the_role_of_the_last_pull_decides_what_is_refused_early(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, status="onboarding")
    laptop.pull()
    hub.change("sys_demo_lead", lead_id, status="new")
    laptop.pull()
    assert laptop.store.perform(laptop.move(lead_id, Stage.NEW, Stage.LOST, "Budget"))[0].settled


class _BreaksOff(Rebase):
    """A disk that fills while a large pull is applied."""

    def write(self, replica: Replica, hosted: Hosted) -> frozenset[Key]:
        if any("the last" in row for rows in hosted.rows for row in rows.values):
            raise DiskFull("full")
        return super().write(replica, hosted)


def test_a_pull_that_breaks_off_midway_keeps_its_cursor_and_heals(tmp_path: Path, hub: TinyHub) -> None:
    laptop = Laptop(tmp_path / "laptop", hub, rebase=_BreaksOff)
    laptop.connect()
    before = laptop.store.cursor
    for index in range(30):
        hosted_lead(hub, source="the last" if index == 29 else "web", message="m" * 200)
    with pytest.raises(DiskFull):
        laptop.pull(chunk=1)
    assert laptop.store.cursor == before
    laptop.rebase = Rebase
    laptop.start_again()
    laptop.pull()
    assert laptop.rows() == hub.visible()
    laptop.store.close()


class TestPlantedMistakes:
    """Each step of a rebase is missed where it is left out."""

    @pytest.fixture(params=[Rebase, UndoSkipped, RemovalsIgnored, StaleImage])
    def rebase(self, request: pytest.FixtureRequest) -> type[Rebase]:
        kind: type[Rebase] = request.param
        return kind

    def test_only_the_sound_rebase_ends_equal(self, tmp_path: Path, hub: TinyHub, rebase: type[Rebase]) -> None:
        deleted, removed, edited = hosted_lead(hub), hosted_lead(hub), hosted_lead(hub, company="Acme")
        laptop = Laptop(tmp_path / "laptop", hub, rebase=rebase)
        laptop.connect()
        laptop.do(laptop.log(deleted), laptop.edit(edited, company=("Acme", "Bolt")))
        hub.change(LEAD, deleted, deleted_at=NOW)
        hub.remove(LEAD, removed)
        laptop.sync()
        regretted = laptop.edit(edited, company=("Bolt", "Careem"))
        laptop.do(regretted)
        laptop.store.discard(regretted.id)
        equal = laptop.rows() == hub.visible()
        laptop.store.close()
        assert equal is (rebase is Rebase)
