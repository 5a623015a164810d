"""`LeadsPage`: the list of leads with one of them open beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QSplitter

from fleetdesk.models.access import Permission
from fleetdesk.models.changes import Changes
from fleetdesk.models.leads import Lead
from fleetdesk.models.staff import Member, User
from fleetdesk.models.stages import Stage
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.layout import column, rule
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.records.table_model import LoadState, RecordTableModel
from fleetdesk.queries.filters.values import Filter
from fleetdesk.queries.leads import LeadQuery, LeadRow
from fleetdesk.queries.links import Link
from fleetdesk.queries.staff import StaffPerson, staff_directory
from fleetdesk.views.file_dialogs import ask_which
from fleetdesk.views.leads.arranging import LeadArranging
from fleetdesk.views.leads.asking.counting import StageCounting
from fleetdesk.views.leads.asking.filters import sort_order
from fleetdesk.views.leads.asking.listing import Listing
from fleetdesk.views.leads.columns import lead_columns
from fleetdesk.views.leads.doing.actions import LeadActions
from fleetdesk.views.leads.doing.bulk import BulkBar
from fleetdesk.views.leads.exporting.actions import LeadFiles
from fleetdesk.views.leads.lead.detail import LeadPane
from fleetdesk.views.leads.list_head import ListHead, empty_list
from fleetdesk.views.leads.memory import ListMemory
from fleetdesk.views.leads.mode_stack import ModeStack
from fleetdesk.views.leads.modes import ModeChoice
from fleetdesk.views.leads.saved.saved_views import SavedViews
from fleetdesk.views.leads.scope import SCOPE
from fleetdesk.views.leads.source import LeadSource
from fleetdesk.views.leads.table import LeadTable
from fleetdesk.views.leads.words import lead_title
from fleetdesk.views.workbench import Page, Workbench

__all__ = ["LeadsPage"]


class LeadsPage(Page):
    """The row that has the keyboard is the lead that is open; closing it gives the list its whole width back."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self.listing = Listing(self)
        self._people: tuple[StaffPerson, ...] = ()
        self._lists_any = False
        self._wanted = ""  # a lead to open that need not be in the list
        self._alone = False  # whether the open lead has the page to itself
        self.model: RecordTableModel[LeadQuery, LeadRow] = RecordTableModel(
            LeadSource(bench.readings, bench.person.id, bench.clock),
            lead_columns(bench.clock),
            table=Lead.__tablename__,
            related=(User.__tablename__,),
            runner=bench.runner,
            changes=bench.changes,
            parent=self,
        )
        self._register()
        self.mode = ModeChoice(bench, self)
        self.pane = LeadPane(bench)
        self.pane.hide()
        self.table = LeadTable(self.model, bench.theme)
        self.arranging = LeadArranging(bench, self.table, self.listing, self)
        self.views = SavedViews(bench, self.listing, self.arranging, self.mode, self)
        self.files = LeadFiles(bench, self.table, self.listing, self)
        self.head = ListHead(bench, self.listing, self.mode, self.views)
        self.doing = LeadActions(
            bench, self.pane, self, people=lambda: self._people, marked=self._marked, open_lead=self.open_record
        )
        self.shown = ModeStack(bench, self.table, self.mode, self.doing)
        self.bulk = BulkBar(bench, self.table, people=lambda: self._people, scope=SCOPE)
        self.head.take_in(self.bulk)
        self._splitter = self._lay_out()
        self._memory = ListMemory(
            bench,
            listing=self.listing,
            arranging=self.arranging,
            views=self.views,
            table=self.table,
            model=self.model,
            pane=self.pane,
            splitter=self._splitter,
            parent=self,
        )
        self._counting = StageCounting(bench, self.listing, self)
        self._connect()
        self._list()
        self._read_people()
        self._memory.follow(open_lead=self.open_record, show_lead=self._show_pane)

    @property
    def heading(self) -> str:
        """The lead that has the page to itself, or the view that is open, if one is."""
        if self._alone and self.pane.lead is not None:
            lead = self.pane.lead
            return lead_title(lead.name, lead.company, lead.email, lead.phone)
        return "" if self.views.view is None else self.views.view.name

    @property
    def alone(self) -> str:
        """The id of the lead that has the page to itself."""
        return self.pane.lead_id if self._alone else ""

    def open_record(self, record_id: str) -> None:
        """Open a lead, whether or not the list shows it; go to its row if it does."""
        self._wanted = record_id
        self._show_pane(record_id)
        self._reveal(record_id)

    def open_alone(self, record_id: str) -> None:
        """Open a lead without the list beside it, until it is closed."""
        self._alone = True
        self.open_record(record_id)
        self._make_room()

    def begin(self, record_id: str, action: str) -> None:
        """Open a lead and begin what an action begins, such as editing it."""
        self.doing.begin(record_id, action)

    def open_link(self, link: Link) -> None:
        """Show one of the saved views, or what a query finds."""
        self.views.open_link(link)

    def import_file(self, path: Path) -> None:
        """Lead through the import of a file."""
        from fleetdesk.views.leads.importing.wizard import ImportWizard  # late, as in `exporting.actions`

        ImportWizard(self._bench, path, self.window()).open()

    # Set-up

    def _register(self) -> None:
        action = partial(Action, group=tr("Leads"), scope=SCOPE)
        may_edit, may_import = self._may(Permission.LEADS_EDIT), self._may(Permission.LEADS_IMPORT)
        self._bench.actions.register(
            action("leads.new", tr("New lead"), self._create, "N", "plus", may_edit),
            action("leads.import", tr("Import"), self._import, "", "upload-simple", may_import),
            action("leads.search", tr("Search leads"), self._search, "/", "magnifying-glass", also="Ctrl+F"),
            action("leads.next", tr("Next lead"), partial(self._step, 1), "J", "caret-down", self._has_rows),
            action("leads.previous", tr("Previous lead"), partial(self._step, -1), "K", "caret-up", self._has_rows),
            action("leads.close", tr("Close the lead"), self._close, "", "x", self._is_open),
        )

    def _may(self, permission: Permission) -> Callable[[], Availability]:
        def availability() -> Availability:
            if self._bench.allows(permission):
                return ENABLED
            return WhyNot(tr("Your role may read leads, not change them."))

        return availability

    def _lay_out(self) -> QSplitter:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.shown)
        splitter.addWidget(self.pane)
        splitter.setChildrenCollapsible(False)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        self.shown.setMinimumWidth(self._bench.theme.pixels(240))
        lines = column(self.head, rule(), splitter, gap=0)
        lines.setStretchFactor(splitter, 1)
        self.setLayout(lines)
        self.begins_with = self.shown.currentWidget()
        return splitter

    def _connect(self) -> None:
        self.listing.changed.connect(self._narrow)
        self.listing.sorted.connect(self._list)
        self.views.changed.connect(self.heading_changed)
        self.head.down.connect(self._go_down)
        self.table.selection.changed.connect(self._selected)
        self.table.opened.connect(lambda row: self.open_record(row.id))
        self.mode.changed.connect(self._mode_changed)
        self.shown.opened.connect(self._show_pane)
        self.shown.marked_changed.connect(self._marked_elsewhere)
        self.shown.room_changed.connect(self._make_room)
        self.shown.list_asked.connect(lambda asked: self.listing.change(lambda _before: asked))
        self.pane.close_asked.connect(self._close)
        self.pane.shown.connect(self.heading_changed)
        self.model.state_changed.connect(self._show_count)
        self.model.dataChanged.connect(self._selected)
        self.model.keys_changed.connect(self._show_count)
        self.model.keys_changed.connect(self._counting.listed)
        self._counting.counted.connect(self._counts_came)
        self.model.keys_changed.connect(self._look_for_open)
        self.model.state_changed.connect(self._look_for_open)
        self._bench.changes.changed.connect(self._changed)
        self._bench.minute.moved.connect(self.model.reword)
        self._bench.status.changed.connect(self._status_changed)

    # The list

    def _narrow(self, asked: Filter) -> None:
        self._counting.asked(asked)
        self._list()

    def _list(self) -> None:
        query = LeadQuery(self.listing.filter, sort_order(self.listing.sorting))
        self.model.set_query(query)
        self.shown.show_query(query)
        self._say_empty()
        self._bench.actions.refresh()

    def _say_empty(self) -> None:
        empty = empty_list(self.listing.filter, self._bench.status.status, self.head.clear, self._create)
        self.table.set_empty(empty)
        self.shown.set_empty(empty)

    def _show_count(self) -> None:
        if self._lists_any is not bool(self.model.rowCount()):
            self._lists_any = not self._lists_any
            self._bench.actions.refresh()
        if self.model.state is LoadState.LOADING:
            return  # what has come may be a part of the answer
        count = len(self.model.keys)
        loading = self._bench.status.status.rows_come
        known = count > 0 or (self.model.state is LoadState.READY and not loading)
        self.head.show_count(count if known else None)

    def _status_changed(self) -> None:
        self._say_empty()
        self._show_count()

    def _changed(self, changes: Changes) -> None:
        if changes.touches(User.__tablename__) or changes.touches(Member.__tablename__):
            self._read_people()

    def _read_people(self) -> None:
        self._bench.readings.run(staff_directory, on_success=self._people_came, owner=self, cancel_key="people")

    def _people_came(self, people: tuple[StaffPerson, ...]) -> None:
        if people != self._people:
            self._people = people
            self.head.filtering.know_people(people)

    def _counts_came(self, counts: dict[Stage, int]) -> None:
        self.head.stages.show_counts(counts)
        self.shown.show_counts(counts)

    def _search(self) -> None:
        self.head.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.head.search.selectAll()

    def _create(self) -> None:
        self.doing.create()

    def _import(self) -> None:
        ask_which(
            self._bench.remembered,
            self,
            title=tr("Import leads"),
            purpose="import",
            filters=[tr("Tables (*.csv *.xlsx *.txt *.tsv)"), tr("All files (*)")],
            on_chosen=lambda chosen: self.import_file(chosen[0]),
        )

    # The open lead

    def _mode_changed(self) -> None:
        """The table's chosen rows are no longer seen; whatever shows the leads now has the keyboard."""
        self.table.selection.clear()
        self.begins_with = self.shown.currentWidget()
        self._make_room()
        self._take_keyboard()
        if self.pane.lead_id:
            self._reveal(self.pane.lead_id)

    def _marked_elsewhere(self) -> None:
        """With a lead open beside them, board and calendar show the one that the keyboard goes to."""
        view = self.shown.view
        if view is not None and view.marked_id and self.pane.isVisible():
            self._show_pane(view.marked_id)
        self._bench.actions.refresh()

    def _reveal(self, lead_id: str) -> None:
        """Go to an open lead where it is shown."""
        if self.shown.view is not None:
            self.shown.view.reveal(lead_id)
        else:
            self.model.find(lead_id, self._found)

    def _take_keyboard(self) -> None:
        if self.shown.view is not None:
            self.shown.view.take_keyboard()
        else:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _selected(self) -> None:
        if self.shown.view is not None:
            return
        count = self.table.selection.count
        row = self.table.selection.chosen_row
        # Who chooses many does not ask to read one of them, and in a narrow window could not see what is chosen.
        several = count > 1 and self.pane.isHidden()
        if row is not None and row.id != self.pane.lead_id and not self._wanted and not several:
            self._show_pane(row.id)
        if row is not None and row.id == self.pane.lead_id:
            self._tell_apart(row.id, listed=True)
        self._mark()

    def _tell_apart(self, lead_id: str, *, listed: bool) -> None:
        """Say at the open lead whether the list beside it shows it: else one would write on the wrong one."""
        if lead_id == self.pane.lead_id:
            there = self.shown.view is None and not self.shown.isHidden() and self.model.state is LoadState.READY
            self.pane.tell_apart(apart=there and not listed)

    def _mark(self) -> None:
        """The row that is marked is that of the open lead; where the list does not show that one, none is."""
        self.table.mark_current(self.pane.isHidden() or self.table.selection.count > 0)

    def _marked(self) -> str:
        if self.shown.view is not None:
            return self.shown.view.marked_id
        row = self.table.selection.current_row if self.table.marked_row >= 0 else None
        return "" if row is None else row.id

    def _show_pane(self, lead_id: str) -> None:
        self.pane.open_lead(lead_id)
        self.shown.show_opened(lead_id)
        if self.pane.isHidden():
            self.pane.show()
            self._make_room()
            self._memory.share_room()
        self._mark()
        self._bench.actions.refresh()

    def _close(self) -> None:
        self._wanted, self._alone = "", False
        self.pane.hide()
        self.pane.close_lead()
        self.shown.show_opened("")
        self._make_room()
        self.table.selection.clear()
        self._mark()
        self._take_keyboard()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: a lead that was opened before had no room to share yet."""
        super().showEvent(event)
        self._counting.wake()
        layout = self.layout()
        if not self.pane.isHidden() and layout is not None:
            layout.activate()
            self._memory.share_room()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's."""
        super().hideEvent(event)
        self._counting.rest()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """The list makes way for a lead that is to stand alone, and for any open one in a narrow window."""
        alone = self._alone or self.width() < self._bench.theme.pixels(self.shown.room)
        self.head.setHidden(self._alone)
        self.head.make_way(way=alone and not self.pane.isHidden())
        focused = QApplication.focusWidget()
        had = focused is not None and self.shown.isAncestorOf(focused)
        self.shown.setVisible(self.pane.isHidden() or not alone)
        if had and self.shown.isHidden():
            self.pane.journal.timeline.setFocus(Qt.FocusReason.OtherFocusReason)
        self.table.stand_beside(lead=not self.pane.isHidden())

    def _found(self, row: int | None) -> None:
        self._wanted = ""
        self._tell_apart(self.pane.lead_id, listed=row is not None)
        if row is not None:
            self.table.reveal(row)
        else:
            self.table.selection.clear()

    def _look_for_open(self) -> None:
        """A lead comes into the list while it is open: one that was just created, or whose deletion was undone."""
        if self.pane.lead_id and not self.table.selection.count and not self._wanted and self.shown.view is None:
            self.model.find(self.pane.lead_id, partial(self._looked, self.pane.lead_id))

    def _looked(self, lead_id: str, row: int | None) -> None:
        """The person may have gone on meanwhile."""
        self._tell_apart(lead_id, listed=row is not None)
        if row is not None and lead_id == self.pane.lead_id and not self.table.selection.count:
            self.table.reveal(row)

    def _go_down(self) -> None:
        self._take_keyboard()
        if self.shown.view is None and not self.table.selection.count and self.model.rowCount():
            self.table.reveal(max(0, self.table.currentIndex().row()))

    def _step(self, by: int) -> None:
        if self.shown.view is not None:
            self.shown.view.step(by)
            return
        row = self.table.currentIndex().row()
        left = not self.pane.isHidden() and not self.table.selection.count
        # The open lead left the list (it moved to a stage that is not shown): the next one has taken its row.
        row += min(by, 0) if left else by
        self.table.reveal(max(0, min(row, self.model.rowCount() - 1)))

    def _has_rows(self) -> Availability:
        return ENABLED if self.model.rowCount() else WhyNot(tr("The list is empty."))

    def _is_open(self) -> Availability:
        return WhyNot(tr("No lead is open.")) if self.pane.isHidden() else ENABLED

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Escape closes the open lead."""
        if event.key() == Qt.Key.Key_Escape and not self.pane.isHidden():
            self._close()
        else:
            super().keyPressEvent(event)
