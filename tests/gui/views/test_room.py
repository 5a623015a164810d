"""Every screen has room for its words in the narrowest window with the largest text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.theme import Appearance, Look, Theme
from fleetdesk.qt.widgets.buttons import WordButton
from fleetdesk.qt.widgets.composer import Composer
from tests.gui.views.office import Office, named
from tests.gui.views.pictures import SCENES, scene
from tests.gui.views.settling import settle

_NARROWEST = (1024, 768)
_SCENES = (
    "leads-list",
    "leads",
    "leads-search",
    "inbox-conflict",
    "inbox-refused",
    "pending",
    "tabs",
    "home",
    "duplicates",
    "members",
    "devices-emptied",
)


@pytest.fixture(params=_SCENES)
def crowded(request: pytest.FixtureRequest, qtbot: QtBot, theme: Theme) -> Iterator[Office]:
    theme.set_look(Look(Appearance.LIGHT, scale=1.5))
    with scene(theme, request.param) as office:
        office.window.resize(*_NARROWEST)
        SCENES[request.param](office)
        settle(office, at_least=0.1)
        yield office
    theme.set_look(Look(Appearance.LIGHT))


def test_no_word_is_cut_off(crowded: Office) -> None:
    window = crowded.window
    assert window.width() == _NARROWEST[0], "the window was pushed wider"
    cut = [_called(widget) for widget in _with_words(window) if not _has_room(widget, window)]
    assert not cut


def _with_words(window: QWidget) -> list[QWidget]:
    found: list[QWidget] = [*window.findChildren(QAbstractButton), *window.findChildren(QLabel)]
    return [widget for widget in found if widget.isVisible() and not _scrolled(widget)]


def _has_room(widget: QWidget, window: QWidget) -> bool:
    """Whether it lies within the window, and is as wide as its word."""
    place = QRect(widget.mapTo(window, QPoint()), widget.size())
    wide_enough = not isinstance(widget, WordButton) or widget.width() >= widget.minimumSizeHint().width()
    return wide_enough and place.left() >= 0 and place.right() < window.width()


def _scrolled(widget: QWidget) -> bool:
    """Whether it can be brought into sight."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def _called(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""
    return f"{type(widget).__name__} {widget.accessibleName() or text!r} {widget.geometry()}"


@pytest.mark.parametrize("name", ["lead-log-and-plan-low", "lead-took-in-low"])
def test_nothing_in_the_composer_lies_over_anything_else_in_the_lowest_window(theme: Theme, name: str) -> None:
    with scene(theme, name) as low:
        SCENES[name](low)
        settle(low)
        composer = named(low.leads.pane, "Write down what happened", Composer)
        parts = [part for part in composer.children() if isinstance(part, QWidget) and part.isVisible()]
        over = [
            (_called(one), _called(other))
            for one, other in combinations(parts, 2)
            if one.geometry().intersects(other.geometry())
        ]
        outside = [_called(part) for part in parts if not composer.rect().contains(part.geometry())]

        assert (over, outside) == ([], [])
    theme.set_look(Look(Appearance.LIGHT))
