"""What eyes, a screen reader and the Tab key meet in a window: each text as it is drawn, each widget, its name."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from xml.etree import ElementTree

from PySide6.QtCore import QBuffer, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QAccessible, QColor, QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QHeaderView,
    QLabel,
    QPushButton,
    QScrollArea,
    QScrollBar,
    QSizeGrip,
    QSplitterHandle,
    QWidget,
)
from shiboken6 import Shiboken

from fleetdesk.qt.look.tokens import DARK, LIGHT, Palette, Tone, ToneColours, contrast
from fleetdesk.qt.tab_order import bring_into_sight, is_covered
from fleetdesk.qt.widgets.avatar import Avatar
from fleetdesk.qt.widgets.focus_ring import FocusRing
from fleetdesk.qt.widgets.state_overlay import Spinner
from fleetdesk.views.leads.board.column import Dot

__all__ = ["DrawnText", "drawn_texts", "nameless", "roleless", "texts_in_use", "unreached", "unseen_focus", "windows"]

_TEXT, _ICON = 4.5, 3.0
_LEAST_NEAR = 40  # of 765 by which two colours differ
_SVG = "{http://www.w3.org/2000/svg}"
_ISOLATES = dict.fromkeys(range(0x2066, 0x206A))
_MATRIX = re.compile(r"matrix\(([^)]*)\)")
_NOTHING_SAID = (QAccessible.Role.NoRole, QAccessible.Role.Client)


@dataclass(frozen=True)
class DrawnText:
    """A text as it was drawn, where, and how it stands out from what lies under it."""

    text: str
    ink: str
    ground: str
    icon: bool
    place: QRect

    @property
    def contrast(self) -> float:
        return contrast(self.ink, self.ground)

    @property
    def least(self) -> float:
        """The contrast that it has to have."""
        return _ICON if self.icon else _TEXT

    @property
    def is_faint(self) -> bool:
        return self.contrast < self.least

    @property
    def may_be_faint_in_light(self) -> bool:
        """Whether, drawn in the dark, it may not stand out in the light, by the tokens of its colours."""
        return not _stands_out_in_light(self.ink, self.ground, self.least)

    def __str__(self) -> str:
        what = f"icon U+{ord(self.text[0]):X}" if self.icon else repr(self.text)
        return f"{what} at {self.place.x()},{self.place.y()}: {self.ink} on {self.ground} is {self.contrast:.1f}"


def windows() -> list[QWidget]:
    """Every window in sight, with menus and dialogs."""
    return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]


def texts_in_use(window: QWidget) -> list[DrawnText]:
    """The texts and icons that can be seen in a window, but for those of what cannot be used now."""
    return [text for text in drawn_texts(window) if _is_usable(text, window)]


def drawn_texts(window: QWidget) -> Iterator[DrawnText]:
    """All texts that can be seen in a window, as Qt draws them into a picture that keeps texts, and their pixels."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    ratio = image.devicePixelRatio()
    for element, origin in _text_elements(window):
        text = (element.text or "").strip()
        size = float(element.get("font-size", "0"))
        if not text or not size:
            continue
        font = QFont(element.get("font-family", "").split(","))
        font.setPixelSize(round(size))
        font.setWeight(QFont.Weight(int(element.get("font-weight", "400"))))
        metrics = QFontMetricsF(font)
        x, y = origin.x() + float(element.get("x", "0")), origin.y() + float(element.get("y", "0"))
        place = QRectF(x, y - metrics.ascent(), metrics.horizontalAdvance(text), metrics.height()).toRect()
        under = QRect(place.topLeft() * ratio, place.size() * ratio) & image.rect()
        shown = _ink_and_ground(
            element.get("fill", "#000000"), float(element.get("fill-opacity", "1")), _bytes(image, under)
        )
        if shown is not None and not _is_under_other_words(text, window, place.center()):
            yield DrawnText(text, *shown, "Phosphor" in element.get("font-family", ""), place)


def nameless(window: QWidget) -> list[str]:
    """What a screen reader could say nothing about: what takes the keyboard, and what shows something of its own."""
    return [
        _called(widget)
        for widget in _in_sight(window)
        if (_takes_keyboard(widget) or _draws_itself(widget)) and not _said(widget, QAccessible.Text.Name)
    ]


