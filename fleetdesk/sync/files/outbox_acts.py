"""What the outbox file remembers of a person's acts: the batches that wait, and how each act can be taken back.

An act is a step or many: a command that was performed, and the one that takes it back, made from the values that it
replaced. An undone act is kept the same way, its steps then leading forward again. Changes are made within a
transaction of the outbox.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from fleetdesk.models.base import Key
from fleetdesk.models.types import instant_text, parse_instant
from fleetdesk.protocol import WireCommand
from fleetdesk.sync.files.cipher import FileKind, Raw, Row, explained

__all__ = ["Acts", "BatchNote", "KeptAct", "Step", "UnderWay", "WayBack"]

_MOST_ACTS = 100
_MOST_STEPS = 50_000
_OF_NOTHING_HALF_DONE = "number NOT IN (SELECT act FROM batch WHERE under_way = 'whole' AND act IS NOT NULL)"
"""An act that is whole or nothing is none before it is whole."""


@dataclass(frozen=True, slots=True)
class BatchNote:
    """What is known of a batch beyond its commands."""

    sentence: str
    begun_at: dt.datetime
    paused: bool


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A batch that is performed, or was when FleetDesk ended.

    `whole`: all of it counts or nothing. `act` is what it came to do so far, `turns` the act that it takes back or does
    again.
    """

    batch_id: str
    sentence: str
    begun_at: dt.datetime
    whole: bool
    act: int | None
    turns: int | None


