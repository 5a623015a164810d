"""Pictures of every screen in its states, light and dark: `python -m tests.gui.views.pictures FOLDER [NAME…]`."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog

from fleetdesk.qt.look.theme import Appearance, Look, Theme
from fleetdesk.sync.store.local_store import LocalStore
from tests.gui.views.board_scenes import BOARD_SCENES
from tests.gui.views.bulk_scenes import BULK_SCENES
from tests.gui.views.device_scenes import DEVICE_SCENES
from tests.gui.views.duplicate_scenes import DUPLICATE_SCENES
from tests.gui.views.filled import ME, StillClock, open_store
from tests.gui.views.home_scenes import HOME_SCENES
from tests.gui.views.import_scenes import IMPORT_SCENES
from tests.gui.views.lead_form_scenes import LEAD_FORM_SCENES
from tests.gui.views.lead_scenes import LEAD_SCENES
from tests.gui.views.leaving_scenes import LEAVING_SCENES, SHUT_OUT_SCENES
from tests.gui.views.list_scenes import LIST_SCENES
from tests.gui.views.locking_scenes import LOCKING_SCENES, StillSafe
from tests.gui.views.member_scenes import MEMBER_SCENES
from tests.gui.views.office import Office, read_only
from tests.gui.views.palette_scenes import PALETTE_SCENES
from tests.gui.views.sample import open_sample
from tests.gui.views.sending_scenes import SENDING_SCENES
from tests.gui.views.settings_scenes import SETTINGS_SCENES
from tests.gui.views.settling import settle
from tests.gui.views.shell_scenes import SHELL_SCENES

SIZE = (1440, 900)


class Opened(Protocol):
    """Opens a store in a folder."""

    def __call__(self, folder: Path, clock: StillClock, *, person_id: str) -> LocalStore: ...


def main(arguments: list[str]) -> int:
    """Draw the pictures named, or all, into a folder."""
    folder, names = Path(arguments[0]), arguments[1:]
    folder.mkdir(parents=True, exist_ok=True)
    screen = folder / "screen.json"
    screen.write_text(json.dumps({"screens": [{"name": "desk", "x": 0, "y": 0, "width": 1600, "height": 1000}]}))
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"
    app = QApplication([])
    screen.unlink()
    theme = Theme(app)
    for name, draw in SCENES.items():
        if names and name not in names:
            continue
        for appearance in (Appearance.LIGHT, Appearance.DARK):
            theme.set_look(Look(appearance))
            with scene(theme, name) as office:
                draw(office)
                settle(office)
                picture(office).save(str(folder / f"{name}-{appearance}.png"))
    return 0


@contextmanager
def scene(theme: Theme, name: str, *, person_id: str = "", filled: Opened = open_sample) -> Iterator[Office]:
    """A window over a store of its own, filled unless the scene is about an empty one; `person_id` if not the usual.

    `filled` opens a store with something in it.
    """
    with tempfile.TemporaryDirectory() as folder:
        clock, person_id = StillClock(), person_id or OTHERS.get(name, ME)
        opened = open_store if name in EMPTY else filled
        store = opened(Path(folder), clock, person_id=person_id)
        platform = read_only() if name in READ_ONLY else None
        office = Office.open(
            store,
            theme,
            clock,
            person_id=person_id,
            platform=platform,
            session=name in LEAVING_SCENES or name in SHUT_OUT_SCENES,
            safe=StillSafe() if name in LOCKING_SCENES else None,
            shut_out=name in SHUT_OUT_SCENES,
        )
        office.window.resize(*SIZE)
        settle(office)
        try:
            yield office
        finally:
            office.close()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def picture(office: Office) -> QPixmap:
    """The window with the dialogs that stand over it, and what is open above them."""
    window = office.window
    pixmap = window.grab()
    painter = QPainter(pixmap)
    for widget in sorted(QApplication.topLevelWidgets(), key=lambda each: each is QApplication.activePopupWidget()):
        if widget is not window and widget.isVisible() and widget.isWindow():
            if isinstance(widget, QDialog):
                painter.fillRect(pixmap.rect(), QColor(0, 0, 0, 70))
            painter.drawPixmap(widget.frameGeometry().topLeft() - window.frameGeometry().topLeft(), widget.grab())
    painter.end()
    return pixmap


SCENES: dict[str, Callable[[Office], None]] = {
    **HOME_SCENES,
    **BOARD_SCENES,
    **LIST_SCENES,
    **SHELL_SCENES,
    **LEAD_SCENES,
    **LEAD_FORM_SCENES,
    **DUPLICATE_SCENES,
    **BULK_SCENES,
    **SENDING_SCENES,
    **IMPORT_SCENES,
    **PALETTE_SCENES,
    **SETTINGS_SCENES,
    **MEMBER_SCENES,
    **DEVICE_SCENES,
    **LEAVING_SCENES,
    **SHUT_OUT_SCENES,
    **LOCKING_SCENES,
}
EMPTY = frozenset(
    {
        *("leads-loading", "leads-offline", "leads-empty", "board-offline", "board-loading", "calendar-offline"),
        *("home-loading", "home-offline", "home-empty"),
        *("duplicates-none", "duplicates-loading", "duplicates-offline"),
        *("members-loading", "members-not-loaded"),
    }
)
OTHERS = {
    "home-not-mine": "person-nadia",
    **dict.fromkeys(MEMBER_SCENES, "person-nadia"),
    **dict.fromkeys(DEVICE_SCENES, "person-nadia"),
    "members-directory": "person-farah",
}
"""Whose window it is, where it is not Layla's."""
READ_ONLY = frozenset({"board-read-only", "calendar-read-only", "home-read-only", "duplicates-read-only"})

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
