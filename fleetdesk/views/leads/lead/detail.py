"""`LeadPane`: one lead beside the list: header, stages, journal, facts. It shows; the page acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame
from sqlalchemy import Connection

from fleetdesk.commands.pending import PendingState
from fleetdesk.errors import FleetDeskError
from fleetdesk.models.access import Permission
from fleetdesk.models.base import Key
from fleetdesk.models.changes import Changes
from fleetdesk.models.documents import Document
from fleetdesk.models.leads import Lead, LeadActivity, LeadRevision
from fleetdesk.models.staff import User
from fleetdesk.models.stages import Stage
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.layout import column, panel, row, rule
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.tokens import GRID, Tone
from fleetdesk.qt.widgets.banner import Banner
from fleetdesk.qt.widgets.buttons import IconButton
from fleetdesk.qt.widgets.shrinking_area import ShrinkingArea
from fleetdesk.qt.widgets.stage_stepper import Stage as Step
from fleetdesk.qt.widgets.stage_stepper import StageStepper
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind, StateOverlay
from fleetdesk.queries.documents import DocumentRow, documents_of_lead
from fleetdesk.queries.lead_detail import LeadDetail, lead_detail
from fleetdesk.queries.lead_family import Family, lead_family
from fleetdesk.queries.lead_timeline import Timeline, TimelineEntry, timeline
from fleetdesk.queries.staff import staff_directory
from fleetdesk.views.leads.duplicates.family_bar import FamilyBar, relative_title
from fleetdesk.views.leads.lead.facts import FactsPanel
from fleetdesk.views.leads.lead.header import LeadHeader
from fleetdesk.views.leads.lead.history import Teller
from fleetdesk.views.leads.lead.journal import Journal
from fleetdesk.views.leads.moves import MoveOption, move_option
from fleetdesk.views.leads.words import STAGE_TONES, stage_word
from fleetdesk.views.workbench import Workbench

__all__ = ["LeadPane"]


@dataclass(frozen=True, slots=True)
class _Read:
    lead: LeadDetail | None
    timeline: Timeline
    family: Family
    names: Mapping[str, str]
    documents: tuple[DocumentRow, ...]
    held: frozenset[str]


class LeadPane(QFrame):
    """Reads its lead again whenever that changed; what is typed stays."""

    shown = Signal()  # the lead, or what is known of it, is another now
    close_asked = Signal()
    move_asked = Signal(object)  # MoveOption
    written = Signal(object)  # Written
    tags_changed = Signal(object, object)

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self._lead_id = ""
        self._lead: LeadDetail | None = None
        self._timeline = Timeline()
        self._names: Mapping[str, str] = {}
        self._most = _PAGE
        self._documents: tuple[DocumentRow, ...] = ()
        self.held: frozenset[str] = frozenset()  # digests of documents whose bytes are here
        self._family = Family()
        self.setProperty("ground", "surface")
        self.setAccessibleName(tr("Lead"))
        self.setMinimumWidth(bench.theme.pixels(_NARROWEST))
        self.header = LeadHeader(bench.actions, bench.theme)
        self._stepper = StageStepper(bench.theme, tr("Stage"))
        self._stepper.stand_behind(self.header.last)
        self._apart = Banner(bench.theme)
        self._banner = Banner(bench.theme)
        self._family_bar = FamilyBar(bench)
        history = IconButton(
            bench.theme,
            "clock-counter-clockwise",
            tr("History of the lead"),
            lambda: bench.actions.trigger("leads.history"),
            small=True,
        )
        self.journal = Journal(bench.theme, bench.clock, bench.drafts, bench.remembered, history)
        self.facts = FactsPanel(bench.theme, bench.remembered)
        self._lay_out()
        self._overlay = StateOverlay(bench.theme, self)
        self.header.close_asked.connect(self.close_asked)
        self.journal.written.connect(self.written)
        self.journal.narrowed.connect(self._narrow)
        self.journal.timeline.more_asked.connect(self._read_more)
        self.facts.tags_changed.connect(self.tags_changed)
        self._stepper.chosen.connect(lambda stage: self.move_asked.emit(self.option(Stage(stage))))
        bench.changes.changed.connect(self._changed)
        bench.outbox.changed.connect(self._show)
        bench.minute.moved.connect(self._show_facts)
        bench.documents.moved.connect(self._bytes_moved)

    @property
    def lead(self) -> LeadDetail | None:
        """The lead as last read."""
        return self._lead

    @property
    def entry(self) -> TimelineEntry | None:
        """The entry of the timeline that was gone to last; None for none, or for a change of fields."""
        shown, timeline = self.journal.timeline.current, self._timeline
        entries = (*timeline.pinned, *timeline.open_tasks, *timeline.entries)
        found = (entry for entry in entries if shown is not None and entry.id == shown.id)
        entry = next(found, None)
        return entry if isinstance(entry, TimelineEntry) else None

    @property
    def lead_id(self) -> str:
        """Which lead is shown or on its way; empty for none."""
        return self._lead_id

    def open_lead(self, lead_id: str) -> None:
        """Turn to another lead; the one before stays in sight until this one has come."""
        if lead_id == self._lead_id:
            return
        self._lead_id = lead_id
        self._apart.hide()
        self._most = _PAGE
        if self._lead is None:
            self._overlay.show_overlay(Overlay(OverlayKind.LOADING, tr("Opening the lead")))
        self._read()

    def tell_apart(self, *, apart: bool) -> None:
        """Say at its head whether the lead is not in the list beside it."""
        if apart:
            self._apart.tell(tr("This lead is not in the list beside it."), Tone.WARNING)
        else:
            self._apart.hide()

    def close_lead(self) -> None:
        """Show none."""
        self._lead_id, self._lead, self._timeline = "", None, Timeline()
        self._family = Family()
        self.journal.show_lead(None, ENABLED)
        self.shown.emit()

    def option(self, target: Stage) -> MoveOption:
        """What stands between the lead and a stage."""
        assert self._lead is not None
        if self._lead.merged_into is not None:
            return MoveOption(target, why_not=tr("This lead was merged into another one: move that one."))
        return move_option(self._lead, target, self._bench.actor, self._bench.platform.access)

    def may_edit(self) -> Availability:
        """Whether the lead can be changed now, or why not."""
        if self._lead is None:
            return WhyNot(tr("Choose a lead first."))
        if self._lead.deleted and self.may_ever_edit() == ENABLED:
            return WhyNot(tr("This lead is deleted. Restore it first."))
        if self._lead.merged_into is not None and self.may_ever_edit() == ENABLED:
            return WhyNot(tr("This lead was merged into another one: change that one, or separate them."))
        return self.may_ever_edit()

    def may_ever_edit(self) -> Availability:
        """Whether the person may change leads at all."""
        if not self._bench.allows(Permission.LEADS_EDIT):
            return WhyNot(tr("Your role may read leads, not change them."))
        return ENABLED

    def _lay_out(self) -> None:
        top = column(self.header, self._stepper, gap=GRID, margins=(2 * GRID, GRID + 4, GRID + 4, GRID))
        edge = rule()
        edge.setFixedSize(1, 16_777_215)
        journal = ShrinkingArea(self.journal, least=self._bench.theme.pixels(_LOWEST), fills=True)
        body = row(journal, edge, self.facts, gap=0)
        body.setStretchFactor(journal, 1)
        lines = column(self._apart, panel(top), rule(), self._banner, self._family_bar, body, gap=0)
        lines.setStretchFactor(body, 1)
        self.setLayout(lines)

    # Reading

    def _changed(self, changes: Changes) -> None:
        mine = Lead.__tablename__ in changes.tables or self._lead_id in changes.ids(Lead.__tablename__)
        if self._lead_id and (mine or any(changes.touches(table) for table in _RELATED)):
            self._read()

    def _read(self) -> None:
        lead_id, asked, most = self._lead_id, self.journal.filter.asked, self._most

        def read(connection: Connection) -> _Read:
            names = {person.id: person.name for person in staff_directory(connection)}
            documents = documents_of_lead(connection, lead_id)
            return _Read(
                lead_detail(connection, lead_id),
                timeline(connection, lead_id, asked, most),
                lead_family(connection, lead_id),
                names,
                documents,
                self._bench.documents.held(frozenset(document.sha256 for document in documents)),
            )

        self._bench.readings.run(read, on_success=self._came, on_failure=self._failed, owner=self, cancel_key="lead")

    def _came(self, read: _Read) -> None:
        self._lead, self._timeline, self._family, self._names = read.lead, read.timeline, read.family, read.names
        self._documents, self.held = read.documents, read.held
        self.journal.filter.offer_people(read.names)
        self._show()

    def _narrow(self) -> None:
        self._most = _PAGE
        if self._lead_id:
            self._read()

    def _read_more(self) -> None:
        """Twice as many: a long timeline is read a few times from its end, not once a page."""
        self._most *= 2
        self._read()

    def _failed(self, error: Exception) -> None:
        sentence = str(error) if isinstance(error, FleetDeskError) else tr("What you typed is kept.")
        self._overlay.show_overlay(
            Overlay(OverlayKind.ERROR, tr("The lead cannot be read"), sentence, tr("Try again"), self._read)
        )

    # Showing

    def _show(self) -> None:
        if not self._lead_id:
            return
        if self._lead is None:
            self._overlay.show_overlay(
                Overlay(OverlayKind.EMPTY, tr("This lead is gone"), tr("It was removed, or is no longer yours to see."))
            )
            self.shown.emit()
            return
        self._overlay.clear_overlay()
        waiting = self._bench.outbox.waiting_on(Lead.key_of(self._lead.id))
        batches = self._bench.outbox.batches_on(Lead.key_of(self._lead.id))
        self.header.show_lead(self._lead, len(waiting) + len(batches))
        self._show_stages(self._lead)
        self._show_banner(self._lead)
        self._family_bar.show_family(self._lead.id, self._family)
        self._show_facts()
        self.journal.show_lead(self._lead, self.may_edit())
        keys = {
            key
            for change in waiting
            if change.change.state is not PendingState.INBOX
            for key in change.change.command.rows()
        }
        others = {one.id: relative_title(one) for one in self._family.merged}

        def waits(row: Key) -> bool:
            return row in keys or any(row in batch.touches for batch in batches)

        teller = Teller(self._bench.clock.now(), self._bench.person.id, self._names, waits, others)
        self.journal.show_entries(teller.told(self._timeline), more=self._timeline.more)
        self.shown.emit()

    def _show_facts(self) -> None:
        if self._lead is not None:
            editable = self.may_edit() == ENABLED
            self.facts.show_lead(self._lead, self._bench.clock.now(), editable=editable)
            self.facts.documents.show_documents(
                self._documents,
                self.held,
                self._bench.documents.on_the_way,
                person_id=self._bench.person.id,
                editable=editable,
            )

    def _bytes_moved(self) -> None:
        """What is here may be another by now; what moves is shown at once."""
        if any(document.sha256 not in self.held for document in self._documents):
            self._read()
        self._show_facts()

    def _show_stages(self, lead: LeadDetail) -> None:
        steps = [Step(stage, stage_word(stage), STAGE_TONES[stage], aside=stage is Stage.LOST) for stage in Stage]
        self._stepper.show_stages(steps, lead.status, self._moves(lead))

    def _moves(self, lead: LeadDetail) -> Mapping[str, Availability]:
        options = (self.option(stage) for stage in Stage if stage is not lead.status)
        return {option.target: ENABLED if option.possible else WhyNot(option.why_not) for option in options}

    def _show_banner(self, lead: LeadDetail) -> None:
        restore = lambda: self._bench.actions.trigger("leads.restore")  # noqa: E731
        if lead.deleted:
            reason = f" {lead.deletion_reason}" if lead.deletion_reason else ""
            self._banner.tell(tr("This lead is deleted.") + reason, Tone.WARNING, tr("Restore the lead"), restore)
        elif lead.status is Stage.LOST and lead.lost_reason:
            self._banner.tell(tr("Lost: %1").replace("%1", lead.lost_reason), Tone.NEUTRAL)
        else:
            self._banner.hide()


_RELATED = (Document.__tablename__, LeadActivity.__tablename__, LeadRevision.__tablename__, User.__tablename__)
_LOWEST = 120  # pixels of the journal: in a window as low as that, it scrolls as a whole
_NARROWEST = 560  # pixels, whatever the lead's words need: else its edge would move from lead to lead
_PAGE = 100
"""Entries of a timeline that are read at first."""