@dataclass(frozen=True, slots=True)
class WayBack:
    """How a command that was performed can be taken back: by this one, or `why_not`."""

    command_id: str | None
    target: Key
    back: WireCommand | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A way back as it is kept. A step without a command was withdrawn before it was sent."""

    id: int
    way: WayBack


@dataclass(frozen=True, slots=True)
class KeptAct:
    """One act. `rowwise`: each of its steps succeeds or fails by itself; else all of them, or none."""

    number: int
    sentence: str
    performed_at: dt.datetime
    rowwise: bool
    undone: bool
    steps: int


class Acts:
    """The tables of batches and acts within the outbox's file."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw

    # -- batches ---------------------------------------------------------------------------------------------------

    def go_on(self, batch: UnderWay) -> None:
        """Say how far a batch is: it is under way from now until `end`."""
        self._raw.execute(
            "INSERT INTO batch (id, sentence, begun_at, under_way, act, turns) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET sentence = excluded.sentence, under_way = excluded.under_way,"
            " act = excluded.act, turns = excluded.turns",
            (
                batch.batch_id,
                batch.sentence,
                instant_text(batch.begun_at),
                "whole" if batch.whole else "rows",
                batch.act,
                batch.turns,
            ),
        )

    def end(self, batch_id: str) -> None:
        """A batch is at its end. It is forgotten if it has no commands, as one that withdrew others."""
        self._raw.execute("UPDATE batch SET under_way = NULL, act = NULL, turns = NULL WHERE id = ?", (batch_id,))
        self._raw.execute(
            "DELETE FROM batch WHERE id = ? AND NOT EXISTS (SELECT 1 FROM command WHERE batch = ?)",
            (batch_id, batch_id),
        )
        self._bound()

    def under_way(self) -> list[UnderWay]:
        """The batches that are not at their end, in the order in which they were begun."""
        with explained(FileKind.OUTBOX):
            rows = self._raw.execute(
                "SELECT id, sentence, begun_at, under_way = 'whole', act, turns FROM batch"
                " WHERE under_way IS NOT NULL ORDER BY begun_at, id"
            )
            return [
                UnderWay(id_, sentence, parse_instant(at), bool(whole), act, turns)
                for id_, sentence, at, whole, act, turns in rows
            ]

    def pause_batch(self, batch_id: str, sentence: str, now: dt.datetime, *, paused: bool) -> None:
        """Keep a batch's waiting commands here, or let them go; `sentence` names one that has no name yet."""
        self._raw.execute(
            "INSERT INTO batch (id, sentence, begun_at, paused) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET paused = excluded.paused",
            (batch_id, sentence, instant_text(now), paused),
        )

    def batch(self, batch_id: str) -> BatchNote | None:
        """What is known of a batch; None if it has no name."""
        with explained(FileKind.OUTBOX):
            row = self._raw.execute("SELECT sentence, begun_at, paused FROM batch WHERE id = ?", (batch_id,)).fetchone()
        return None if row is None else BatchNote(row[0], parse_instant(row[1]), bool(row[2]))

    def staying(self) -> frozenset[str]:
        """The batches whose commands stay here for now: paused, or whole or nothing and not whole yet."""
        with explained(FileKind.OUTBOX):
            rows = self._raw.execute("SELECT id FROM batch WHERE paused OR under_way = 'whole'")
            return frozenset(row[0] for row in rows)

    def paused(self) -> list[tuple[str, BatchNote]]:
        """The batches that the person paused."""
        with explained(FileKind.OUTBOX):
            rows = self._raw.execute("SELECT id, sentence, begun_at FROM batch WHERE paused")
            return [(id_, BatchNote(sentence, parse_instant(at), paused=True)) for id_, sentence, at in rows]

    # -- acts ------------------------------------------------------------------------------------------------------

    def begin(self, sentence: str, now: dt.datetime, *, rowwise: bool, undone: bool = False) -> int:
        """A new act, the latest of its kind; its number. It stays only if it is given steps."""
        self._drop(
            "act IN (SELECT number FROM act WHERE undone = ? ORDER BY number DESC LIMIT -1 OFFSET ?)",
            undone,
            _MOST_ACTS - 1,
        )
        number = self._raw.execute(
            "INSERT INTO act (sentence, performed_at, rowwise, undone) VALUES (?, ?, ?, ?) RETURNING number",
            (sentence, instant_text(now), rowwise, undone),
        ).fetchone()
        assert number is not None
        return int(number[0])

    def rename(self, number: int, sentence: str) -> None:
        """Say what an act came to do."""
        self._raw.execute("UPDATE act SET sentence = ? WHERE number = ?", (sentence, number))

    def add_steps(self, number: int, ways: Iterable[WayBack]) -> None:
        """Add what was performed, in order."""
        self._raw.executemany(
            "INSERT INTO step (act, command_id, target_table, target_id, back, why_not) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    number,
                    way.command_id,
                    way.target.table,
                    way.target.id,
                    None if way.back is None else way.back.model_dump_json(),
                    way.why_not,
                )
                for way in ways
            ],
        )

    def drop_steps(self, steps: Iterable[int]) -> None:
        """Forget steps; an act that has none left goes with them."""
        self._raw.executemany("DELETE FROM step WHERE id = ?", [(step,) for step in steps])
        self._drop_empty()

    def drop_commands(self, command_ids: Iterable[str]) -> None:
        """Forget the steps of commands that were given up."""
        self._raw.executemany("DELETE FROM step WHERE command_id = ?", [(id_,) for id_ in command_ids])
        self._drop_empty()

    def follow(self, command_id: str, way: WayBack) -> None:
        """Note that another command stands for this one from now on."""
        self._raw.execute(
            "UPDATE step SET command_id = ?, back = ?, why_not = ? WHERE command_id = ?",
            (way.command_id, None if way.back is None else way.back.model_dump_json(), way.why_not, command_id),
        )

    def forget_undone(self) -> None:
        """Nothing can be redone any more: something else was done since."""
        self._drop("act IN (SELECT number FROM act WHERE undone)")

    def forget(self, names: Sequence[str]) -> None:
        """Forget every step that a command of one of these names would take back."""
        self._drop("back ->> 'name' IN (SELECT value FROM json_each(?))", orjson.dumps(names).decode())

    def targets(self, number: int) -> frozenset[Key]:
        """The rows of an act."""
        with explained(FileKind.OUTBOX):
            rows = self._raw.execute("SELECT target_table, target_id FROM step WHERE act = ?", (number,))
            return frozenset(Key(table, row_id) for table, row_id in rows)

    def known(self, number: int) -> bool:
        """Whether an act is still known, without counting its steps."""
        row = self._raw.execute("SELECT EXISTS (SELECT 1 FROM act WHERE number = ?)", (number,)).fetchone()
        return row == (1,)

    def _bound(self) -> None:
        """Forget the oldest acts beyond a number of steps; the latest one is kept whatever its size."""
        steps, full = 0, False
        unfinished = {number for batch in self.under_way() for number in (batch.act, batch.turns)}
        for act in self._select("ORDER BY number DESC"):
            if act.number in unfinished:
                continue
            full = full or (steps > 0 and steps + act.steps > _MOST_STEPS)
            steps += act.steps
            if full:
                self._drop("act = ?", act.number)

    def prune(self, before: dt.datetime) -> None:
        """Forget acts and batches from before then, but for batches that have commands still."""
        since = instant_text(before)
        self._drop("act IN (SELECT number FROM act WHERE performed_at < ?)", since)
        self._raw.execute(
            "DELETE FROM batch WHERE begun_at < ? AND id NOT IN (SELECT batch FROM command WHERE batch IS NOT NULL)",
            (since,),
        )

    def find(self, number: int) -> KeptAct | None:
        """The act, if it is still known."""
        return next(iter(self._select("WHERE number = ?", number)), None)

    def latest(self, *, undone: bool) -> KeptAct | None:
        """The act that was done last, or undone last."""
        which = f"WHERE undone = ? AND {_OF_NOTHING_HALF_DONE} ORDER BY number DESC LIMIT 1"
        return next(iter(self._select(which, undone)), None)

    def listed(self, limit: int) -> list[KeptAct]:
        """The latest acts that are done, the last one first."""
        return self._select(f"WHERE NOT undone AND {_OF_NOTHING_HALF_DONE} ORDER BY number DESC LIMIT ?", limit)

    def steps(self, number: int, limit: int) -> list[Step]:
        """An act's next steps to take: the one that was taken last first."""
        with explained(FileKind.OUTBOX):
            rows = self._raw.execute(
                "SELECT id, command_id, target_table, target_id, back, why_not FROM step WHERE act = ?"
                " ORDER BY id DESC LIMIT ?",
                (number, limit),
            )
            return [_step(row) for row in rows]

    def hopeful(self, number: int, limit: int, before: int | None = None) -> list[Step]:
        """Those of an act's steps that have a way back, or wait to be sent: the last ones before a step come first."""
        with explained(FileKind.OUTBOX):
            rows = self._raw.execute(
                "SELECT step.id, command_id, target_table, target_id, back, why_not FROM step"
                " LEFT JOIN command ON command.id = command_id"
                " WHERE act = ? AND (back IS NOT NULL OR command.state = 'waiting') AND (? IS NULL OR step.id < ?)"
                " ORDER BY step.id DESC LIMIT ?",
                (number, before, before, limit),
            )
            return [_step(row) for row in rows]

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _drop(self, which: str, *parameters: str | int) -> None:
        """Delete steps, and the acts that had any and have none left."""
        self._raw.execute(f"DELETE FROM step WHERE {which}", parameters)
        self._drop_empty()

    def _drop_empty(self) -> None:
        self._raw.execute("DELETE FROM act WHERE NOT EXISTS (SELECT 1 FROM step WHERE act = number)")

    def _select(self, where: str, *parameters: int | bool) -> list[KeptAct]:
        with explained(FileKind.OUTBOX):
            return list(self._acts(where, parameters))

    def _acts(self, where: str, parameters: Sequence[int | bool]) -> Iterator[KeptAct]:
        for number, sentence, at, rowwise, undone, steps in self._raw.execute(
            "SELECT number, sentence, performed_at, rowwise, undone, (SELECT count(*) FROM step WHERE act = number)"
            f" FROM act {where}",
            parameters,
        ):
            yield KeptAct(number, sentence, parse_instant(at), bool(rowwise), bool(undone), steps)


def _step(row: Row) -> Step:
    id_, command_id, table, row_id, back, why_not = row
    wire = None if back is None else WireCommand.model_validate_json(back)
    return Step(id_, WayBack(command_id, Key(table, row_id), wire, why_not))
