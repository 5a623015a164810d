"""`DuplicatesPage`: the groups of leads that may be one prospect, one of them open beside the list."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter
from sqlalchemy import Connection

from fleetdesk.commands.leads_apart import KeepApart, TellApart
from fleetdesk.models.access import Permission
from fleetdesk.models.changes import Changes
from fleetdesk.models.duplicates import COLUMNS
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.models.leads_apart import MOST_APART, LeadsApart
from fleetdesk.models.staff import User
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.layout import column, rule
from fleetdesk.qt.look.text import plural, tr
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.records.record_header import SortKey
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.records.table_model import RecordTableModel
from fleetdesk.qt.sync_status import sync_text
from fleetdesk.qt.widgets.banner import Banner
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind
from fleetdesk.queries.duplicate_groups import DuplicateQuery, GroupSort
from fleetdesk.queries.duplicate_rows import DuplicateRow, GroupLead, group_leads
from fleetdesk.queries.filters.values import EVERYTHING
from fleetdesk.queries.leads import lead_ids
from fleetdesk.views.leads.duplicates.columns import group_columns
from fleetdesk.views.leads.duplicates.group_pane import SHOWN, GroupPane
from fleetdesk.views.leads.duplicates.merge_dialog import open_merge
from fleetdesk.views.leads.duplicates.source import DuplicateSource
from fleetdesk.views.leads.duplicates.words import KIND_WORDS
from fleetdesk.views.list_page import ListPage, ListWords
from fleetdesk.views.words import number
from fleetdesk.views.workbench import Workbench

__all__ = ["DuplicatesPage"]

SCOPE = "duplicates"
_APART = "apart"
_PANE, _SEARCH = 400, 176  # pixels
_FIRST = (SortKey(GroupSort.SURENESS, descending=True),)


class DuplicatesPage(ListPage[DuplicateQuery, DuplicateRow]):
    """The row that has the keyboard is the group that is open; what is decided goes, and the next one takes its row."""

    def __init__(self, bench: Workbench) -> None:
        words = ListWords(
            title=tr("Duplicates"),
            search=tr("Search name, company, email, phone…"),
            choice=tr("Which groups are shown"),
            everything=tr("All groups"),
            one=tr("%n group"),
            many=tr("%n groups"),
        )
        kinds = [(kind, tr("Share: %1").replace("%1", tr(word))) for kind, word in KIND_WORDS.items()]
        super().__init__(bench, words, [*kinds, (_APART, tr("Told apart"))])
        self._source = DuplicateSource(bench.readings, bench.person.id, bench.clock)
        bench.changes.changed.connect(self._outdate)  # before the model hears of it
        self.model = RecordTableModel(
            self._source,
            group_columns(bench.clock),
            table=Lead.__tablename__,
            related=(LeadsApart.__tablename__, User.__tablename__),
            runner=bench.runner,
            changes=bench.changes,
            parent=self,
        )
        self.pane = GroupPane(bench.navigator, bench.theme, bench.clock)
        self._register()
        self.pane.offer(bench.actions)
        self.table = RecordTableView(self.model, theme=bench.theme, name=tr("Groups of duplicates"))
        self._lay_out()
        self.table.opened.connect(lambda _row: bench.actions.trigger("duplicates.merge"))
        self.pane.changed.connect(bench.actions.refresh)
        self.follow(_FIRST, SCOPE)

    # Set-up

    def _lay_out(self) -> None:
        self._banner = Banner(self._bench.theme)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.table)
        splitter.addWidget(self.pane)
        splitter.setChildrenCollapsible(False)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        self.pane.setFixedWidth(self._bench.theme.pixels(_PANE))
        lines = column(self.head(_SEARCH), rule(), self._banner, splitter, gap=0)
        lines.setStretchFactor(splitter, 1)
        self.setLayout(lines)
        if not self._bench.allows(Permission.LEADS_EDIT):
            self._banner.tell(tr("Your role may read leads, not change them."), Tone.INFO)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: the columns on the right make way until the others fit."""
        super().resizeEvent(event)
        keys = [str(column.key) for column in self.model.columns]
        self.make_way(keys[:0:-1], beside=self.pane.width())

    def _register(self) -> None:
        action = partial(Action, group=tr("Duplicates"), scope=SCOPE, keywords="duplicate same twice")
        self._bench.actions.register(
            action("duplicates.merge", tr("Merge"), self._merge, "M", "git-merge", self._can_merge),
            action("duplicates.apart", tr("Not duplicates"), self._tell_apart, "X", "arrows-out", self._can_tell),
            action("duplicates.again", tr("Offer them again"), self._offer, "R", "arrow-counter-clockwise", self._told),
            *self.walking(action, SCOPE, tr("Next group"), tr("Previous group"), tr("Search the groups")),
        )

    # The list

    @property
    def query(self) -> DuplicateQuery:
        """See `ListPage.query`."""
        key, first = self.shown.key, self.order
        return DuplicateQuery(
            filter=EVERYTHING.searching(self.search.text()),
            kinds=frozenset({key}) if key in COLUMNS else frozenset(),
            sort=GroupSort(first.column),
            descending=first.descending,
            apart=key == _APART,
        )

    def _outdate(self, changes: Changes) -> None:
        if changes.touches(Lead.__tablename__) or changes.touches(LeadsApart.__tablename__):
            self._source.outdate()
            self.model.outdate()

    def say_empty(self) -> None:
        """See `ListPage.say_empty`."""
        query, status = self.query, self._bench.status.status
        if query.narrows:
            title, sentence = tr("No group matches"), tr("Try fewer words, or all groups.")
            overlay = Overlay(
                OverlayKind.EMPTY, title, sentence, tr("Show all groups"), self.clear, icon="magnifying-glass"
            )
        elif status.rows_come:
            overlay = Overlay(OverlayKind.LOADING, sync_text(status), tr("Duplicates are found as leads come."))
        elif status.never_reached:
            sentence = tr("Duplicates are found as soon as leads have come from the hub.")
            overlay = Overlay(OverlayKind.OFFLINE, tr("Nothing was loaded yet"), sentence)
        elif query.apart:
            overlay = Overlay(OverlayKind.EMPTY, tr("No leads were told apart"), icon="check-circle")
        else:
            sentence = tr("No two leads share an email address, a phone number or a trade licence.")
            overlay = Overlay(OverlayKind.EMPTY, tr("No duplicates"), sentence, icon="check-circle")
        self.table.set_empty(overlay)

    # The open group

    def show_row(self) -> None:
        """See `ListPage.show_row`."""
        current = self.at_hand
        if current is None:
            if not self.model.rowCount():
                self.pane.show_group(None, ())
                self.pane.setVisible(False)
            return
        self.pane.setVisible(True)
        keys = current.group.keys[:SHOWN]

        def came(leads: tuple[GroupLead, ...]) -> None:
            self.pane.show_group(current, leads)

        self._bench.readings.run(
            lambda connection: group_leads(connection, keys), on_success=came, owner=self, cancel_key="group"
        )

    # Whether it can be done

    def _chosen(self) -> Availability:
        if not self._bench.allows(Permission.LEADS_EDIT):
            return WhyNot(tr("Your role may read leads, not change them."))
        if self.pane.row is None:
            return WhyNot(tr("Choose a group first."))
        return ENABLED

    def _can_merge(self) -> Availability:
        chosen = self._chosen()
        if chosen == ENABLED and len(self.pane.ticked) < 2:
            return WhyNot(tr("Tick two leads at least."))
        return chosen

    def _can_tell(self) -> Availability:
        can, group = self._can_merge(), self.pane.row
        if can != ENABLED or group is None:
            return can
        if group.told_at is not None:
            return WhyNot(tr("These leads are told apart already."))
        if group.count > MOST_APART:
            return WhyNot(tr("At most %1 leads can be told apart at once.").replace("%1", number(MOST_APART)))
        return ENABLED

    def _told(self) -> Availability:
        chosen, group = self._chosen(), self.pane.row
        if chosen == ENABLED and group is not None and group.told_at is None:
            return WhyNot(tr("These leads are offered already."))
        return chosen

    # The doing

    def _merge(self) -> None:
        open_merge(self._bench, self.pane.ticked, self)

    def _tell_apart(self) -> None:
        group = self.pane.row
        assert group is not None
        ticked = self.pane.ticked
        if len(ticked) < min(group.count, SHOWN):
            self._perform_apart(ticked)
            return

        def read(connection: Connection) -> list[str]:
            return lead_ids(connection, group.group.keys)

        self._bench.readings.run(read, on_success=lambda ids: self._perform_apart(tuple(ids)), owner=self)

    def _perform_apart(self, ids: tuple[str, ...]) -> None:
        now = self._bench.clock.now()
        said = plural(len(ids), tr("%n lead is no duplicate."), tr("%n leads are different prospects."))
        command = TellApart(id=new_id(), issued_at=now, apart_id=new_id(), lead_ids=ids)
        self._bench.acts.perform(command, owner=self, on_done=lambda: None, said=said)

    def _offer(self) -> None:
        group = self.pane.row
        assert group is not None
        now = self._bench.clock.now()
        command = KeepApart(id=new_id(), issued_at=now, apart_id=group.id, apart=False)
        said = tr("They are offered as duplicates again.")
        self._bench.acts.perform(command, owner=self, on_done=lambda: None, said=said)
