"""No part of a screen is shown before it has its place: alone, it would be a window, and take the keyboard away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QMenu, QWidget

from fleetdesk.qt.look.theme import Look, Theme
from tests.gui.views.pictures import SCENES, scene
from tests.gui.views.settling import settle

_FORMS = (
    *("bulk-move", "bulk-waiting", "home-done", "lead-move", "lead-new", "merge", "messages", "leads-view-save"),
    *("leads-filter-owner", "leads-filter-tag", "leads-filter-fleet", "leads-filter-rotting", "import-columns"),
)


class Lone(QObject):
    """Notes what is shown as a window of its own without being one."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self.found: list[str] = []
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and is_lone(watched):
            self.found.append(f"{type(watched).__name__} {watched.accessibleName()!r}")
        return False


def is_lone(widget: QWidget) -> bool:
    if not widget.isWindow() or isinstance(widget, QDialog | QMainWindow | QMenu):
        return False
    return widget.windowType() not in (Qt.WindowType.Popup, Qt.WindowType.ToolTip)


@pytest.fixture
def lone(qapp: QApplication, theme: Theme) -> Iterator[Lone]:
    lone = Lone(qapp)
    yield lone
    qapp.removeEventFilter(lone)
    theme.set_look(Look(theme.look.appearance))


@pytest.mark.parametrize("name", _FORMS)
def test_every_part_has_its_place_when_it_is_shown(theme: Theme, lone: Lone, name: str) -> None:
    with scene(theme, name) as office:
        SCENES[name](office)
        settle(office, at_least=0.05)
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible() and widget.parent() is not None:
                widget.close()

    assert not lone.found
