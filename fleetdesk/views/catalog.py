"""The screens: adding one adds a line here, and its permission to the role table (`models.access`)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from fleetdesk.commands.leads import CreateLead, EditLead
from fleetdesk.models.access import Access, Actor, Permission
from fleetdesk.qt.look.text import tr
from fleetdesk.views.devices.kind import DEVICES
from fleetdesk.views.devices.page import DevicesPage
from fleetdesk.views.home.page import HomePage
from fleetdesk.views.inbox.page import InboxPage
from fleetdesk.views.inbox.watch import InboxWatch
from fleetdesk.views.leads.duplicates.kind import LEADS_APART
from fleetdesk.views.leads.duplicates.page import DuplicatesPage
from fleetdesk.views.leads.forms.lead_form import mend_creation, mend_edit
from fleetdesk.views.leads.kind import LEADS
from fleetdesk.views.leads.page import LeadsPage
from fleetdesk.views.members.kind import MEMBERS
from fleetdesk.views.members.page import MembersPage
from fleetdesk.views.settings.page import SettingsPage
from fleetdesk.views.workbench import Screen, Workbench

__all__ = ["Watch", "allowed_screens", "screens", "watches"]

Watch = Callable[[Workbench], QObject]


def screens() -> tuple[Screen, ...]:
    """Every screen, in the order of the rail."""
    return (
        Screen("home", tr("Home"), "house", Permission.LEADS_READ, HomePage, shortcut="G, H"),
        Screen(
            "leads",
            tr("Leads"),
            "users-three",
            Permission.LEADS_READ,
            LeadsPage,
            shortcut="G, L",
            records=(LEADS,),
            editors={CreateLead.name: mend_creation, EditLead.name: mend_edit},
        ),
        Screen(
            "duplicates",
            tr("Duplicates"),
            "intersect",
            Permission.LEADS_READ,
            DuplicatesPage,
            shortcut="G, D",
            records=(LEADS_APART,),
        ),
        Screen(
            "members",
            tr("Members"),
            "identification-badge",
            Permission.STAFF_READ,
            MembersPage,
            shortcut="G, M",
            records=(MEMBERS,),
        ),
        Screen(
            "devices",
            tr("Laptops"),
            "laptop",
            Permission.DEVICES_REVOKE,
            DevicesPage,
            shortcut="G, T",
            records=(DEVICES,),
        ),
        Screen("inbox", tr("Inbox"), "tray", None, InboxPage, shortcut="G, I"),
        Screen("settings", tr("Settings"), "gear-six", None, SettingsPage, shortcut="G, S"),
    )


def allowed_screens(all_screens: tuple[Screen, ...], actor: Actor, access: Access) -> tuple[Screen, ...]:
    """Those that a person's role may open."""
    return tuple(
        screen for screen in all_screens if screen.permission is None or access.allows(actor, screen.permission)
    )


def watches() -> tuple[Watch, ...]:
    """What goes on once for the person, whatever windows are open: each is made over the workbench of no window."""
    return (InboxWatch,)
