"""The actions of the window itself, as data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Appearance, Theme
from fleetdesk.views.workbench import Navigator, Screen

__all__ = ["look_actions", "screen_actions", "window_actions"]


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


def look_actions(theme: Theme, remember: Callable[[], None]) -> list[Action]:
    """Light, dark, or as the system says; and from one to the other."""
    words = {
        Appearance.LIGHT: (tr("Light look"), "sun"),
        Appearance.DARK: (tr("Dark look"), "moon"),
        Appearance.SYSTEM: (tr("Look of the system"), "circle-half"),
    }

    def choose(appearance: Appearance) -> None:
        theme.set_appearance(appearance)
        remember()

    def turn() -> None:
        choose(Appearance.LIGHT if theme.palette.dark else Appearance.DARK)

    def other_than(appearance: Appearance) -> Availability:
        return WhyNot(tr("It looks like this already.")) if theme.appearance is appearance else ENABLED

    group = tr("Look")
    return [
        Action(
            "look.turn", tr("Switch light and dark"), turn, shortcut="Ctrl+Shift+L", icon="circle-half", group=group
        ),
        *(
            Action(
                f"look.{appearance}",
                text,
                partial(choose, appearance),
                icon=icon,
                enabled_when=partial(other_than, appearance),
                group=group,
                keywords="theme appearance",
            )
            for appearance, (text, icon) in words.items()
        ),
    ]


def window_actions(*, drawer: Callable[[], None], close: Callable[[], None]) -> list[Action]:
    """What the window opens."""
    group = tr("Window")
    return [
        Action(
            "window.pending",
            tr("Show what waits to be sent"),
            drawer,
            shortcut="Ctrl+J",
            icon="paper-plane-tilt",
            group=group,
            keywords="pending changes drawer outbox",
        ),
        Action("window.close", tr("Close FleetDesk"), close, shortcut="Ctrl+Q", icon="sign-out", group=group),
    ]
