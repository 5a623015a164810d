"""A laptop without anything on it whose person signs in: a process of its own, with the real sign-in, store and window.

It reads its configuration, a JSON object, and writes one line: seconds from the moment at which the browser turns back
to FleetDesk. The person at the browser is played. There is no display (Qt's platform is `offscreen`).
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from bench.watched import Watch
from fleetdesk.app import OpenDesktop, open_desktop
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.models.ids import SystemClock
from fleetdesk.models.status import SyncState
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.signin.connections import Connection
from fleetdesk.sync.signin.provider import Provider
from fleetdesk.sync.signin.registration import Registration
from fleetdesk.team.laptop import TeamLaptop
from fleetdesk.views.leads.page import LeadsPage
from tests.signin.provider import Browser

_SIZE = (1440, 900)


class _TimedBrowser(Browser):
    """Notes when the person was done with the provider's pages."""

    turned_back = 0.0

    def back(self, url: str) -> str:
        self.turned_back = time.perf_counter()
        return url


def main() -> None:
    """Sign in once."""
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    config = json.loads(sys.stdin.readline())
    app = QApplication(sys.argv[:1])
    browser = _TimedBrowser(config["login"])
    settings = LaptopSettings(data_dir=Path(config["folder"]))
    laptop = TeamLaptop(
        Connection(name="bench", hub_url=config["url"], issuer=config["issuer"], client_id=config["client"]),
        settings,
        MemoryVault(),
        fleet_platform(),
        SystemClock(),
        browse=browser,
        provider=Provider(Registration(config["issuer"], config["client"], ports=(0,))),
    )
    who = asyncio.run(laptop.sign_in())
    known = time.perf_counter()
    store, person = laptop.open_store(who)
    opened = open_desktop(
        app,
        store,
        laptop.client(laptop.session(who), who),
        person,
        platform=fleet_platform(),
        settings=settings,
        clock=SystemClock(),
    )
    try:
        marks = {"known": known, **_until_all_is_there(opened)}
    finally:
        opened.close()
        store.close()
    print(json.dumps({name: at - browser.turned_back for name, at in marks.items()}), flush=True)


def _until_all_is_there(opened: OpenDesktop) -> dict[str, float]:
    """When the window was painted, when the first leads were, and when all rows were here."""
    window = opened.desktop.window
    window.resize(*_SIZE)
    window.show_screen("leads")
    window.repaint()
    shown = time.perf_counter()
    page = window.page("leads")
    assert isinstance(page, LeadsPage)
    Watch().until(lambda: _in_sight(page), "first lead")
    page.table.viewport().repaint()
    first = time.perf_counter()
    status = opened.desktop.base.status
    complete = Watch().until(lambda: status.status.state is SyncState.LIVE, "end of the load")
    return {"window": shown, "first": first, "complete": complete}


def _in_sight(page: LeadsPage) -> bool:
    rows = page.table.rows_in_sight()
    return bool(rows) and all(page.model.row_at(row) is not None for row in rows)


if __name__ == "__main__":
    main()
