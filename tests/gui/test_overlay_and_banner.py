"""What stands over a view, or above it."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.widgets.banner import Banner
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind, StateOverlay
from tests.gui.conftest import Show


def test_an_overlay_covers_its_parent_and_follows_its_size(theme: Theme, show: Show, qtbot: QtBot) -> None:
    parent = QWidget()
    overlay = StateOverlay(theme, parent)
    show(parent)

    overlay.show_overlay(Overlay(OverlayKind.EMPTY, "No leads yet"))
    parent.resize(333, 222)
    qtbot.waitUntil(lambda: overlay.geometry() == parent.rect())

    assert overlay.isVisible()


def test_loading_does_not_flicker(theme: Theme, show: Show) -> None:
    parent = QWidget()
    overlay = StateOverlay(theme, parent)
    show(parent)

    overlay.show_overlay(Overlay(OverlayKind.LOADING, "Loading"))
    at_once = overlay.isVisible()
    overlay.clear_overlay()

    assert (at_once, overlay.isVisible()) == (False, False)


def test_loading_that_lasts_is_shown(theme: Theme, show: Show, qtbot: QtBot) -> None:
    parent = QWidget()
    overlay = StateOverlay(theme, parent)
    show(parent)

    overlay.show_overlay(Overlay(OverlayKind.LOADING, "Loading"))

    qtbot.waitUntil(overlay.isVisible)


def test_an_overlays_button_does_what_it_says(theme: Theme, show: Show) -> None:
    parent = QWidget()
    done: list[str] = []
    overlay = StateOverlay(theme, parent)
    show(parent)
    overlay.show_overlay(Overlay(OverlayKind.ERROR, "Failed", "", "Try again", lambda: done.append("again")))

    overlay.findChildren(QPushButton)[0].click()

    assert done == ["again"]


def test_a_banner_is_read_and_its_button_works(theme: Theme, show: Show) -> None:
    banner = Banner(theme)
    done: list[str] = []
    show(banner)

    banner.tell("Nothing can be changed.", Tone.WARNING, "Leave", lambda: done.append("left"))
    banner.findChildren(QPushButton)[0].click()

    assert (banner.accessibleName(), done) == ("Nothing can be changed.", ["left"])
