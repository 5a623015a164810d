"""`ViewButton`: what the list of leads is called, which opens the menu of its views."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import Enabled
from fleetdesk.qt.look.layout import row
from fleetdesk.qt.look.painting import draw_focus_ring, draw_text
from fleetdesk.qt.look.text import menu_text, title_text, tooltip_text, tr
from fleetdesk.qt.look.tokens import GRID, TextSize, Tone
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.status_chip import StatusChip
from fleetdesk.queries.saved_views import ViewRow
from fleetdesk.views.leads.saved.saved_views import SavedViews
from fleetdesk.views.leads.saved.view_actions import ViewActions
from fleetdesk.views.leads.saved.views_dialog import ViewsDialog
from fleetdesk.views.leads.scope import SCOPE
from fleetdesk.views.workbench import Workbench

__all__ = ["ChangedView", "SaveAsView", "ViewButton"]

_WIDEST, _CLOSE = 240, 112
_CARET = 12
_MOST = 12  # of a kind in the menu: the others are in the dialog
_OF_THE_VIEW = (
    "leads.view_save",
    "leads.view_reopen",
    "leads.view_save_as",
    "",
    "leads.view_delete",
    "leads.view_rename",
)
_OF_THE_LIST = ("leads.view_save_as",)


class ViewButton(QAbstractButton):
    """Says the name of the open view, and when the list shows something else than it keeps."""

    def __init__(self, bench: Workbench, views: SavedViews, acts: ViewActions) -> None:
        super().__init__()
        self._bench = bench
        self._theme = bench.theme
        self._views = views
        self._acts = acts
        self._title = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        action = partial(Action, group=tr("Views"), scope=SCOPE)
        bench.actions.register(
            action("leads.views", tr("Open a saved view"), self.open_menu, "V, V", "bookmark-simple", keywords="list"),
            action("leads.views_manage", tr("Manage the saved views"), self.open_all, "", "", keywords="restore"),
        )
        self.clicked.connect(self.open_menu)
        views.changed.connect(self._show)
        bench.theme.changed.connect(self._show)
        self._show()

    def open_menu(self) -> None:
        """Let a view be chosen, and what is to be done with the open one."""
        menu = QMenu(self)
        menu.setObjectName("views-menu")
        menu.setAccessibleName(tr("Saved views"))
        every = menu.addAction(tr("All leads"), self._views.close)
        every.setCheckable(True)
        every.setChecked(self._views.view is None)
        mine = [view for view in self._views.views if view.owner_id == self._bench.person.id]
        others = [view for view in self._views.views if view.owner_id != self._bench.person.id]
        self._list(menu, tr("Yours"), mine)
        self._list(menu, tr("Shared by others"), others)
        menu.addSeparator()
        view = self._views.view
        acts = (
            _OF_THE_LIST if view is None else (*_OF_THE_VIEW, "leads.view_keep" if view.shared else "leads.view_share")
        )
        self._bench.actions.fill(menu, ("leads.views_manage", "", *acts, "", "leads.copy_link"))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        menu.setActiveAction(every)

    def open_all(self) -> None:
        """Open the dialog of all views, with the deleted ones."""
        ViewsDialog(self._bench, self._views, self._acts, self.window()).open()

    def sizeHint(self) -> QSize:
        """Qt's: the name as a heading, and a caret."""
        words = QFontMetrics(self._theme.font(TextSize.HEADING, strong=True)).horizontalAdvance(self._title)
        wide = min(words, self._theme.pixels(_WIDEST)) + self._theme.pixels(_CARET) + 2 * GRID
        return QSize(wide + 2, self._theme.pixels(32))

    def minimumSizeHint(self) -> QSize:
        """Qt's: a long name makes way."""
        return QSize(self._theme.pixels(8 * GRID), self.sizeHint().height())

    def stand_close(self, *, close: bool) -> None:
        """Take less room where there is little."""
        self.setMaximumWidth(self._theme.pixels(_CLOSE if close else 2 * _WIDEST))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self._theme.pixels(_CARET)
        words = self.rect().adjusted(0, 0, -side - GRID, 0)
        font = self._theme.font(TextSize.HEADING, strong=True)
        draw_text(painter, words, self._title, palette.text, font)
        end = words.x() + min(QFontMetrics(font).horizontalAdvance(self._title), words.width())
        caret = QRect(end + GRID // 2, (self.height() - side) // 2 + 1, side, side)
        value = palette.accent_text if self.underMouse() else palette.text_muted
        self._theme.icons.paint(painter, caret, "caret-down", value)
        if self.hasFocus():
            draw_focus_ring(painter, self.rect(), palette.focus)
        painter.end()

    def _show(self) -> None:
        view = self._views.view
        self._title = tr("Leads") if view is None else title_text(view.name)
        changed = tr("%1, changed") if self._views.differs else "%1"
        said = changed.replace("%1", tr("All leads") if view is None else view.name)
        self.setText(menu_text(self._title))
        self.setAccessibleName(tr("View: %1").replace("%1", said))
        self.setToolTip(tooltip_text(said))
        self.updateGeometry()
        self.update()

    def _list(self, menu: QMenu, title: str, views: list[ViewRow]) -> None:
        if not views:
            return
        menu.addSeparator()
        menu.addAction(menu_text(title)).setEnabled(False)
        for view in views[:_MOST]:
            beside = _beside(view, self._bench.person.id)
            entry = menu.addAction(menu_text(view.name) + (f"\t{menu_text(beside)}" if beside else ""))
            entry.triggered.connect(partial(self._open, view))
            entry.setCheckable(True)
            entry.setChecked(self._views.view is not None and view.id == self._views.view.id)

    def _open(self, view: ViewRow) -> None:
        self._views.open(view)


class ChangedView(QWidget):
    """Beside the view's name, while the list shows something else than it keeps: that it does, and how to keep it."""

    def __init__(self, bench: Workbench, views: SavedViews) -> None:
        super().__init__()
        self._bench = bench
        self._views = views
        mark = StatusChip(bench.theme, tr("Changed"), Tone.WARNING)
        self._save = Button(tr("Save"), partial(bench.actions.trigger, "leads.view_save"), kind=Kind.QUIET)
        self._save_as = Button(tr("Save as"), partial(bench.actions.trigger, "leads.view_save_as"), kind=Kind.QUIET)
        self.setLayout(row(mark, self._save, self._save_as, gap=0))
        self.hide()
        views.changed.connect(self._show)

    def _show(self) -> None:
        self.setVisible(self._views.differs)
        can_save = isinstance(self._bench.actions.availability("leads.view_save"), Enabled)
        self._save.setVisible(can_save)
        self._save_as.setVisible(not can_save)


class SaveAsView(Button):
    """Beside the filters: keep them as a view, where they belong to none yet."""

    def __init__(self, bench: Workbench, views: SavedViews) -> None:
        super().__init__(tr("Save as a view"), partial(bench.actions.trigger, "leads.view_save_as"), kind=Kind.QUIET)
        self._views = views
        views.changed.connect(self._show)

    def _show(self) -> None:
        self.setVisible(self._views.view is None)


def _beside(view: ViewRow, me: str) -> str:
    if view.owner_id != me:
        return view.owner_name or tr("Someone else")
    return tr("Shared") if view.shared else ""
