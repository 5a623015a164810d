"""The actions of the window itself, as data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from fleetdesk.models.ids import new_id
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import SCALES, Appearance, Look, Theme
from fleetdesk.qt.look.tokens import Density
from fleetdesk.views.shell.memory import TabMemory
from fleetdesk.views.shell.tab_area import MOST_TABS, TabArea
from fleetdesk.views.workbench import Navigator, Screen

__all__ = ["look_actions", "screen_actions", "tab_actions", "window_actions"]


def screen_actions(screens: Sequence[Screen], navigator: Navigator) -> list[Action]:
    """One for each screen: go there."""
    return [
        Action(
            f"go.{screen.id}",
            tr("Go to %1").replace("%1", screen.title),
            partial(navigator.show_screen, screen.id),
            shortcut=screen.shortcut,
            icon=screen.icon,
            group=tr("Screens"),
        )
        for screen in screens
    ]


def look_actions(theme: Theme, choose: Callable[[Look], None]) -> list[Action]:
    """How it all looks: light or dark, how close rows stand, how large text is. `choose` puts a look in force."""
    return [*_appearances(theme, choose), *_densities(theme, choose), *_sizes(theme, choose)]


def _appearances(theme: Theme, choose: Callable[[Look], None]) -> list[Action]:
    words = {
        Appearance.LIGHT: (tr("Light look"), "sun"),
        Appearance.DARK: (tr("Dark look"), "moon"),
        Appearance.SYSTEM: (tr("Look of the system"), "circle-half"),
    }

    def turn() -> None:
        wear(Appearance.LIGHT if theme.palette.dark else Appearance.DARK)

    def wear(appearance: Appearance) -> None:
        choose(replace(theme.look, appearance=appearance))

    def other_than(appearance: Appearance) -> Availability:
        return WhyNot(tr("It looks like this already.")) if theme.look.appearance is appearance else ENABLED

    action = partial(Action, group=tr("Look"))
    return [
        action("look.turn", tr("Switch light and dark"), turn, "Ctrl+Shift+L", "circle-half"),
        *(
            action(
                f"look.{appearance}",
                text,
                partial(wear, appearance),
                icon=icon,
                enabled_when=partial(other_than, appearance),
                keywords="theme appearance",
            )
            for appearance, (text, icon) in words.items()
        ),
    ]


def _densities(theme: Theme, choose: Callable[[Look], None]) -> list[Action]:
    words = {
        Density.COMPACT: (tr("Compact rows"), "rows"),
        Density.NORMAL: (tr("Comfortable rows"), "list"),
        Density.RELAXED: (tr("Roomy rows"), "list-dashes"),
    }

    def turn() -> None:
        stand(Density.NORMAL if theme.look.density is Density.COMPACT else Density.COMPACT)

    def stand(density: Density) -> None:
        choose(replace(theme.look, density=density))

    def other_than(density: Density) -> Availability:
        return WhyNot(tr("Rows stand like this already.")) if theme.look.density is density else ENABLED

    action = partial(Action, group=tr("Look"))
    return [
        action("look.closer", tr("Switch compact and comfortable rows"), turn, "Ctrl+Shift+D", "rows"),
        *(
            action(
                f"look.{density.name.lower()}",
                text,
                partial(stand, density),
                icon=icon,
                enabled_when=partial(other_than, density),
                keywords="density height closer",
            )
            for density, (text, icon) in words.items()
        ),
    ]


def _sizes(theme: Theme, choose: Callable[[Look], None]) -> list[Action]:
    def stepped(by: int) -> float:
        nearest = min(range(len(SCALES)), key=lambda place: abs(SCALES[place] - theme.look.scale))
        return SCALES[min(max(nearest + by, 0), len(SCALES) - 1)]

    def step(by: int) -> None:
        choose(replace(theme.look, scale=stepped(by)))

    def can(by: int) -> Availability:
        if stepped(by) != theme.look.scale:
            return ENABLED
        return WhyNot(tr("Text is as large as it can be.") if by > 0 else tr("Text is as small as it can be."))

    def not_designed() -> Availability:
        return ENABLED if theme.look.scale != 1 else WhyNot(tr("Text has its usual size already."))

    action = partial(Action, group=tr("Look"), keywords="font text size zoom")
    return [
        action(
            "look.larger",
            tr("Larger text"),
            partial(step, 1),
            "Ctrl++",
            "magnifying-glass-plus",
            partial(can, 1),
            also="Ctrl+=",
        ),
        action(
            "look.smaller", tr("Smaller text"), partial(step, -1), "Ctrl+-", "magnifying-glass-minus", partial(can, -1)
        ),
        action(
            "look.usual",
            tr("Text of the usual size"),
            lambda: choose(replace(theme.look, scale=1.0)),
            "Ctrl+0",
            "text-aa",
            not_designed,
        ),
    ]


def window_actions(
    *, drawer: Callable[[], None], new: Callable[[], None], close: Callable[[], None], leave: Callable[[], None]
) -> list[Action]:
    """What the window opens; another window; the end of this one, and of them all."""
    action = partial(Action, group=tr("Window"))
    return [
        action(
            "window.pending",
            tr("Show what waits to be sent"),
            drawer,
            "Ctrl+J",
            "paper-plane-tilt",
            keywords="pending changes drawer outbox",
        ),
        action("window.new", tr("Open another window"), new, "Ctrl+Shift+N", "app-window", keywords="new second"),
        action("window.close", tr("Close this window"), close, "Ctrl+Shift+W", "x-square"),
        action("window.quit", tr("Quit FleetDesk"), leave, "Ctrl+Q", "sign-out", keywords="close exit"),
    ]


def tab_actions(area: TabArea) -> list[Action]:
    """Tabs: another one, on to the next, away with this one."""

    def open_tab() -> None:
        memory = area.current.memory
        area.open_tab(TabMemory(new_id(), memory.screen, memory.alone), like_this=True)

    def room() -> Availability:
        return ENABLED if area.count < MOST_TABS else WhyNot(tr("There are as many tabs as a window can hold."))

    def several() -> Availability:
        return ENABLED if area.count > 1 else WhyNot(tr("This is the only tab."))

    action = partial(Action, group=tr("Tabs"), keywords="tab")
    return [
        action("tab.new", tr("Open another tab"), open_tab, "Ctrl+T", "browsers", room),
        action("tab.close", tr("Close the tab"), lambda: area.close_tab(area.shown), "Ctrl+W", "x", several),
        action(
            "tab.next",
            tr("Next tab"),
            partial(area.step, 1),
            "Ctrl+Tab",
            "arrow-right",
            several,
            also="Ctrl+PgDown",
        ),
        action(
            "tab.previous",
            tr("Previous tab"),
            partial(area.step, -1),
            "Ctrl+Shift+Tab",
            "arrow-left",
            several,
            also="Ctrl+PgUp",
        ),
    ]
