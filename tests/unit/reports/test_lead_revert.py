"""A whole import taken back, but only as far as nobody changed its leads since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.lead_import import OnExisting
from fleetdesk.commands.leads import EditLead, LogActivity
from fleetdesk.commands.pending import to_the_end
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.models.leads import ActivityKind
from fleetdesk.queries.filters.sql import NO_ONE
from fleetdesk.queries.lead_imports import PastImport, past_imports
from fleetdesk.queries.leads import LeadQuery, LeadRow, lead_keys, lead_page
from fleetdesk.reports.lead_import import ImportChoices, run_import
from fleetdesk.reports.lead_revert import RevertReport, run_revert
from fleetdesk.sync.store.local_store import LocalStore

FIRST = "Name,Email,Company\nAli,a@b.fr,Taxi\nZoé,z@b.fr,\nEve,e@b.fr,\n"
SECOND = "Email,Company,Fleet,Name\na@b.fr,Bus,12,\nz@b.fr,Bus,4,\nn@b.fr,New,1,Noor\n"


def imported(store: LocalStore, folder: Path, text: str, on_existing: OnExisting = OnExisting.LEAVE) -> PastImport:
    path = folder / "fair.csv"
    path.write_text(text, "utf-8")
    choices = ImportChoices(on_existing=on_existing, overwritten=frozenset({"company"}))
    with store.reading() as replica:
        report = run_import(path, store, replica, clock=SystemClock(), choices=choices)
    [past] = [past for past in known(store) if past.id == report.import_id]
    return past


def known(store: LocalStore) -> tuple[PastImport, ...]:
    with store.reading() as replica:
        return past_imports(replica)


def reverted(store: LocalStore, past: PastImport) -> RevertReport:
    with store.reading() as replica:
        return run_revert(past, store, replica, clock=SystemClock(), go_on=to_the_end)


def rows(store: LocalStore) -> list[LeadRow]:
    with store.reading() as replica:
        return list(lead_page(replica, lead_keys(replica, LeadQuery(), NO_ONE)).values())


def leads(store: LocalStore) -> Mapping[str, LeadRow]:
    return {row.email or "": row for row in rows(store)}


def edit(store: LocalStore, email: str, **edits: tuple[str | None, str]) -> None:
    fields = {name: FieldEdit(base, new) for name, (base, new) in edits.items()}
    command = EditLead(id=new_id(), issued_at=SystemClock().now(), lead_id=leads(store)[email].id, edits=fields)
    [verdict] = store.perform(command)
    assert verdict.settled


def test_an_import_is_remembered_with_its_file_and_figures(store: LocalStore, tmp_path: Path) -> None:
    past = imported(store, tmp_path, FIRST)
    assert (past.file_name, past.rows, past.created, past.updated, past.failed) == ("fair.csv", 3, 3, 0, 0)
    assert past.taken_back_at is None


def test_an_import_of_which_nothing_came_is_not_remembered(store: LocalStore, tmp_path: Path) -> None:
    imported(store, tmp_path, FIRST)
    with store.reading() as replica:
        run_import(tmp_path / "fair.csv", store, replica, clock=SystemClock())
    assert len(known(store)) == 1


def test_leads_that_were_created_go_and_the_import_is_marked(store: LocalStore, tmp_path: Path) -> None:
    report = reverted(store, imported(store, tmp_path, FIRST))
    assert (report.leads, report.left, rows(store)) == (3, (), [])
    assert known(store)[0].taken_back_at is not None


def test_leads_that_were_updated_get_their_former_values_back(store: LocalStore, tmp_path: Path) -> None:
    imported(store, tmp_path, FIRST)
    past = imported(store, tmp_path, SECOND, OnExisting.OVERWRITE)
    assert leads(store)["a@b.fr"].company == "Bus"
    report = reverted(store, past)
    assert (report.leads, report.left) == (3, ())
    assert {email: (row.company, row.fleet_size) for email, row in leads(store).items()} == {
        "a@b.fr": ("Taxi", None),
        "z@b.fr": (None, None),
        "e@b.fr": (None, None),
    }


def test_what_was_changed_since_stays_and_is_named_with_what_it_is(store: LocalStore, tmp_path: Path) -> None:
    imported(store, tmp_path, FIRST)
    past = imported(store, tmp_path, SECOND, OnExisting.OVERWRITE)
    edit(store, "a@b.fr", company=("Bus", "Limousines"))
    edit(store, "n@b.fr", website=(None, "noor.example"))
    report = reverted(store, past)
    assert {(left.name, left.what) for left in report.left} == {
        ("Ali", "Changed since: company"),
        ("Noor", "Changed since: website"),
    }
    after = leads(store)
    assert (after["a@b.fr"].company, after["a@b.fr"].fleet_size) == ("Limousines", None)
    assert "n@b.fr" in after
    assert after["z@b.fr"].company is None


def test_a_lead_about_which_something_was_written_down_stays(store: LocalStore, tmp_path: Path) -> None:
    past = imported(store, tmp_path, FIRST)
    now = SystemClock().now()
    call = LogActivity(
        id=new_id(),
        issued_at=now,
        lead_id=leads(store)["a@b.fr"].id,
        activity_id=new_id(),
        kind=ActivityKind.CALL,
        body="Called.",
        happened_at=now,
    )
    store.perform(call)
    assert [left.what for left in reverted(store, past).left] == ["Something was written down about it"]


def test_it_is_one_act_that_can_itself_be_undone(store: LocalStore, tmp_path: Path) -> None:
    report = reverted(store, imported(store, tmp_path, FIRST))
    assert report.done.act is not None
    store.undo(report.done.act)
    assert len(rows(store)) == 3
    assert known(store)[0].taken_back_at is None


def test_ended_half_way_it_is_not_marked_and_goes_on_with_the_rest(store: LocalStore, tmp_path: Path) -> None:
    past = imported(store, tmp_path, "Name,x\n" + "".join(f"Ali {number},\n" for number in range(250)))
    with store.reading() as replica:
        report = run_revert(past, store, replica, clock=SystemClock(), go_on=lambda _leads: False)
    assert report.done.ended
    assert 0 < len(rows(store)) < 250
    assert known(store)[0].taken_back_at is None
    reverted(store, past)
    assert rows(store) == []


def test_an_import_that_was_taken_back_has_nothing_left_to_take_back(store: LocalStore, tmp_path: Path) -> None:
    past = imported(store, tmp_path, FIRST)
    reverted(store, past)
    assert reverted(store, replace(past, taken_back_at=SystemClock().now())).leads == 0
