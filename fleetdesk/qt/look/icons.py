"""Icons, drawn from the Phosphor font that qtawesome brings, in the colours of the theme in force."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from fleetdesk.errors import Defect
from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.tokens import Palette

__all__ = ["IconSet"]


class IconSet:
    """Icons by their Phosphor names ("check", "warning-circle", "star-fill").

    The font is read from qtawesome's files without importing it: that would load its eleven fonts and 0.2 s at start.
    """

    def __init__(self, palette: Callable[[], Palette]) -> None:
        """`palette` gives the colours in force each time an icon is drawn."""
        self._palette = palette

    def icon(self, name: str, field: str = "text_muted") -> QIcon:
        """An icon in the colour of a `Palette` field; it follows the theme when that is switched."""
        return QIcon(_Glyph(self, self._palette, self.character(name), field))

    def pixmap(self, name: str, size: int, value: str, ratio: float = 1.0) -> QPixmap:
        """One picture of an icon in a given colour, `size` logical pixels wide."""
        pixmap = QPixmap(QSize(size, size) * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size, size), name, value)
        painter.end()
        return pixmap

    def paint(self, painter: QPainter, rect: QRect, name: str, value: str) -> None:
        """Draw an icon in a rectangle, in a given colour."""
        self.paint_character(painter, rect, self.character(name), value)

    def character(self, name: str) -> str:
        """The font's character for a name; raises `Defect` for a name that it lacks."""
        try:
            return self._characters[name]
        except KeyError:
            raise Defect(f"There is no icon “{name}”.") from None

    def paint_character(self, painter: QPainter, rect: QRect, character: str, value: str) -> None:
        """Draw what `character` gave."""
        painter.save()
        font = QFont(self._family)
        font.setPixelSize(min(rect.width(), rect.height()))
        painter.setFont(font)
        painter.setPen(colour(value))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, character)
        painter.restore()

    @cached_property
    def _family(self) -> str:
        font = QFontDatabase.addApplicationFont(str(_only(_fonts(), "phosphor-[0-9]*.ttf")))
        families = QFontDatabase.applicationFontFamilies(font)
        if not families:
            raise Defect("The icon font cannot be read.")
        return families[0]

    @cached_property
    def _characters(self) -> dict[str, str]:
        codes: dict[str, str] = json.loads(_only(_fonts(), "phosphor-charmap-*.json").read_text("utf-8"))
        return {name: chr(int(code, 16)) for name, code in codes.items()}


class _Glyph(QIconEngine):
    """Paints one character, asking for its colour each time."""

    def __init__(self, icons: IconSet, palette: Callable[[], Palette], character: str, field: str) -> None:
        super().__init__()
        self._icons = icons
        self._palette = palette
        self._character = character
        self._field = field

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        palette = self._palette()
        value = palette.line_strong if mode is QIcon.Mode.Disabled else str(getattr(palette, self._field))
        self._icons.paint_character(painter, rect, self._character, value)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _Glyph(self._icons, self._palette, self._character, self._field)


def _fonts() -> Path:
    spec = importlib.util.find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise Defect("The package qtawesome is not installed.")
    return Path(spec.origin).parent / "fonts"


def _only(folder: Path, pattern: str) -> Path:
    for path in folder.glob(pattern):
        return path
    raise Defect(f"There is no {pattern} in {folder}.")
