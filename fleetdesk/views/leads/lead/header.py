"""`LeadHeader`: who a lead is, how to reach them, what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from fleetdesk.qt.acting.actions import ActionRegistry
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, isolated, menu_text, plural, tooltip_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize, Tone
from fleetdesk.qt.widgets.buttons import IconButton, WordButton
from fleetdesk.qt.widgets.status_chip import StatusChip
from fleetdesk.queries.lead_detail import LeadDetail
from fleetdesk.views.leads.words import lead_title, phone_flag
from fleetdesk.views.words import country_name

__all__ = ["LeadHeader"]

MENU = (
    "leads.edit",
    "leads.assign",
    "leads.assign_to_me",
    "leads.next_step",
    "leads.tag",
    "leads.attach",
    "leads.merge",
    "leads.history",
    "",
    "leads.move_on",
    "leads.lose",
    "leads.reopen",
    "",
    "leads.delete",
    "leads.restore",
)
"""The actions of the menu, an empty one being a line between."""


class LeadHeader(QWidget):
    """Name, company, addresses to click on, the menu of actions."""

    close_asked = Signal()

    def __init__(self, actions: ActionRegistry, theme: Theme) -> None:
        super().__init__()
        self._actions = actions
        self._name = Label(size=TextSize.HEADING)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._about = Label(tint=Tint.MUTED)
        self._about.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._waiting = StatusChip(theme)
        self._email = _Reach(theme, "envelope-simple", "mailto")
        self._phone = _Reach(theme, "phone", "tel")
        self._more = IconButton(theme, "dots-three", tr("More actions"), self._open_menu)
        top = row(gap=GRID)
        top.addWidget(self._name, 1)
        for widget in (
            self._waiting,
            actions.button("leads.previous"),
            actions.button("leads.next"),
            self._more,
            IconButton(theme, "x", tr("Close the lead"), self.close_asked.emit),
        ):
            top.addWidget(widget)
        about = row(gap=GRID)
        about.addWidget(self._about, 1)
        reach = row(self._email, self._phone, STRETCH, gap=GRID)
        self.setLayout(column(top, about, reach, gap=GRID // 2))

    @property
    def last(self) -> QWidget:
        """What Tab leaves last."""
        return self._phone

    def show_lead(self, lead: LeadDetail, waiting: int) -> None:
        """Show a lead; `waiting` changes of it are not sent yet."""
        title = lead_title(lead.name, lead.company, lead.email, lead.phone)
        self._name.setText(title)
        self._name.setToolTip(tooltip_text(title))
        self._about.setText(" · ".join(map(isolated, _about(lead))))
        self._email.show_address(lead.email)
        self._phone.show_address(lead.phone, flag=phone_flag(lead.phone, lead.country))
        self._waiting.setVisible(waiting > 0)
        self._waiting.show_status(plural(waiting, tr("%n change waits"), tr("%n changes wait")), Tone.NEUTRAL)

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions.fill(menu, MENU)
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))


class _Reach(WordButton):
    """An address that opens the program for it."""

    def __init__(self, theme: Theme, icon: str, scheme: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._scheme = scheme
        self._address = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("small", True)
        self.clicked.connect(self._open)

    def show_address(self, address: str | None, *, flag: str = "") -> None:
        """Show an address, or nothing; a `flag` says what is odd about it."""
        self._address = address or ""
        self.setText(menu_text(self._address))
        self.setAccessibleName(tr("Write to %1") if self._scheme == "mailto" else tr("Call %1"))
        self.setAccessibleName(self.accessibleName().replace("%1", self._address))
        self.setAccessibleDescription(flag)
        self.setToolTip(tooltip_text(f"{self.accessibleName()}. {flag}" if flag else self.accessibleName()))
        self.setIcon(self._theme.icons.icon("warning" if flag else self._icon))
        self.setVisible(bool(self._address))

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl(f"{self._scheme}:{self._address}"))


def _about(lead: LeadDetail) -> list[str]:
    company = lead.company if lead.name else None
    country = country_name(lead.country) if lead.country else None
    fleet = None if lead.fleet_size is None else plural(lead.fleet_size, tr("%n vehicle"), tr("%n vehicles"))
    return [part for part in (company, country, fleet) if part]
