"""`Doorbell`: how a second start reaches the FleetDesk that runs already: to bring it forward, or to follow a link."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

__all__ = ["Doorbell", "ring"]

_NAME = "doorbell"
_MOST_BYTES = 16 * 1024  # of what is said: a link is shorter
_PATIENCE = 3_000  # milliseconds for each step on either side
_HEARD = b"heard\n"


class Doorbell(QObject):
    """Listens in a folder that this process alone works on, and that nobody but its user can enter."""

    rung = Signal(str)  # what the second start wants: a link, or nothing but the window

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        """Where the folder's path is too long for a socket, nobody can ring, and nothing else is different."""
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._open)
        QLocalServer.removeServer(_address(folder))  # a crash left it: the folder is ours
        self._server.listen(_address(folder))

    @property
    def listening(self) -> bool:
        """Whether somebody can ring."""
        return self._server.isListening()

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _open(self) -> None:
        while (caller := self._server.nextPendingConnection()) is not None:
            caller.setReadBufferSize(_MOST_BYTES)
            caller.disconnected.connect(caller.deleteLater)
            caller.readyRead.connect(partial(self._listen, caller))
            self._give_up_on(caller)
            self._listen(caller)

    def _give_up_on(self, caller: QLocalSocket) -> None:
        """In a while, if it says nothing until then."""
        patience = QTimer(caller)
        patience.setSingleShot(True)
        patience.timeout.connect(lambda: caller.abort())  # noqa: PLW0108 (PySide finds no slot in it by itself)
        patience.start(_PATIENCE)

    def _listen(self, caller: QLocalSocket) -> None:
        if caller.canReadLine():
            said = bytes(caller.readLine().data()).decode("utf-8", "replace").strip()
            caller.write(_HEARD)
            caller.disconnectFromServer()
            self.rung.emit(said)


def ring(folder: Path, wanted: str = "") -> bool:
    """Tell the FleetDesk that works on a folder what is wanted; False if none answers. May wait for some seconds."""
    caller = QLocalSocket()
    caller.connectToServer(_address(folder))
    if not caller.waitForConnected(_PATIENCE):
        return False
    caller.write(f"{wanted}\n".encode())
    caller.flush()
    caller.waitForReadyRead(_PATIENCE)
    heard = bytes(caller.readAll().data())
    caller.abort()
    return heard == _HEARD


def _address(folder: Path) -> str:
    return str((folder / _NAME).absolute())
