"""One laptop of a simulated day, as a process: the real store and the real engine, told what to do on standard input.

Reads one JSON object a line and answers each with one. The first is its configuration.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import random
import resource
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.lead_bulk import BulkActs
from fleetdesk.commands.lead_deletion import DeleteLead, RestoreLead
from fleetdesk.commands.lead_documents import AttachDocument
from fleetdesk.commands.lead_merge import MergeLeads, Taken, UnmergeLeads
from fleetdesk.commands.leads import CreateLead, EditLead, LogActivity, MoveLead, StartOnboarding, TagLead
from fleetdesk.commands.pending import BatchDone, PendingChange, PendingState
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.commands.saved_views import EditView, SaveView
from fleetdesk.demo.laptop import HeadlessLaptop
from fleetdesk.errors import FleetDeskError
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.stages import Stage, moves_from
from fleetdesk.protocol import VerdictKind
from fleetdesk.settings import LaptopSettings
from fleetdesk.signatures import DeviceKey
from fleetdesk.sync.files.cipher import FileKeys, FileKind, Raw, connect
from fleetdesk.sync.network.signing import DeviceSigner
from fleetdesk.sync.store.local_store import LocalStore
from tests.torture import oracle, planted

_BULK_TOKENS = 1_000_000
"""From here on the tokens of single rows are counted: ten for each bulk act."""
_FIELDS = ("company", "message", "current_software", "source", "website")


@dataclass(frozen=True, slots=True)
class _Listed:
    """A lead as a list shows it."""

    id: str
    status: Stage
    owner_id: str | None


class _ShiftedClock:
    """The machine's clock, some hours wrong."""

    def __init__(self, offset: float) -> None:
        self.offset = dt.timedelta(seconds=offset)

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.offset


