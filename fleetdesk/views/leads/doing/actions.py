"""`LeadActions`: what can be done with the open lead, as data for menus, palette and shortcuts; and the doing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_deletion import RestoreLead
from fleetdesk.commands.leads import LogActivity, TagLead
from fleetdesk.models.access import Permission
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind, Lead
from fleetdesk.models.stages import PIPELINE, Stage
from fleetdesk.protocol import Verdict
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.qt.notifier import MessageAction, Question
from fleetdesk.queries.lead_detail import LeadDetail, lead_detail
from fleetdesk.queries.staff import StaffPerson
from fleetdesk.views.leads.doing.document_actions import DocumentActions
from fleetdesk.views.leads.doing.entry_actions import EntryActions
from fleetdesk.views.leads.duplicates.actions import merge_open
from fleetdesk.views.leads.edits import edit_lead
from fleetdesk.views.leads.forms.lead_form import create_dialog, edit_dialog
from fleetdesk.views.leads.forms.move_form import move_dialog
from fleetdesk.views.leads.forms.small_forms import assign_dialog, delete_dialog
from fleetdesk.views.leads.lead.detail import LeadPane
from fleetdesk.views.leads.lead.history_dialog import HistoryDialog
from fleetdesk.views.leads.lead.journal import Written
from fleetdesk.views.leads.moves import Answers, MoveOption, move_commands, move_option
from fleetdesk.views.leads.scope import SCOPE
from fleetdesk.views.leads.words import activity_word, lead_title, stage_word
from fleetdesk.views.next_steps.plan import next_step_dialog
from fleetdesk.views.next_steps.steps import plan_step
from fleetdesk.views.workbench import Workbench

__all__ = ["LeadActions"]

_COMPOSE = {
    ActivityKind.NOTE: "Shift+N",
    ActivityKind.CALL: "Shift+C",
    ActivityKind.EMAIL: "Shift+E",
    ActivityKind.MEETING: "Shift+M",
    ActivityKind.TASK: "Shift+T",
}


class LeadActions(QObject):
    """Acts on the lead that the pane shows; where it shows none, on the marked one, which it opens for that.

    Dialogs stand over `window`.
    """

    def __init__(
        self,
        bench: Workbench,
        pane: LeadPane,
        window: QWidget,
        *,
        people: Callable[[], Sequence[StaffPerson]],
        marked: Callable[[], str],
        open_lead: Callable[[str], None],
    ) -> None:
        """`marked` is the id of the lead whose row is marked, empty for none."""
        super().__init__(window)
        self._bench = bench
        self._pane = pane
        self._window = window
        self._people = people
        self._marked = marked
        self._open_lead = open_lead
        self._next = ("", "")  # a lead on its way, and the action to be done with it
        bench.actions.register(*map(self._on_marked, (*self._changes(), *self._moves(), *self._journal())))
        EntryActions(bench, pane, self)
        self.documents = DocumentActions(bench, pane, window, self)
        pane.shown.connect(self._go_on)
        pane.move_asked.connect(self.move)
        pane.written.connect(self.write)
        pane.tags_changed.connect(self.tag)
        pane.facts.edit_asked.connect(partial(bench.actions.trigger, "leads.edit"))
        pane.facts.owner_asked.connect(partial(bench.actions.trigger, "leads.assign"))
        pane.facts.next_step_asked.connect(partial(bench.actions.trigger, "leads.next_step"))

    # The actions as data

    def _changes(self) -> tuple[Action, ...]:
        may_edit = self._pane.may_edit
        action = partial(Action, group=tr("Lead"), scope=SCOPE)
        return (
            action("leads.edit", tr("Edit the lead"), self._edit, "E", "pencil-simple", may_edit),
            action("leads.assign", tr("Assign the lead"), self._assign, "A", "user-plus", may_edit),
            action("leads.assign_to_me", tr("Assign the lead to me"), self._assign_to_me, "I", "user", self._not_mine),
            action("leads.next_step", tr("Plan the next step"), self._plan, "S", "calendar-blank", may_edit),
            action("leads.tag", tr("Add a tag"), self._pane.facts.begin_tag, "T", "tag", may_edit),
            action(
                "leads.in_tab", tr("Open the lead in a tab"), self._in_tab, "Ctrl+Shift+T", "browsers", self._chosen
            ),
            merge_open(self._bench, self._window, lambda: self._pane.lead, may_edit, SCOPE),
            action(
                "leads.history", tr("History of the lead"), self._history, "H", "clock-counter-clockwise", self._chosen
            ),
            action("leads.delete", tr("Delete the lead"), self._delete, "Ctrl+Delete", "trash", may_edit),
            action(
                "leads.restore", tr("Restore the lead"), self._restore, "", "arrow-counter-clockwise", self._deleted
            ),
        )

    def _moves(self) -> tuple[Action, ...]:
        action = partial(Action, group=tr("Stage"), scope=SCOPE)
        return (
            action("leads.move_on", tr("Move to the next stage"), self._move_on, "M", "arrow-right", self._can_move_on),
            action("leads.lose", tr("Lose the lead"), partial(self._go, Stage.LOST), "L", "flag", self._can_lose),
            action(
                "leads.reopen",
                tr("Reopen the lead"),
                partial(self._go, Stage.CONTACTED),
                "R",
                "arrow-counter-clockwise",
                self._can_reopen,
            ),
        )

    def _journal(self) -> tuple[Action, ...]:
        return tuple(
            Action(
                f"leads.write_{kind}",
                tr("Write down: %1").replace("%1", activity_word(kind).lower()),
                partial(self._pane.journal.compose, kind),
                shortcut=keys,
                icon="note-pencil",
                enabled_when=self._pane.may_edit,
                group=tr("Timeline"),
                scope=SCOPE,
                keywords="log activity composer",
            )
            for kind, keys in _COMPOSE.items()
        )

    # With a lead that is not open yet

    def _on_marked(self, action: Action) -> Action:
        """The same action, which opens the marked lead first if none is open: only then is known what it allows."""
        return replace(
            action,
            run=partial(self._open_first, action.id, action.run),
            enabled_when=partial(self._once_open, action.enabled_when),
        )

    def _once_open(self, enabled_when: Callable[[], Availability]) -> Availability:
        if self._pane.lead_id or not self._marked():
            return enabled_when()
        return self._pane.may_ever_edit()

    def begin(self, lead_id: str, action: str) -> None:
        """Open a lead, and do an action with it once it has come."""
        if self._pane.lead is not None and self._pane.lead.id == lead_id:
            self._bench.actions.trigger(action)
            return
        self._next = (lead_id, action)
        self._open_lead(lead_id)

    def _open_first(self, action: str, run: Callable[[], None]) -> None:
        if self._pane.lead_id:
            run()
            return
        self._next = (self._marked(), action)
        self._open_lead(self._marked())

    def _go_on(self) -> None:
        self._bench.actions.refresh()
        lead = self._pane.lead
        if lead is None and self._pane.lead_id:
            return  # it is on its way
        (wanted, action), self._next = self._next, ("", "")
        if lead is not None and lead.id == wanted:
            self._bench.actions.trigger(action)

    # Whether they can be done

    def _in_tab(self) -> None:
        self._bench.navigator.open_in_tab(Lead.key_of(self._pane.lead_id))

    def _chosen(self) -> Availability:
        return WhyNot(tr("Choose a lead first.")) if self._pane.lead is None else ENABLED

    def _not_mine(self) -> Availability:
        lead = self._pane.lead
        if lead is not None and lead.owner_id == self._bench.person.id:
            return WhyNot(tr("This lead is yours already."))
        return self._pane.may_edit()

    def _deleted(self) -> Availability:
        lead = self._pane.lead
        if lead is None or not lead.deleted:
            return WhyNot(tr("Only a deleted lead can be restored."))
        if not self._bench.allows(Permission.LEADS_EDIT):
            return WhyNot(tr("Your role may read leads, not change them."))
        return ENABLED

    def _can_move_on(self) -> Availability:
        target = self._next_stage()
        return self._can_go(target) if target is not None else WhyNot(tr("There is no stage after this one."))

    def _can_lose(self) -> Availability:
        return self._can_go(Stage.LOST)

    def _can_reopen(self) -> Availability:
        lead = self._pane.lead
        if lead is None or lead.status is not Stage.LOST:
            return WhyNot(tr("Only a lost lead can be reopened."))
        return self._can_go(Stage.CONTACTED)

    def _can_go(self, target: Stage) -> Availability:
        if self._pane.lead is None:
            return WhyNot(tr("Choose a lead first."))
        option = self._pane.option(target)
        return ENABLED if option.possible else WhyNot(option.why_not)

    def _next_stage(self) -> Stage | None:
        lead = self._pane.lead
        if lead is None or lead.status not in PIPELINE[:-1]:
            return None
        return PIPELINE[PIPELINE.index(lead.status) + 1]

    # The doing

    def create(self) -> None:
        """Open the form for a new lead, then the lead."""
        lead_id = new_id()
        dialog = create_dialog(self._bench, lead_id, self._window)
        dialog.accepted.connect(partial(self._created, lead_id))
        self._bench.acts.submit(dialog)

    def _created(self, lead_id: str) -> None:
        self._bench.notifier.success(tr("The lead was created."), key="lead-created")
        self._bench.navigator.open_record(Lead.key_of(lead_id))

    def write(self, written: Written) -> None:
        """Write down what happened with the lead, and what comes next; it stays in the composer until it is kept."""
        lead, now, journal = self._lead(), self._bench.clock.now(), self._pane.journal
        commands: list[Command] = [
            LogActivity(
                id=new_id(),
                issued_at=now,
                lead_id=lead.id,
                activity_id=new_id(),
                kind=written.kind,
                body=written.draft.text,
                happened_at=written.happened_at,
                outcome=written.outcome,
                due_at=written.due_at,
            )
        ]
        step = written.step
        if step is not None and (edit := plan_step(step.before, step.what, step.when, now)) is not None:
            commands.append(edit)

        def refused(verdict: Verdict) -> None:
            journal.not_kept(lead.id, written.draft)
            self._bench.acts.tell_refusal(verdict)

        def failed(error: Exception) -> None:
            journal.not_kept(lead.id, written.draft)
            self._bench.notifier.failed(error)

        self._bench.acts.perform(
            *commands,
            owner=self,
            on_done=partial(journal.kept, lead.id, written.draft),
            on_refused=refused,
            on_failure=failed,
        )

    def tag(self, added: tuple[str, ...], removed: tuple[str, ...]) -> None:
        """Add and remove tags."""
        now = self._bench.clock.now()
        self._perform(TagLead(id=new_id(), issued_at=now, lead_id=self._lead().id, add=added, remove=removed))

    def move(self, option: MoveOption) -> None:
        """Make a move of the open lead."""
        self._move(self._lead(), option)

    def move_to(self, lead_id: str, target: Stage) -> None:
        """Move a lead, open or not, to a stage: by the rules as the lead is now, not as it was seen."""

        def came(lead: LeadDetail | None) -> None:
            if lead is None:
                self._bench.notifier.info(
                    tr("This lead is gone."), do=tr("It was removed, or is no longer yours to see.")
                )
                return
            option = move_option(lead, target, self._bench.actor, self._bench.platform.access)
            if option.possible:
                self._move(lead, option)
            else:
                self._bench.notifier.info(option.why_not, key="move-refused")

        self._bench.readings.run(partial(lead_detail, lead_id=lead_id), on_success=came, owner=self, cancel_key="move")

    def _move(self, lead: LeadDetail, option: MoveOption) -> None:
        """Ask for what is missing, and before an email goes out."""
        if option.needs:
            said = _moved(lead, option.target)
            if "activity" in option.needs:
                said = f"{said} {tr('What you logged is in the timeline.')}"
            self._bench.acts.submit(move_dialog(self._bench, lead, option, self._window), said=said)
        elif option.target is Stage.ONBOARDING:
            text = tr("An email with a link to the onboarding form goes to %1.").replace("%1", lead.email or "")
            question = Question(tr("Send the onboarding form?"), text, tr("Send the form"))
            self._bench.notifier.ask(question, partial(self._move_now, lead, option.target))
        else:
            self._move_now(lead, option.target)

    def _move_now(self, lead: LeadDetail, target: Stage) -> None:
        commands = move_commands(lead, target, Answers(), self._bench.clock.now())
        self._perform(*commands, said=_moved(lead, target))

    def _go(self, target: Stage) -> None:
        self.move(self._pane.option(target))

    def _move_on(self) -> None:
        """One key is easily pressed by mistake: where the move itself would ask for nothing, ask."""
        target = self._next_stage()
        assert target is not None
        option, lead = self._pane.option(target), self._lead()
        if option.needs or target is Stage.ONBOARDING:
            self.move(option)
            return
        word = stage_word(target)
        title = tr("Move %1 to “%2”?").replace("%2", word.lower()).replace("%1", _title(lead))
        text = tr("A lead that was moved on cannot go back once that is sent; it can only be lost, and reopened.")
        question = Question(title, text, tr("Move on"))
        self._bench.notifier.ask(question, partial(self._move_now, lead, target))

    def _history(self) -> None:
        lead = self._lead()
        HistoryDialog(self._bench, lead.id, _title(lead), self._window).open()

    def _edit(self) -> None:
        self._bench.acts.submit(edit_dialog(self._bench, self._lead(), self._window))

    def _assign(self) -> None:
        self._bench.acts.submit(assign_dialog(self._bench, self._lead(), self._people(), self._window))

    def _assign_to_me(self) -> None:
        lead = self._lead()
        said = tr("%1 is yours now.").replace("%1", _title(lead))
        self._perform(edit_lead(lead, {"owner_id": self._bench.person.id}, self._bench.clock.now()), said=said)

    def _plan(self) -> None:
        self._bench.acts.submit(next_step_dialog(self._bench, self._lead(), self._window))

    def _delete(self) -> None:
        lead = self._lead()
        dialog = delete_dialog(self._bench, lead, self._window)
        dialog.accepted.connect(partial(self._offer_restore, lead))
        self._bench.acts.submit(dialog)

    def _offer_restore(self, lead: LeadDetail) -> None:
        said = tr("%1 is deleted.").replace("%1", _title(lead))
        undo = MessageAction(tr("Undo"), partial(self._restore_lead, lead.id))
        self._bench.notifier.success(said, action=undo, key="lead-deleted")

    def _restore(self) -> None:
        self._restore_lead(self._lead().id)

    def _restore_lead(self, lead_id: str) -> None:
        self._perform(RestoreLead(id=new_id(), issued_at=self._bench.clock.now(), lead_id=lead_id))

    def _perform(self, *commands: Command, said: str = "") -> None:
        self._bench.acts.perform(*commands, owner=self, on_done=_nothing, said=said)

    def _lead(self) -> LeadDetail:
        lead = self._pane.lead
        assert lead is not None, "an action on a lead was done without one"
        return lead


def _nothing() -> None:
    """What is seen at once needs no more."""


def _moved(lead: LeadDetail, target: Stage) -> str:
    return tr("%1 is %2 now.").replace("%2", stage_word(target).lower()).replace("%1", _title(lead))


def _title(lead: LeadDetail) -> str:
    return isolated(lead_title(lead.name, lead.company, lead.email, lead.phone))
