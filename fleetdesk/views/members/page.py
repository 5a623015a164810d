"""`MembersPage`: who is on the staff and as what, and what a super admin changes about it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame
from sqlalchemy import Connection

from fleetdesk.commands.core import Command
from fleetdesk.commands.members import ReinstateMember, SuspendMember, WithdrawChange
from fleetdesk.models.access import Role
from fleetdesk.models.audit import AuditEvent, Intent, IntentState
from fleetdesk.models.changes import Changes
from fleetdesk.models.ids import new_id
from fleetdesk.models.staff import Member, User
from fleetdesk.models.status import SyncState
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.layout import STRETCH, column, panel, row, rule
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.records.record_header import SortKey
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.records.table_model import LoadState, RecordTableModel
from fleetdesk.qt.sync_status import sync_text
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.search_field import SearchField
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind
from fleetdesk.queries.members import MemberEvent, MemberQuery, MemberRow, MemberSort, Standing, member_history
from fleetdesk.views.members.columns import member_columns
from fleetdesk.views.members.pane import HISTORY, MemberPane
from fleetdesk.views.members.role_form import role_dialog
from fleetdesk.views.members.source import MemberSource
from fleetdesk.views.members.words import standing_word
from fleetdesk.views.words import role_name
from fleetdesk.views.workbench import Page, Workbench

__all__ = ["MembersPage"]

SCOPE = "members"
_ANY = ""
_PANE, _NARROW_PANE = 384, 304  # pixels
_NARROW = 1000  # pixels of a page that has no room for both
_FIRST = (SortKey(MemberSort.NAME, descending=False),)


class MembersPage(Page):
    """The row that has the keyboard is the member whose pane is open."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self._wanted = ""  # a record to be shown as soon as its row is there
        self.model: RecordTableModel[MemberQuery, MemberRow] = RecordTableModel(
            MemberSource(bench.readings),
            member_columns(bench.person.id, bench.clock),
            table=Member.__tablename__,
            related=(User.__tablename__, Intent.__tablename__),
            runner=bench.runner,
            changes=bench.changes,
            parent=self,
        )
        self.pane = MemberPane(bench.person.id, bench.theme, bench.clock)
        self._register()
        self.pane.offer(bench.actions)
        self._count = Label(tint=Tint.MUTED)
        self.search = SearchField(bench.theme, tr("Search name or email…"))
        roles = [(role.value, role_name(role)) for role in Role if role is not Role.SYSTEM]
        standings = [(standing.value, standing_word(standing)) for standing in Standing]
        self.shown = ChoiceBox(
            bench.theme, [(_ANY, tr("All staff")), *roles, *standings], tr("Which members are shown")
        )
        self.table: RecordTableView[MemberQuery, MemberRow] = RecordTableView(
            self.model, theme=bench.theme, name=tr("Members")
        )
        self._lay_out()
        self._connect()
        self.table.set_sorting(_FIRST)
        self._ask()
        self._show()

    def open_record(self, record_id: str) -> None:
        """Show one member; whoever is left out by the search is found all the same."""
        self._wanted = record_id
        if self._query.narrows:
            self._clear()
        self._go_to_wanted()

    # Set-up

    def _lay_out(self) -> None:
        head = row(
            Label(tr("Members"), size=TextSize.HEADING),
            self._count,
            STRETCH,
            self.search,
            self.shown,
            margins=2 * GRID,
            gap=GRID + 4,
        )
        self.search.setMinimumWidth(self._bench.theme.pixels(216))
        self._edge = QFrame()
        self._edge.setProperty("role", "rule")
        self._edge.setFixedWidth(1)
        beside = row(self.table, self._edge, self.pane, gap=0)
        beside.setStretchFactor(self.table, 1)
        lines = column(panel(head, ground="surface"), rule(), beside, gap=0)
        lines.setStretchFactor(beside, 1)
        self.setLayout(lines)
        self.begins_with = self.table

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: the columns on the right make way until the others fit."""
        super().resizeEvent(event)
        narrow = self.width() < self._bench.theme.pixels(_NARROW)
        self.pane.setFixedWidth(self._bench.theme.pixels(_NARROW_PANE if narrow else _PANE))
        widths = {str(column.key): column.width for column in self.model.columns}
        room = self.width() - self.pane.width() - self._bench.theme.pixels(2 * GRID)
        makes_way = [MemberSort.SINCE, "email", "waiting", MemberSort.STANDING]
        self.table.record_header.make_way(widths, [str(key) for key in makes_way], room)

    def _connect(self) -> None:
        self.search.searched.connect(lambda _text: self._ask())
        self.search.left_down.connect(self._go_down)
        self.shown.chosen.connect(lambda _key: self._ask())
        self.table.sorting_changed.connect(lambda _sorting: self._ask())
        self.table.selection.changed.connect(self._show)
        self.table.opened.connect(lambda _row: self._bench.actions.trigger("members.role"))
        self.model.dataChanged.connect(self._show)
        self.model.state_changed.connect(self._show_count)
        self.model.keys_changed.connect(self._keys_changed)
        self._bench.changes.changed.connect(self._follow)
        self._bench.minute.moved.connect(self.model.reword)
        self._bench.minute.moved.connect(self._show)
        self._bench.status.changed.connect(self._say_empty)

    def _register(self) -> None:
        action = partial(Action, group=tr("Members"), scope=SCOPE, keywords="staff people role")
        self._bench.actions.register(
            action(
                "members.role",
                tr("Change role…"),
                self._change_role,
                "R",
                "identification-badge",
                self._can_ask,
            ),
            action("members.suspend", tr("Suspend"), self._suspend, "S", "prohibit", self._can_suspend),
            action("members.reinstate", tr("Take back"), self._reinstate, "T", "user-plus", self._can_reinstate),
            action(
                "members.withdraw",
                tr("Withdraw"),
                self._withdraw,
                "W",
                "arrow-counter-clockwise",
                self._can_withdraw,
            ),
            action("members.next", tr("Next member"), partial(self._step, 1), "J", "caret-down", self._has_rows),
            action("members.previous", tr("Previous member"), partial(self._step, -1), "K", "caret-up", self._has_rows),
            action("members.search", tr("Search the members"), self._search, "/", "magnifying-glass", also="Ctrl+F"),
        )

    # The list

    @property
    def _query(self) -> MemberQuery:
        key = self.shown.key
        first = self.table.sorting[0] if self.table.sorting else _FIRST[0]
        return MemberQuery(
            text=self.search.text(),
            role=Role(key) if key in tuple(Role) else None,
            standing=Standing(key) if key in tuple(Standing) else None,
            sort=MemberSort(first.column),
            descending=first.descending,
        )

    def _ask(self) -> None:
        self.model.set_query(self._query)
        self._say_empty()
        self._bench.actions.refresh()

    def _keys_changed(self) -> None:
        self._show_count()
        if self._wanted:
            self._go_to_wanted()
        elif self.model.rowCount() and not self.table.selection.count:
            self.table.reveal(max(0, min(self.table.currentIndex().row(), self.model.rowCount() - 1)))
        self._show()

    def _show_count(self) -> None:
        known = self.model.state is LoadState.READY or self.model.rowCount()
        count = self.model.rowCount()
        self._count.setText(plural(count, tr("%n member"), tr("%n members")) if known else "")
        self._bench.actions.refresh()

    def _say_empty(self) -> None:
        status = self._bench.status.status
        if self._query.narrows:
            title, sentence = tr("Nobody matches"), tr("Try fewer letters, or all staff.")
            overlay = Overlay(
                OverlayKind.EMPTY, title, sentence, tr("Show all staff"), self._clear, icon="magnifying-glass"
            )
        elif status.state in (SyncState.STARTING, SyncState.LOADING):
            overlay = Overlay(
                OverlayKind.LOADING, sync_text(status), tr("The staff are here as soon as they have come from the hub.")
            )
        elif status.state is SyncState.OFFLINE and status.last_contact is None:
            sentence = tr("The staff are here as soon as the hub can be reached.")
            overlay = Overlay(OverlayKind.OFFLINE, tr("Nothing was loaded yet"), sentence)
        else:
            overlay = Overlay(OverlayKind.EMPTY, tr("Nobody is on the staff"), icon="users")
        self.table.set_empty(overlay)

    def _clear(self) -> None:
        self.search.set_text_quietly("")
        self.shown.set_key(_ANY)
        self._ask()

    def _go_down(self) -> None:
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _step(self, by: int) -> None:
        row = self.table.currentIndex().row() + by
        self.table.reveal(max(0, min(row, self.model.rowCount() - 1)))

    # The open member

    def _show(self) -> None:
        current = self.table.selection.current_row if self.table.selection.count else None
        if current is None:
            if not self.model.rowCount():
                self.pane.show_member(None, ())
                self._open_pane(opened=False)
                self._bench.actions.refresh()
            return
        self._open_pane(opened=True)
        member_id = current.id

        def read(connection: Connection) -> tuple[MemberEvent, ...]:
            return member_history(connection, member_id, HISTORY)

        def came(events: tuple[MemberEvent, ...]) -> None:
            self.pane.show_member(current, events)
            self._bench.actions.refresh()

        self._bench.readings.run(read, on_success=came, owner=self, cancel_key="member")

    def _open_pane(self, *, opened: bool) -> None:
        self._edge.setVisible(opened)
        self.pane.setVisible(opened)

    def _follow(self, changes: Changes) -> None:
        """The audit log came further: it may tell of the member that is open."""
        if changes.touches(AuditEvent.__tablename__):
            self._show()

    # Whether it can be done

    def _has_rows(self) -> Availability:
        return ENABLED if self.model.rowCount() else WhyNot(tr("The list is empty."))

    def _can_ask(self) -> Availability:
        member = self.pane.row
        if member is None:
            return WhyNot(tr("Choose a member first."))
        if member.user_id == self._bench.person.id:
            return WhyNot(tr("Nobody changes their own role. Ask another super admin."))
        if member.standing is Standing.LEFT:
            return WhyNot(tr("They are not on the staff any more."))
        if member.waiting is not None:
            return WhyNot(tr("Another change waits to be carried out. Withdraw it first."))
        return ENABLED

    def _can_suspend(self) -> Availability:
        can, member = self._can_ask(), self.pane.row
        if can == ENABLED and member is not None and member.standing is Standing.SUSPENDED:
            return WhyNot(tr("They are suspended already."))
        return can

    def _can_reinstate(self) -> Availability:
        can, member = self._can_ask(), self.pane.row
        if can == ENABLED and member is not None and member.standing is not Standing.SUSPENDED:
            return WhyNot(tr("They are not suspended."))
        return can

    def _can_withdraw(self) -> Availability:
        member = self.pane.row
        if member is None or member.waiting is None:
            return WhyNot(tr("Nothing waits that could be withdrawn."))
        if member.user_id == self._bench.person.id:
            return WhyNot(tr("Nobody changes their own role. Ask another super admin."))
        if member.waiting.state is IntentState.RUNNING:
            return WhyNot(tr("It is being carried out just now."))
        return ENABLED

    # The doing

    def _change_role(self) -> None:
        member = self._member
        said = tr("Another role for %1 is asked for.").replace("%1", isolated(member.name))
        self._bench.acts.submit(role_dialog(self._bench, member, self), said=said)

    def _suspend(self) -> None:
        member = self._member
        command = SuspendMember(id=new_id(), issued_at=self._bench.clock.now(), member_id=member.id)
        self._perform(command, tr("The suspension of %1 is asked for."), member)

    def _reinstate(self) -> None:
        member = self._member
        command = ReinstateMember(id=new_id(), issued_at=self._bench.clock.now(), member_id=member.id)
        self._perform(command, tr("It is asked that %1 be taken back."), member)

    def _withdraw(self) -> None:
        member = self._member
        assert member.waiting is not None
        change = member.waiting.change
        command = WithdrawChange(
            id=new_id(),
            issued_at=self._bench.clock.now(),
            member_id=member.id,
            asked=change.command,
            field=change.field,
            base=change.base,
            new=change.new,
        )
        self._perform(command, tr("What was asked for about %1 is withdrawn."), member)

    def _perform(self, command: Command, said: str, member: MemberRow) -> None:
        said = said.replace("%1", isolated(member.name))
        self._bench.acts.perform(command, owner=self, on_done=lambda: None, said=said)

    @property
    def _member(self) -> MemberRow:
        member = self.pane.row
        assert member is not None
        return member

    def _go_to_wanted(self) -> None:
        """Turn to the member that was asked for, once their row is there."""
        wanted = self._wanted

        def found(row: int | None) -> None:
            if row is not None and wanted == self._wanted:
                self._wanted = ""
                self.table.reveal(row)

        self.model.find(wanted, found)