class LaptopProcess:
    """Answers the simulation's requests; `SyncEngine` runs in a thread of its own, as it does under the window."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._clock = _ShiftedClock(config["clock_offset"])
        self._folder = Path(config["folder"])
        self._person_id = config["person_id"]
        platform = fleet_platform()
        seed = hashlib.sha256(str(self._folder).encode()).digest()
        self._keys = FileKeys(replica=seed, outbox=hashlib.sha256(seed).digest(), documents=seed)
        self._store = LocalStore.open(
            self._folder,
            keys=self._keys,
            platform=platform,
            clock=self._clock,
            actor=Actor(config["person_id"], Role.COMMERCIAL),
            rebase=planted.rebase(config["planted"], platform),
        )
        device = DeviceKey(bytes.fromhex(config["device"]))
        self._laptop = HeadlessLaptop(
            self._store,
            config["hub_url"],
            config["token"],
            DeviceSigner(lambda: device),
            platform.schema.version,
            self._clock,
            LaptopSettings(pull_interval=0.05, poll_interval=2.0, request_timeout=5.0),
            random.Random(seed),
        )
        self._laptop.start()

    def close(self) -> None:
        """Stop the engine, close the files."""
        self._laptop.stop()
        self._store.close()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked. An error that a person would be told of is an answer, too."""
        handler: Callable[[dict[str, Any]], dict[str, Any]] = getattr(self, f"_do_{request['do']}")
        try:
            return handler(request)
        except FleetDeskError as error:
            return {"refused": type(error).__name__, "what": str(error)}

    # --- people's work ---

    def _do_create(self, request: dict[str, Any]) -> dict[str, Any]:
        values = {"company": f"made {request['token']}", "email": "made@example.com", "country": "FR", "fleet_size": 3}
        lead_id = new_id()
        answer = self._perform(CreateLead(**self._new(), lead_id=lead_id, values=values))
        return {**answer, "row": lead_id, "field": "company", "base": None}

    def _do_edit(self, request: dict[str, Any]) -> dict[str, Any]:
        lead = self._lead(_busy(request))
        if lead is None:
            return {"skipped": "no leads"}
        name = _FIELDS[request["pick"] % len(_FIELDS)]
        return self._edit(lead, name, request["token"])

    def _do_contest(self, request: dict[str, Any]) -> dict[str, Any]:
        lead = self._lead(request["pick"] % 3)
        return {"skipped": "no leads"} if lead is None else self._edit(lead, "company", request["token"])

    def _do_log(self, request: dict[str, Any]) -> dict[str, Any]:
        lead = self._lead(_busy(request))
        if lead is None:
            return {"skipped": "no leads"}
        body = f"called, {request['token']}"
        return self._perform(
            LogActivity(
                **self._new(),
                lead_id=lead["id"],
                activity_id=new_id(),
                kind=ActivityKind.CALL,
                body=body,
                happened_at=self._clock.now(),
            )
        )

    def _do_move(self, request: dict[str, Any]) -> dict[str, Any]:
        lead = self._lead(_busy(request))
        if lead is None:
            return {"skipped": "no leads"}
        stage = Stage(lead["status"])
        targets = moves_from(stage)
        if not targets:
            return {"skipped": "stays where it is"}
        target = targets[int(request["choice"] * len(targets))]
        common = {**self._new(), "lead_id": lead["id"], "base": stage, "activity_id": new_id()}
        if target is Stage.ONBOARDING:
            return self._perform(StartOnboarding(**common, intent_id=new_id()), marked=False)
        if target is Stage.LOST:
            return self._perform(MoveLead(**common, to=target, reason=f"no longer, {request['token']}"))
        return self._perform(MoveLead(**common, to=target), marked=False)

    def _do_tag(self, request: dict[str, Any]) -> dict[str, Any]:
        lead = self._lead(_busy(request))
        if lead is None:
            return {"skipped": "no leads"}
        return self._perform(TagLead(**self._new(), lead_id=lead["id"], add=(request["token"],)))

    def _do_delete(self, request: dict[str, Any]) -> dict[str, Any]:
        lead = self._lead(_busy(request))
        if lead is None:
            return {"skipped": "no leads"}
        return self._perform(DeleteLead(**self._new(), lead_id=lead["id"], reason=f"asked, {request['token']}"))

    def _do_restore(self, request: dict[str, Any]) -> dict[str, Any]:
        lead = self._lead(request["pick"], where="deleted_at IS NOT NULL")
        if lead is None:
            return {"skipped": "none deleted"}
        return self._perform(RestoreLead(**self._new(), lead_id=lead["id"]), marked=False)

    def _do_undo(self, request: dict[str, Any]) -> dict[str, Any]:
        act = self._store.history().undo
        if act is None:
            return {"skipped": "nothing to undo"}
        return _turned(self._store.undo(act.number))

    def _do_redo(self, request: dict[str, Any]) -> dict[str, Any]:
        act = self._store.history().redo
        if act is None:
            return {"skipped": "nothing to redo"}
        return _turned(self._store.redo(act.number))

    def _do_merge(self, request: dict[str, Any]) -> dict[str, Any]:
        winner, loser = self._lead(_busy(request)), self._lead(request["pick"] // 7 % 9)
        if winner is None or loser is None or winner["id"] == loser["id"]:
            return {"skipped": "no two leads"}
        taken = {}
        if request["choice"] < 0.6 and loser["company"] and winner["company"] != loser["company"]:
            taken["company"] = Taken(base=winner["company"], new=loser["company"], source=loser["id"])
        merge = MergeLeads(**self._new(), lead_id=winner["id"], losers=(loser["id"],), taken=taken)
        return self._perform(merge, marked=False)

    def _do_separate(self, request: dict[str, Any]) -> dict[str, Any]:
        lead = self._lead(request["pick"], where="merged_into IS NOT NULL")
        if lead is None:
            return {"skipped": "none is merged"}
        return self._perform(
            UnmergeLeads(**self._new(), lead_id=lead["merged_into"], losers=(lead["id"],)), marked=False
        )

    def _do_bulk(self, request: dict[str, Any]) -> dict[str, Any]:
        """One act over some leads; each row has a token of its own."""
        found = {lead["id"]: lead for at in range(5) if (lead := self._lead(request["pick"] + at)) is not None}
        first = _BULK_TOKENS + 10 * int(request["token"][1:])
        tokens = {lead_id: f"t{first + at}" for at, lead_id in enumerate(found)}
        acts = BulkActs(self._clock.now(), new_id)
        commands = [
            _bulk_command(
                acts, _Listed(lead_id, Stage(lead["status"]), lead["owner_id"]), tokens[lead_id], request["choice"]
            )
            for lead_id, lead in found.items()
        ]
        done = self._store.perform_batch(new_id(), commands, sentence=lambda rows: f"Did {rows}")
        refused = {row.target.id for row in done.refused}
        sure = not done.ended
        return {"rows": {token: lead_id not in refused if sure else None for lead_id, token in tokens.items()}}

    def _do_view(self, request: dict[str, Any]) -> dict[str, Any]:
        """A saved view, one's own or for all; or another name for one that there is."""
        mine = self._row("sys_saved_view", "deleted_at IS NULL AND owner_id = :me", request["pick"])
        name = f"view {request['token']}"
        if mine is None or request["choice"] < 0.5:
            values = {"name": name, "kind": "list", "query": "", "sort": [], "columns": []}
            view_id, shared = new_id(), request["choice"] < 0.2
            save = SaveView(**self._new(), view_id=view_id, screen="leads", values=values, shared=shared)
            return {**self._perform(save), "row": view_id, "field": "name", "base": None}
        edit = EditView(**self._new(), view_id=mine["id"], edits={"name": FieldEdit(base=mine["name"], new=name)})
        return {**self._perform(edit), "row": mine["id"], "field": "name", "base": mine["name"]}

    def _do_discard(self, request: dict[str, Any]) -> dict[str, Any]:
        batches = self._store.batches()
        if batches and request["choice"] < 0.3:
            self._store.discard_batch(batches[request["pick"] % len(batches)].id)
            return {"done": True}
        waiting = [change for change in self._store.pending() if change.state is PendingState.WAITING]
        if not waiting:
            return {"skipped": "nothing waits"}
        self._store.discard(waiting[request["pick"] % len(waiting)].command.id)
        return {"done": True}

    def _do_decide(self, request: dict[str, Any]) -> dict[str, Any]:
        inbox = [change for change in self._store.pending() if change.state is PendingState.INBOX]
        if not inbox:
            return {"skipped": "the Inbox is empty"}
        self._decide(inbox[request["pick"] % len(inbox)], request["choice"])
        return {"done": True}

    def _decide(self, change: PendingChange, choice: float) -> None:
        conflicts = change.verdict.conflicts if change.verdict else ()
        if conflicts and choice < 0.4:
            self._store.resolve(change.command.id, conflicts)
        elif conflicts and choice < 0.7:
            self._store.resolve(change.command.id, ())
        elif choice < 0.85:
            self._store.retry(change.command.id)
        else:
            self._store.discard(change.command.id)

    # --- the world ---

    def _do_attach(self, request: dict[str, Any]) -> dict[str, Any]:
        lead = self._lead(request["pick"])
        if lead is None:
            return {"skipped": "no leads"}
        taken = self._store.documents.take_in(Path(request["path"]))
        command = AttachDocument(
            **self._new(),
            lead_id=lead["id"],
            document_id=new_id(),
            file_name=taken.name,
            sha256=taken.sha256,
            size=taken.size,
            media_type=taken.media_type,
        )
        return self._perform(command)

    def _do_clock(self, request: dict[str, Any]) -> dict[str, Any]:
        self._clock.offset = dt.timedelta(seconds=request["offset"])
        return {"done": True}

    def _do_disk(self, request: dict[str, Any]) -> dict[str, Any]:
        """Allow no file to grow beyond what the largest is now, or lift that again."""
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        sizes = [path.stat().st_size for path in self._folder.rglob("*") if path.is_file()]
        limit = max(sizes, default=0) // 2 if request["full"] else hard
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        return {"done": True}

    def _do_network(self, request: dict[str, Any]) -> dict[str, Any]:
        self._laptop.engine.network_changed()
        return {"done": True}

    # --- what the simulation looks at ---

    def _do_status(self, request: dict[str, Any]) -> dict[str, Any]:
        counts = self._store.counts()
        return {"state": str(self._laptop.status.state), "waiting": counts.waiting, "inbox": counts.inbox}

    def _do_files(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"outbox": self._outbox(), "rows": self._rows()}

    def _do_held(self, request: dict[str, Any]) -> dict[str, Any]:
        """The cursor, and how many rows and before-images of each scope there are, all at one moment."""
        counts = " UNION ALL ".join(
            f"SELECT scope, count(*) AS rows FROM {table} GROUP BY scope" for table in oracle.TABLES
        )
        images = "SELECT image ->> 'scope', count(*) FROM local_before WHERE image IS NOT NULL GROUP BY 1"
        with self._store.reading() as connection:
            cursor = connection.scalar(text("SELECT cursor FROM local_mark"))
            found = connection.execute(
                text(f"SELECT scope, sum(rows) AS rows FROM ({counts} UNION ALL {images}) GROUP BY scope")
            )
            return {"cursor": cursor, "scopes": {row.scope: row.rows for row in found}}

    def _outbox(self) -> list[dict[str, str]]:
        with closing(connect(self._folder / "outbox.db", self._keys.outbox, FileKind.OUTBOX)) as connection:
            rows = connection.execute("SELECT payload, state, verdict FROM command ORDER BY position").fetchall()
        return [
            {"payload": json.loads(payload), "state": state, "verdict": json.loads(verdict)["kind"] if verdict else ""}
            for payload, state, verdict in rows
        ]

    def _rows(self) -> dict[str, list[oracle.Row]]:
        file = self._folder / (self._folder / "replica.current").read_text().strip()
        with closing(connect(file, self._keys.replica, FileKind.REPLICA)) as connection:
            return {table: _read_all(connection, table) for table in oracle.TABLES}

    # --- how ---

    def _new(self) -> dict[str, Any]:
        return {"id": new_id(), "issued_at": self._clock.now()}

    def _edit(self, lead: dict[str, Any], name: str, token: str) -> dict[str, Any]:
        base = lead[name]
        edit = FieldEdit(base=base, new=f"set {token}")
        answer = self._perform(EditLead(**self._new(), lead_id=lead["id"], edits={name: edit}))
        return {**answer, "row": lead["id"], "field": name, "base": base}

    def _perform(self, command: Command, *, marked: bool = True) -> dict[str, Any]:
        verdict = self._store.perform(command)[0]
        accepted = verdict.kind is not VerdictKind.REJECTED and verdict.kind is not VerdictKind.CONFLICT
        return {"accepted": accepted, "marked": marked, "verdict": str(verdict.kind), "code": verdict.code}

    def _lead(self, pick: int, *, where: str = "deleted_at IS NULL") -> dict[str, Any] | None:
        return self._row("sys_demo_lead", where, pick)

    def _row(self, table: str, where: str, pick: int) -> dict[str, Any] | None:
        me = {"me": self._person_id}
        with self._store.reading() as connection:
            count = connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {where}"), me)
            if not count:
                return None
            row = (
                connection.execute(
                    text(f"SELECT * FROM {table} WHERE {where} ORDER BY id LIMIT 1 OFFSET :at"),
                    {**me, "at": pick % count},
                )
                .mappings()
                .one()
            )
            return dict(row)


def _bulk_command(acts: BulkActs, lead: _Listed, token: str, choice: float) -> Command:
    return acts.tag(lead, add=(token,)) if choice < 0.5 else acts.move(lead, Stage.LOST, f"no longer, {token}")


def _turned(done: BatchDone) -> dict[str, Any]:
    return {"done": True} if not done.refused else {"refused": "undo", "what": str(done.refused[0].verdict.reason)}


def _busy(request: dict[str, Any]) -> int:
    """Half of all work is about the same few leads, as in life: that is where people get in each other's way."""
    pick: int = request["pick"]
    return pick % 6 if request["choice"] < 0.5 else pick


def _read_all(connection: Raw, table: str) -> list[oracle.Row]:
    names = [column[1] for column in connection.execute(f"PRAGMA table_info({table})")]
    rows = connection.execute(f"SELECT * FROM {table}")
    return [dict(zip(names, row, strict=True)) for row in rows]


def main() -> None:
    """Serve the simulation until it says stop, or its pipe closes."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    process = LaptopProcess(json.loads(sys.stdin.readline()))
    _say({"ready": True})
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "stop":
            break
        _say(process.answer(request))
    process.close()
    _say({"done": True})


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
