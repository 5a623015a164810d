"""What a hub or a sign-in service says is plain text in the windows before the window, and pushes no button out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.errors import Offline, SignInNeeded, Unavailable
from fleetdesk.models.locking import Why
from fleetdesk.models.passphrases import Wanted, Word
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.unlocking import UnlockWindow
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.signin.connections import Connection, ConnectionKind, Connections
from fleetdesk.sync.store.local_store import Counts
from fleetdesk.team.book import Unsent
from fleetdesk.team.chooser import Chooser
from fleetdesk.team.connection_dialog import ConnectionDialog
from fleetdesk.team.dialog import SignInDialog
from fleetdesk.team.farewell import FarewellDialog
from fleetdesk.team.lease_window import LeaseWindow
from fleetdesk.team.listing import DEMO
from fleetdesk.team.removal_dialog import RemovalDialog
from fleetdesk.team.revoked import RevokedDialog
from fleetdesk.team.words import behind
from tests.gui.team.pictures import OWN, TEAM, Shut
from tests.gui.views.test_hostile_texts import HOSTILE, wrongs_of

NAME = f"شركة\u2066 {HOSTILE}{'W' * 3_000}"
"""Somebody's name as a hub that was taken over may send it."""
SAID = f"{HOSTILE} {'W' * 400}"[:400]
"""As long as a hub's own sentence may be (`sync.network.problems`)."""
SEEN = (QAbstractButton, QLabel, QLineEdit)
HIGHEST = 900
"""Pixels of a small screen."""
LONG = "w" * 40
"""The longest name of a connection."""


async def refused() -> object:
    raise Offline(SAID, kept=SAID, do=SAID)


async def signed_out() -> None:
    raise SignInNeeded(SAID, kept=SAID, do=SAID)


def unlocking(theme: Theme, _folder: Path) -> QDialog:
    """Locked windows of somebody."""
    told = behind(LONG, NAME, Counts(waiting=3, inbox=1), Why.SLEEP, dt.timedelta(hours=71))
    wanted = Wanted(Word.PIN)
    return UnlockWindow(theme, Shut(wanted), wanted, told, elsewhere=lambda: None)


def lease(theme: Theme, _folder: Path) -> QDialog:
    window = LeaseWindow(signed_out, theme, LONG, 4)
    window.begin()
    return window


def signing_in(theme: Theme, _folder: Path) -> QDialog:
    window = SignInDialog(refused, LONG, theme)  # type: ignore[arg-type]
    window.begin()
    return window


def farewell(theme: Theme, _folder: Path) -> QDialog:
    window = FarewellDialog(refused, Counts(waiting=3, inbox=1), theme)  # type: ignore[arg-type]
    window.begin()
    return window


def revoked(theme: Theme, _folder: Path) -> QDialog:
    window = RevokedDialog(refused, theme)  # type: ignore[arg-type]
    window.begin()
    return window


def chooser(theme: Theme, folder: Path) -> Chooser:
    connections = Connections(folder)
    address = f"https://{'x' * 60}.{'y' * 60}.example/{'z' * 1_000}"
    for name in (LONG, "team"):
        connections.keep(TEAM.model_copy(update={"name": name, "hub_url": address, "issuer": address}))
    connections.keep(OWN)
    return Chooser(LaptopSettings(data_dir=folder), theme, lambda _connection: MemoryVault(), DEMO)


def connection(theme: Theme, folder: Path) -> QDialog:
    """A form of a connection to a hub that cannot be reached."""

    def out_of_reach(
        _name: str, _kind: ConnectionKind, _parts: Mapping[str, object], _secrets: Mapping[str, str], _anyway: bool
    ) -> Connection:
        raise Unavailable(SAID, kept=SAID, do=SAID)

    below = chooser(theme, folder)
    dialog = ConnectionDialog(theme, below._runner, out_of_reach, below, known=TEAM)  # noqa: SLF001
    dialog.finished.connect(lambda _result: below.end())
    dialog.show()
    dialog.save.click()
    return dialog


def removal(theme: Theme, folder: Path) -> QDialog:
    below = chooser(theme, folder)
    dialog = RemovalDialog("the-hub-of-the-emirates-and-of-france-2", Unsent(12, 1, 2), below)
    dialog.finished.connect(lambda _result: below.end())
    return dialog


MADE: tuple[Callable[[Theme, Path], QDialog], ...] = (
    unlocking,
    lease,
    signing_in,
    farewell,
    revoked,
    chooser,
    connection,
    removal,
)


@pytest.fixture(params=MADE, ids=lambda made: made.__name__)
def window(request: pytest.FixtureRequest, qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[QDialog]:
    made: QDialog = request.param(theme, tmp_path)
    made.show()
    qtbot.waitUntil(lambda: has_said(made))
    yield made
    made.close()
    getattr(made, "end", lambda: None)()
    made.deleteLater()
    if (below := made.parentWidget()) is not None:
        below.deleteLater()


def has_said(window: QDialog) -> bool:
    """Whether what it began has ended, in its thread, and was told."""
    if isinstance(window, Chooser):
        return not window.busy
    told = [label.text() for label in window.findChildren(QLabel)]
    return isinstance(window, RemovalDialog) or any("<b>bold</b>" in text for text in told)


def test_whatever_others_say_is_plain_text(window: QDialog) -> None:
    found = [wrong for shown in QApplication.topLevelWidgets() if shown.isVisible() for wrong in wrongs_of(shown)]
    assert [wrong for wrong in found if "pixels across" not in wrong] == []


def test_all_that_is_said_and_asked_stays_in_sight(window: QDialog) -> None:
    assert window.height() <= HIGHEST
    parts = [part for part in window.findChildren(QWidget) if isinstance(part, SEEN) and part.isVisible()]
    assert any(isinstance(part, QAbstractButton) for part in parts)
    places = {part: QRect(part.mapTo(window, part.rect().topLeft()), part.size()) for part in parts}
    assert [part for part, place in places.items() if not window.rect().contains(place)] == []
    assert [part for part in parts if part.height() < needed_height(part)] == []


def needed_height(part: QWidget) -> int:
    return part.heightForWidth(part.width()) if part.hasHeightForWidth() else part.minimumSizeHint().height()


def test_a_name_within_a_sentence_does_not_turn_it(theme: Theme) -> None:
    told = behind("team", NAME, Counts(waiting=0, inbox=0), Why.IDLE, dt.timedelta())
    assert told.sentences[0].startswith("The work of \u2068شركة")
    assert told.sentences[0].endswith("\u2069 is behind this lock.")
    assert len(told.sentences[0]) < 500
