"""`MembersPage`: who is on the staff and as what, and what a super admin changes about it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from sqlalchemy import Connection

from fleetdesk.commands.core import Command
from fleetdesk.commands.members import ReinstateMember, SuspendMember, WithdrawChange
from fleetdesk.models.access import Permission, Role
from fleetdesk.models.audit import AuditEvent, Intent, IntentState
from fleetdesk.models.changes import Changes
from fleetdesk.models.ids import new_id
from fleetdesk.models.staff import Member, User
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.qt.notifier import Question
from fleetdesk.qt.records.record_header import SortKey
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.records.table_model import RecordTableModel
from fleetdesk.qt.sync_status import sync_text
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind
from fleetdesk.queries.members import MemberEvent, MemberQuery, MemberRow, MemberSort, Standing, member_history
from fleetdesk.views.list_page import ActionMaker, ListWords, PanePage
from fleetdesk.views.members.columns import member_columns
from fleetdesk.views.members.pane import HISTORY, MemberPane
from fleetdesk.views.members.role_form import role_dialog
from fleetdesk.views.members.source import MemberSource
from fleetdesk.views.members.words import standing_word
from fleetdesk.views.words import role_name
from fleetdesk.views.workbench import Workbench

__all__ = ["MembersPage"]

SCOPE = "members"
_SEARCH = 216  # pixels
_FIRST = (SortKey(MemberSort.NAME, descending=False),)


class MembersPage(PanePage[MemberQuery, MemberRow]):
    """The row that has the keyboard is the member whose pane is open. Who manages no members reads who they are."""

    pane: MemberPane
    makes_way = (MemberSort.SINCE, "email", "waiting", MemberSort.STANDING)

    def __init__(self, bench: Workbench) -> None:
        words = ListWords(
            title=tr("Members"),
            search=tr("Search name or email…"),
            choice=tr("Which members are shown"),
            everything=tr("All staff"),
            one=tr("%n member"),
            many=tr("%n members"),
        )
        roles = [(role.value, role_name(role)) for role in Role if role is not Role.SYSTEM]
        standings = [(standing.value, standing_word(standing)) for standing in Standing]
        super().__init__(bench, words, [*roles, *standings])
        self._manages = bench.allows(Permission.MEMBERS_MANAGE)
        self._audits = bench.allows(Permission.AUDIT_READ)
        self.model = RecordTableModel(
            MemberSource(bench.readings),
            member_columns(bench.person.id, bench.clock, manages=self._manages),
            table=Member.__tablename__,
            related=(User.__tablename__, Intent.__tablename__),
            runner=bench.runner,
            changes=bench.changes,
            parent=self,
        )
        self.pane = MemberPane(bench.person.id, bench.theme, bench.clock, audits=self._audits)
        self._register()
        if self._manages:
            self.pane.offer(bench.actions)
        self.table = RecordTableView(self.model, theme=bench.theme, name=tr("Members"))
        self.lay_out(_SEARCH)
        if self._manages:
            self.table.opened.connect(lambda _row: bench.actions.trigger("members.role"))
        if self._audits:
            bench.changes.changed.connect(self._look_in_the_log)
        self.follow(_FIRST, SCOPE)

    # Set-up

    def _register(self) -> None:
        action = partial(Action, group=tr("Members"), scope=SCOPE, keywords="staff people role")
        walking = self.walking(action, SCOPE, tr("Next member"), tr("Previous member"), tr("Search the members"))
        self._bench.actions.register(*(self._managing(action) if self._manages else ()), *walking)

    def _managing(self, action: ActionMaker) -> Iterable[Action]:
        return (
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
        )

    # The list

    @property
    def query(self) -> MemberQuery:
        """See `ListPage.query`."""
        key, first = self.shown.key, self.order
        return MemberQuery(
            text=self.search.text(),
            role=Role(key) if key in tuple(Role) else None,
            standing=Standing(key) if key in tuple(Standing) else None,
            sort=MemberSort(first.column),
            descending=first.descending,
        )

    def say_empty(self) -> None:
        """See `ListPage.say_empty`."""
        status = self._bench.status.status
        if self.query.narrows:
            title, sentence = tr("Nobody matches"), tr("Try fewer letters, or all staff.")
            overlay = Overlay(
                OverlayKind.EMPTY, title, sentence, tr("Show all staff"), self.clear, icon="magnifying-glass"
            )
        elif status.rows_come:
            overlay = Overlay(
                OverlayKind.LOADING, sync_text(status), tr("The staff are here once they have come from the hub.")
            )
        elif status.never_reached:
            sentence = tr("The staff are here as soon as the hub can be reached.")
            overlay = Overlay(OverlayKind.OFFLINE, tr("Nothing was loaded yet"), sentence)
        else:
            overlay = Overlay(OverlayKind.EMPTY, tr("Nobody is on the staff"), icon="users")
        self.table.set_empty(overlay)

    # The open member

    def show_row(self) -> None:
        """See `ListPage.show_row`."""
        current = self.at_hand
        if current is None:
            if not self.model.rowCount():
                self.pane.show_member(None)
                self.open_pane(opened=False)
                self._bench.actions.refresh()
            return
        self.open_pane(opened=True)
        # At once: a key that comes next is about the member that is marked.
        self.pane.show_member(current)
        self._bench.actions.refresh()
        if self._audits:
            self._read_history(current.id)

    def _read_history(self, member_id: str) -> None:
        def read(connection: Connection) -> tuple[MemberEvent, ...]:
            return member_history(connection, member_id, HISTORY)

        def came(events: tuple[MemberEvent, ...]) -> None:
            if self.pane.row is not None and self.pane.row.id == member_id:
                self.pane.show_history(events)

        self._bench.readings.run(read, on_success=came, owner=self, cancel_key="member")

    def _look_in_the_log(self, changes: Changes) -> None:
        """The audit log came further: it may tell of the member that is open."""
        if changes.touches(AuditEvent.__tablename__):
            self.show_row()

    # Whether it can be done

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
            return WhyNot(tr("The identity provider has not answered yet. It is asked again every minute."))
        return ENABLED

    # The doing

    def _change_role(self) -> None:
        member = self._member
        said = tr("You asked for another role for %1.").replace("%1", isolated(member.name))
        self._bench.acts.submit(role_dialog(self._bench, member, self), said=said)

    def _suspend(self) -> None:
        member = self._member
        name = isolated(member.name)
        question = Question(
            tr("Suspend %1?").replace("%1", name),
            tr(
                "They can no longer work with FleetDesk, and its records go from their laptop. What they had not sent"
                " waits there until they are taken back. Where the staff sign in with Clerk, their account is banned"
                " from everything behind it."
            ),
            tr("Suspend"),
            dangerous=True,
        )
        self._bench.notifier.ask(question, partial(self._suspend_now, member))

    def _suspend_now(self, member: MemberRow) -> None:
        command = SuspendMember(id=new_id(), issued_at=self._bench.clock.now(), member_id=member.id)
        self._perform(command, tr("You asked for the suspension of %1."), member)

    def _reinstate(self) -> None:
        member = self._member
        command = ReinstateMember(id=new_id(), issued_at=self._bench.clock.now(), member_id=member.id)
        self._perform(command, tr("You asked that %1 be taken back."), member)

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
        self._perform(command, tr("You withdrew what was asked for about %1."), member)

    def _perform(self, command: Command, said: str, member: MemberRow) -> None:
        said = said.replace("%1", isolated(member.name))
        self._bench.acts.perform(command, owner=self, on_done=lambda: None, said=said)

    @property
    def _member(self) -> MemberRow:
        member = self.pane.row
        assert member is not None
        return member
