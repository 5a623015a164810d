"""Whose the leads of an import from the command line are."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from sqlalchemy import select

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.demo.cli import import_leads
from fleetdesk.demo.dataset import PERSONAS
from fleetdesk.models.access import Actor
from fleetdesk.models.ids import SystemClock
from fleetdesk.models.leads import Lead
from fleetdesk.reports.import_options import ImportOptions
from fleetdesk.sync.files.cipher import FileKeys
from fleetdesk.sync.store.local_store import LocalStore

_PERSONA = PERSONAS[0]


@pytest.mark.parametrize(("owner", "owned_by"), [("me", _PERSONA.person_id), ("nobody", None)])
def test_before_a_first_contact_they_are_the_persons_or_nobodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: str, owned_by: str | None
) -> None:
    keys = FileKeys(*(secrets.token_bytes(32) for _ in range(3)))

    def opened(*_arguments: object) -> LocalStore:
        return LocalStore.open(
            tmp_path / "laptop",
            keys=keys,
            platform=fleet_platform(),
            clock=SystemClock(),
            actor=Actor(_PERSONA.person_id, _PERSONA.role),
        )

    monkeypatch.setattr("fleetdesk.demo.cli._open", opened)
    file = tmp_path / "leads.csv"
    file.write_text("Company,Email\nAcme,a@example.com\n")

    status = import_leads(file, person=_PERSONA.email, dry_run=False, failures=None, options=ImportOptions(owner=owner))

    store = opened()
    with store.reading() as connection:
        assert (status, connection.scalars(select(Lead.owner_id)).all()) == (0, [owned_by])
    store.close()
