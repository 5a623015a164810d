"""Readable copies are tidied as long as any may lie there, whatever order opening and tidying come in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from fleetdesk.models.document_bytes import BytesKeeper
from fleetdesk.qt.tasks import TaskRunner
from fleetdesk.views.documents import Documents


class SlowKeeper:
    """Keeps copies by name alone; some take until it is told to go on."""

    def __init__(self) -> None:
        self.copies: set[str] = set()
        self.copying = threading.Event()
        self.go_on = threading.Event()

    def watch(self, callback: Callable[[], None]) -> Callable[[], None]:
        return lambda: None

    def open_copy(self, sha256: str, name: str) -> Path:
        if name == "slow.pdf":
            self.copying.set()
            assert self.go_on.wait(60)
        self.copies.add(name)
        return Path("/nowhere") / name

    def forget_unused(self) -> bool:
        self.copies.clear()
        return False


class Opener(QObject):
    """Stands for the system's programs."""

    @Slot("QUrl")
    def open(self, url: object) -> None:
        """Shows nothing."""


@pytest.fixture
def keeper() -> Iterator[SlowKeeper]:
    keeper, opener = SlowKeeper(), Opener()
    QDesktopServices.setUrlHandler("file", opener, "open")  # type: ignore[arg-type]  # bytes, as its stub has it, are refused
    yield keeper
    keeper.go_on.set()
    QDesktopServices.unsetUrlHandler("file")


@pytest.fixture
def documents(keeper: SlowKeeper, runner: TaskRunner) -> Iterator[Documents]:
    documents = Documents(cast("BytesKeeper", keeper), runner, lambda *_: None)
    yield documents
    documents.close()


def open_copy(documents: Documents, name: str, owner: QObject) -> None:
    documents.open("0" * 64, name, owner=owner, on_failure=lambda error: pytest.fail(str(error)))


def until_idle(qtbot: QtBot, runner: TaskRunner) -> None:
    qtbot.waitUntil(lambda: runner.active == 0)


def test_a_copy_that_was_still_being_made_while_others_were_tidied_is_tidied_later(
    qtbot: QtBot, documents: Documents, keeper: SlowKeeper, runner: TaskRunner
) -> None:
    owner = QObject()
    open_copy(documents, "quick.pdf", owner)
    until_idle(qtbot, runner)
    open_copy(documents, "slow.pdf", owner)
    documents.tidy()
    qtbot.waitUntil(lambda: not keeper.copies)
    keeper.go_on.set()
    until_idle(qtbot, runner)
    assert keeper.copies == {"slow.pdf"}

    documents.tidy()
    until_idle(qtbot, runner)
    assert keeper.copies == set()


def test_a_copy_is_tidied_also_where_who_asked_for_it_is_gone(
    qtbot: QtBot, documents: Documents, keeper: SlowKeeper, runner: TaskRunner
) -> None:
    owner = QObject()
    open_copy(documents, "slow.pdf", owner)
    assert keeper.copying.wait(60)
    documents.tidy()
    Shiboken.delete(owner)
    keeper.go_on.set()
    qtbot.waitUntil(lambda: keeper.copies == {"slow.pdf"})
    until_idle(qtbot, runner)

    documents.tidy()
    until_idle(qtbot, runner)
    assert keeper.copies == set()
