"""What holds for every widget in every state: it is drawn without a warning, has a name, and shows text as it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QScrollBar, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.theme import Appearance, Theme
from fleetdesk.qt.tasks import TaskRunner
from tests.gui.gallery import PAGES, Gallery


@pytest.fixture(params=[Appearance.LIGHT, Appearance.DARK], ids=lambda appearance: appearance.value)
def gallery(request: pytest.FixtureRequest, theme: Theme, runner: TaskRunner, qtbot: QtBot) -> Iterator[Gallery]:
    theme.set_appearance(request.param)
    gallery = Gallery(theme, runner)
    yield gallery
    gallery.close()
    theme.set_appearance(Appearance.LIGHT)


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, gallery: Gallery, qtbot: QtBot) -> QWidget:
    """One page of the gallery, shown."""
    page = gallery.show(request.param)
    qtbot.waitUntil(page.isVisible)
    return page


def everything(page: QWidget) -> list[QWidget]:
    return [widget for widget in (page, *page.findChildren(QWidget)) if widget.isVisible()]


def test_what_takes_the_keyboard_says_what_it_is(page: QWidget) -> None:
    nameless = [
        widget
        for widget in everything(page)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(widget, QScrollBar)
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]

    assert nameless == []


def test_what_takes_the_keyboard_has_a_role(page: QWidget) -> None:
    nothing = (QAccessible.Role.NoRole, QAccessible.Role.Client)
    roleless = [
        widget
        for widget in everything(page)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and QAccessible.queryAccessibleInterface(widget).role() in nothing
    ]

    assert roleless == []


def test_no_label_reads_its_text_as_markup(page: QWidget) -> None:
    assert [
        label.text()
        for label in page.findChildren(QLabel)
        if label.text() and label.textFormat() is not Qt.TextFormat.PlainText
    ] == []


def test_it_is_drawn(page: QWidget, qapp: QApplication) -> None:
    qapp.processEvents()
    image = page.grab().toImage()

    assert len({image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}) > 1
