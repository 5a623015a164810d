"""The rebase: hosted rows come in underneath what this laptop's commands did, and the commands are applied again.

Only the rows and commands that hang together with what changed are done anew. Each step is a method of its own, in the
order in which `run` takes them; `erase`, for the rows of scopes that a role lost, stands by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from fleetdesk.commands.core import Command, perform
from fleetdesk.commands.platform import Platform
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.models.access import Actor
from fleetdesk.models.base import Key
from fleetdesk.protocol import Plain, Verdict, VerdictKind
from fleetdesk.sync.files.cipher import DRIVER, FileKind, explanation
from fleetdesk.sync.files.replica import Replica
from fleetdesk.sync.files.replica_schema import column_names
from fleetdesk.sync.store.waiting import Closure, Waiting

__all__ = ["PORTION", "Hosted", "Observer", "Outcome", "Rebase", "Rebased", "Rows", "apply_all"]

PORTION = 500
"""Hosted rows that one transaction brings in: a person's act may have to wait for one, and ten times that is felt."""
_AT_ONCE = 2_000
"""Commands applied between two flushes, so that a long outbox does not fill the memory with rows."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Hosted rows of one table, as arrays of wire values in the order of `columns`, which this schema knows."""

    table: str
    columns: tuple[str, ...]
    values: Sequence[Sequence[Plain]]

    def keys(self) -> set[Key]:
        """The rows' names."""
        at = self.columns.index("id")
        return {Key(self.table, row[at]) for row in self.values}


