"""`Theme`: light and dark from the same tokens, following the system, switched live."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QApplication

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.icons import IconSet
from fleetdesk.qt.look.stylesheet import stylesheet
from fleetdesk.qt.look.tokens import DARK, FONT_FAMILIES, LIGHT, Density, Palette, TextSize, Tone, ToneColours

__all__ = ["SCALES", "Appearance", "Look", "Theme"]

SCALES = (0.9, 1.0, 1.1, 1.25, 1.5)
"""How large text can be, against its designed size."""

_AS_WRITTEN = QFont.Tag("calt")  # Inter would draw “3x5” as a product, and “->” as an arrow
_TABULAR = QFont.Tag("tnum")  # figures of equal width, so that columns of numbers line up


class Appearance(enum.StrEnum):
    """What the person chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Look:
    """What the person chose: light or dark, how close rows stand, how large text is against its designed size."""

    appearance: Appearance = Appearance.SYSTEM
    density: Density = Density.NORMAL
    scale: float = 1.0


class Theme(QObject):
    """The look in force. Widgets that paint themselves take it in their constructor and repaint on `changed`."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._look = Look()
        self.icons = IconSet(lambda: self._palette)
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._apply()

    @property
    def palette(self) -> Palette:
        """The colours in force."""
        return self._palette

    @property
    def look(self) -> Look:
        """What the person chose; `palette.dark` says what came of the appearance."""
        return self._look

    @property
    def row_height(self) -> int:
        """A row's height in pixels, by density and text size."""
        return round(self._look.density.value * self._look.scale)

    def set_look(self, look: Look) -> None:
        """Put a look in force. What was laid out for another size of text has to be made anew by who made it."""
        scale = min(SCALES[-1], max(SCALES[0], look.scale))
        self._look = replace(look, scale=scale)
        self._apply()

    def set_appearance(self, appearance: Appearance) -> None:
        """Light, dark, or as the system says."""
        self.set_look(replace(self._look, appearance=appearance))

    def set_density(self, density: Density) -> None:
        """Rows closer or further apart."""
        self.set_look(replace(self._look, density=density))

    def set_scale(self, scale: float) -> None:
        """All text larger or smaller: 1.0 is as designed."""
        self.set_look(replace(self._look, scale=scale))

    def pixels(self, size: int) -> int:
        """A designed length in the text's scale."""
        return round(size * self._look.scale)

    def font(self, size: TextSize = TextSize.BODY, *, strong: bool = False, tabular: bool = False) -> QFont:
        """A font of the type scale; `tabular` for figures that stand in columns."""
        font = QFont(list(FONT_FAMILIES))
        font.setPixelSize(self.pixels(size))
        font.setFeature(_AS_WRITTEN, 0)
        if strong:
            font.setWeight(QFont.Weight.DemiBold)
        if tabular:
            font.setFeature(_TABULAR, 1)
        return font

    def tone(self, tone: Tone) -> ToneColours:
        """The colours of a tone in force."""
        return self._palette.tone(tone)

    def _follow_system(self) -> None:
        if self._look.appearance is Appearance.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        self._palette = self._chosen_palette()
        self._app.setFont(self.font())
        self._app.setPalette(_qt_palette(self._palette))
        self._app.setStyleSheet(stylesheet(self._palette, self._look.scale))
        self.changed.emit()

    def _chosen_palette(self) -> Palette:
        if self._look.appearance is Appearance.SYSTEM:
            dark = self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        else:
            dark = self._look.appearance is Appearance.DARK
        return DARK if dark else LIGHT


def _qt_palette(tokens: Palette) -> QPalette:
    """Qt's own palette, for what no stylesheet reaches."""
    role = QPalette.ColorRole
    roles = {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.sunken,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.text_faint,
        role.Button: tokens.surface,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.on_accent,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Accent: tokens.accent,
        role.Link: tokens.accent_text,
        role.LinkVisited: tokens.accent_text,
        role.Light: tokens.raised,
        role.Midlight: tokens.hover,
        role.Mid: tokens.line,
        role.Dark: tokens.line_strong,
        role.Shadow: tokens.line_strong,
    }
    palette = QPalette()
    for role_, value in roles.items():
        palette.setColor(role_, colour(value))
    for role_ in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role_, colour(tokens.text_faint))
    return palette
