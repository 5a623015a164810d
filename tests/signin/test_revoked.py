"""A laptop that a super admin revokes: it hands in what waits, then nothing is left of it, whatever comes between."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fleetdesk.commands.devices import RevokeDevice
from fleetdesk.commands.leads import CreateLead
from fleetdesk.errors import DeviceRevoked, Offline
from fleetdesk.locking.logind import SleepWatch
from fleetdesk.models.access import Role
from fleetdesk.models.base import Key
from fleetdesk.models.drafts import Draft
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.models.local_copy import About
from fleetdesk.qt.doorbell import Doorbell
from fleetdesk.sync.engine.handing_in import HandedOver, NotDestroyed, hand_in
from fleetdesk.sync.files.condemned import Condemned, Stage
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.signin.tokens import SignedInAs
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.team.laptop import TeamLaptop
from fleetdesk.team.lock_loop import Around
from fleetdesk.team.outcome import Outcome
from fleetdesk.team.window import TeamWindows
from tests.gui.views.locking_scenes import StillSafe
from tests.hub.support import Hosted, Laptop, person_id
from tests.signin.provider import RealProvider
from tests.signin.test_team import SALES, Machine
from tests.sync.running import RunningHub


class FailingVault(MemoryVault):
    """Ends, as a process does that is killed, at the forgetting after so many; or in another way."""

    def __init__(self) -> None:
        super().__init__()
        self.forgets = 1_000
        self.ends: type[BaseException] = KeyboardInterrupt
        self.names: set[str] = set()

    def key(self, name: str) -> bytes:
        self.names.add(name)
        return super().key(name)

    def keep(self, name: str, text: str) -> None:
        self.names.add(name)
        super().keep(name, text)

    def forget(self, name: str) -> None:
        self.forgets -= 1
        if self.forgets < 0:
            raise self.ends
        self.names.discard(name)
        super().forget(name)


@pytest.fixture
def machine(provider: RealProvider, hub: RunningHub, tmp_path: Path) -> Machine:
    machine = Machine(provider, hub, tmp_path / "data")
    machine.vault = FailingVault()
    return machine


@pytest.fixture
def who(machine: Machine) -> SignedInAs:
    return machine.sign_in()


@pytest.fixture
def place(machine: Machine, who: SignedInAs) -> str:
    """The folder of whoever signed in, who wrote a lead down and began a note, offline."""
    laptop = machine.laptop()
    store, _ = laptop.open_store(who)
    with closing(store):
        act = CreateLead(id=new_id(), issued_at=SystemClock().now(), lead_id=new_id(), values={"company": "Bolt"})
        assert store.perform(act)[0].settled
        store.keep_draft(Key("sys_demo_lead", "l"), Draft("note", "half a sentence"))
    (place,) = laptop.places()
    return place


def device_of(hosted: Hosted, machine: Machine) -> str:
    """The laptop that signed in, not those of the test's people."""
    rows = hosted.rows(
        "SELECT id FROM sys_device WHERE person_id = %s AND name <> 'a laptop'", person_id(Role.COMMERCIAL)
    )
    (found,) = rows[-1]
    return str(found)


def revoke(hosted: Hosted, machine: Machine) -> None:
    command = RevokeDevice(
        id=new_id(), issued_at=SystemClock().now(), device_id=device_of(hosted, machine), reason="Left in a taxi"
    )
    assert Laptop(hosted.hub(), Role.SUPER_ADMIN).push(command)[0].settled


def quarantined(hosted: Hosted) -> list[tuple[str, str]]:
    return [(kind, sentence) for kind, sentence in hosted.rows("SELECT kind, sentence FROM sys_quarantine ORDER BY 1")]


WAITED = [("draft", "Was writing"), ("waiting", "Created a lead")]


def give_up(laptop: TeamLaptop, place: str) -> int | None:
    return asyncio.run(laptop.give_up(place)).kept


def left(machine: Machine) -> list[str]:
    """What is left of people's files, and of their secrets."""
    folder = machine.laptop().folder
    assert isinstance(machine.vault, FailingVault)
    return sorted([path.name for path in folder.iterdir() if path.is_dir()] + list(machine.vault.names))


def test_a_sign_in_registers_this_laptop(machine: Machine, who: SignedInAs, hosted: Hosted) -> None:
    assert who.subject == SALES
    assert device_of(hosted, machine)


def test_signing_in_again_is_the_same_laptop(machine: Machine, who: SignedInAs, place: str, hosted: Hosted) -> None:
    before = device_of(hosted, machine)
    asyncio.run(machine.laptop().sign_in(who))
    asyncio.run(machine.laptop().sign_out(who))
    assert machine.sign_in() == who
    assert place
    assert hosted.rows("SELECT count(*) FROM sys_device WHERE name <> 'a laptop'") == [(1,)]
    assert device_of(hosted, machine) == before


def test_what_waits_is_handed_in_and_then_nothing_is_left(machine: Machine, place: str, hosted: Hosted) -> None:
    revoke(hosted, machine)
    assert give_up(machine.laptop(), place) == 2
    assert quarantined(hosted) == WAITED
    assert left(machine) == []


