"""Signing out warns of work and does with it what the person says; what was carried elsewhere comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from fleetdesk.commands.leads import CreateLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.status import SyncState
from fleetdesk.protocol import Verdict, VerdictKind
from fleetdesk.qt.look.theme import Theme
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.leaving.sign_out import Fate, SignOutDialog
from fleetdesk.views.leaving.take_in import TakeInDialog
from tests.gui.views.filled import StillClock, answer, open_store
from tests.gui.views.leaving_scenes import asked, asked_with_work, with_work
from tests.gui.views.office import Office, is_named, texts
from tests.gui.views.settling import settle

PASSPHRASE = "correct horse battery"


@pytest.fixture
def signed_in(qtbot: QtBot, store: LocalStore, theme: Theme, clock: StillClock) -> Iterator[Office]:
    """Layla's window with a session that she can end."""
    office = Office.open(store, theme, clock, session=True)
    qtbot.waitUntil(office.idle)
    yield office
    office.close()


def said(dialog: SignOutDialog) -> str:
    return " ".join(texts(dialog))


def gone(office: Office) -> bool:
    return bool(office.sign_outs) and not office.desktop.windows.all


def test_where_there_is_no_session_none_can_be_ended(office: Office) -> None:
    assert "session.sign_out" not in office.bench.actions
    office.window.show_screen("settings")
    assert not is_named(office.settings, "Sign out")


def test_without_work_it_signs_out_and_takes_the_windows_away(qtbot: QtBot, signed_in: Office) -> None:
    dialog = asked(signed_in)
    assert "Nothing waits to be sent." in said(dialog)
    dialog.submit()
    qtbot.waitUntil(lambda: gone(signed_in))


def test_every_window_of_the_person_goes(qtbot: QtBot, signed_in: Office) -> None:
    signed_in.do("window.new")
    asked(signed_in).submit()
    qtbot.waitUntil(lambda: gone(signed_in))
    assert len(signed_in.sign_outs) == 1


def test_cancelled_it_does_nothing(signed_in: Office) -> None:
    asked(signed_in).reject()
    signed_in.desktop.windows.quit()
    assert signed_in.sign_outs == []


def test_it_warns_of_work_with_its_numbers(signed_in: Office) -> None:
    assert "2 changes wait to be sent." in said(asked_with_work(signed_in))


def test_online_it_offers_to_send_first(signed_in: Office) -> None:
    assert asked_with_work(signed_in).fate.key == Fate.SEND


def test_offline_it_offers_to_leave_the_work_here(qtbot: QtBot, signed_in: Office) -> None:
    with_work(signed_in, SyncState.OFFLINE)
    dialog = asked(signed_in)
    assert dialog.fate.key == Fate.STAY
    assert "cannot be sent just now" in said(dialog)
    dialog.submit()
    qtbot.waitUntil(lambda: gone(signed_in))
    assert signed_in.store.counts().waiting == 2


def test_what_is_in_the_inbox_alone_is_not_said_to_be_sent(signed_in: Office) -> None:
    with_work(signed_in)
    refused = Verdict(kind=VerdictKind.REJECTED, code="incomplete", reason="It lacks a name.")
    answer(signed_in.store, refused, refused)
    signed_in.tell(SyncState.LIVE)
    dialog = asked(signed_in)
    dialog.fate.choose(Fate.STAY)
    assert "waits in the Inbox when you sign in again" in said(dialog)


def test_a_hub_that_comes_back_while_it_is_open_can_be_sent_to(signed_in: Office) -> None:
    with_work(signed_in, SyncState.OFFLINE)
    dialog = asked(signed_in)
    signed_in.tell(SyncState.LIVE)
    dialog.fate.choose(Fate.SEND)
    dialog.submit()
    assert signed_in.controls.asked == ["sync now"]


def test_it_signs_out_once_the_hub_has_everything(qtbot: QtBot, signed_in: Office) -> None:
    dialog = asked_with_work(signed_in)
    dialog.submit()
    signed_in.tell(SyncState.SYNCING)
    assert not signed_in.sign_outs
    for change in signed_in.store.pending():
        signed_in.store.discard(change.command.id)
    signed_in.tell(SyncState.LIVE)
    qtbot.waitUntil(lambda: gone(signed_in))


def test_sending_first_resumes_what_was_paused(signed_in: Office) -> None:
    signed_in.controls.paused = True
    with_work(signed_in, SyncState.PAUSED)
    asked(signed_in).submit()
    assert signed_in.controls.asked == ["resume", "sync now"]


def test_a_hub_that_goes_away_while_sending_leaves_the_person_signed_in(signed_in: Office) -> None:
    dialog = asked_with_work(signed_in)
    dialog.submit()
    signed_in.tell(SyncState.OFFLINE)
    assert "Nothing is lost" in dialog.told
    assert dialog.isVisible()
    assert not signed_in.sign_outs