def roleless(window: QWidget) -> list[str]:
    """What takes the keyboard, in a window, without a screen reader knowing what kind of thing it is.

    A part that takes it only to be scrolled is, to Qt, a part like any other.
    """
    return [
        _called(widget)
        for widget in _in_sight(window)
        if _takes_keyboard(widget)
        and not isinstance(widget, QScrollArea)
        and QAccessible.queryAccessibleInterface(widget).role() in _NOTHING_SAID
    ]


def unseen_focus(window: QWidget) -> list[str]:
    """What takes the keyboard, in a window, and does not look different then: by pixels, at a contrast of 3:1.

    Of things that are alike and lie alike, one is looked at. Where there is but one thing, it has the keyboard without
    showing it.
    """
    window.activateWindow()
    QApplication.processEvents()
    unseen = []
    stops = [widget for widget in _in_sight(window) if _is_stop(widget)]
    kinds = {_called(widget): widget for widget in reversed(stops)}
    for widget in kinds.values() if len(stops) > 1 else ():
        if not _is_stop(widget):
            continue
        bring_into_sight(widget)
        frame = widget.parentWidget()
        shown = frame if frame is not None and widget.property("bare") else widget
        place = QRect(shown.mapTo(window, QPoint()), shown.size()).adjusted(-2, -2, 2, 2) & window.rect()
        if (focused := window.focusWidget()) is not None:
            focused.clearFocus()
        before = _picture(window, place)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if _told_apart(before, _picture(window, place)) < _RING:
            unseen.append(_called(widget))
    return unseen


def unreached(window: QWidget) -> list[str]:
    """What takes the keyboard, in a window, and is never come to with Tab alone.

    Of windows in which the same can be come to, one is walked.
    """
    stops = {id(widget): widget for widget in _in_sight(window) if _is_stop(widget)}
    alike = tuple(map(_called, stops.values()))
    if alike in _WALKED:
        return []
    if stops:
        next(iter(stops.values())).setFocus(Qt.FocusReason.TabFocusReason)
    reached: set[int] = set()
    for _ in range(2 * len(stops) + 8):
        focused: QWidget | None = window.focusWidget()
        if focused is None:
            break
        reached |= {id(focused), id(focused.parentWidget())}  # a composed field hands the keyboard to its part
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    unreached = [_called(widget) for key, widget in stops.items() if key not in reached and _is_stop(widget)]
    if not unreached:
        _WALKED.add(alike)
    return unreached


def _is_usable(text: DrawnText, window: QWidget) -> bool:
    child = window.childAt(text.place.center())
    return child is None or child.isEnabled()


_RING = 16  # pixels
_WALKED: set[tuple[str, ...]] = set()


def _picture(window: QWidget, place: QRect) -> QImage:
    QApplication.processEvents()
    return window.grab(place).toImage().convertToFormat(QImage.Format.Format_RGB32)


def _told_apart(before: QImage, after: QImage) -> int:
    """How many pixels changed so much that it is seen."""
    changed: Counter[tuple[int, int]] = Counter()
    for one, other in zip(_rows(before, before.rect()), _rows(after, after.rect()), strict=True):
        if one != other:
            changed.update(pair for pair in zip(one, other, strict=True) if pair[0] != pair[1])
    return sum(count for (one, other), count in changed.items() if contrast(_name(one), _name(other)) >= _ICON)


def _text_elements(window: QWidget) -> Iterator[tuple[ElementTree.Element, QPoint]]:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(window.size())
    generator.setViewBox(window.rect())
    painter = QPainter(generator)
    window.render(painter, QPoint())
    painter.end()
    origin = QPoint()
    for element in ElementTree.fromstring(bytes(buffer.data().data())).iter():  # noqa: S314  (Qt wrote it just now)
        if element.tag == f"{_SVG}g" and (found := _MATRIX.match(element.get("transform", ""))):
            origin = QPoint(*(round(float(number)) for number in found[1].split(",")[4:]))
        elif element.tag == f"{_SVG}text":
            yield element, origin


def _is_under_other_words(text: str, window: QWidget, place: QPoint) -> bool:
    """Whether a label or a button lies there that says something else: the text is scrolled out of sight, under it."""
    child = window.childAt(place)
    if not isinstance(child, QLabel | QPushButton) or _draws_itself(child) or not child.text():
        return False
    says = child.text().replace("&&", "&").translate(_ISOLATES)
    return text[0].isalpha() and text.translate(_ISOLATES).rstrip("…") not in says


@lru_cache(maxsize=4096)
def _stands_out_in_light(ink: str, ground: str, least: float) -> bool:
    """Whether colours of the dark theme, whichever tokens they are of, have this contrast in the light one."""
    inks, grounds = _LIGHT_FOR.get(ink, ()), _LIGHT_FOR.get(ground, ())
    pairs = [contrast(one, other) for one in inks for other in grounds]
    return bool(pairs) and min(pairs) >= least