@dataclass(frozen=True, slots=True)
class Hosted:
    """What comes from the hub: rows that go, then rows as they are now."""

    removed: frozenset[Key] = frozenset()
    rows: Sequence[Rows] = ()

    def keys(self) -> frozenset[Key]:
        """Every row that is spoken of."""
        return self.removed.union(*(rows.keys() for rows in self.rows))

    @property
    def size(self) -> int:
        """How many rows that is."""
        return len(self.removed) + sum(len(rows.values) for rows in self.rows)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one command did here: its verdict, and the rows that it may have changed (none if it set nothing)."""

    verdict: Verdict
    changed: frozenset[Key]

    @property
    def accepted(self) -> bool:
        """Whether it did what it is for, at least in part."""
        return self.verdict.settled or bool(self.changed)


@dataclass(frozen=True, slots=True)
class Rebased:
    """What a rebase did: an outcome for each command that was applied again, by position, and all rows that changed."""

    outcomes: dict[int, Outcome]
    changed: frozenset[Key]


Observer = Callable[[Command, Mapping[Key, RowChange]], None]
"""Told of each command that did something here, with what it changed, before the next one is applied."""

CommandSource = Callable[[Sequence[int]], Sequence[tuple[int, Command]]]
"""Reads the commands at these positions from the outbox, in order; those that nobody here can read are left out."""


class Rebase:
    """The steps of a rebase, within a replica's open transaction.

    `actor` is asked for only where commands are applied again.
    """

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def run(
        self,
        replica: Replica,
        waiting: Waiting,
        source: CommandSource,
        actor: Callable[[], Actor],
        *,
        hosted: Hosted = Hosted(),
        dropped: frozenset[int] = frozenset(),
    ) -> Rebased:
        """Bring `hosted` in, take the effect of the `dropped` commands out, reapply what hangs together with them."""
        closure = waiting.closure(hosted.keys(), dropped)
        return self._steps(replica, closure, hosted, source, actor)

    def anew(self, replica: Replica, waiting: Waiting, source: CommandSource, actor: Callable[[], Actor]) -> Rebased:
        """Take every local effect out and apply all commands again, whatever the replica held of them."""
        positions = tuple(entry.position for entry in waiting.effective())
        return self._steps(replica, Closure(frozenset(replica.imaged()), positions), Hosted(), source, actor)

    def undo(self, replica: Replica, closure: Closure, hosted: Hosted) -> frozenset[Key]:
        """Put rows back to their hosted version, but for those that hosted rows replace anyway; those put back."""
        replaced = hosted.removed | self._replaced(hosted)
        images = {key: image for key, image in replica.images(closure.keys).items() if key not in replaced}
        replica.delete([key for key, image in images.items() if image is None])
        stored = defaultdict(list)
        for key, image in images.items():
            if image is not None:
                stored[key.table].append(image)
        for table, rows in stored.items():
            columns = column_names(self.platform.schema.record(table))
            replica.write_rows(table, columns, [[row.get(name) for name in columns] for row in rows])
        return frozenset(images)

    def forget(self, replica: Replica, closure: Closure) -> None:
        """Drop the before-images of rows that now stand in their hosted version."""
        replica.forget_images(closure.keys)

    def erase(self, replica: Replica, table: str, scopes: Collection[str], after: int) -> int | None:
        """Delete a portion of a table's rows of lost scopes, behind a row key; the last row key, None if none is left.

        Not a step of `run`: all rows of a scope are more than one transaction takes.
        """
        return replica.erase_scopes(table, scopes, after, PORTION)

    def remove(self, replica: Replica, hosted: Hosted) -> frozenset[Key]:
        """Delete the rows that go."""
        replica.delete(hosted.removed)
        return hosted.removed

    def write(self, replica: Replica, hosted: Hosted) -> frozenset[Key]:
        """Write hosted rows; those that differ from what stood there."""
        written: set[Key] = set()
        for rows in hosted.rows:
            written |= replica.write_rows(rows.table, rows.columns, rows.values)
        return frozenset(written)

    def reapply(self, replica: Replica, commands: Sequence[tuple[int, Command]], actor: Actor) -> dict[int, Outcome]:
        """Apply commands again in order, keeping before-images; a command that fails is told by its outcome."""
        try:
            with replica.savepoint():
                outcomes = apply_all(replica, self.platform, [command for _, command in commands], actor)
            return {position: outcome for (position, _), outcome in zip(commands, outcomes, strict=True)}
        except Exception as error:
            if _not_of_a_command(error):
                raise
        return {position: self._alone(replica, command, actor) for position, command in commands}

    def _steps(
        self, replica: Replica, closure: Closure, hosted: Hosted, source: CommandSource, actor: Callable[[], Actor]
    ) -> Rebased:
        undone = self.undo(replica, closure, hosted)
        self.forget(replica, closure)
        removed = self.remove(replica, hosted)
        written = self.write(replica, hosted)
        outcomes = self.reapply(replica, source(closure.positions), actor()) if closure.positions else {}
        reapplied = frozenset[Key]().union(*(outcome.changed for outcome in outcomes.values()))
        return Rebased(outcomes, undone | removed | written | reapplied)

    def _replaced(self, hosted: Hosted) -> set[Key]:
        """Rows that come whole: an older hub leaves columns out, and then the others must be put back first."""
        found: set[Key] = set()
        for rows in hosted.rows:
            if set(rows.columns) >= set(column_names(self.platform.schema.record(rows.table))):
                found |= rows.keys()
        return found

    def _alone(self, replica: Replica, command: Command, actor: Actor) -> Outcome:
        try:
            with replica.savepoint():
                return apply_all(replica, self.platform, [command], actor)[0]
        except Exception as error:
            if _not_of_a_command(error):
                raise
            return Outcome(_MISTAKEN, frozenset())


def apply_all(
    replica: Replica,
    platform: Platform,
    commands: Sequence[Command],
    actor: Actor,
    observer: Observer | None = None,
) -> list[Outcome]:
    """Authorise and apply commands in order, keeping the before-images of what they change; an outcome for each.

    Runs within the replica's open transaction. An error that is no refusal passes through.
    """
    outcomes: list[Outcome] = []
    for start in range(0, len(commands), _AT_ONCE):
        group = commands[start : start + _AT_ONCE]
        with replica.session() as session:
            needed = frozenset[Key]().union(*(command.rows() | command.reads() for command in group))
            db = Workspace.load(session, platform.schema, needed, lock=False)
            for command in group:
                outcomes.append(_outcome(command, db, actor, platform))
                if observer is not None and outcomes[-1].accepted:
                    observer(command, db.changing())
            with replica.capturing():
                replica.insert(db.created())
                session.flush()
    return outcomes


def _outcome(command: Command, db: Workspace, actor: Actor, platform: Platform) -> Outcome:
    verdict = perform(command, db, actor, platform.access)
    match verdict.kind:
        case VerdictKind.REJECTED:
            return Outcome(verdict, frozenset())
        case VerdictKind.CONFLICT:
            return Outcome(verdict, frozenset(db.changes()))
        case _:
            return Outcome(verdict, command.rows())


def _not_of_a_command(error: Exception) -> bool:
    """Whether an error has to do with the file or the machine, rather than with what one command wants."""
    return isinstance(error, DBAPIError | DRIVER.Error) and explanation(error, FileKind.REPLICA) is not None


_MISTAKEN = Verdict(
    kind=VerdictKind.REJECTED,
    code="defect",
    reason="FleetDesk could not apply this change to the newer rows: that is a mistake in FleetDesk.",
    do="It is still offered to the hub. Report it, please.",
)
