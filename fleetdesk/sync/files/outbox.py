"""The outbox: every command that a person gave on this laptop, in order, in an encrypted file of its own.

It is the truth of what was asked; each transaction is on the disk when it returns (`synchronous=FULL`). A command's
`position` is its place in the laptop's order; its `sequence` is given, durably, when it is first offered to the hub.
What else is a person's and nowhere else lies here too: what they are still writing, and that sending is to wait.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from fleetdesk.commands.pending import PendingState
from fleetdesk.errors import OutboxUnusable
from fleetdesk.models.base import Key
from fleetdesk.models.drafts import Draft, Drafted
from fleetdesk.models.ids import new_id
from fleetdesk.models.types import JsonValue, instant_text
from fleetdesk.protocol import Person, Receipt, Verdict, VerdictKind, WireCommand
from fleetdesk.sync.files.cipher import FileKind, Raw, Row, connect, explained
from fleetdesk.sync.files.outbox_acts import Acts
from fleetdesk.sync.files.outbox_format import give_form

__all__ = ["Outbox", "OutboxMark", "Stored", "drafts_in", "kept_in", "paused_in", "stored_rows"]

_COLUMNS = "position, id, name, version, issued_at, batch, payload, state, sequence, verdict, local_verdict, withdrawn"
_DONE = (PendingState.SETTLED, PendingState.DISCARDED)


@dataclass(frozen=True, slots=True)
class Stored:
    """One command as the outbox keeps it.

    `verdict` is the hub's, `local_verdict` what this side found when it last applied the command to the rows here.
    `withdrawn`: its effect here was taken back for good, whatever the hub says.
    """

    position: int
    wire: WireCommand
    state: PendingState
    sequence: int | None
    verdict: Verdict | None
    local_verdict: Verdict | None
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class OutboxMark:
    """The outbox's own facts. `revision` grows with every change that the replica cannot follow by appending alone.

    `paused`: the person asked sending to wait, until they say otherwise.
    """

    outbox_id: str
    laptop_id: str
    epoch: str
    person: Person | None
    next_sequence: int
    revision: int
    paused: bool


class Outbox:
    """One open outbox file. Changes are made within `transaction()`, which has them on the disk when it ends."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open or make the file. Raises OutboxUnusable if it is damaged or of another key, DiskFull."""
        with explained(FileKind.OUTBOX):
            self._raw = connect(path, key, FileKind.OUTBOX)
            try:
                self._prepare()
            except BaseException:
                self._raw.close()
                raise
        self.acts = Acts(self._raw)
        self.mark = self._read_mark()
        with explained(FileKind.OUTBOX):
            self.drafts: Mapping[Key, Drafted] = drafts_in(self._raw)
            self.kept: Mapping[str, JsonValue] = kept_in(self._raw)
        self.last_position: int = self._last_position()

    @property
    def raw(self) -> Raw:
        """The connection."""
        return self._raw

    def close(self) -> None:
        """Fold the log back and close the file."""
        with explained(FileKind.OUTBOX):
            self._raw.close()

    def checkpoint(self) -> None:
        """Fold the log back into the file."""
        with explained(FileKind.OUTBOX):
            self._raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One change, on the disk when the block ends, or none at all. Raises DiskFull, OutboxUnusable."""
        before = self.mark, self.drafts, self.kept, self.last_position
        with explained(FileKind.OUTBOX):
            self._raw.execute("BEGIN IMMEDIATE")
            try:
                yield
                if self.mark != before[0]:
                    self._write_mark()
                self._raw.execute("COMMIT")
            except BaseException:
                self.mark, self.drafts, self.kept, self.last_position = before
                if self._raw.in_transaction:
                    self._raw.execute("ROLLBACK")
                raise

    # -- reading ---------------------------------------------------------------------------------------------------

    def read(self, positions: Iterable[int]) -> list[Stored]:
        """The commands at these positions, in order."""
        return self._select(
            "WHERE position IN (SELECT value FROM json_each(?)) ORDER BY position",
            orjson.dumps(list(positions)).decode(),
        )

    def named(self, command_ids: Iterable[str]) -> dict[str, Stored]:
        """The commands of these ids that are still kept."""
        found = self._select(
            "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY position", orjson.dumps(list(command_ids)).decode()
        )
        return {stored.wire.id: stored for stored in found}

    def after(self, position: int) -> list[Stored]:
        """Every command behind the position, in order."""
        return self._select("WHERE position > ? ORDER BY position", position)

    def relevant(self, settled_through: int) -> list[Stored]:
        """Every command that is not done, or was settled behind that sequence; in order."""
        return self._select(
            "WHERE state NOT IN ('settled', 'discarded') OR (state = 'settled' AND sequence > ?) ORDER BY position",
            settled_through,
        )

    def offered(self, from_sequence: int, limit: int) -> list[Stored]:
        """The commands that have a sequence, from that one on, in the order of sequences."""
        return self._select("WHERE sequence >= ? ORDER BY sequence LIMIT ?", from_sequence, limit)

    def first_unanswered(self) -> int | None:
        """The lowest sequence that was offered and has no receipt."""
        row = self._raw.execute(
            "SELECT min(sequence) FROM command WHERE sequence IS NOT NULL AND verdict IS NULL"
        ).fetchone()
        return None if row is None else row[0]

    def has_done(self, before: dt.datetime) -> bool:
        """Whether any command was done before then."""
        return self._raw.execute(
            "SELECT EXISTS (SELECT 1 FROM command WHERE done_at < ?)", (instant_text(before),)
        ).fetchone() == (1,)

    @property
    def confirmed(self) -> int:
        """Every sequence up to this one has its receipt."""
        first = self.first_unanswered()
        return (self.mark.next_sequence if first is None else first) - 1

    # -- changing, within a transaction --------------------------------------------------------------------------------

    def append(self, commands: Sequence[tuple[WireCommand, PendingState]]) -> list[int]:
        """Add commands, waiting or held, at the end; their positions."""
        positions = list(range(self.last_position + 1, self.last_position + 1 + len(commands)))
        self._raw.executemany(
            "INSERT INTO command (position, id, name, version, issued_at, batch, payload, state) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (position, *_wire_values(wire), state)
                for position, (wire, state) in zip(positions, commands, strict=True)
            ],
        )
        self.last_position += len(commands)
        return positions

    def adopt(self, salvaged: Sequence[Stored], now: dt.datetime) -> None:
        """Take over the commands of a lost outbox: what waited is offered again, the rest is kept as it stood."""
        offered_again = (PendingState.WAITING, PendingState.SENT, PendingState.HELD)
        for stored in salvaged:
            [position] = self.append([(stored.wire, PendingState.WAITING)])
            if stored.state not in offered_again:
                verdict = stored.verdict or stored.local_verdict
                self._raw.execute(
                    "UPDATE command SET state = ?, verdict = ?, withdrawn = 1, done_at = ? WHERE position = ?",
                    (
                        stored.state,
                        None if verdict is None else verdict.model_dump_json(),
                        instant_text(now) if stored.state in _DONE else None,
                        position,
                    ),
                )

    def give_sequences(self, positions: Sequence[int]) -> None:
        """Number the commands for the hub, in the order given."""
        first = self.mark.next_sequence
        self._raw.executemany(
            "UPDATE command SET sequence = ?, state = 'sent' WHERE position = ?",
            [(first + index, position) for index, position in enumerate(positions)],
        )
        self.mark = replace(self.mark, next_sequence=first + len(positions))

    def record(self, receipts: Iterable[Receipt], now: dt.datetime) -> list[int]:
        """Keep the hub's verdicts on commands of this stream; the positions of those that had none yet."""
        changed = []
        for receipt in receipts:
            row = self._raw.execute(
                "SELECT position FROM command WHERE id = ? AND sequence IS NOT NULL AND verdict IS NULL",
                (receipt.command_id,),
            ).fetchone()
            if row is None:
                continue
            settled = receipt.verdict.settled
            self._raw.execute(
                "UPDATE command SET verdict = ?, local_verdict = NULL, state = ?, done_at = ? WHERE position = ?",
                (
                    receipt.verdict.model_dump_json(),
                    PendingState.SETTLED if settled else PendingState.INBOX,
                    instant_text(now) if settled else None,
                    row[0],
                ),
            )
            changed.append(row[0])
        return changed

    def set_states(self, states: Iterable[tuple[int, PendingState]], now: dt.datetime) -> None:
        """Set where commands stand; those that are done count their days from now."""
        self._raw.executemany(
            "UPDATE command SET state = ?, done_at = ? WHERE position = ?",
            [(state, instant_text(now) if state in _DONE else None, position) for position, state in states],
        )

    def forget(self, positions: Iterable[int]) -> None:
        """Delete commands that were never offered."""
        self._raw.executemany("DELETE FROM command WHERE position = ?", [(position,) for position in positions])
        self.revise()

    def set_local_verdicts(self, verdicts: Iterable[tuple[int, Verdict | None]]) -> None:
        """Note what this side found when it applied commands again; None where nothing is wrong."""
        self._raw.executemany(
            "UPDATE command SET local_verdict = ? WHERE position = ?",
            [(None if verdict is None else verdict.model_dump_json(), position) for position, verdict in verdicts],
        )

    def withdraw(self, positions: Iterable[int], verdict: Verdict) -> None:
        """Take the commands' effect back for good; those that the hub has not applied are left to the person."""
        self._raw.executemany(
            "UPDATE command SET withdrawn = 1, local_verdict = iif(verdict IS NULL, ?, NULL), "
            "state = iif(state = 'settled', state, 'inbox') WHERE position = ?",
            [(verdict.model_dump_json(), position) for position in positions],
        )
        self.revise()

    def forget_conflicts(self, names: Sequence[str], told: Verdict) -> list[int]:
        """Overwrite what conflicts of commands of these names hold of hosted rows; the positions of those changed.

        Acts are forgotten that such commands would take back: those hold former values of the rows. What the person
        wanted stays, in the command. To those that wait for the person, `told` says why.
        """
        found = self._raw.execute(
            "SELECT position, verdict, state FROM command WHERE name IN (SELECT value FROM json_each(?))"
            " AND (verdict ->> 'kind' = 'conflict' OR local_verdict ->> 'kind' = 'conflict')",
            (orjson.dumps(names).decode(),),
        ).fetchall()
        for position, verdict, state in found:
            bare = verdict and Verdict.model_validate_json(verdict).model_copy(update={"conflicts": ()})
            self._raw.execute(
                "UPDATE command SET verdict = ?, local_verdict = ? WHERE position = ?",
                (
                    bare and bare.model_dump_json(),
                    told.model_dump_json() if state == PendingState.INBOX else None,
                    position,
                ),
            )
        self.acts.forget(names)
        return [position for position, _, _ in found]

    @property
    def written_about(self) -> frozenset[Key]:
        """The records of which something is kept beside the commands: a draft, or what a screen remembers of one."""
        return frozenset({*self.drafts, *filter(None, map(_about, self.kept.values()))})

    def forget_about(self, records: Collection[Key]) -> None:
        """Overwrite whatever is kept of these records beside the commands."""
        for record in self.drafts.keys() & records:
            for draft in self.drafts[record]:
                self.keep_draft(record, Draft(draft.kind, ""))
        for name in [name for name, value in self.kept.items() if _about(value) in records]:
            self.keep(name, None)

    def revise(self) -> None:
        """Note that the replica cannot follow this change by appending alone."""
        self.mark = replace(self.mark, revision=self.mark.revision + 1)

    def begin_stream(self, since: dt.datetime) -> None:
        """Take a new laptop id and offer again, in position order, what was applied since then and what waits.

        A command that the hub refused stays with the person. One that conflicted was applied in part: it is offered
        again too. Ids are kept, so that a hub which knows a command answers with its receipt. Whatever was offered
        before counts as sent in the new stream as well: the hub may have it, so nobody may discard it as never sent.
        """
        self._raw.execute(
            "UPDATE command SET sequence = NULL, withdrawn = state NOT IN ('waiting', 'held') OR verdict IS NOT NULL"
        )
        again = self._raw.execute(
            "SELECT position FROM command WHERE state = 'sent' OR (state = 'settled' AND done_at >= ?)"
            " OR (state = 'inbox' AND verdict ->> 'kind' = ?) ORDER BY position",
            (instant_text(since), VerdictKind.CONFLICT),
        ).fetchall()
        self.mark = replace(self.mark, laptop_id=new_id(), next_sequence=1)
        positions = [position for (position,) in again]
        self.give_sequences(positions)
        self._raw.executemany(
            "UPDATE command SET withdrawn = 0, verdict = NULL, done_at = NULL WHERE position = ?",
            [(position,) for position in positions],
        )
        self.revise()

    def set_epoch(self, epoch: str) -> None:
        """Remember the hosted database's epoch."""
        self.mark = replace(self.mark, epoch=epoch)

    def set_person(self, person: Person) -> None:
        """Remember whose outbox this is, and their role."""
        self.mark = replace(self.mark, person=person)

    def set_paused(self, paused: bool) -> None:
        """Remember whether sending waits until the person says otherwise."""
        self.mark = replace(self.mark, paused=paused)

    def keep_draft(self, record: Key, draft: Draft) -> None:
        """Keep what is being written about a record, in place of the draft of its kind; an empty one forgets that."""
        place = (record.table, record.id, draft.kind)
        self._raw.execute("DELETE FROM draft WHERE record_table = ? AND record_id = ? AND kind = ?", place)
        kept = tuple(other for other in self.drafts.get(record, ()) if other.kind != draft.kind)
        if not draft.empty:
            details = orjson.dumps(draft.details).decode()
            self._raw.execute("INSERT INTO draft VALUES (?, ?, ?, ?, ?)", (*place, draft.text, details))
            kept = (*kept, draft)
        others = {known: drafted for known, drafted in self.drafts.items() if known != record}
        self.drafts = {**others, record: kept} if kept else others

    def keep(self, name: str, value: JsonValue) -> None:
        """Keep a value of the person's own under a name; None forgets it."""
        kept = {known: old for known, old in self.kept.items() if known != name}
        if value is None:
            self._raw.execute("DELETE FROM kept WHERE name = ?", (name,))
        else:
            text = orjson.dumps(value).decode()
            self._raw.execute(
                "INSERT INTO kept VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, text)
            )
            kept[name] = value
        self.kept = kept

    def purge(self, before: dt.datetime, settled_through: int) -> None:
        """Delete commands that were done before then and that the rows here no longer rest on."""
        self._raw.execute(
            "DELETE FROM command WHERE done_at < ? AND (sequence IS NULL OR sequence <= ?)",
            (instant_text(before), settled_through),
        )
        self.acts.prune(before)

    # -- helpers -------------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        if self._raw.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise OutboxUnusable("The list of your waiting changes is damaged.")
        self._raw.execute("PRAGMA journal_mode = WAL")
        self._raw.execute("PRAGMA synchronous = FULL")
        self._raw.execute("PRAGMA wal_autocheckpoint = 0")
        # A role that is lost takes with it what verdicts tell of its rows; the file is small.
        self._raw.execute("PRAGMA secure_delete = ON")
        give_form(self._raw)

    def _read_mark(self) -> OutboxMark:
        with explained(FileKind.OUTBOX):
            row = self._raw.execute(
                "SELECT outbox_id, laptop_id, epoch, person, next_sequence, revision, paused FROM mark"
            ).fetchone()
        if row is None:
            raise OutboxUnusable("The list of your waiting changes cannot be read.", kept="The file is set aside.")
        outbox_id, laptop_id, epoch, person, next_sequence, revision, paused = row
        return OutboxMark(
            outbox_id=outbox_id,
            laptop_id=laptop_id,
            epoch=epoch,
            person=None if person is None else Person.model_validate_json(person),
            next_sequence=next_sequence,
            revision=revision,
            paused=bool(paused),
        )

    def _write_mark(self) -> None:
        mark = self.mark
        person = None if mark.person is None else mark.person.model_dump_json()
        self._raw.execute(
            "UPDATE mark SET laptop_id = ?, epoch = ?, person = ?, next_sequence = ?, revision = ?, paused = ?",
            (mark.laptop_id, mark.epoch, person, mark.next_sequence, mark.revision, int(mark.paused)),
        )

    def _last_position(self) -> int:
        with explained(FileKind.OUTBOX):
            row = self._raw.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'command'").fetchone()
            top = self._raw.execute("SELECT max(position) FROM command").fetchone()
        return max((row or (0,))[0] or 0, (top or (0,))[0] or 0)

    def _select(self, where: str, *parameters: str | int) -> list[Stored]:
        with explained(FileKind.OUTBOX):
            return list(stored_rows(self._raw, where, *parameters))


