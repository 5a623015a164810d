"""What a window offers to each role is what the table of roles allows: worked out here, from the table alone.

Screens, actions, buttons, menus, the palette, the sheet of shortcuts and the keys themselves: a new one of any has to
be given its permissions here, or these tests fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QMenu

from fleetdesk.models.access import ACCESS, Permission, Role
from fleetdesk.qt.acting.actions import ActionButton
from fleetdesk.qt.acting.palette import CommandPalette
from fleetdesk.qt.acting.shortcut_sheet import ShortcutSheet
from fleetdesk.qt.look.text import menu_text
from fleetdesk.qt.look.theme import Theme
from fleetdesk.views.catalog import screens
from tests.gui.views.filled import StillClock
from tests.gui.views.office import Office
from tests.gui.views.sample import STORY, open_sample
from tests.gui.views.settling import settle

pytestmark = pytest.mark.timeout(120)

P = Permission
PEOPLE: Mapping[Role, str] = {
    Role.COMMERCIAL: "person-layla",
    Role.SUPPORT: "person-victor",
    Role.FINANCE: "person-farah",
    Role.PRODUCT_MANAGER: "person-paul",
    Role.SUPER_ADMIN: "person-nadia",
}
SCREENS: Mapping[str, Permission | None] = {
    "home": P.LEADS_READ,
    "leads": P.LEADS_READ,
    "duplicates": P.LEADS_READ,
    "members": P.STAFF_READ,
    "devices": P.DEVICES_REVOKE,
    "inbox": None,
    "settings": None,
}
AREAS: Mapping[str, Permission | None] = {
    **SCREENS,
    "reminders": P.LEADS_READ,
    "go": None,
    "look": None,
    "pending": None,
    "tab": None,
    "window": None,
}
"""What the actions of an area ask for, by the beginning of their ids; None for nothing."""
MORE: Mapping[Permission, frozenset[str]] = {
    P.LEADS_EDIT: frozenset(
        {
            *("duplicates.merge", "duplicates.apart", "duplicates.again"),
            *("home.done", "home.log", "home.plan", "home.put_off", "reminders.done", "reminders.snooze"),
            *(
                "leads.new",
                "leads.edit",
                "leads.delete",
                "leads.restore",
                "leads.merge",
                "leads.tag",
                "leads.next_step",
            ),
            *("leads.move_on", "leads.lose", "leads.reopen", "leads.assign", "leads.assign_to_me", "leads.plan_here"),
            *("leads.attach", "leads.paste_file", "leads.pin_entry", "leads.unpin_entry"),
            *("leads.close_task", "leads.reopen_task", "leads.card_left", "leads.card_right", "leads.card_up"),
            *(f"leads.write_{kind}" for kind in ("call", "email", "meeting", "note", "task")),
            *(f"leads.bulk_{act}" for act in ("assign", "delete", "lose", "merge", "move", "tag")),
        }
    ),
    P.MEMBERS_MANAGE: frozenset(f"members.{act}" for act in ("reinstate", "role", "suspend", "withdraw")),
    P.LEADS_IMPORT: frozenset({"leads.import", "leads.import_back"}),
    P.VIEWS_SAVE: frozenset(f"leads.view_{act}" for act in ("delete", "rename", "save", "save_as", "share")),
}
"""What some ask for beyond that."""


def needs(action: str) -> set[Permission]:
    """The permissions without which nobody does this."""
    area, _, name = action.partition(".")
    first = SCREENS[name] if area == "go" else AREAS[area]
    return {permission for permission in (first,) if permission} | {
        permission for permission, actions in MORE.items() if action in actions
    }


def allowed(role: Role, *permissions: Permission | None) -> bool:
    return ACCESS.grant(role).permissions.issuperset(filter(None, permissions))


@pytest.fixture(params=PEOPLE)
def role(request: pytest.FixtureRequest) -> Role:
    found: Role = request.param
    return found


Enter = Callable[[Role], Office]


@pytest.fixture
def enter(tmp_path: Path, theme: Theme) -> Iterator[Enter]:
    """Opens the window of a person of that role."""
    opened: list[Office] = []

    def enter(role: Role) -> Office:
        opened.append(entered(tmp_path / role, theme, role))
        return opened[-1]

    yield enter
    for office in opened:
        office.close()


def entered(folder: Path, theme: Theme, role: Role) -> Office:
    """A window; what leads there are lie in its replica, whoever it is."""
    clock = StillClock()
    store = open_sample(folder, clock, 5, PEOPLE[role])
    office = Office.open(store, theme, clock, person_id=PEOPLE[role])
    settle(office)
    return office


def visit(office: Office, role: Role) -> Iterator[str]:
    """Each screen of the role's, with a lead open on that of leads."""
    for screen in SCREENS:
        if allowed(role, SCREENS[screen]):
            office.window.show_screen(screen)
            if screen == "leads":
                office.leads.open_record(STORY)
            settle(office)
            yield screen


