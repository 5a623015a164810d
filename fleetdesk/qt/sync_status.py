"""What every sync indicator shows: one status, and one text, icon and tooltip for each state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from fleetdesk.models.status import SyncState, SyncStatus
from fleetdesk.qt.look.text import menu_text, plural, tooltip_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.widgets.buttons import WordButton

__all__ = ["SyncIndicator", "SyncStatusHolder", "sync_icon", "sync_text", "sync_tone", "sync_tooltip"]

_ICONS = {
    SyncState.STARTING: "circle-dashed",
    SyncState.LOADING: "cloud-arrow-down",
    SyncState.LIVE: "check-circle",
    SyncState.SYNCING: "arrows-clockwise",
    SyncState.STAYING: "hourglass-medium",
    SyncState.OFFLINE: "cloud-slash",
    SyncState.PAUSED: "pause-circle",
    SyncState.REFUSED: "sign-in",
    SyncState.SHUT_OUT: "prohibit",
    SyncState.REVOKED: "lock-key",
    SyncState.ERROR: "warning-circle",
}
_TONES = {
    SyncState.STARTING: Tone.NEUTRAL,
    SyncState.LOADING: Tone.INFO,
    SyncState.LIVE: Tone.SUCCESS,
    SyncState.SYNCING: Tone.INFO,
    SyncState.STAYING: Tone.INFO,
    SyncState.OFFLINE: Tone.WARNING,
    SyncState.PAUSED: Tone.WARNING,
    SyncState.REFUSED: Tone.DANGER,
    SyncState.SHUT_OUT: Tone.DANGER,
    SyncState.REVOKED: Tone.DANGER,
    SyncState.ERROR: Tone.DANGER,
}


Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of the machine."""
    return datetime.now(UTC)


class SyncStatusHolder(QObject):
    """Holds the status in force. Status bar, tray and drawer listen to this one object, so that they never differ."""

    changed = Signal(object)  # SyncStatus

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._status = SyncStatus(SyncState.STARTING)

    @property
    def status(self) -> SyncStatus:
        """The status in force."""
        return self._status

    def update(self, status: SyncStatus) -> None:
        """Take a new status; told only if it differs."""
        if status != self._status:
            self._status = status
            self.changed.emit(status)


def sync_text(status: SyncStatus) -> str:
    """The state in a few words, with the figure that matters most in it."""
    words = _words(status)
    notes = []
    if status.pending and not status.rows_come:
        notes.append(plural(status.pending, tr("%n change waits"), tr("%n changes wait")))
    if status.inbox:
        notes.append(plural(status.inbox, tr("%n needs you"), tr("%n need you")))
    return " · ".join((words, *notes))


def sync_icon(state: SyncState) -> str:
    """The name of the state's icon."""
    return _ICONS[state]


def sync_tone(state: SyncState) -> Tone:
    """The state's colour."""
    return _TONES[state]


def sync_tooltip(status: SyncStatus, now: datetime) -> str:
    """What the state means for the person, in sentences."""
    sentences = [_meaning(status.state)]
    if status.detail:
        sentences.append(status.detail)
    if status.pending:
        sentences.append(plural(status.pending, tr("%n change waits to be sent."), tr("%n changes wait to be sent.")))
    if status.inbox:
        sentences.append(
            plural(
                status.inbox,
                tr("%n change waits for your decision in the Inbox."),
                tr("%n changes wait for your decision in the Inbox."),
            )
        )
    if status.last_contact is not None:
        sentences.append(tr("Last contact: %1.").replace("%1", _ago(status.last_contact, now)))
    return " ".join(sentences)


class SyncIndicator(WordButton):
    """The state as icon and words; a click is up to who places it (the pending drawer, usually).

    The tooltip is written when it is asked for: the last contact was four minutes ago, then five.
    """

    def __init__(
        self, holder: SyncStatusHolder, theme: Theme, parent: QWidget | None = None, *, now: Clock = utc_now
    ) -> None:
        super().__init__(parent)
        self._holder = holder
        self._theme = theme
        self._now = now
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("small", True)
        holder.changed.connect(self._show)
        theme.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        status = self._holder.status
        value = self._theme.tone(sync_tone(status.state)).strong
        text = sync_text(status)
        size = self._theme.pixels(16)
        self.setIcon(self._theme.icons.pixmap(sync_icon(status.state), size, value, self.devicePixelRatio()))
        self.setText(menu_text(text))
        self.setAccessibleName(tr("Synchronisation: %1").replace("%1", text))
        self._explain()

    def event(self, event: QEvent) -> bool:
        """Qt's: a tooltip is about to be shown."""
        if event.type() is QEvent.Type.ToolTip:
            self._explain()
        return super().event(event)

    def _explain(self) -> None:
        text = sync_tooltip(self._holder.status, self._now())
        self.setToolTip(tooltip_text(text))
        self.setAccessibleDescription(text)


def _words(status: SyncStatus) -> str:
    fraction = status.progress.fraction if status.progress is not None else None
    if status.state is SyncState.LOADING and fraction is not None:
        return tr("Loading %1 %").replace("%1", str(int(100 * fraction)))
    return _word(status.state)


def _word(state: SyncState) -> str:
    return {
        SyncState.STARTING: tr("Starting"),
        SyncState.LOADING: tr("Loading"),
        SyncState.LIVE: tr("Up to date"),
        SyncState.SYNCING: tr("Syncing"),
        SyncState.STAYING: tr("Not sent yet"),
        SyncState.OFFLINE: tr("Offline"),
        SyncState.PAUSED: tr("Paused"),
        SyncState.REFUSED: tr("Sign in to sync"),
        SyncState.SHUT_OUT: tr("No access"),
        SyncState.REVOKED: tr("Laptop revoked"),
        SyncState.ERROR: tr("Cannot sync"),
    }[state]


def _meaning(state: SyncState) -> str:
    return {
        SyncState.STARTING: tr("The local copy is being opened."),
        SyncState.LOADING: tr("The local copy is being filled. You can work with what has come."),
        SyncState.LIVE: tr("You see what the others see, and what you did has arrived."),
        SyncState.SYNCING: tr("Changes are on their way."),
        SyncState.STAYING: tr(
            "What waits stays here on purpose: for a moment, so that you can undo it, or until you resume it."
        ),
        SyncState.OFFLINE: tr("You are offline. Go on working: your changes are kept and sent later."),
        SyncState.PAUSED: tr("You paused sending. Your changes are kept here until you resume."),
        SyncState.REFUSED: tr("The hub no longer accepts this session. Your changes are kept; sign in to send them."),
        SyncState.SHUT_OUT: tr("The hub does not let you in, and the rows that were here are gone until it does."),
        SyncState.REVOKED: tr("A super admin ended this laptop's access. What waits is handed in, then all goes."),
        SyncState.ERROR: tr("Something is wrong that waiting will not mend. Your changes are kept."),
    }[state]


def _ago(instant: datetime, now: datetime) -> str:
    minutes = int((now - instant).total_seconds() // 60)
    if minutes < 1:
        return tr("just now")
    if minutes < 60:
        return plural(minutes, tr("%n minute ago"), tr("%n minutes ago"))
    if minutes < 24 * 60:
        return plural(minutes // 60, tr("%n hour ago"), tr("%n hours ago"))
    return plural(minutes // (24 * 60), tr("%n day ago"), tr("%n days ago"))
