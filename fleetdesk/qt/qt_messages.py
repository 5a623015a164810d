"""What Qt itself complains of goes the way of every other log: its messages quote addresses and files."""

from __future__ import annotations

import atexit
import logging

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

__all__ = ["log_qt_messages"]

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_log = logging.getLogger("qt")


def log_qt_messages() -> None:
    """Hand Qt's messages to `logging` from now on; where logs are bare, their category is all that is told."""
    qInstallMessageHandler(_told)
    atexit.register(qInstallMessageHandler, None)  # what Qt says after Python's end, Python cannot take


def _told(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    _log.log(_LEVELS[kind], "Qt says: %s", text, extra={"category": context.category})
