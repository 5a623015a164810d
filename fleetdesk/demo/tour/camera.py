"""Takes pictures of the window, light and dark, and waits for it: the event loop runs while something is awaited."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QPoint
from PySide6.QtGui import QFont, QPainter, QPainterPath
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from fleetdesk.errors import Unavailable
from fleetdesk.qt.look.theme import Appearance, Theme

__all__ = ["Camera", "wait_until"]

_PAUSE = 0.01
_SETTLE_SECONDS = 0.35


def wait_until(what: str, condition: Callable[[], bool], seconds: float = 60.0) -> float:
    """Run the window until something holds; the seconds that it took. Raises Unavailable after `seconds`."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise Unavailable(f"Waited {seconds:.0f} seconds in vain for {what}.")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(_PAUSE)
    return time.monotonic() - began


class Camera:
    """Numbers its pictures in the order in which they are taken."""

    def __init__(self, folder: Path, theme: Theme) -> None:
        self._folder = folder
        self._theme = theme
        self.pictures: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, name: str, widget: QWidget) -> None:
        """Two pictures of the widget, light and dark; it is left in light."""
        number = len(self.pictures) // 2 + 1
        for appearance in (Appearance.DARK, Appearance.LIGHT):
            self._theme.set_appearance(appearance)
            self._settle()
            file = f"{number:02}-{name}-{appearance}.png"
            widget.grab().save(str(self._folder / file))
            self.pictures.append(file)

    def draw(self, file: Path, widget: QWidget) -> None:
        """A drawing of the widget in light, as SVG: text, so that it can be kept beside the text that shows it."""
        self._theme.set_appearance(Appearance.LIGHT)
        self._settle()
        generator = QSvgGenerator()
        generator.setFileName(str(file))
        generator.setSize(widget.size())
        generator.setViewBox(widget.rect())
        generator.setTitle("FleetDesk")
        painter = QPainter(generator)
        try:
            widget.render(painter, QPoint())
        finally:
            painter.end()
        file.write_text(_ICON.sub(_outlined, file.read_text(encoding="utf-8")), encoding="utf-8")

    def _settle(self) -> None:
        until = time.monotonic() + _SETTLE_SECONDS
        wait_until("the window to come to rest", lambda: time.monotonic() >= until)


_ICON = re.compile(
    r'<text fill="(?P<fill>[^"]*)"[^>]*? x="(?P<x>[^"]*)" y="(?P<y>[^"]*)" font-family="(?P<family>Phosphor[^"]*)"'
    r' font-size="(?P<size>[^"]*)"[^>]*>(?P<glyph>[^<]*)</text>'
)
"""An icon as Qt writes it: a letter of a font that the reader does not have."""


def _outlined(icon: re.Match[str]) -> str:
    """The icon's outline in the place of its letter."""
    font = QFont(icon["family"])
    font.setPixelSize(round(float(icon["size"])))
    path = QPainterPath()
    path.addText(float(icon["x"]), float(icon["y"]), font, icon["glyph"])
    drawn: list[str] = []
    at = 0
    while at < path.elementCount():
        element = path.elementAt(at)
        if element.isCurveTo():
            ends = [path.elementAt(at + step) for step in range(3)]
            drawn.append("C" + " ".join(f"{end.x:.2f} {end.y:.2f}" for end in ends))
            at += 3
        else:
            drawn.append(f"{'M' if element.isMoveTo() else 'L'}{element.x:.2f} {element.y:.2f}")
            at += 1
    return f'<path fill="{icon["fill"]}" fill-rule="nonzero" stroke="none" d="{"".join(drawn)}"/>'
