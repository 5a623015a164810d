"""The demo with its window: the hosted side is started, a person chosen, the desktop opened; closing it stops all."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit

from fleetdesk.app import run_desktop
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.demo.dataset import PERSONAS
from fleetdesk.demo.hosted import HostedDemo
from fleetdesk.demo.issuer import DemoTokens
from fleetdesk.demo.laptops import open_laptop, opened_vault, person_of
from fleetdesk.demo.persona import choose_persona
from fleetdesk.errors import Unavailable
from fleetdesk.models.ids import SystemClock
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.client import HubClient

__all__ = ["run_demo"]

_SIGNAL_PAUSE_MS = 200


def run_demo(folder: Path, settings: LaptopSettings, say: Callable[[str], None]) -> int:
    """Run the demo until its window is closed; the exit code. Raises AlreadyRunning, DiskFull, Unavailable."""
    platform, clock = fleet_platform(), SystemClock()
    laptops = folder / "laptops"
    with HostedDemo(folder, clock=clock, say=say) as hosted:
        app = QApplication(sys.argv[:1])
        app.setApplicationName("FleetDesk")
        _quit_on_signals(app)
        persona = choose_persona(PERSONAS)
        if persona is None:
            return 0
        vault = opened_vault(laptops, _ask_passphrase)
        say(vault.where)
        store = open_laptop(laptops, persona, vault.vault, platform, clock)
        try:
            tokens = DemoTokens(hosted.issuer, persona.provider_id, persona.role)
            client = HubClient(hosted.hub_url, tokens, silence=settings.request_timeout)
            return run_desktop(
                app,
                store,
                client,
                person_of(persona, platform),
                platform=platform,
                settings=replace(settings, data_dir=laptops / persona.provider_id),
                clock=clock,
            )
        finally:
            store.close()


def _ask_passphrase(new: bool) -> str:
    """Ask in a window. Raises Unavailable if the person does not want to."""
    question = (
        "This machine has no keyring for the keys of your local copy.\n"
        "Choose a passphrase of twelve characters or more:"
        if new
        else "The passphrase of your local copy:"
    )
    text, given = QInputDialog.getText(None, "FleetDesk", question, QLineEdit.EchoMode.Password)
    if not given:
        raise Unavailable("Without the passphrase the local copy stays closed.", kept="Nothing was changed.")
    return text


def _quit_on_signals(app: QApplication) -> None:
    """Close as a person would when the terminal says stop; Qt lets Python see signals only when it runs some Python."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: QCoreApplication.quit())
    timer = QTimer(app)
    timer.timeout.connect(lambda: None)
    timer.start(_SIGNAL_PAUSE_MS)
