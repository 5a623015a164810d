"""A window that is killed in the middle of work: all of it stands again at the next start."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.theme import Look
from fleetdesk.qt.look.tokens import Density
from fleetdesk.sync.files.cipher import FileKeys
from fleetdesk.views.command_dialog import CommandDialog
from tests.journeys.killed_window import opened

pytestmark = pytest.mark.timeout(120)


def test_after_sigkill_everything_stands_where_it_was(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    keys = FileKeys(replica=secrets.token_bytes(32), outbox=secrets.token_bytes(32), documents=b"d" * 32)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.killed_window", str(tmp_path)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{keys.replica.hex()}\n{keys.outbox.hex()}\n")
    process.stdin.close()
    assert process.stdout.readline().strip() == "stands"
    process.kill()
    process.wait()
    process.stdout.close()

    desktop, store = opened(qapp, tmp_path, keys)
    try:
        theme = desktop.desktop.base.theme
        one, other = desktop.desktop.windows.all
        assert theme.look.density is Density.COMPACT
        assert [tab.screen for tab in other.area.memories] == ["inbox", "leads"]
        assert other.area.shown == 1
        assert other.drawer.is_open
        assert one.area.count == 1
        assert not one.drawer.is_open
        other.toasts.run_newest_action()
        qtbot.waitUntil(lambda: bool(other.findChildren(CommandDialog)))
        [dialog] = other.findChildren(CommandDialog)
        named = {field.accessibleName(): field.text() for field in dialog.findChildren(QLineEdit)}
        assert named["Last name"] == "Belkacem"
        theme.set_look(Look())
    finally:
        desktop.close()
        store.close()
