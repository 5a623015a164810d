"""Every screen, dialog and menu in every state: it can be read in both themes, said, seen to have the keyboard, left.

Scenes come from the pictures, screens from the catalog, actions from the registry: what is new is looked at as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.qt.availability import Enabled
from fleetdesk.qt.look.theme import Appearance, Look, Theme
from fleetdesk.views.catalog import screens
from fleetdesk.views.shell.window import MainWindow
from tests.gui.views import eyes
from tests.gui.views.office import Office
from tests.gui.views.pictures import SCENES, scene
from tests.gui.views.settling import settle

pytestmark = pytest.mark.timeout(120)

_MOST_ESCAPES = 3
_IN_HAND = ("carried", "dragged", "held")  # scenes in which all keys are about what was taken up
_LEAVES = frozenset({"window.close", "window.new", "window.quit"})
_SCREENS = [screen.id for screen in screens()]
_WHOSE = {"members": "person-nadia", "devices": "person-nadia"}
"""Who has a screen that Layla does not have."""
_BOTH = (Appearance.DARK, Appearance.LIGHT)


@pytest.fixture(autouse=True)
def designed_look(theme: Theme) -> Iterator[None]:
    """Dark at first; then the look as it was, whatever a scene does with it."""
    theme.set_look(Look(Appearance.DARK))
    yield
    theme.set_look(Look(Appearance.LIGHT))


@pytest.mark.parametrize("name", SCENES)
def test_it_can_be_read_said_and_worked_by_keyboard(theme: Theme, name: str) -> None:
    """Drawn in the dark, where rings are the harder to see; in the light too, where tokens do not vouch for it."""
    with scene(theme, name) as office:
        SCENES[name](office)
        settle(office)
        texts = [text for window in ours() for text in eyes.texts_in_use(window)]
        found = [*hard_to_read(texts), *unsaid()]
        if QApplication.activePopupWidget() is None and not name.endswith(_IN_HAND):
            front = QApplication.activeModalWidget() or office.window
            found += [f"Tab never comes to: {what}" for what in eyes.unreached(front)]
            found += [f"does not show that it has the keyboard: {what}" for what in eyes.unseen_focus(front)]
        if any(text.may_be_faint_in_light for text in texts):
            theme.set_appearance(Appearance.LIGHT)
            found += [f"light: {text}" for text in hard_to_read_now()]
        close_dialogs()

    assert not found


@pytest.mark.parametrize("screen", _SCREENS)
def test_whatever_an_action_opens_can_be_read_and_left_with_escape(qtbot: QtBot, theme: Theme, screen: str) -> None:
    with shown(theme, screen) as office:
        found = []
        for action in actions_of(office, screen):
            if action in office.bench.actions and isinstance(office.bench.actions.availability(action), Enabled):
                office.bench.actions.trigger(action)
                settle(office, at_least=0.05)
                if any(not isinstance(window, MainWindow) for window in ours()):
                    wrong = [*hard_to_read_now(), *unsaid(), *left_open(qtbot)]
                    found += [f"{action}: {what}" for what in wrong]
                office.window.show_screen(screen)

    assert not found


@pytest.mark.parametrize("screen", _SCREENS)
def test_every_menu_can_be_read(theme: Theme, screen: str) -> None:
    with shown(theme, screen) as office:
        found = []
        for appearance in _BOTH:
            theme.set_appearance(appearance)
            for menu in office.window.findChildren(QMenu):
                menu.popup(office.window.mapToGlobal(office.window.rect().center()))
                settle(office, at_least=0.02)
                found += [f"{menu.title()}, {appearance}: {text}" for text in hard_to_read(eyes.texts_in_use(menu))]
                found += [f"{menu.title()}: {what}" for what in unsaid()]
                menu.close()

    assert not found


@contextmanager
def shown(theme: Theme, screen: str) -> Iterator[Office]:
    """An office that shows a screen with one of its records."""
    with scene(theme, "leads", person_id=_WHOSE.get(screen, "")) as office:
        office.window.show_screen(screen)
        assert office.window.current_page is office.window.page(screen)
        open_a_record(office, screen)
        settle(office)
        yield office


def actions_of(office: Office, screen: str) -> list[str]:
    """The actions to try on a screen: its own; on the first one, those that belong to none as well."""
    whose = {action.id: action.id.partition(".")[0] for action in office.bench.actions if action.id not in _LEAVES}
    first = screen == _SCREENS[0]
    return [action for action, own in whose.items() if own == screen or (first and own not in _SCREENS)]


def hard_to_read_now() -> list[str]:
    """The texts in sight that do not stand out."""
    return hard_to_read([text for window in ours() for text in eyes.texts_in_use(window)])


def hard_to_read(texts: Iterable[eyes.DrawnText]) -> list[str]:
    """Those that do not stand out."""
    return [f"hard to read: {text}" for text in texts if text.is_faint]


def unsaid() -> list[str]:
    """What a screen reader could not say of the windows in sight."""
    found = []
    for window in ours():
        found += [f"has no name: {what}" for what in eyes.nameless(window)]
        found += [f"has no role: {what}" for what in eyes.roleless(window)]
    return found


def ours() -> list[QWidget]:
    """The windows in sight, but for the system's own, and for what lies behind a dialog."""
    behind = QApplication.activeModalWidget() is not None
    return [
        window
        for window in eyes.windows()
        if not isinstance(window, QFileDialog) and not (behind and isinstance(window, MainWindow))
    ]


def open_a_record(office: Office, screen: str) -> None:
    """Open a record of the screen's, so that what can be done with one can be done."""
    for kind in office.bench.records:
        if kind.screen == screen:
            with office.store.reading() as connection:
                records = kind.find(connection, "al", 1)
            for record in records:
                office.bench.navigator.open_record(record.key)


def left_open(qtbot: QtBot) -> list[str]:
    """The dialogs that Escape does not close; all are closed."""
    for _ in range(_MOST_ESCAPES):
        dialog = QApplication.activeModalWidget() or QApplication.activePopupWidget()
        if dialog is None:
            return []
        focused: QWidget | None = dialog.focusWidget()
        qtbot.keyClick(focused or dialog, Qt.Key.Key_Escape)
        QApplication.processEvents()
    dialog = QApplication.activeModalWidget()
    close_dialogs()
    return [] if dialog is None else [f"Escape does not close {dialog.accessibleName()!r}"]


def close_dialogs() -> None:
    for widget in QApplication.topLevelWidgets():
        if widget.isVisible() and widget.parent() is not None:
            widget.close()
            widget.close()
