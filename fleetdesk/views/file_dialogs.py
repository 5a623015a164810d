"""Dialogs that ask for a file: each begins in the folder where this person last found, or put, one of its purpose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QDir, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from fleetdesk.views.remembered import Remembered

__all__ = ["ask_where", "ask_which"]

_PREFIX = "folder."


def ask_which(
    remembered: Remembered,
    parent: QWidget,
    *,
    title: str,
    purpose: str,
    filters: Sequence[str],
    on_chosen: Callable[[list[Path]], None],
    several: bool = False,
) -> None:
    """Ask which file there is to be read, or which files; `purpose` is the word under which the folder is kept."""
    dialog = _dialog(remembered, parent, title, purpose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles if several else QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(filters)
    dialog.filesSelected.connect(lambda names: on_chosen([Path(name) for name in names]))
    dialog.open()


def ask_where(
    remembered: Remembered,
    parent: QWidget,
    *,
    title: str,
    purpose: str,
    name: str,
    filters: Sequence[str] = (),
    suffix: str = "",
    on_chosen: Callable[[Path], None],
) -> None:
    """Ask where a file is to be written; `name` is what it would be called, `suffix` what a name without one gets."""
    dialog = _dialog(remembered, parent, title, purpose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    if filters:
        dialog.setNameFilters(filters)
    dialog.setDefaultSuffix(suffix)
    dialog.selectFile(Path(name).name)  # a name that others gave decides nothing about the folder
    dialog.fileSelected.connect(lambda chosen: on_chosen(Path(chosen)))
    dialog.open()


def _dialog(remembered: Remembered, parent: QWidget, title: str, purpose: str) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    folder = remembered.get(_PREFIX + purpose)
    known = isinstance(folder, str) and folder
    dialog.setDirectory(str(folder) if known else QDir.homePath())  # else Qt's: where another dialog ended

    def keep(names: list[str]) -> None:
        remembered.keep(_PREFIX + purpose, str(Path(names[0]).parent))

    dialog.filesSelected.connect(keep)
    return dialog
