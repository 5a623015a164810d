"""`Tray`: FleetDesk in the system tray: the state of the synchronisation, alerts, and a way back to the windows."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from fleetdesk.models.status import SyncStatus
from fleetdesk.qt.alerts import Alert
from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.text import menu_text, outside_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.sync_status import sync_text, sync_tone
from fleetdesk.views.shell.windows import Windows
from fleetdesk.views.workbench import Workbench

__all__ = ["Tray"]

_SIZE = 64  # pixels of the icon, which the desktop makes smaller
_SECONDS = 10  # that a message stays, where the desktop lets one say so


class Tray(QObject):
    """One for all windows. It says the same as their status bars: it listens to the same holder."""

    def __init__(self, windows: Windows, bench: Workbench, icon: QSystemTrayIcon) -> None:
        """`bench` is that of no window."""
        super().__init__(windows)
        self._windows = windows
        self._bench = bench
        self._icon = icon
        self._told: Alert | None = None
        self._state = QAction(self)
        self._state.setEnabled(False)
        self._pause = QAction(self)
        self._pause.triggered.connect(self._toggle_pause)
        self._stays = QAction(menu_text(tr("Keep running when the last window is closed")), self)
        self._stays.setCheckable(True)
        self._stays.toggled.connect(lambda on: windows.set_stays(stays=on))
        self._menu = self._filled()
        self._menu.aboutToShow.connect(self._look)
        icon.setContextMenu(self._menu)
        icon.activated.connect(self._activated)
        icon.messageClicked.connect(self._follow)
        bench.status.changed.connect(self._show_status)
        windows.outside = self.tell
        self._look()
        self._show_status(bench.status.status)

    def show(self) -> None:
        """Come into the tray."""
        self._icon.show()

    def tell(self, alert: Alert) -> bool:
        """Tell an alert beside the desktop's own messages; False where the desktop has no place for them."""
        if not self._icon.supportsMessages():
            return False
        self._told = alert
        self._icon.showMessage(
            "FleetDesk",
            outside_text(" ".join(filter(None, (alert.what, alert.do)))),
            QSystemTrayIcon.MessageIcon.NoIcon,
            1000 * _SECONDS,
        )
        return True

    def end(self) -> None:
        """Leave the tray."""
        self._icon.hide()
        self._icon.deleteLater()
        self._menu.deleteLater()

    def _filled(self) -> QMenu:
        menu = QMenu()
        menu.setAccessibleName("FleetDesk")
        menu.addAction(self._state)
        menu.addSeparator()
        menu.addAction(menu_text(tr("Open FleetDesk")), self._open)
        menu.addAction(menu_text(tr("Sync now")), self._bench.sync.sync_now)
        menu.addAction(self._pause)
        menu.addSeparator()
        menu.addAction(self._stays)
        menu.addAction(menu_text(tr("Quit FleetDesk")), self._windows.quit)
        return menu

    def _look(self) -> None:
        self._pause.setText(menu_text(tr("Resume sending") if self._bench.sync.paused else tr("Pause sending")))
        self._stays.setChecked(self._windows.stays)

    def _show_status(self, status: SyncStatus) -> None:
        text = sync_text(status)
        self._state.setText(menu_text(text))
        self._icon.setToolTip(outside_text(f"FleetDesk · {text}"))
        self._icon.setIcon(_mark(self._bench.theme, sync_tone(status.state)))
        self._look()

    def _toggle_pause(self) -> None:
        sync = self._bench.sync
        if sync.paused:
            sync.resume()
        else:
            sync.pause()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self._open()

    def _open(self) -> None:
        self._windows.come_forward()

    def _follow(self) -> None:
        if self._told is not None:
            self._windows.follow(self._told)


def _mark(theme: Theme, tone: Tone) -> QIcon:
    """The product's mark, with a dot in the colour of the state."""
    picture = QPixmap(_SIZE, _SIZE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(theme.palette.accent))
    painter.drawRoundedRect(QRect(2, 2, _SIZE - 4, _SIZE - 4), 14, 14)
    theme.icons.paint(painter, QRect(12, 12, _SIZE - 24, _SIZE - 24), "truck-fill", theme.palette.on_accent)
    dot = QRect(_SIZE - 26, _SIZE - 26, 24, 24)
    painter.setBrush(colour(theme.palette.surface))
    painter.drawEllipse(dot)
    painter.setBrush(colour(theme.tone(tone).strong))
    painter.drawEllipse(dot.adjusted(4, 4, -4, -4))
    painter.end()
    return QIcon(picture)