def test_work_is_taken_along_in_a_file_which_brings_it_back(qtbot: QtBot, signed_in: Office, tmp_path: Path) -> None:
    dialog = asked_with_work(signed_in)
    dialog.fate.choose(Fate.CARRY)
    dialog.passphrase.type_in(PASSPHRASE, PASSPHRASE)
    dialog.carry_to(tmp_path / "work.fleetdesk")
    qtbot.waitUntil(lambda: gone(signed_in))
    with closing(open_store(tmp_path / "other", signed_in.clock)) as other:
        assert other.take_in(tmp_path / "work.fleetdesk", PASSPHRASE).taken == 2


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [("too short", "too short", "at least 12"), (PASSPHRASE, "correct horse batterie", "not the same")],
)
def test_a_passphrase_that_is_none_is_told_before_a_file_is_asked_for(
    signed_in: Office, first: str, second: str, why: str
) -> None:
    dialog = asked_with_work(signed_in)
    dialog.fate.choose(Fate.CARRY)
    dialog.passphrase.type_in(first, second)
    dialog.submit()
    assert why in said(dialog)
    assert not signed_in.window.findChildren(QFileDialog)


def test_a_file_that_cannot_be_written_leaves_the_person_signed_in(
    qtbot: QtBot, signed_in: Office, tmp_path: Path
) -> None:
    dialog = asked_with_work(signed_in)
    dialog.fate.choose(Fate.CARRY)
    dialog.passphrase.type_in(PASSPHRASE, PASSPHRASE)
    dialog.carry_to(tmp_path / "nowhere" / "work.fleetdesk")
    qtbot.waitUntil(lambda: "cannot be written" in dialog.told)
    assert not signed_in.sign_outs


# ------------------------------------------------------------------------------------------------------------- take in


@pytest.fixture
def carried(clock: StillClock, signed_in: Office, tmp_path: Path) -> Path:
    """A file with two changes of Layla's, which are still on this laptop as well."""
    with_work(signed_in)
    signed_in.store.carry_off(tmp_path / "work.fleetdesk", PASSPHRASE)
    return tmp_path / "work.fleetdesk"


def taking(office: Office, path: Path, passphrase: str) -> TakeInDialog:
    dialog = TakeInDialog(office.bench, path, office.window)
    dialog.open()
    dialog.passphrase.type_in(passphrase)
    dialog.submit()
    return dialog


def test_what_is_here_already_is_told_apart(qtbot: QtBot, signed_in: Office, carried: Path) -> None:
    taking(signed_in, carried, PASSPHRASE)
    qtbot.waitUntil(lambda: bool(signed_in.said.messages))
    assert signed_in.said.messages[-1].text == "Nothing in this file was new here. 2 were here already."


def test_what_comes_from_another_laptop_is_taken_in_and_waits_here(
    qtbot: QtBot, signed_in: Office, tmp_path: Path
) -> None:
    with closing(open_store(tmp_path / "other", signed_in.clock)) as other:
        act = CreateLead(id=new_id(), issued_at=signed_in.clock.now(), lead_id=new_id(), values={"company": "Bolt"})
        other.perform(act)
        other.carry_off(tmp_path / "work.fleetdesk", PASSPHRASE)
    taking(signed_in, tmp_path / "work.fleetdesk", PASSPHRASE)
    qtbot.waitUntil(lambda: bool(signed_in.said.messages))
    assert signed_in.said.messages[-1].text == "1 change was taken in."
    qtbot.waitUntil(lambda: [change.id for change in signed_in.bench.outbox.changes] == [act.id])


def test_a_wrong_passphrase_is_told_at_the_field(qtbot: QtBot, signed_in: Office, carried: Path) -> None:
    dialog = taking(signed_in, carried, "another passphrase")
    qtbot.waitUntil(lambda: any("is not the passphrase" in text for text in texts(dialog)))
    assert dialog.isVisible()


def test_a_file_of_something_else_is_told(qtbot: QtBot, signed_in: Office, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    dialog = taking(signed_in, tmp_path / "photo.jpg", PASSPHRASE)
    qtbot.waitUntil(lambda: "no file of FleetDesk" in dialog.told)


def test_another_persons_file_is_told(qtbot: QtBot, signed_in: Office, tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "nadia", signed_in.clock, person_id="person-nadia")) as other:
        other.carry_off(tmp_path / "hers.fleetdesk", PASSPHRASE)
    dialog = taking(signed_in, tmp_path / "hers.fleetdesk", PASSPHRASE)
    qtbot.waitUntil(lambda: "another person" in dialog.told)


def test_the_settings_lead_to_both(signed_in: Office) -> None:
    signed_in.window.show_screen("settings")
    settle(signed_in)
    assert is_named(signed_in.settings, "Sign out")
    assert is_named(signed_in.settings, "Take in changes from a file")
