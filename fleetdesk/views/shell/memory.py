"""What the shell remembers between two starts: how it looks, where its windows stand, and what stands open in them.

The first two lie in a file beside the data that knows no record, no name, nothing of a person. What stands open names
people, so it lies with what else screens remember, encrypted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.theme import Appearance, Look
from fleetdesk.qt.look.tokens import Density

__all__ = [
    "ShellMemory",
    "TabMemory",
    "WindowMemory",
    "load_memory",
    "save_memory",
    "windows_from",
    "windows_value",
]

_MOST = 50  # windows, and tabs of one, that are believed: more were not made by hand


@dataclass(frozen=True, slots=True)
class ShellMemory:
    """What lies in the file. `places` says in Qt's own words, in base64, where each window stands, by its id.

    `stays`: whether FleetDesk goes on in the system tray once its last window is closed.
    """

    look: Look = field(default_factory=Look)
    stays: bool = False
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TabMemory:
    """A tab: its screen, the record that has it all to itself, and what it was called."""

    id: str
    screen: str = ""
    alone: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class WindowMemory:
    """A window: its tabs, which of them is shown, whether the drawer is open, and where it stands."""

    id: str
    tabs: tuple[TabMemory, ...] = ()
    shown: int = 0
    drawer: bool = False
    place: str = ""


def load_memory(path: Path) -> ShellMemory:
    """What was saved; the look of a first start where there is nothing, or nothing that can be understood."""
    try:
        saved = json.loads(path.read_text("utf-8"))
        return ShellMemory(
            look=Look(Appearance(saved["appearance"]), Density[saved["density"]], float(saved["scale"])),
            stays=saved["stays"] is True,
            places={str(id_): str(place) for id_, place in saved["places"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ShellMemory()


def save_memory(path: Path, memory: ShellMemory) -> None:
    """Keep it, the old file staying whole until the new one is. A window's place is not worth an error."""
    look, fresh = memory.look, path.with_suffix(".new")
    plain = {
        "appearance": look.appearance,
        "density": look.density.name,
        "scale": look.scale,
        "stays": memory.stays,
        "places": dict(memory.places),
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(plain), "utf-8")
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)


def windows_value(windows: tuple[WindowMemory, ...]) -> JsonValue:
    """The windows as a value that can be kept; their places lie in the file."""
    return [
        {
            "id": window.id,
            "shown": window.shown,
            "drawer": window.drawer,
            "tabs": [
                {"id": tab.id, "screen": tab.screen, "alone": tab.alone, "heading": tab.heading} for tab in window.tabs
            ],
        }
        for window in windows
    ]


def windows_from(value: JsonValue, places: Mapping[str, str]) -> tuple[WindowMemory, ...]:
    """The windows behind such a value; those of which nothing can be understood are left out."""
    listed = value if isinstance(value, list) else []
    found = (_window(entry, places) for entry in listed[:_MOST])
    return tuple({window.id: window for window in found if window is not None}.values())


def _window(value: JsonValue, places: Mapping[str, str]) -> WindowMemory | None:
    if not isinstance(value, dict) or not isinstance(value.get("id"), str):
        return None
    id_, listed = str(value["id"]), value.get("tabs")
    tabs = [tab for entry in (listed if isinstance(listed, list) else [])[:_MOST] if (tab := _tab(entry)) is not None]
    shown = value.get("shown")
    return WindowMemory(
        id_,
        tuple({tab.id: tab for tab in tabs}.values()),
        shown if isinstance(shown, int) and 0 <= shown < len(tabs) else 0,
        value.get("drawer") is True,
        places.get(id_, ""),
    )


def _tab(value: JsonValue) -> TabMemory | None:
    if not isinstance(value, dict):
        return None
    parts = [value.get(name) for name in ("id", "screen", "alone", "heading")]
    texts = [part for part in parts if isinstance(part, str)]
    return TabMemory(*texts) if len(texts) == len(parts) and texts[0] else None
