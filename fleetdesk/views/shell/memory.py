"""What a window remembers between two starts: its place and its look. No record, no name, nothing of a person."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from fleetdesk.qt.look.theme import Appearance

__all__ = ["WindowMemory", "load_memory", "save_memory"]


@dataclass(frozen=True, slots=True)
class WindowMemory:
    """`geometry` is Qt's own, in base64; `screen` is the id of the one that was shown."""

    geometry: str = ""
    appearance: Appearance = Appearance.SYSTEM
    screen: str = ""


def load_memory(path: Path) -> WindowMemory:
    """What was saved; a window as new where there is nothing, or nothing that can be understood."""
    try:
        saved = json.loads(path.read_text("utf-8"))
        return WindowMemory(
            geometry=str(saved["geometry"]),
            appearance=Appearance(saved["appearance"]),
            screen=str(saved["screen"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return WindowMemory()


def save_memory(path: Path, memory: WindowMemory) -> None:
    """Keep it, the old file staying whole until the new one is. A window's place is not worth an error."""
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(asdict(memory)), "utf-8")
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
