"""The look as data: colours of both themes, sizes, spaces. Every colour on a screen is one of these."""

from __future__ import annotations

import enum
from dataclasses import dataclass

__all__ = [
    "DARK",
    "FONT_FAMILIES",
    "GRID",
    "LIGHT",
    "TEXT_PAIRS",
    "Density",
    "Palette",
    "Radius",
    "TextSize",
    "Tone",
    "ToneColours",
    "contrast",
]

GRID = 8  # every margin and gap is a multiple of it, or half of it inside a control

# The first family that is installed is used; letters it lacks (Arabic, for one) come from the ones after it.
FONT_FAMILIES = (
    "Inter",
    "SF Pro Text",
    "Segoe UI Variable Text",
    "Segoe UI",
    "Noto Sans",
    "Cantarell",
    "DejaVu Sans",
    "Noto Sans Arabic",
    "Noto Naskh Arabic",
    "Geeza Pro",
    "Noto Sans CJK SC",
)


class TextSize(enum.IntEnum):
    """The one type scale, in pixels."""

    SMALL = 12
    BODY = 13
    TITLE = 16
    HEADING = 20


class Radius(enum.IntEnum):
    """How round corners are, in pixels."""

    CHIP = 4
    CONTROL = 6
    PANEL = 8


class Density(enum.Enum):
    """How close rows stand; the value is a row's height in pixels."""

    COMPACT = 24
    NORMAL = 32
    RELAXED = 40


class Tone(enum.Enum):
    """What a coloured chip means. The word on it says the same: colour never stands alone."""

    NEUTRAL = "neutral"
    INFO = "info"
    ACTIVE = "active"
    NOTABLE = "notable"
    WARNING = "warning"
    SUCCESS = "success"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class ToneColours:
    """A chip's word, its ground, and the strong colour of dots, icons and edges."""

    text: str
    ground: str
    strong: str


@dataclass(frozen=True, slots=True)
class Palette:
    """One theme. `window` lies under everything, `surface` holds content, `raised` floats, `sunken` recedes.

    `track` is what something moves along: the stages ahead, the groove of a bar.
    """

    dark: bool
    window: str
    surface: str
    raised: str
    sunken: str
    hover: str
    track: str
    line: str
    line_strong: str
    edge: str  # around what can be written into
    text: str
    text_muted: str
    text_faint: str
    accent: str  # fills: the main button, the selected edge
    focus: str  # the ring around what has the keyboard
    accent_hover: str
    on_accent: str
    accent_text: str  # links and icons on a ground
    selected: str  # the ground of a selected row
    danger: str
    danger_hover: str
    danger_text: str
    on_danger: str
    tones: dict[Tone, ToneColours]

    def tone(self, tone: Tone) -> ToneColours:
        """The colours of a tone."""
        return self.tones[tone]


LIGHT = Palette(
    dark=False,
    window="#f6f6f8",
    surface="#ffffff",
    raised="#ffffff",
    sunken="#f0f0f3",
    hover="#f1f2f6",
    track="#e9eaef",
    line="#e5e6ea",
    line_strong="#c9cbd3",
    edge="#888c98",
    text="#1c1d22",
    text_muted="#565963",
    text_faint="#646772",
    accent="#4453d6",
    focus="#4453d6",
    accent_hover="#3744bd",
    on_accent="#ffffff",
    accent_text="#3d4bcb",
    selected="#e8eafb",
    danger="#c4302b",
    danger_hover="#a92723",
    danger_text="#b3261e",
    on_danger="#ffffff",
    tones={
        Tone.NEUTRAL: ToneColours("#4b4e58", "#ececf0", "#7b7f8c"),
        Tone.INFO: ToneColours("#1f4fa8", "#e3ecfb", "#3b78e0"),
        Tone.ACTIVE: ToneColours("#0b5c6e", "#dcf1f5", "#0f86a0"),
        Tone.NOTABLE: ToneColours("#5b3aa8", "#ede7fa", "#8560d8"),
        Tone.WARNING: ToneColours("#7a4a00", "#fbeed3", "#b0700a"),
        Tone.SUCCESS: ToneColours("#17613a", "#ddf2e5", "#279a5c"),
        Tone.DANGER: ToneColours("#9a2420", "#fbe5e3", "#d6453f"),
    },
)

DARK = Palette(
    dark=True,
    window="#131417",
    surface="#191a1e",
    raised="#212227",
    sunken="#0f1013",
    hover="#212329",
    track="#26282f",
    line="#2a2c32",
    line_strong="#43464f",
    edge="#6b6f7a",
    text="#ebecf0",
    text_muted="#a8abb6",
    text_faint="#9396a2",
    accent="#4f5ddb",
    focus="#8b96ff",
    accent_hover="#5866e3",
    on_accent="#ffffff",
    accent_text="#98a2ff",
    selected="#272c4a",
    danger="#bd3833",
    danger_hover="#c9443e",
    danger_text="#ff9d96",
    on_danger="#ffffff",
    tones={
        Tone.NEUTRAL: ToneColours("#c3c6d0", "#2c2e35", "#8b8f9c"),
        Tone.INFO: ToneColours("#a3c4ff", "#1d2c49", "#5b93f5"),
        Tone.ACTIVE: ToneColours("#8bdbeb", "#13343c", "#2fb2cd"),
        Tone.NOTABLE: ToneColours("#cdb8fb", "#322650", "#9f7bea"),
        Tone.WARNING: ToneColours("#f3c877", "#3d2e10", "#dc9b27"),
        Tone.SUCCESS: ToneColours("#8fdcae", "#163526", "#3bb474"),
        Tone.DANGER: ToneColours("#ffb0aa", "#46211f", "#ea615a"),
    },
)

# Every pairing of a text colour with a ground that occurs on a screen, by the names in `Palette`.
TEXT_PAIRS = (
    *((text, ground) for text in ("text", "text_muted") for ground in ("window", "surface", "raised", "sunken")),
    *((text, ground) for text in ("text", "text_muted") for ground in ("hover", "selected", "track")),
    *(("text_faint", ground) for ground in ("window", "surface", "raised", "sunken", "hover", "selected", "track")),
    *(("accent_text", ground) for ground in ("window", "surface", "raised", "sunken", "hover", "selected")),
    *(("danger_text", ground) for ground in ("window", "surface", "raised", "sunken")),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_danger", "danger"),
    ("on_danger", "danger_hover"),
)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours `#rrggbb`, from 1 to 21 (WCAG 2.1, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
