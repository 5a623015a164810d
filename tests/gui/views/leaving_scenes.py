"""Scenes of signing out: with nothing waiting, with work, offline, into a file; and of taking such a file in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from fleetdesk.commands.leads import CreateLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.status import SyncState
from fleetdesk.views.leaving.sign_out import Fate, SignOutDialog
from fleetdesk.views.leaving.take_in import TakeInDialog
from tests.gui.views.office import Office
from tests.gui.views.settling import settle

__all__ = ["LEAVING_SCENES", "SHUT_OUT_SCENES", "asked", "asked_with_work", "with_work"]


def settings(office: Office) -> None:
    office.window.show_screen("settings")


def asked(office: Office) -> SignOutDialog:
    """The dialog, over the settings."""
    settings(office)
    settle(office)
    office.do("session.sign_out")
    settle(office)
    return office.dialog(SignOutDialog)


def with_work(office: Office, state: SyncState = SyncState.LIVE, detail: str = "") -> None:
    """Two changes wait."""
    for company in ("Bolt", "Careem"):
        act = CreateLead(id=new_id(), issued_at=office.clock.now(), lead_id=new_id(), values={"company": company})
        office.store.perform(act)
    office.tell(state, detail)


def asked_with_work(office: Office) -> SignOutDialog:
    with_work(office)
    return asked(office)


def nothing_waits(office: Office) -> None:
    asked(office)


def work_waits(office: Office) -> None:
    asked_with_work(office)


def offline(office: Office) -> None:
    with_work(office, SyncState.OFFLINE, "The hub cannot be reached.")
    asked(office)


def into_a_file(office: Office) -> None:
    dialog = asked_with_work(office)
    dialog.fate.choose(Fate.CARRY)
    dialog.passphrase.type_in("correct horse battery", "correct horse batterie")
    settle(office)
    dialog.submit()


def sending(office: Office) -> None:
    dialog = asked_with_work(office)
    dialog.fate.choose(Fate.SEND)
    dialog.submit()


def taking_in(office: Office, *, passphrase: str = "") -> None:
    settings(office)
    settle(office)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "waiting changes.fleetdesk"
        office.store.carry_off(path, "correct horse battery")
        dialog = TakeInDialog(office.bench, path, office.window)
        dialog.open()
        if passphrase:
            dialog.passphrase.type_in(passphrase)
            dialog.submit()
        settle(office)


def shut_out(office: Office) -> None:
    told = "Your access was suspended. What you had not sent is kept here. Ask a super admin."
    with_work(office, SyncState.SHUT_OUT, told)
    settings(office)


def shut_out_waiting(office: Office) -> None:
    shut_out(office)
    office.window.show_screen("inbox")
    settle(office)
    office.do("window.pending")


SHUT_OUT_SCENES: dict[str, Callable[[Office], None]] = {"shut-out": shut_out, "shut-out-waiting": shut_out_waiting}

LEAVING_SCENES: dict[str, Callable[[Office], None]] = {
    "leaving-settings": settings,
    "leaving-nothing-waits": nothing_waits,
    "leaving-work-waits": work_waits,
    "leaving-offline": offline,
    "leaving-into-a-file": into_a_file,
    "leaving-sending": sending,
    "leaving-take-in": taking_in,
    "leaving-take-in-wrong": lambda office: taking_in(office, passphrase="wrong horse battery"),
}
