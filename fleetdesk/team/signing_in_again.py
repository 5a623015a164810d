"""A session that ends while the window is open: the person is told, and signs in again, or goes on without."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from fleetdesk.app import OpenDesktop
from fleetdesk.models.status import SyncState, SyncStatus
from fleetdesk.sync.signin.tokens import SignedInAs
from fleetdesk.team.dialog import SignInDialog
from fleetdesk.team.laptop import TeamLaptop

__all__ = ["SigningInAgain"]


class SigningInAgain(QObject):
    """Offers to sign in when the hub, or the provider, no longer takes the session: once, until it was taken again.

    Whom the hub does not let in, no sign-in helps: then there is no offer.
    """

    def __init__(self, opened: OpenDesktop, laptop: TeamLaptop, who: SignedInAs, connection: str) -> None:
        super().__init__(opened)
        self._opened = opened
        self._sign_in = partial(laptop.sign_in, who)
        self._connection = connection
        self._told = False
        self.dialog: SignInDialog | None = None
        opened.desktop.base.status.changed.connect(self._look)
        opened.ended.connect(self.close)
        opened.locked.connect(self.close)

    @property
    def asks(self) -> bool:
        """Whether the person is being asked."""
        return self.dialog is not None

    def close(self) -> None:
        """Take the dialog away."""
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.end()
            dialog.close()
            dialog.deleteLater()

    def _look(self, status: SyncStatus) -> None:
        refused = status.state is SyncState.REFUSED
        if refused and not self._told and self.dialog is None:
            self.dialog = SignInDialog(self._sign_in, self._connection, self._opened.desktop.base.theme)
            self.dialog.finished.connect(self._finished)
            self.dialog.offer(status.detail)
            self.dialog.show()
        elif status.state is SyncState.SHUT_OUT:
            self.close()
        self._told = refused

    def _finished(self) -> None:
        dialog = self.dialog
        signed_in = dialog is not None and dialog.who is not None
        self.close()
        if signed_in:
            self._opened.desktop.base.sync.sync_now()
