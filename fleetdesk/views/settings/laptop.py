"""What lies on this laptop, how it is kept, and the way to the hub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLayout, QWidget
from sqlalchemy import Connection

from fleetdesk.models.local_copy import FileSizes
from fleetdesk.models.locking import CHOICES, MINUTES, minutes_from
from fleetdesk.qt.look.layout import STRETCH, row
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.qt.pace import Pace
from fleetdesk.qt.sync_status import sync_text, sync_tooltip
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.queries.local_rows import local_rows
from fleetdesk.views.settings.section import Facts, Section, hint
from fleetdesk.views.settings.words import file_size, table_word
from fleetdesk.views.words import number
from fleetdesk.views.workbench import Workbench

__all__ = ["ConnectionSection", "OfflineSection", "SecuritySection"]


class OfflineSection(Section):
    """The rows that are here, and the room that they take: read while it is in sight, and again after changes."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(tr("Offline data"))
        self._bench = bench
        self._rows: Mapping[str, int] | None = None
        self._sizes: FileSizes | None = None
        self.facts = Facts()
        self._trouble = Label(tint=Tint.DANGER, wrap=True)
        self._trouble.hide()
        self.fill(
            self.facts,
            self._trouble,
            hint(tr("These are the rows that your role may see. What it may no longer see goes at the next contact.")),
        )
        self._pace = Pace(self._read, self)
        bench.changes.changed.connect(self._pace.soon)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: what lies here may have changed while nobody looked."""
        super().showEvent(event)
        self._pace.soon()
        self._pace.wake()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's."""
        super().hideEvent(event)
        self._pace.rest()

    def _read(self) -> None:
        tables = self._bench.platform.schema.tables

        def count(connection: Connection) -> tuple[Mapping[str, int], FileSizes]:
            return local_rows(connection, tables), self._bench.sizes()

        self._bench.readings.run(
            count, on_success=self._came, on_failure=self._failed, owner=self, cancel_key="offline data"
        )

    def _came(self, found: tuple[Mapping[str, int], FileSizes]) -> None:
        self._rows, self._sizes = found
        self._trouble.hide()
        self._pace.ended()
        self._show()

    def _failed(self, error: Exception) -> None:
        self._trouble.setText(str(error))
        self._trouble.show()
        self._pace.ended()

    def _show(self) -> None:
        if self._rows is None or self._sizes is None:
            self.facts.show_facts([(tr("Rows"), tr("Counting …"))])
            return
        held = [(table_word(table), number(rows)) for table, rows in self._rows.items() if rows]
        sizes = self._sizes
        self.facts.show_facts(
            [
                *(held or [(tr("Rows"), tr("None yet"))]),
                (tr("Local copy"), file_size(sizes.replica)),
                (tr("Your changes"), file_size(sizes.outbox)),
                (tr("Documents kept here"), file_size(sizes.documents) if sizes.documents else tr("None")),
            ]
        )


class SecuritySection(Section):
    """How what lies here is kept from others."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(tr("Security"))
        facts = Facts()
        facts.show_facts(
            [
                (tr("Files"), tr("All of them are encrypted, each with a key of its own (SQLCipher, AES-256).")),
                *([(tr("Keys"), bench.about.keys)] if bench.about.keys else []),
                (tr("This laptop"), bench.actor.laptop_id or tr("It has no name yet.")),
            ]
        )
        wanted = ("session.lock", "session.change_word", "session.sign_out", "session.take_in")
        buttons = [bench.actions.button(id_, with_text=True) for id_ in wanted if id_ in bench.actions]
        locking = [*self._locking(bench)] if "session.lock" in bench.actions else []
        self.fill(facts, *locking, *([row(*buttons, STRETCH)] if buttons else []))

    def _locking(self, bench: Workbench) -> Iterator[QWidget | QLayout]:
        minutes = [(str(each), plural(each, tr("%n minute"), tr("%n minutes"))) for each in CHOICES]
        self.minutes = ChoiceBox(bench.theme, minutes, tr("Lock after"))
        self.minutes.set_key(str(minutes_from(bench.remembered.get(MINUTES))))
        self.minutes.chosen.connect(lambda key: bench.remembered.keep(MINUTES, int(key)))
        yield row(Label(tr("Lock when nobody was here for")), self.minutes, STRETCH)
        if bench.about.lock:
            yield hint(bench.about.lock)


class ConnectionSection(Section):
    """Where the hub is, how it stands with it, and what can be asked of it."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(tr("Connection"))
        self._bench = bench
        self.facts = Facts()
        wanted = ("pending.sync_now", "pending.pause", "pending.resume", "window.connections")
        buttons = [bench.actions.button(id_, with_text=True) for id_ in wanted if id_ in bench.actions]
        self.fill(self.facts, row(*buttons, STRETCH))
        # Methods of its own, which Qt forgets with it: status and clock outlive the tab.
        bench.status.changed.connect(self._show)
        bench.minute.moved.connect(self._show)
        self._show()

    def _show(self) -> None:
        about, status = self._bench.about, self._bench.status.status
        self.facts.show_facts(
            [
                *([(tr("Connected to"), about.connection)] if about.connection else []),
                *([(tr("Kind"), about.kind)] if about.kind else []),
                *([(tr("Address"), about.hub)] if about.hub else []),
                (tr("State"), sync_text(status)),
                (tr("Meaning"), sync_tooltip(status, self._bench.clock.now())),
            ]
        )
