"""Scenes of the window around the screens: its tabs, its look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fleetdesk.views.shell.tab_area import MOST_TABS
from tests.gui.views.list_scenes import leads_list, narrow
from tests.gui.views.office import Office
from tests.gui.views.settling import settle

__all__ = ["SHELL_SCENES", "in_text", "low"]


def in_text(scale: float, draw: Callable[[Office], None]) -> Callable[[Office], None]:
    """The same with text of another size, in the narrowest window."""

    def drawn(office: Office) -> None:
        office.window.look_asked.emit(replace(office.bench.theme.look, scale=scale))
        settle(office)
        narrow(draw)(office)

    return drawn


def low(draw: Callable[[Office], None]) -> Callable[[Office], None]:
    """The same in the lowest and narrowest window, with large text."""

    def drawn(office: Office) -> None:
        office.window.look_asked.emit(replace(office.bench.theme.look, scale=1.5))
        settle(office)
        office.window.resize(1024, 640)
        draw(office)

    return drawn


def tabs(office: Office) -> None:
    """A list, a second one that is narrowed, and the Inbox, each in a tab."""
    office.do("tab.new")
    settle(office)
    office.leads.head.search.setText("al")
    office.window.rail.tab_asked.emit("inbox")
    office.do("tab.previous")


def tabs_many(office: Office) -> None:
    """As many as there may be."""
    for _ in range(MOST_TABS - 1):
        office.do("tab.new")


def compact(office: Office) -> None:
    office.do("look.compact")


def link(text: str) -> Callable[[Office], None]:
    """A link came from another program."""

    def drawn(office: Office) -> None:
        office.desktop.links.follow(text)

    return drawn


def link_again(office: Office) -> None:
    """Another one came while the question about the first is open."""
    link("fleetdesk://leads?q=country%3AFR")(office)
    link("fleetdesk://home")(office)


SHELL_SCENES: dict[str, Callable[[Office], None]] = {
    "tabs": tabs,
    "link": link("fleetdesk://leads?q=country%3AFR"),
    "link-long": narrow(link("fleetdesk://leads?view=mine&delete=all&q=" + "company%3A%22Al%20Noor%22%20" * 50)),
    "link-again": link_again,
    "link-wrong": link("fleetdesk://nowhere"),
    "tabs-many": narrow(tabs_many),
    "leads-compact": compact,
    "leads-small-text": in_text(0.9, leads_list),
    "leads-large-text": in_text(1.5, leads_list),
}
