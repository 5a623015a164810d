"""A window of the bench in which many leads are worked on at once, a process of its own; worked as `bench.window` is.

A stretch is the time from one turn of the GUI thread's event loop to the next, while an act goes on and while what came
of it is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QWidget

from bench.figures import NotMeasured
from bench.lead_store import open_leads, open_leads_desktop
from bench.watched import Watch, rest
from bench.window import serve
from fleetdesk.qt.notifier import MessageRecorder
from fleetdesk.views.leads.doing.bulk_dialog import BulkDialog
from fleetdesk.views.leads.importing.wizard import ImportWizard, Step
from fleetdesk.views.leads.page import LeadsPage

__all__ = ["BulkWindow"]

D = TypeVar("D", bound=QDialog)
Told = dict[str, float]
_SIZE = (1440, 900)
_CALM = 1.0
"""Seconds after an act in which what came of it is read and shown; they are watched too."""


class BulkWindow:
    """Answers the bench's requests: the longest stretches in milliseconds, on the wall and of the processor."""

    def __init__(self, app: QApplication, config: dict[str, str]) -> None:
        folder = Path(config["folder"])
        self._store = open_leads(folder)
        self._opened = open_leads_desktop(app, self._store, folder)
        window = self._opened.desktop.window
        window.resize(*_SIZE)
        window.show_screen("leads")
        page = window.page("leads")
        assert isinstance(page, LeadsPage)
        self._window, self._bench, self._page = window, window.bench, page
        self._said = MessageRecorder(window.bench.notifier)
        Watch().until(lambda: page.model.rowCount() > 0 and self._idle(), "list of leads")
        rest(_CALM)

    def answer(self, request: dict[str, Any]) -> dict[str, Told]:
        """Do what is asked: an act over all leads and its undoing, or an import and its undoing."""
        if request["do"] == "import":
            return self.bring(Path(request["path"]))
        return self.act(request["action"], request["value"])

    def close(self) -> None:
        """Close the window, then the files."""
        self._opened.close()
        self._store.close()

    # -- requests --------------------------------------------------------------------------------------------------

    def act(self, action: str, value: str) -> dict[str, Told]:
        """Do it to all leads, and take it back."""
        self._bench.actions.trigger("leads.bulk_all")
        Watch().until(lambda: self._page.table.selection.count == self._page.model.rowCount(), "choice of all leads")
        self._bench.actions.trigger(action)
        dialog, closed = self._open(BulkDialog), list[bool]()
        dialog.accepted.connect(lambda: closed.append(True))
        Watch().until(self._idle, "list of the leads that are meant")
        dialog.form.set_values({"value": value})
        performed = self._watched(dialog.submit, lambda: bool(closed) or dialog.refused.isVisible(), action)
        undone = self._watched(self._undo_of(dialog, closed=bool(closed)), self._idle, f"undoing of {action}")
        return {"performed": performed, "undone": undone}

    def bring(self, path: Path) -> dict[str, Told]:
        """Import a file, and undo the import."""
        self._page.import_file(path)
        wizard = self._open(ImportWizard)

        def came_to(step: Step) -> Callable[[], bool]:
            return lambda: wizard.step is step and wizard.columns.ready and self._idle()

        Watch().until(came_to(Step.FILE), "look into the file")
        looked = self._watched(_button(wizard, "Next").click, came_to(Step.COLUMNS), "look at the columns")
        checked = self._watched(_button(wizard, "Next").click, came_to(Step.CHECK), "check of the rows")
        imported = self._watched(_button(wizard, "Import").click, came_to(Step.DONE), "import")
        undone = self._watched(_button(wizard, "Undo the import").click, came_to(Step.DONE), "undoing of the import")
        wizard.reject()
        return {"looked": looked, "checked": checked, "imported": imported, "undone": undone}

    # -- how -------------------------------------------------------------------------------------------------------

    def _watched(self, begin: Callable[[], object], ended: Callable[[], bool], what: str) -> Told:
        watch, began = Watch(), time.perf_counter()
        begin()
        seconds = watch.until(ended, what) - began
        self._be_there()
        calm = time.perf_counter() + _CALM
        watch.until(lambda: time.perf_counter() > calm and self._idle(), what)
        return {"held": 1000 * watch.longest, "own": 1000 * watch.longest_own, "seconds": seconds}

    def _be_there(self) -> None:
        """Press a key that does nothing: what is done while nobody is there is not measured."""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(
                self._window.windowHandle(), QKeyEvent(kind, Qt.Key.Key_Shift, Qt.KeyboardModifier.NoModifier)
            )

    def _idle(self) -> bool:
        return not self._bench.runner.active and self._bench.acts.under_way.far is None

    def _open(self, kind: type[D]) -> D:
        """The dialog of this kind that was opened just now."""
        return next(one for one in reversed(self._window.findChildren(kind)) if one.isVisible())

    def _undo_of(self, dialog: BulkDialog, *, closed: bool) -> Callable[[], object]:
        """What takes the act back: a button of the message, or of the dialog where some leads were refused."""
        if not closed:
            return _button(dialog, "Undo what was done").click
        action = self._said.messages[-1].action
        if action is None:
            raise NotMeasured(f"there is nothing to undo: {self._said.texts[-1]}")
        return action.run


def _button(widget: QWidget, beginning: str) -> QAbstractButton:
    """The button in sight whose words begin so."""
    buttons = (one for one in widget.findChildren(QAbstractButton) if one.isVisible())
    return next(one for one in buttons if one.text().startswith(beginning))


if __name__ == "__main__":
    serve(BulkWindow)
