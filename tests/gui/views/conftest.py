"""A window over a store of its own for each test, with forty leads in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.theme import Appearance, Theme
from fleetdesk.sync.store.local_store import LocalStore
from tests.gui.views.filled import StillClock
from tests.gui.views.lead_pane import open_lead
from tests.gui.views.office import Office
from tests.gui.views.sample import STORY, open_sample

Open = Callable[..., Office]


@pytest.fixture
def clock() -> StillClock:
    """Twelve March 2026, half past nine in London."""
    return StillClock()


@pytest.fixture
def store(tmp_path: Path, clock: StillClock) -> LocalStore:
    """A store with forty leads, which the office closes."""
    return open_sample(tmp_path / "laptop", clock, 40)


@pytest.fixture
def office(qtbot: QtBot, store: LocalStore, theme: Theme, clock: StillClock) -> Iterator[Office]:
    """Layla's window, come to rest."""
    office = Office.open(store, theme, clock)
    qtbot.waitUntil(lambda: office.idle() and office.leads.model.rowCount() == 40)
    yield office
    office.close()
    theme.set_appearance(Appearance.LIGHT)


@pytest.fixture
def opened(qtbot: QtBot, office: Office) -> Office:
    """The office with the lead of the long story open."""
    return open_lead(qtbot, office, STORY)