def offered(office: Office, role: Role) -> dict[str, str]:
    """The actions of all screens that the role has, with what they are called."""
    return {action.id: action.text for _ in visit(office, role) for action in office.bench.actions.everything}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory, theme: Theme) -> dict[str, str]:
    """Every action that there is: a super admin has every permission that staff can have."""
    office = entered(tmp_path_factory.mktemp("known"), theme, Role.SUPER_ADMIN)
    try:
        return offered(office, Role.SUPER_ADMIN)
    finally:
        office.close()


def forbidden(role: Role, known: Mapping[str, str]) -> set[str]:
    """What no action that the role may do is called."""
    may = {text for action, text in known.items() if allowed(role, *needs(action))}
    return {menu_text(text) for text in known.values() if text not in may}


def test_every_screen_has_its_permission_here() -> None:
    assert {screen.id: screen.permission for screen in screens()} == SCREENS


def test_a_super_admin_lacks_no_permission_of_anybodys(role: Role) -> None:
    assert ACCESS.grant(role).permissions <= ACCESS.grant(Role.SUPER_ADMIN).permissions


def test_every_action_that_asks_for_more_is_there(known: dict[str, str]) -> None:
    assert frozenset().union(*MORE.values()) <= known.keys()


def test_the_actions_are_those_that_the_role_may_do_and_no_others(
    enter: Enter, role: Role, known: dict[str, str]
) -> None:
    expected = {action for action in known if allowed(role, *needs(action))}
    assert offered(enter(role), role).keys() == expected


def test_the_screens_in_the_rail_are_those_of_the_role(enter: Enter, role: Role) -> None:
    rail = enter(role).window.rail.findChildren(QAbstractButton)
    titles = [screen.title for screen in screens() if allowed(role, SCREENS[screen.id])]
    assert [button.text() for button in rail if button.isCheckable()] == titles


def test_buttons_and_menus_offer_nothing_else(enter: Enter, role: Role, known: dict[str, str]) -> None:
    office, offers = enter(role), set[str]()
    for _ in visit(office, role):
        offers |= {button.accessibleName() for button in office.window.findChildren(ActionButton)}
        menus = office.window.findChildren(QMenu)
        offers |= {entry.text().partition("\t")[0] for menu in menus for entry in menu.actions()}
    assert not offers & forbidden(role, known)
    assert ("Suspend" in offers) == allowed(role, P.MEMBERS_MANAGE)


def test_the_palette_finds_nothing_else(enter: Enter, role: Role, known: dict[str, str]) -> None:
    """Neither an action, nor a screen, nor a record of one."""
    office, found = enter(role), set[str]()
    for screen in visit(office, role):
        for typed in ("", "le", "su", "mem", "al", "#lea"):
            office.do("window.palette")
            palette = office.dialog(CommandPalette)
            palette.findChildren(QLineEdit)[0].setText(typed)
            settle(office, at_least=0.05)
            found |= {entry.text for entry in palette.entries}
            palette.reject()
        assert office.window.current_page is office.window.page(screen)
    names = {"Mariam Al Zaabi"} if not allowed(role, P.LEADS_READ) else set()
    assert not found & (forbidden(role, known) | names)
    assert ("Mariam Al Zaabi" in found) == allowed(role, P.LEADS_READ)


def test_the_sheet_of_shortcuts_lists_nothing_else(enter: Enter, role: Role, known: dict[str, str]) -> None:
    office, listed = enter(role), set[str]()
    for _ in visit(office, role):
        office.do("window.shortcuts")
        sheet = office.dialog(ShortcutSheet)
        listed |= set(sheet.shown)
        sheet.reject()
    assert not listed & forbidden(role, known)
    assert ("Suspend" in listed) == allowed(role, P.MEMBERS_MANAGE)


OWN = {"leads.new": "Ctrl+Alt+1", "members.suspend": "Ctrl+Alt+2", "window.pending": "Ctrl+Alt+3"}


def test_keys_chosen_in_another_role_do_what_this_one_may_do(enter: Enter, role: Role) -> None:
    office = enter(role)
    office.bench.actions.own.choose(OWN)
    answering = set[str]()
    for _ in visit(office, role):
        for shortcut in office.window.findChildren(QShortcut):
            answering |= {key.toString() for key in shortcut.keys()}
    assert {keys for keys in OWN.values() if keys in answering} == {
        keys for action, keys in OWN.items() if allowed(role, *needs(action))
    }
