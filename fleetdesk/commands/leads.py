"""What staff do with leads: create, edit, tag, log, move, lose, reopen, validate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from fleetdesk.commands.core import APPLIED, MERGED, Command, FieldEdit, conflicting, set_fields
from fleetdesk.commands.lead_command import LeadCommand
from fleetdesk.commands.lead_deletion import LEFT_AS_CREATED, TakeBackLead
from fleetdesk.commands.lead_fields import (
    EDITABLE,
    check_field,
    check_tag,
    check_tags,
    check_text,
    field_words,
    tags_in,
)
from fleetdesk.commands.lead_timeline import count_activity, entry_text, new_entry
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.errors import Invalid, Refused
from fleetdesk.models.access import Actor, Permission, Scope
from fleetdesk.models.audit import Intent, IntentState
from fleetdesk.models.base import Key
from fleetdesk.models.leads import ActivityKind, CallOutcome, Lead, LeadActivity
from fleetdesk.models.stages import CHECKLIST, Stage, check_move, moves_from
from fleetdesk.models.values import from_plain
from fleetdesk.protocol import FieldConflict, Verdict

__all__ = [
    "CreateLead",
    "EditLead",
    "LogActivity",
    "MoveLead",
    "StartOnboarding",
    "TagLead",
    "ValidateLead",
]


@dataclass(frozen=True, kw_only=True)
class CreateLead(LeadCommand):
    """A new lead in `new`; an import may also create one in `lost`, with the reason.

    `note` opens its timeline, as the activity `note_id`: neither comes without the other.
    """

    name: ClassVar[str] = "leads.create"

    values: Mapping[str, Any]
    tags: tuple[str, ...] = ()
    lost_reason: str | None = None
    import_id: str | None = None
    note: str | None = None
    note_id: str | None = None

    def permissions(self) -> frozenset[Permission]:
        imports = self.import_id is not None or self.lost_reason is not None
        return super().permissions() | ({Permission.LEADS_IMPORT} if imports else frozenset())

    def touches(self) -> frozenset[Key]:
        note = set() if self.note_id is None else {LeadActivity.key_of(self.note_id)}
        return frozenset({self.target(), *note})

    def creates(self) -> frozenset[Key]:
        return self.touches()

    def sentence(self) -> str:
        return "Created a lead" if self.import_id is None else "Imported a lead"

    def checked(self) -> dict[str, Any]:
        """The new row's columns as far as a person gives them.

        Raises Invalid, naming the field, unless a lead can be created so: an import asks beforehand.
        """
        return dict(self._checked)

    @cached_property
    def _checked(self) -> Mapping[str, Any]:
        for name, value in self.values.items():
            check_field(name, value)
        mapped: dict[str, Any] = {name: from_plain(Lead, name, value) for name, value in self.values.items()}
        if not any(self.values.get(name) for name in ("first_name", "last_name", "company", "email", "phone")):
            raise Invalid("last_name", "A lead needs a name, a company, an email or a phone number.")
        if self.lost_reason is not None and self.import_id is None:
            raise Invalid("lost_reason", "A new lead begins in “new”; only an import brings ones that are lost.")
        if self.lost_reason is not None and not self.lost_reason.strip():
            raise Invalid("lost_reason", "To be lost, this lead needs a reason.")
        check_text("lost_reason", self.lost_reason or "")
        if (self.note is None) != (self.note_id is None):
            raise Invalid("note", "The note and its entry in the timeline come together; one of them is missing.")
        if self.note is not None:
            entry_text(self.note)
        check_tags(self.tags)
        return {**mapped, "tags": sorted({check_tag(tag) for tag in self.tags})}

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        values = dict.fromkeys(Lead.table().columns.keys()) | self.checked()
        values |= {
            "id": self.lead_id,
            # Plain text: the database's driver asks an enumeration at length what it is.
            "scope": Scope.LEADS.value,
            "status": (Stage.NEW if self.lost_reason is None else Stage.LOST).value,
            "lost_reason": self.lost_reason,
            "import_id": self.import_id,
            "activity_count": 0,
            **dict.fromkeys(("created_at", "updated_at", "stage_changed_at"), self.issued_at),
        }
        lead = Lead.made(values)
        lead.rekey()
        db.add(lead)
        if self.note is not None and self.note_id is not None:
            db.add(
                new_entry(
                    self.note_id,
                    self.lead_id,
                    ActivityKind.NOTE,
                    entry_text(self.note),
                    actor,
                    happened_at=self.issued_at,
                    recorded_at=self.issued_at,
                )
            )
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        _, left = changes[self.target()]
        kept = {name: left[name] for name in sorted(LEFT_AS_CREATED)}
        return TakeBackLead(id=new_id(), issued_at=issued_at, lead_id=self.lead_id, left=kept)


@dataclass(frozen=True, kw_only=True)
class EditLead(LeadCommand):
    """Sets fields, each with the value that it was based on; a field that someone else changed is a conflict."""

    name: ClassVar[str] = "leads.edit"

    edits: Mapping[str, FieldEdit]

    def sentence(self) -> str:
        # Another name than a lead's would be the sender's own words.
        known = sorted({field_words(name) for name in EDITABLE & self.edits.keys()})
        return f"Edited {', '.join(known) or 'a lead'}"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        if not self.edits:
            raise Invalid("edits", "The edit changes nothing.")
        for name, edit in self.edits.items():
            check_field(name, edit.new)
        lead = self._lead(db)
        verdict = set_fields(lead, self.edits)
        if verdict is not MERGED and len(verdict.conflicts) < len(self.edits):
            if Lead.key_sources & self.edits.keys():
                lead.rekey()
            self._stamp(lead)
        return verdict

    def insisting(self, conflicts: tuple[FieldConflict, ...], *, id: str, issued_at: dt.datetime) -> Command | None:
        edits = {
            conflict.field: FieldEdit(base=conflict.theirs, new=conflict.mine)
            for conflict in conflicts
            if conflict.field in self.edits
        }
        return EditLead(id=id, issued_at=issued_at, lead_id=self.lead_id, edits=edits) if edits else None

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        before, after = changes[self.target()]
        assert before is not None, "an edit creates nothing"
        edits = {name: FieldEdit(base=after[name], new=before[name]) for name in self.edits if name in after}
        return EditLead(id=new_id(), issued_at=issued_at, lead_id=self.lead_id, edits=edits)


@dataclass(frozen=True, kw_only=True)
class TagLead(LeadCommand):
    """Adds and removes tags: sets, so that two people never conflict over them."""

    name: ClassVar[str] = "leads.tag"

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def sentence(self) -> str:
        return "Changed tags"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        for tags in (self.add, self.remove):
            check_tags(tags)
        lead = self._lead(db)
        wanted = sorted((set(lead.tags) | {check_tag(tag) for tag in self.add}) - set(self.remove))
        if wanted == lead.tags:
            return MERGED
        lead.tags = wanted
        self._stamp(lead)
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        before, after = changes[self.target()]
        assert before is not None, "tagging creates nothing"
        were, are = set(tags_in(before)), set(tags_in(after))
        add, remove = tuple(sorted(were - are)), tuple(sorted(are - were))
        return TagLead(id=new_id(), issued_at=issued_at, lead_id=self.lead_id, add=add, remove=remove)


@dataclass(frozen=True, kw_only=True)
class LogActivity(LeadCommand):
    """An entry of the timeline: a call, email, meeting, note or task. Append-only."""

    name: ClassVar[str] = "leads.log_activity"
    version: ClassVar[int] = 2

    activity_id: str
    kind: ActivityKind
    body: str
    happened_at: dt.datetime
    outcome: CallOutcome | None = None
    due_at: dt.datetime | None = None

    @classmethod
    def upcast(cls, payload: dict[str, Any], version: int) -> dict[str, Any]:
        # The first version knew of neither outcome nor due date.
        return payload

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target(), LeadActivity.key_of(self.activity_id)})

    def creates(self) -> frozenset[Key]:
        return frozenset({LeadActivity.key_of(self.activity_id)})

    def sentence(self) -> str:
        return f"Logged a {self.kind}"

    @property
    def happened(self) -> bool:
        return True

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        if self.kind is ActivityKind.STATUS_CHANGE:
            raise Invalid("kind", "A status change is written by the move itself.")
        self._check()
        # What happened with a merged lead did happen, and its timeline is read with that of the other.
        lead = self._lead_or_merged(db)
        # A clock that is fast must not put a call into the future; a meeting or a task may lie there.
        planned = self.kind in (ActivityKind.MEETING, ActivityKind.TASK)
        happened_at = self.happened_at if planned else min(self.happened_at, self.issued_at)
        entry = new_entry(
            self.activity_id,
            self.lead_id,
            self.kind,
            entry_text(self.body),
            actor,
            happened_at=happened_at,
            recorded_at=self.issued_at,
        )
        entry.outcome, entry.due_at = self.outcome, self.due_at
        db.add(entry)
        count_activity(lead, min(happened_at, self.issued_at))
        self._stamp(lead)
        return APPLIED

    def _check(self) -> None:
        if self.happened_at.tzinfo is None:
            raise Invalid("happened_at", "The time of an activity needs a time zone.")
        if self.outcome is not None and self.kind is not ActivityKind.CALL:
            raise Invalid("outcome", "Only a call has an outcome.")
        if self.due_at is not None and (self.kind is not ActivityKind.TASK or self.due_at.tzinfo is None):
            raise Invalid("due_at", "Only a task has a due date, and that needs a time zone.")

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        raise Refused("for_good", "An entry of a timeline stays.", do="Write another one that sets it right.")


@dataclass(frozen=True, kw_only=True)
class _StageMove(LeadCommand):
    """A move along the declared table, compare-and-set from the stage that the person saw."""

    base: Stage
    activity_id: str

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target(), LeadActivity.key_of(self.activity_id)})

    def creates(self) -> frozenset[Key]:
        return frozenset({LeadActivity.key_of(self.activity_id)})

    def _move(self, db: Workspace, actor: Actor, to: Stage, reason: str | None = None) -> Verdict:
        lead = self._lead(db)
        reason = (reason or "").strip()
        check_text("reason", reason)
        if lead.status == to:
            # Someone was quicker. The stage is what the person wanted; their own words still go on the timeline.
            if reason and reason != lead.lost_reason:
                self._enter(db, lead, actor, to, reason)
            return MERGED
        if lead.status != self.base:
            return conflicting(
                (
                    FieldConflict(
                        table=Lead.__tablename__,
                        row_id=lead.id,
                        field="status",
                        base=self.base,
                        mine=to,
                        theirs=lead.status,
                    ),
                )
            )
        check_move(lead, to, reason=reason)
        self._enter(db, lead, actor, to, reason)
        lead.status = to
        lead.lost_reason = reason or None
        lead.stage_changed_at = self.issued_at
        self._stamp(lead)
        return APPLIED

    def _enter(self, db: Workspace, lead: Lead, actor: Actor, to: Stage, reason: str) -> None:
        entry = new_entry(
            self.activity_id,
            lead.id,
            ActivityKind.STATUS_CHANGE,
            reason,
            actor,
            happened_at=self.issued_at,
            recorded_at=self.issued_at,
        )
        entry.from_status, entry.to_status = lead.status, to
        db.add(entry)

    @property
    def needs_second_thoughts(self) -> bool:
        return True

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        raise Refused("for_good", "A lead takes no step back in the pipeline.", do="Lose it, if it does not go on.")


@dataclass(frozen=True, kw_only=True)
class MoveLead(_StageMove):
    """Moves a lead on, loses it (with a reason), or reopens a lost one. Onboarding and validating have their own."""

    name: ClassVar[str] = "leads.move"

    to: Stage
    reason: str | None = None

    def sentence(self) -> str:
        return f"Moved a lead from {self.base} to {self.to}"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        if self.to in (Stage.ONBOARDING, Stage.VALIDATED) and self.to in moves_from(self.base):
            raise Refused("own_command", f"To be {self.to}, a lead goes through its own step.")
        return self._move(db, actor, self.to, self.reason)

    def insisting(self, conflicts: tuple[FieldConflict, ...], *, id: str, issued_at: dt.datetime) -> Command | None:
        for conflict in conflicts:
            return MoveLead(
                id=id,
                issued_at=issued_at,
                lead_id=self.lead_id,
                base=Stage(conflict.theirs),
                to=self.to,
                reason=self.reason,
                activity_id=self.activity_id,
            )
        return None

    @property
    def needs_second_thoughts(self) -> bool:
        """By the table of stages: unless there is a move back."""
        return self.base not in moves_from(self.to)

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        """By the table of stages: only losing a contacted lead, and reopening it, lead back to where it was."""
        before, _ = changes.get(self.target(), (None, {}))
        if before is None or "status" not in before:  # it was there already, and only the person's words were added
            raise Refused("for_good", "An entry of a timeline stays.")
        if not self.needs_second_thoughts:
            reason = before.get("lost_reason") if self.base is Stage.LOST else None
            return MoveLead(
                id=new_id(),
                issued_at=issued_at,
                lead_id=self.lead_id,
                base=self.to,
                to=self.base,
                activity_id=new_id(),
                reason=reason if isinstance(reason, str) else None,
            )
        if self.to is Stage.LOST:
            what = f"This lead was {self.base}, and a lost lead can only be reopened as {Stage.CONTACTED}."
            raise Refused("for_good", what, do="Reopen it, if it should go on.")
        return super().taking_back(changes, new_id=new_id, issued_at=issued_at)


@dataclass(frozen=True, kw_only=True)
class StartOnboarding(_StageMove):
    """Moves a qualified lead to onboarding and asks the hub to send the onboarding form."""

    name: ClassVar[str] = "leads.start_onboarding"

    intent_id: str

    def touches(self) -> frozenset[Key]:
        return super().touches() | {Intent.key_of(self.intent_id)}

    def creates(self) -> frozenset[Key]:
        return super().creates() | {Intent.key_of(self.intent_id)}

    def sentence(self) -> str:
        return "Sent the onboarding form"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        verdict = self._move(db, actor, Stage.ONBOARDING)
        if verdict is APPLIED:
            db.add(
                Intent(
                    id=self.intent_id,
                    scope=Scope.LEADS,
                    kind="lead.onboarding_form",
                    subject_id=self.lead_id,
                    payload={},
                    idempotency_key=f"lead.onboarding_form:{self.id}",
                    state=IntentState.WAITING,
                    attempts=0,
                    outcome=None,
                    created_at=self.issued_at,
                    updated_at=self.issued_at,
                )
            )
        return verdict

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        raise Refused("for_good", "The email with the onboarding form may be on its way to the lead.")


@dataclass(frozen=True, kw_only=True)
class ValidateLead(_StageMove):
    """A super admin confirms every point of the conformity checklist."""

    name: ClassVar[str] = "leads.validate"
    permission: ClassVar[Permission] = Permission.LEADS_VALIDATE

    checklist: Mapping[str, bool] = field(default_factory=dict)

    def sentence(self) -> str:
        return "Validated a lead"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        unknown = set(self.checklist) - set(CHECKLIST)
        if unknown:
            raise Invalid("checklist", f"The checklist has no point “{min(unknown)}”.")
        lead = self._lead(db)
        if lead.status == self.base != Stage.VALIDATED:
            lead.conformity = dict(self.checklist)
        return self._move(db, actor, Stage.VALIDATED)