def test_the_session_may_be_over_as_well(machine: Machine, who: SignedInAs, place: str, hosted: Hosted) -> None:
    asyncio.run(machine.laptop().sign_out(who))
    revoke(hosted, machine)
    assert give_up(machine.laptop(), place) == 2
    assert left(machine) == []


def test_without_the_hub_nothing_is_destroyed(machine: Machine, place: str, hosted: Hosted, hub: RunningHub) -> None:
    revoke(hosted, machine)
    before = left(machine)
    hub.stop()
    try:
        with pytest.raises(Offline):
            give_up(machine.laptop(), place)
    finally:
        hub.start()
    assert left(machine) == before
    assert give_up(machine.laptop(), place) == 2


def test_a_laptop_that_was_not_revoked_gives_nothing_up(machine: Machine, place: str) -> None:
    before = left(machine)
    with pytest.raises(Exception, match="Only a laptop that was revoked"):
        give_up(machine.laptop(), place)
    assert left(machine) == before


@pytest.mark.parametrize("forgets", range(7))
def test_killed_while_it_forgets_it_goes_on_at_the_next_start(
    machine: Machine, place: str, hosted: Hosted, forgets: int
) -> None:
    revoke(hosted, machine)
    assert isinstance(machine.vault, FailingVault)
    machine.vault.forgets = forgets
    try:
        give_up(machine.laptop(), place)
    except KeyboardInterrupt:
        assert Condemned(machine.laptop().folder / place).stage is Stage.HANDED_IN
    machine.vault.forgets = 1_000
    again = machine.laptop()
    for condemned in again.condemned(None):
        give_up(again, condemned)
    assert left(machine) == []
    assert quarantined(hosted) == WAITED


@pytest.mark.parametrize("forgets", range(2))
def test_where_it_cannot_be_destroyed_yet_each_try_and_start_tells_what_became_of_the_work(
    machine: Machine, place: str, hosted: Hosted, forgets: int
) -> None:
    revoke(hosted, machine)
    assert isinstance(machine.vault, FailingVault)
    machine.vault.ends = PermissionError
    for _ in range(2):
        machine.vault.forgets = forgets
        with pytest.raises(NotDestroyed) as failed:
            give_up(machine.laptop(), place)
        assert failed.value.handed_over == HandedOver(2)
        assert isinstance(failed.value.why, PermissionError)
    machine.vault.forgets = 1_000
    assert give_up(machine.laptop(), place) == 2
    assert left(machine) == []


def test_killed_while_files_are_deleted_the_next_start_deletes_the_rest(
    machine: Machine, place: str, hosted: Hosted
) -> None:
    revoke(hosted, machine)
    give_up(machine.laptop(), place)
    half = machine.laptop().folder / f"{place}.gone"
    half.mkdir()
    (half / "outbox.db").write_bytes(b"unreadable")
    assert left(machine) == []


def test_what_was_handed_in_before_the_kill_is_there_once(
    machine: Machine, who: SignedInAs, place: str, hosted: Hosted
) -> None:
    revoke(hosted, machine)
    laptop = machine.laptop()

    async def killed_before_it_is_noted(store: LocalStore) -> None:
        async with laptop.client(laptop.session(who), who) as client:
            await hand_in(client, store)

    with closing(laptop.open_place(place)) as store:
        asyncio.run(killed_before_it_is_noted(store))
    assert give_up(machine.laptop(), place) == 2
    assert quarantined(hosted) == WAITED


def test_who_signs_in_on_it_hears_of_it_and_is_not_let_in(
    machine: Machine, who: SignedInAs, place: str, hosted: Hosted
) -> None:
    asyncio.run(machine.laptop().sign_out(who))
    revoke(hosted, machine)
    with pytest.raises(DeviceRevoked):
        machine.sign_in()
    assert machine.laptop().condemned(None) == [place]
    assert machine.who() is None


def test_after_it_gave_all_up_it_is_registered_anew(machine: Machine, place: str, hosted: Hosted) -> None:
    before = device_of(hosted, machine)
    revoke(hosted, machine)
    give_up(machine.laptop(), place)
    store, person = machine.laptop().open_store(machine.sign_in())
    store.close()
    assert person.id == person_id(Role.COMMERCIAL)
    assert hosted.rows("SELECT count(*) FROM sys_device WHERE id = %s AND revoked_at IS NOT NULL", before) == [(1,)]
    assert hosted.rows("SELECT count(*) FROM sys_device WHERE name <> 'a laptop'") == [(2,)]


@pytest.fixture
def windows(machine: Machine, qapp: QApplication) -> Iterator[TeamWindows]:
    assert qapp is not None
    laptop = machine.laptop()
    doorbell, sleep = Doorbell(laptop.folder), SleepWatch("unix:path=/nowhere")
    yield TeamWindows(laptop, About(), None, StillSafe(), settings=machine.settings, around=Around(doorbell, sleep))
    sleep.close()
    doorbell.close()


def test_the_windows_close_and_no_other_opens(
    qtbot: QtBot, machine: Machine, who: SignedInAs, place: str, hosted: Hosted, windows: TeamWindows
) -> None:
    assert qtbot is not None
    QTimer.singleShot(500, lambda: revoke(hosted, machine))
    assert windows.work(who, "") == Outcome(revoked=True)
    assert machine.laptop().condemned(who) == [place]
