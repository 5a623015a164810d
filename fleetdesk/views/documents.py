"""`Documents`: the door through which screens take files in, open documents, and hear how far their bytes are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage, QImageWriter

from fleetdesk.models.document_bytes import BytesKeeper, OnTheWay, Taken
from fleetdesk.qt.tasks import Cancellation, TaskRunner

__all__ = ["Documents", "Fetch"]

_CALM = 100  # milliseconds between two looks at how far bytes are

Fetch = Callable[[str, str, int], None]
"""Asks for a document's bytes: its id, its digest, its size."""


class Documents(QObject):
    """What every window shares. `moved` tells, in the GUI thread, that bytes came further, arrived or failed."""

    moved = Signal()
    _heard = Signal()

    def __init__(self, keeper: BytesKeeper, runner: TaskRunner, fetch: Fetch) -> None:
        super().__init__()
        self._keeper = keeper
        self._runner = runner
        self._fetch = fetch
        self._lent = False
        """Whether copies may lie readable on the disk; worker threads set it."""
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM)
        self._calm.timeout.connect(self.moved)
        self._heard.connect(self._gather, Qt.ConnectionType.QueuedConnection)
        self._unwatch = keeper.watch(self._heard.emit)

    @property
    def on_the_way(self) -> Mapping[str, OnTheWay]:
        """What moves or failed, by digest."""
        return self._keeper.on_the_way

    def held(self, sha256s: frozenset[str]) -> frozenset[str]:
        """Those whose bytes are here. Reads the disk: in a worker thread alone."""
        return self._keeper.held(sha256s)

    def take_in(
        self,
        source: Path,
        *,
        owner: QObject,
        on_success: Callable[[Taken], None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        """Copy a file in, in a worker thread."""
        self._runner.run(
            lambda _cancel: self._keeper.take_in(source), on_success=on_success, owner=owner, on_failure=on_failure
        )

    def take_in_picture(
        self,
        picture: QImage,
        name: str,
        *,
        owner: QObject,
        on_success: Callable[[Taken], None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        """Keep a picture that is no file, such as a pasted one, as a PNG: made in a worker thread."""
        self._runner.run(
            lambda _cancel: self._keeper.take_bytes(name, _png(picture)),
            on_success=on_success,
            owner=owner,
            on_failure=on_failure,
        )

    def open(self, sha256: str, name: str, *, owner: QObject, on_failure: Callable[[Exception], None]) -> None:
        """Open a document that is here with the system's program for it."""

        def copied(_cancel: Cancellation) -> Path:
            try:
                return self._keeper.open_copy(sha256, name)
            finally:
                # By now, and whether or not anybody is left to hear of it: a tidying before this saw no copy.
                self._lent = True

        self._runner.run(
            copied,
            on_success=_show,
            owner=owner,
            on_failure=on_failure,
        )

    def save(self, sha256: str, target: Path, *, owner: QObject, on_failure: Callable[[Exception], None]) -> None:
        """Write a readable copy where the person says."""
        self._runner.run(
            lambda _cancel: self._keeper.save_copy(sha256, target),
            on_success=_nothing,
            owner=owner,
            on_failure=on_failure,
        )

    def tidy(self) -> None:
        """Delete the copies that were written some minutes ago, if no program has them open. Call it now and then."""
        if self._lent:
            self._lent = False
            self._runner.run(lambda _cancel: self._keeper.forget_unused(), on_success=self._left, owner=self)

    def fetch(self, document_id: str, sha256: str, size: int) -> None:
        """Ask for a document's bytes; `moved` tells what comes of it."""
        self._fetch(document_id, sha256, size)

    def close(self) -> None:
        """Hear no more, nor tell what was heard a moment ago."""
        self._unwatch()
        self._heard.disconnect(self._gather)
        self._calm.stop()

    def _left(self, any_left: bool) -> None:
        self._lent = self._lent or any_left

    def _gather(self) -> None:
        if not self._calm.isActive():
            self._calm.start()


def _png(picture: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(picture)
    return bytes(buffer.data().data())


def _show(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _nothing(_written: None) -> None:
    """The file is where the person wanted it."""
