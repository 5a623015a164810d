"""Scenes of the members, as super admins see them, in the states that they meet."""

from __future__ import annotations

from collections.abc import Callable

from fleetdesk.models.access import Role
from fleetdesk.models.audit import IntentState
from fleetdesk.models.members import NotDone
from fleetdesk.models.status import SyncState
from fleetdesk.qt.confirmation import ConfirmationDialog
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.members.page import MembersPage
from fleetdesk.views.members.role_form import RoleForm
from tests.gui.views.filled import FailingStore, pull
from tests.gui.views.list_scenes import leads_loading, leads_offline
from tests.gui.views.office import Office
from tests.gui.views.settling import settle
from tests.gui.views.shell_scenes import low
from tests.gui.views.staff import KHALID, VICTOR, YOUSSEF, bring_history, bring_staff, intent, role_change

__all__ = ["MEMBER_SCENES", "members_page"]


def members_page(office: Office) -> MembersPage:
    page = office.window.page("members")
    assert isinstance(page, MembersPage)
    return page


def members(office: Office) -> None:
    """One of them open, with a history and a change that waits."""
    bring_staff(office.store)
    bring_history(office.store)
    pull(office.store, intent(VICTOR, role_change()))
    show(office, VICTOR)


def show(office: Office, member_id: str) -> None:
    office.window.show_screen("members")
    settle(office)
    members_page(office).open_record(member_id)
    settle(office)


def members_own(office: Office) -> None:
    """Oneself: read-only, as it were."""
    bring_staff(office.store)
    show(office, "member-person-nadia")


def members_refused(office: Office) -> None:
    bring_staff(office.store)
    change = role_change(Role.COMMERCIAL, Role.FINANCE)
    pull(office.store, intent(KHALID, change, IntentState.FAILED, NotDone.LAST_SUPER_ADMIN))
    show(office, KHALID)


def members_long_name(office: Office) -> None:
    bring_staff(office.store)
    show(office, "member-sophie")


def members_suspended(office: Office) -> None:
    bring_staff(office.store)
    show(office, YOUSSEF)


def members_narrow(office: Office) -> None:
    office.window.resize(1024, 640)
    members(office)


def members_role(office: Office) -> None:
    bring_staff(office.store)
    show(office, KHALID)
    office.do("members.role")


def members_role_refused(office: Office) -> None:
    """Somebody else asked for something about them while the form stood open."""
    members_role(office)
    settle(office)
    dialog = office.dialog(CommandDialog)
    pull(office.store, intent(KHALID, role_change(Role.SUPPORT, Role.FINANCE)))
    assert isinstance(dialog.form, RoleForm)
    dialog.form.choose(Role.COMMERCIAL)
    dialog.submit()


def members_asked(office: Office) -> None:
    """Just suspended: what was done is said, beside an Undo."""
    bring_staff(office.store)
    show(office, KHALID)
    office.do("members.suspend")
    office.dialog(ConfirmationDialog).accept()


def members_directory(office: Office) -> None:
    """As somebody reads it who manages nobody."""
    bring_staff(office.store)
    show(office, KHALID)


def members_suspend(office: Office) -> None:
    """Before somebody is suspended, it asks."""
    bring_staff(office.store)
    show(office, KHALID)
    office.do("members.suspend")


def members_nothing(office: Office) -> None:
    members(office)
    members_page(office).search.setText("zzzz")


def members_error(office: Office) -> None:
    assert isinstance(office.store, FailingStore)
    office.store.fails = True
    office.window.show_screen("members")


def members_loading(office: Office) -> None:
    leads_loading(office)
    office.window.show_screen("members")


def members_not_loaded(office: Office) -> None:
    leads_offline(office)
    office.window.show_screen("members")


def members_offline(office: Office) -> None:
    members(office)
    office.tell(SyncState.OFFLINE)


MEMBER_SCENES: dict[str, Callable[[Office], None]] = {
    "members": members,
    "members-own": members_own,
    "members-refused": members_refused,
    "members-long-name": members_long_name,
    "members-directory": members_directory,
    "members-suspend": members_suspend,
    "members-suspended": members_suspended,
    "members-narrow": members_narrow,
    "members-low": low(members),
    "members-role": members_role,
    "members-role-refused": members_role_refused,
    "members-asked": members_asked,
    "members-nothing-found": members_nothing,
    "members-error": members_error,
    "members-loading": members_loading,
    "members-not-loaded": members_not_loaded,
    "members-offline": members_offline,
}
