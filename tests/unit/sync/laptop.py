"""A laptop for tests: a real store on real files, and the few lines that carry messages between it and a `TinyHub`."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.leads import CreateLead, EditLead, LogActivity, MoveLead
from fleetdesk.commands.pending import PendingChange, PendingState
from fleetdesk.commands.platform import Platform
from fleetdesk.models.base import Key
from fleetdesk.models.changes import Changes
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import Plain, PullRequest, Receipt
from fleetdesk.sync.store.local_store import FileKeys, LocalStore
from fleetdesk.sync.store.rebase import Rebase
from tests.unit.sync.tiny_hub import NOW, TinyHub

KEYS = FileKeys(replica=b"r" * 32, outbox=b"o" * 32, documents=b"d" * 32)


class Envelope(TypedDict):
    """What every command has."""

    id: str
    issued_at: dt.datetime


@dataclass
class Watch:
    """A clock that tests wind."""

    time: dt.datetime = NOW

    def now(self) -> dt.datetime:
        return self.time


@dataclass
class Laptop:
    """A store in a folder, and the hub that it syncs with."""

    folder: Path
    hub: TinyHub
    clock: Watch = field(default_factory=Watch)
    rebase: type[Rebase] = Rebase

    def __post_init__(self) -> None:
        self.store = self._open()

    @property
    def platform(self) -> Platform:
        return self.hub.platform

    def start_again(self) -> None:
        """Close the store and open it again."""
        self.store.close()
        self.store = self._open()

    def reopen(self) -> None:
        """Open the store, which was closed, again."""
        self.store = self._open()

    def crash(self, into: Path) -> None:
        """Go on with copies of the files as they are now, as after a power cut; the old ones are closed unnoticed."""
        shutil.copytree(self.folder, into)
        self.store.close()
        self.folder = into
        self.store = self._open()

    # -- sync ------------------------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Learn the epoch, then load what is missing."""
        self.store.new_epoch(self.hub.epoch)
        if self.store.needs_load:
            self.load()

    def load(self) -> None:
        """Load everything."""
        writer = self.store.begin_load(self.store.unfinished_load() or self.hub.plan(self.store.laptop_id))
        try:
            for table in writer.plan.tables:
                after = writer.resume_after(table.name)
                if after is not None:
                    writer.write_rows(table.name, table.columns, self.hub.rows_to_load(table.name, after))
                    writer.complete(table.name)
            writer.finish()
        finally:
            writer.close()

    def load_gained_scopes(self) -> None:
        """Load the rows of scopes that a pull gained."""
        scopes = self.store.scopes_to_load
        writer = self.store.begin_load(self.hub.plan(self.store.laptop_id), scopes=scopes)
        for table in writer.plan.tables:
            after = writer.resume_after(table.name)
            if after is not None:
                writer.write_rows(table.name, table.columns, self.hub.rows_to_load(table.name, after, scopes))
                writer.complete(table.name)
        writer.finish()
        writer.close()

    def push(self, limit: int = 500, *, lose_answer: bool = False) -> tuple[Receipt, ...]:
        """Offer one batch."""
        batch = self.store.next_batch(limit)
        if batch is None:
            return ()
        receipts = self.hub.push(batch.laptop_id, batch.first_sequence, batch.commands)
        if lose_answer:
            return ()
        self.store.record_receipts(receipts)
        return receipts

    def pull(self, *, chunk: int = 2_000) -> Changes:
        """Bring in what changed, and load what was gained."""
        cursor = self.store.cursor
        assert cursor is not None, "a pull needs a cursor"
        pull = self.hub.pull(self.store.laptop_id, cursor, self.store.confirmed, chunk=chunk)
        with self.store.begin_pull(self.pull_request(), pull.head) as writer:
            for removed in pull.removed:
                writer.removed(removed)
            for rows in pull.rows:
                writer.rows(rows)
            changes = writer.finish(pull.end)
        if self.store.scopes_to_load:
            self.load_gained_scopes()
        return changes

    def pull_request(self) -> PullRequest:
        """What a pull asks for now."""
        return PullRequest(
            laptop_id=self.store.laptop_id,
            cursor=self.store.cursor or "",
            confirmed=self.store.confirmed,
            schema_version=self.platform.schema.version,
        )

    def sync(self) -> None:
        """Push everything, then pull."""
        self.connect()
        while self.push():
            pass
        self.pull()

    # -- looking ---------------------------------------------------------------------------------------------------

    def rows(self) -> dict[Key, list[Plain]]:
        """Every row here, in wire form but for flags, which are 0 and 1."""
        found: dict[Key, list[Plain]] = {}
        with self.store.reading() as connection:
            for record in self.platform.schema:
                names = ", ".join(self.hub.columns(record.__tablename__))
                for row in connection.exec_driver_sql(f"SELECT {names} FROM {record.__tablename__}"):
                    found[Key(record.__tablename__, row[0])] = list(row)
        return found

    def lead(self, lead_id: str) -> dict[str, Plain] | None:
        """One lead as it stands here, by column."""
        return self.row(Key("sys_demo_lead", lead_id))

    def leads(self) -> set[Key]:
        """The names of the leads that are here."""
        return {key for key in self.rows() if key.table == "sys_demo_lead"}

    def row(self, key: Key) -> dict[str, Plain] | None:
        """One row as it stands here, by column."""
        columns = self.hub.columns(key.table)
        values = self.rows().get(key)
        return None if values is None else dict(zip(columns, values, strict=True))

    def images(self) -> int:
        """How many before-images are kept."""
        with self.store.reading() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM local_before").scalar_one())

    def found(self, words: str) -> set[str]:
        """The ids of the leads that a search finds."""
        with self.store.reading() as connection:
            rows = connection.exec_driver_sql(
                "SELECT id FROM sys_demo_lead WHERE row_key IN "
                "(SELECT rowid FROM sys_demo_lead_fts WHERE sys_demo_lead_fts MATCH ?)",
                (words,),
            )
            return {row[0] for row in rows}

    def in_state(self, state: PendingState) -> list[PendingChange]:
        """The waiting commands in that state."""
        return [change for change in self.store.pending() if change.state is state]

    # -- acts ------------------------------------------------------------------------------------------------------

    def new_lead(self, **values: Plain) -> CreateLead:
        """A command that creates a lead."""
        return CreateLead(**self.envelope(), lead_id=new_id(), values={"company": "Acme", **values})

    def edit(self, lead_id: str, **edits: tuple[Plain, Plain]) -> EditLead:
        """A command that sets fields: name=(base, new)."""
        return EditLead(
            **self.envelope(),
            lead_id=lead_id,
            edits={name: FieldEdit(base=base, new=new) for name, (base, new) in edits.items()},
        )

    def log(self, lead_id: str, body: str = "Called.") -> LogActivity:
        """A command that logs a call."""
        return LogActivity(
            **self.envelope(),
            lead_id=lead_id,
            activity_id=new_id(),
            kind=ActivityKind.CALL,
            body=body,
            happened_at=self.clock.now(),
        )

    def move(self, lead_id: str, base: Stage, to: Stage, reason: str | None = None) -> MoveLead:
        """A command that moves a lead."""
        return MoveLead(**self.envelope(), lead_id=lead_id, base=base, to=to, activity_id=new_id(), reason=reason)

    def do(self, *acts: Command) -> None:
        """Perform commands that must be accepted."""
        for verdict in self.store.perform(*acts):
            assert verdict.settled, verdict

    def envelope(self) -> Envelope:
        """The id and the time of a new command."""
        return {"id": new_id(), "issued_at": self.clock.now()}

    def _open(self) -> LocalStore:
        return LocalStore.open(
            self.folder, keys=KEYS, platform=self.platform, clock=self.clock, rebase=self.rebase(self.platform)
        )


def hosted_lead(hub: TinyHub, **values: object) -> str:
    """A lead that is in the hosted database already; its id."""
    lead_id = new_id()
    hub.insert(
        "sys_demo_lead",
        **{
            "id": lead_id,
            "scope": "leads",
            "status": "new",
            "tags": [],
            "activity_count": 0,
            "company": "Acme",
            "stage_changed_at": NOW,
            "created_at": NOW,
            "updated_at": NOW,
            "search_key": "acme",
            **values,
        },
    )
    return lead_id
