"""`ViewsDialog`: all saved views of the leads, deleted ones too, found by typing, and what can be done with each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget
from sqlalchemy import Connection

from fleetdesk.models.normalise import search_key
from fleetdesk.qt.availability import ENABLED, Availability, Enabled, WhyNot
from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.look.layout import STRETCH, column, panel, row
from fleetdesk.qt.look.text import Label, Tint, tooltip_text, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.qt.widgets.text_fields import TextField
from fleetdesk.qt.widgets.two_part_lines import PART, TwoPartDelegate
from fleetdesk.queries.saved_views import ViewRow, saved_views
from fleetdesk.views.leads.saved.saved_views import SavedViews
from fleetdesk.views.leads.saved.view_actions import ViewActions
from fleetdesk.views.leads.scope import SCOPE
from fleetdesk.views.workbench import Workbench

__all__ = ["ViewsDialog"]

_VIEW = Qt.ItemDataRole.UserRole + 8
_LINES, _LINE = 10, 32


class ViewsDialog(Dialog):
    """Enter, or a double click, opens the view that the keyboard is on."""

    def __init__(self, bench: Workbench, views: SavedViews, acts: ViewActions, parent: QWidget) -> None:
        super().__init__(tr("Saved views"), parent)
        self._bench = bench
        self._views = views
        self._acts = acts
        self._all: tuple[ViewRow, ...] = ()
        self._field = TextField()
        self._field.setPlaceholderText(tr("Find a view by its name or owner"))
        self._field.setAccessibleName(self._field.placeholderText())
        self._deleted = CheckBox(bench.theme, tr("Deleted ones"))
        self.list = _Views()
        self.list.setAccessibleName(tr("Saved views"))
        self.list.setItemDelegate(TwoPartDelegate(bench.theme, self, height=_LINE))
        self.list.setProperty("ground", "clear")
        self.list.setUniformItemSizes(True)
        self.list.setFixedHeight(bench.theme.pixels(_LINES * _LINE) + 2)
        self._nothing = Label(tr("There is no such view."), tint=Tint.MUTED)
        self._open = Button(tr("Open"), self._open_view, kind=Kind.PRIMARY)
        self._rename = Button(tr("Rename"), lambda: self._act(acts.rename))
        self._share = Button(tr("Share"), lambda: self._act(acts.share))
        self._link = Button(tr("Copy link"), lambda: self._act(acts.copy_link_to))
        self._delete = Button(tr("Delete"), self._delete_or_restore)
        self._lay_out()
        self._field.textChanged.connect(self._list_views)
        self._deleted.toggled.connect(self._read)
        self.list.currentRowChanged.connect(self._weigh)
        self.list.itemDoubleClicked.connect(self._open_view)
        self.list.entered_key.connect(self._open_view)
        views.changed.connect(self._read)
        self._read()
        self._field.setFocus()

    @property
    def current(self) -> ViewRow | None:
        """The view that the keyboard is on."""
        item = self.list.item(self.list.currentRow()) if self.list.currentRow() >= 0 else None
        view: ViewRow | None = None if item is None else item.data(_VIEW)
        return view

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: from the field, Down goes on to the views and Enter opens the first."""
        match Qt.Key(event.key()):
            case Qt.Key.Key_Down if self._field.hasFocus():
                self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._field.hasFocus():
                self._open_view()
            case _:
                super().keyPressEvent(event)

    def _lay_out(self) -> None:
        title = Label(self.windowTitle(), size=TextSize.TITLE)
        find = row(self._field, self._deleted, gap=2 * GRID)
        find.setStretchFactor(self._field, 1)
        acts = row(self._rename, self._share, self._link, self._delete, STRETCH)
        buttons = row(STRETCH, Button(tr("Close"), self.reject), self._open, margins=(0, GRID, 0, 0))
        lines = panel(column(self._nothing, self.list, gap=0, margins=GRID // 2), ground="card")
        self.setLayout(column(title, find, lines, acts, buttons, gap=2 * GRID, margins=3 * GRID))
        self.setMinimumWidth(self._bench.theme.pixels(560))

    def _read(self) -> None:
        deleted = self._deleted.isChecked()

        def read(connection: Connection) -> tuple[ViewRow, ...]:
            return saved_views(connection, SCOPE, deleted=deleted)

        self._bench.readings.run(read, on_success=self._came, owner=self, cancel_key="views")

    def _came(self, views: tuple[ViewRow, ...]) -> None:
        self._all = views
        self._list_views()

    def _list_views(self) -> None:
        kept = self.current
        wanted = search_key(self._field.text()).split()
        self.list.clear()
        for view in self._all:
            words = search_key(view.name, view.owner_name).split()
            if all(any(word.startswith(part) for word in words) for part in wanted):
                self._add(view)
        rows = range(self.list.count())
        at = next((at for at in rows if kept is not None and self.list.item(at).data(_VIEW).id == kept.id), 0)
        self.list.setCurrentRow(at)
        self._nothing.setVisible(not rows)
        self._weigh()

    def _add(self, view: ViewRow) -> None:
        beside = self._beside(view)
        item = QListWidgetItem(view.name, self.list)
        item.setData(PART, beside)
        item.setData(_VIEW, view)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{view.name}, {beside}")

    def _beside(self, view: ViewRow) -> str:
        mine = view.owner_id == self._bench.person.id
        whose = tr("Yours") if mine else view.owner_name or tr("Someone else")
        if view.deleted:
            return tr("%1 · deleted").replace("%1", whose)
        return tr("%1 · shared").replace("%1", whose) if view.shared and mine else whose

    def _weigh(self) -> None:
        """Say of each button whether it can be used on the view that the keyboard is on, or why not."""
        view = self.current
        gone = WhyNot(tr("This view is deleted. Restore it first.")) if view is not None and view.deleted else None
        edit = self._acts.editable(view)
        shared = view is not None and view.shared
        self._delete.set_text(tr("Restore") if view is not None and view.deleted else tr("Delete"))
        self._share.set_text(tr("Keep to myself") if shared else tr("Share"))
        some: Availability = ENABLED if view is not None else WhyNot(tr("Choose a view first."))
        for button, available in (
            (self._open, gone or some),
            (self._rename, gone or edit),
            (self._share, gone or self._acts.shareable(view, shared=not shared)),
            (self._link, gone or some),
            (self._delete, edit),
        ):
            button.setEnabled(isinstance(available, Enabled))
            button.setToolTip(tooltip_text(available.reason if isinstance(available, WhyNot) else ""))

    def _open_view(self) -> None:
        view = self.current
        if view is not None and not view.deleted:
            self.accept()
            self._views.open(view)

    def _act(self, act: Callable[[ViewRow], None]) -> None:
        if (view := self.current) is not None:
            act(view)

    def _delete_or_restore(self) -> None:
        if (view := self.current) is not None:
            (self._acts.restore if view.deleted else self._acts.delete)(view)


class _Views(QListWidget):
    """Enter asks for the current line."""

    entered_key = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_key.emit()
        else:
            super().keyPressEvent(event)
