"""What was copied from a laptop opens nowhere else: neither its files, nor its token."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from fleetdesk.commands.leads import CreateLead
from fleetdesk.errors import BadFile
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.signin.tokens import SignedInAs
from tests.signin.provider import RealProvider
from tests.signin.test_team import Machine
from tests.sync.running import RunningHub

COMPANY = "Bolt of Deira"


@pytest.fixture
def machine(provider: RealProvider, hub: RunningHub, tmp_path: Path) -> Machine:
    return Machine(provider, hub, tmp_path / "data")


@pytest.fixture
def who(machine: Machine) -> SignedInAs:
    """Somebody who signed in, and wrote a lead down."""
    who = machine.sign_in()
    store, _ = machine.laptop().open_store(who)
    act = CreateLead(id=new_id(), issued_at=SystemClock().now(), lead_id=new_id(), values={"company": COMPANY})
    with closing(store):
        assert store.perform(act)[0].settled
    return who


@pytest.fixture
def elsewhere(machine: Machine, who: SignedInAs, provider: RealProvider, hub: RunningHub, tmp_path: Path) -> Machine:
    """Another machine, with a copy of all files, and a keyring of its own."""
    assert who.subject
    shutil.copytree(tmp_path / "data", tmp_path / "copied")
    copied = Machine(provider, hub, tmp_path / "copied")
    copied.vault = MemoryVault()
    return copied


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_copied_files_say_so_and_are_left_as_they_are(elsewhere: Machine, who: SignedInAs, tmp_path: Path) -> None:
    before = contents(tmp_path / "copied")
    with pytest.raises(BadFile, match="keys that are not on this machine"):
        elsewhere.laptop().open_store(who)
    assert contents(tmp_path / "copied") == before


def test_nothing_in_them_can_be_read(elsewhere: Machine, tmp_path: Path) -> None:
    assert (tmp_path / "copied") in elsewhere.laptop().folder.parents
    found = [name for name, content in contents(tmp_path / "copied").items() if COMPANY.encode() in content]
    assert found == []


def test_where_they_were_made_they_open(machine: Machine, elsewhere: Machine, who: SignedInAs) -> None:
    assert elsewhere.vault is not machine.vault
    store, _ = machine.laptop().open_store(who)
    with closing(store), store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT company FROM sys_demo_lead").fetchall()
    assert [tuple(row) for row in rows] == [(COMPANY,)]
