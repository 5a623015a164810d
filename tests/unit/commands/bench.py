"""A bench for commands: real ones on real rows of an SQLite database in memory, with neither laptop nor hub around."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import TypeVar

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from fleetdesk.commands.core import Command, perform
from fleetdesk.commands.leads import CreateLead
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.models.access import ACCESS, Access, Actor, Role
from fleetdesk.models.base import Key, Record, Synced
from fleetdesk.models.leads import Lead, LeadActivity, LeadRevision
from fleetdesk.models.values import plain_row
from fleetdesk.protocol import Verdict

_R = TypeVar("_R", bound=Synced)

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
MONA = Actor("mona", Role.COMMERCIAL, "laptop-1")
ADMIN = Actor("root", Role.SUPER_ADMIN)


class Bench:
    """Performs commands as laptop and hub do, one workspace a batch, and shows the rows."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._platform = fleet_platform()
        self._numbers = count(1)
        self.changes: dict[Key, RowChange] = {}

    def perform(self, *acts: Command, actor: Actor = MONA, access: Access = ACCESS) -> Verdict:
        """Perform the commands in one batch; the verdict of the last."""
        keys = {key for act in acts for key in act.rows() | act.reads()}
        workspace = Workspace.load(self._session, self._platform.schema, keys, lock=False)
        verdicts = []
        for act in acts:
            verdicts.append(perform(act, workspace, actor, access))
            self.changes = workspace.changes()
        self._session.add_all(workspace.created())
        self._session.flush()
        return verdicts[-1]

    def create(self, lead_id: str = "lead", /, **values: object) -> None:
        """A lead in `new`, with these values."""
        given = values or {"last_name": "Petit"}
        self.perform(CreateLead(id=self.id(), issued_at=NOON, lead_id=lead_id, values=given))

    def put(self, lead_id: str = "lead", /, **columns: object) -> None:
        """Set columns of a lead as no command would."""
        self.alter(Lead, lead_id, **columns)

    def put_new(self, row: Synced) -> None:
        """A row that is there beforehand."""
        self._session.add(row)
        self._session.flush()

    def alter(self, record: type[Synced], row_id: str, /, **columns: object) -> None:
        """Set columns of a row as no command would."""
        row = self._session.get_one(record, row_id)
        for name, value in columns.items():
            setattr(row, name, value)
        self._session.flush()

    def row(self, record: type[_R], row_id: str) -> _R:
        """The row as it is stored."""
        self._session.expire_all()
        return self._session.get_one(record, row_id)

    def lead(self, lead_id: str = "lead") -> Lead:
        """The lead as it is stored."""
        self._session.expire_all()
        return self._session.get_one(Lead, lead_id)

    def timeline(self, lead_id: str = "lead") -> list[LeadActivity]:
        """The lead's activities, by id."""
        statement = select(LeadActivity).where(LeadActivity.lead_id == lead_id).order_by(LeadActivity.id)
        return list(self._session.scalars(statement))

    def revisions(self, lead_id: str = "lead") -> list[LeadRevision]:
        """What commands changed in the lead, the earliest first."""
        statement = select(LeadRevision).where(LeadRevision.row_id == lead_id).order_by(LeadRevision.number)
        return list(self._session.scalars(statement))

    def count(self, record: type[Synced]) -> int:
        """How many rows the record's table has."""
        return self._session.scalar(select(func.count()).select_from(record)) or 0

    def everything(self) -> list[dict[str, object]]:
        """Every row of every table."""
        self._session.expire_all()
        return [
            dict(plain_row(row)) for record in self._platform.schema for row in self._session.scalars(select(record))
        ]

    def id(self) -> str:
        """An id that was not used yet."""
        return f"id-{next(self._numbers)}"


@contextmanager
def bench() -> Iterator[Bench]:
    """A bench without rows."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Record.metadata.create_all(engine, [record.table() for record in fleet_platform().schema])
    with Session(engine, autoflush=False) as session:
        yield Bench(session)
    engine.dispose()