def stored_rows(raw: Raw, where: str, *parameters: str | int) -> Iterator[Stored]:
    """The commands that the clause picks, one by one: what comes before a damaged place is given before the error."""
    for row in raw.execute(f"SELECT {_COLUMNS} FROM command {where}", parameters):
        yield _stored(row)


def drafts_in(raw: Raw) -> dict[Key, Drafted]:
    """What was being written, by the record that it is about; also in a file of an earlier form."""
    columns = {name for _, name, *_ in raw.execute("PRAGMA table_info(draft)")}
    details = "details" if "details" in columns else "'{}'"
    found: dict[Key, Drafted] = {}
    for table, id_, kind, text, more in raw.execute(
        f"SELECT record_table, record_id, kind, text, {details} FROM draft ORDER BY rowid"
    ):
        record = Key(table, id_)
        found[record] = (*found.get(record, ()), Draft(kind, text, orjson.loads(more)))
    return found


def kept_in(raw: Raw) -> dict[str, JsonValue]:
    """What the person's screens remember, by its name."""
    return {name: orjson.loads(value) for name, value in raw.execute("SELECT name, value FROM kept")}


def _about(value: JsonValue) -> Key | None:
    """The record that a value which a screen remembers names as what it is about."""
    match value:
        case {"table": str(table), "id": str(id_)}:
            return Key(table, id_)
    return None


def paused_in(raw: Raw) -> bool:
    """Whether the person asked sending to wait."""
    return raw.execute("SELECT paused FROM mark").fetchone() == (1,)


def _wire_values(wire: WireCommand) -> tuple[str | int | None, ...]:
    payload = orjson.dumps(wire.payload).decode()
    return (wire.id, wire.name, wire.version, instant_text(wire.issued_at), wire.batch, payload)


def _stored(row: Row) -> Stored:
    position, id_, name, version, issued_at, batch, payload, state, sequence, verdict, local_verdict, withdrawn = row
    return Stored(
        position=position,
        wire=WireCommand(
            id=id_, name=name, version=version, issued_at=issued_at, batch=batch, payload=orjson.loads(payload)
        ),
        state=PendingState(state),
        sequence=sequence,
        verdict=None if verdict is None else Verdict.model_validate_json(verdict),
        local_verdict=None if local_verdict is None else Verdict.model_validate_json(local_verdict),
        withdrawn=bool(withdrawn),
    )