def _counterparts() -> dict[str, set[str]]:
    """For each colour of the dark theme those that its tokens have in the light one."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    tokens: list[tuple[object, object, str]] = [(DARK, LIGHT, token.name) for token in fields(Palette)]
    for tone in Tone:
        tokens += [(DARK.tone(tone), LIGHT.tone(tone), token.name) for token in fields(ToneColours)]
    for dark, light, name in tokens:
        if isinstance(value := getattr(dark, name), str):
            found[value].add(getattr(light, name))
    return dict(found)


_LIGHT_FOR = _counterparts()


@lru_cache(maxsize=4096)
def _ink_and_ground(fill: str, opacity: float, pixels: bytes) -> tuple[str, str] | None:
    """A text's colours as they appear among its pixels; None where it is cut off there, or covered by something."""
    counted = Counter({_name(value): count for value, count in Counter(memoryview(pixels).cast("I")).items()})
    if not counted:
        return None
    ground = counted.most_common(1)[0][0]
    ink = _blended(fill, opacity, ground)
    return (ink, ground) if _is_seen(ink, ground, counted) else None


def _bytes(image: QImage, place: QRect) -> bytes:
    return b"".join(row.tobytes() for row in _rows(image, place))


def _rows(image: QImage, place: QRect) -> Iterator[memoryview[int]]:
    pixels = memoryview(image.constBits()).cast("I")
    width = image.bytesPerLine() // 4
    for y in range(place.top(), place.bottom() + 1):
        yield pixels[y * width + place.left() : y * width + place.right() + 1]


@lru_cache(maxsize=100_000)
def _name(value: int) -> str:
    return f"#{value & 0xFFFFFF:06x}"


def _blended(fill: str, opacity: float, ground: str) -> str:
    """The ink as it appears: half transparent ink takes on the ground's colour."""
    parts = zip(_parts(QColor(fill)), _parts(QColor(ground)), strict=True)
    return QColor(*(round(opacity * over + (1 - opacity) * below) for over, below in parts)).name()


def _is_seen(ink: str, ground: str, pixels: Counter[str]) -> bool:
    """Whether pixels there are nearly of the ink."""
    near = max(_LEAST_NEAR, _distance(ink, ground) // 3)
    return any(_distance(ink, pixel) <= near and _distance(ink, pixel) < _distance(ground, pixel) for pixel in pixels)


def _distance(one: str, other: str) -> int:
    return sum(abs(a - b) for a, b in zip(_parts(QColor(one)), _parts(QColor(other)), strict=True))


def _parts(value: QColor) -> tuple[int, int, int]:
    return value.red(), value.green(), value.blue()


def _in_sight(window: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in (window, *window.findChildren(QWidget))
        if widget.isVisible() and widget.window() is window and not _is_inner(widget)
    ]


_BESIDE_WORDS = (Avatar, Dot, FocusRing, Spinner)
_INNER = (QScrollBar, QSizeGrip, QSplitterHandle, QHeaderView)


def _is_inner(widget: QWidget) -> bool:
    """Whether it is a part of another widget, which speaks for it."""
    parent = widget.parent()
    inner_viewport = isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget
    return inner_viewport or isinstance(widget, _INNER) or widget.objectName().startswith("qt_")


def _is_stop(widget: QWidget) -> bool:
    """Whether it can be given the keyboard now; it may be gone since it was listed."""
    return Shiboken.isValid(widget) and _takes_keyboard(widget) and widget.isEnabled() and _shows(widget)


def _shows(widget: QWidget) -> bool:
    return widget.isVisible() and not widget.visibleRegion().isEmpty() and not is_covered(widget)


def _takes_keyboard(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _draws_itself(widget: QWidget) -> bool:
    """Whether it shows something that no label beside it says."""
    ours = any(
        "paintEvent" in kind.__dict__ for kind in type(widget).__mro__ if kind.__module__.startswith("fleetdesk")
    )
    return ours and not isinstance(widget, _BESIDE_WORDS)


def _said(widget: QWidget, kind: QAccessible.Text) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(kind)


def _called(widget: QWidget) -> str:
    names = [type(widget).__name__]
    parent = widget.parentWidget()
    while parent is not None and len(names) < 5:
        names.append(type(parent).__name__)
        parent = parent.parentWidget()
    return " in ".join(names)
