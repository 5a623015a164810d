"""The rows that commands work on: declared, handed out, put back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest

from fleetdesk.commands.core import APPLIED, Command, FieldEdit
from fleetdesk.commands.leads import CreateLead, EditLead
from fleetdesk.commands.workspace import Workspace
from fleetdesk.errors import Defect, Refused
from fleetdesk.models.access import Actor, Permission
from fleetdesk.models.base import Key
from fleetdesk.models.leads import Lead
from fleetdesk.protocol import Verdict
from tests.unit.commands.bench import NOON, Bench


@dataclass(frozen=True, kw_only=True)
class _Meddle(Command):
    """Changes a lead, makes another, reaches for a third if told to, and is refused in the end if told to."""

    name: ClassVar[str] = "test.meddle"
    permission: ClassVar[Permission] = Permission.LEADS_EDIT
    writes: ClassVar[frozenset[str]] = frozenset()

    reaching: bool = False
    refused: bool = True

    def touches(self) -> frozenset[Key]:
        return frozenset({Lead.key_of("lead"), Lead.key_of("other")})

    def target(self) -> Key:
        return Lead.key_of("lead")

    def sentence(self) -> str:
        return "Meddled"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        lead = db.get(Lead, "lead")
        lead.company, lead.tags = "meddled", ["meddled"]
        made = {name: getattr(lead, name) for name in Lead.table().columns.keys()}
        db.add(Lead(**{**made, "id": "other"}))
        if self.reaching:
            db.get(Lead, "undeclared")
        if self.refused:
            raise Refused("no", "No.")
        return APPLIED


def test_a_refusal_leaves_changed_and_made_rows_as_they_were(bench: Bench) -> None:
    bench.create(company="Old")
    before = bench.everything()
    assert bench.perform(_Meddle(id="m", issued_at=NOON)).code == "no"
    assert bench.everything() == before


def test_what_a_refused_command_made_can_be_made_by_the_next_of_the_batch(bench: Bench) -> None:
    bench.create(company="Old")
    again = CreateLead(id="c", issued_at=NOON, lead_id="other", values={"last_name": "Next"})
    bench.perform(_Meddle(id="m", issued_at=NOON), again)
    assert bench.lead("other").last_name == "Next"


def test_a_command_of_a_batch_sees_what_the_one_before_it_did(bench: Bench) -> None:
    create = CreateLead(id="c", issued_at=NOON, lead_id="lead", values={"last_name": "X", "company": "A"})
    edit = EditLead(id="e", issued_at=NOON, lead_id="lead", edits={"company": FieldEdit(base="A", new="B")})
    bench.perform(create, edit)
    assert bench.lead().company == "B"


def test_reaching_for_a_row_that_was_not_declared_is_a_defect(bench: Bench) -> None:
    bench.create()
    with pytest.raises(Defect, match="without declaring it"):
        bench.perform(_Meddle(id="m", issued_at=NOON, reaching=True))


def test_a_row_that_is_not_there_is_a_refusal_with_advice(bench: Bench) -> None:
    edit = EditLead(id="e", issued_at=NOON, lead_id="never", edits={"company": FieldEdit(base=None, new="B")})
    verdict = bench.perform(edit)
    assert (verdict.code, verdict.do) == ("missing", "Discard the change.")


def test_changes_name_only_what_changed_before_and_after(bench: Bench) -> None:
    bench.create(last_name="Petit", company="Old")
    bench.perform(EditLead(id="e", issued_at=NOON, lead_id="lead", edits={"company": FieldEdit(base="Old", new="New")}))
    before, after = bench.changes[Lead.key_of("lead")]
    assert before == {"company": "Old", "search_key": "petit old", "revision": 1}
    assert after == {"company": "New", "search_key": "petit new", "revision": 2}


def test_changes_of_a_made_row_have_no_before(bench: Bench) -> None:
    bench.create(last_name="Petit")
    before, after = bench.changes[Lead.key_of("lead")]
    assert before is None
    assert after["last_name"] == "Petit"


def test_a_refused_command_changed_nothing(bench: Bench) -> None:
    bench.create()
    bench.perform(_Meddle(id="m", issued_at=NOON))
    assert bench.changes == {}
