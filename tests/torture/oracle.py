"""What must hold when the day is over, judged from plain SQL and from what the laptops' own files say.

Nothing here imports FleetDesk: the rules are written a second time, by hand, from the domain's description.

Every act of a person carries a token that no other act has. So an act's value, wherever it turns up, is known:
- acknowledged (the outbox says applied or merged): its token was written in the hosted database exactly once, unless
  another act, acknowledged too, was based on its value: both may have come in one transaction, of which only the last
  value is ever written. Undoing, redoing and merging ask for values that stood somewhere before: so often may such a
  value be written again, and no oftener;
- kept (the Inbox has it): its token was never written there;
- given up (discarded by the person): never written either;
- and there is no fourth way: an act that the laptop had accepted and that is nowhere now was lost.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

__all__ = ["Act", "Entry", "Failure", "Findings", "LaptopFiles", "Row", "Value", "judge"]

LEGAL_MOVES = {
    ("new", "contacted"),
    ("contacted", "qualified"),
    ("qualified", "onboarding"),
    ("onboarding", "validated"),
    ("lost", "contacted"),
    *((stage, "lost") for stage in ("new", "contacted", "qualified", "onboarding", "validated")),
}
SCOPES_OF_ROLE = {
    "platform_commercial": {"leads", "staff"},
    "platform_support": {"staff", "audit"},
    "platform_finance": {"staff"},
    "platform_product_manager": {"staff"},
    "platform_super_admin": {"leads", "staff", "audit", "members"},
}
MAY_LEAVE_NO_TRACE = {"delete", "bulk"}
"""A deletion may find the lead deleted already, or be taken back in the same transaction: its reason is not kept. Nor
is that of losing a lead which someone else has lost before."""
_OF_BEFORE = frozenset({"base", "left", "remove", "deleted_by"})
"""Under these names a command holds what it is based on; under all others, what it asks for."""
TABLES = (
    "adm_members",
    "adm_users",
    "doc_documents",
    "sys_audit_event",
    "sys_audit_payload",
    "sys_audit_seal",
    "sys_demo_lead",
    "sys_demo_lead_activity",
    "sys_demo_lead_apart",
    "sys_demo_lead_import",
    "sys_demo_lead_revision",
    "sys_intent",
    "sys_saved_view",
)

Row = dict[str, object]
Value = tuple[str, str, str, str | None, str | None]
"""That a field took another value: table, row, field, the value before and after."""

_TOKEN = re.compile(r"\bt\d+\b")


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a person: its token, and whether the laptop said that it had it (None: killed before it answered).

    `row`, `field` and `base` are of edits that no later decision repeated: what they change, and the value that the
    person saw there.
    """

    token: str
    laptop: int
    accepted: bool | None
    kind: str
    row: str | None = None
    field: str | None = None
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One command of an outbox: what it holds, its state, and its verdict's kind (empty if none)."""

    payload: object
    state: str
    verdict: str


@dataclass(frozen=True, slots=True)
class LaptopFiles:
    """What a laptop's files hold at the end: the person and their role, the outbox, and each table's rows."""

    role: str
    person_id: str
    outbox: list[Entry]
    rows: dict[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Failure:
    """One broken promise."""

    promise: str
    detail: str


@dataclass
class Findings:
    """All broken promises, and how many things were looked at."""

    failures: list[Failure] = field(default_factory=list)
    looked_at: Counter[str] = field(default_factory=Counter)

    def fail(self, promise: str, detail: str) -> None:
        """A promise was broken."""
        self.failures.append(Failure(promise, detail))


def judge(
    acts: list[Act],
    laptops: list[LaptopFiles],
    hosted: dict[str, list[Row]],
    history: list[Value],
    now: dt.datetime,
) -> Findings:
    """Look at everything; `hosted` holds all rows of each table, `history` every value that ever stood there."""
    findings = Findings()
    _judge_acts(findings, acts, laptops, history)
    _judge_moves(findings, history, hosted)
    _judge_replicas(findings, laptops, hosted)
    _judge_counts(findings, hosted)
    _judge_clocks(findings, hosted, now)
    return findings


def _judge_acts(
    findings: Findings,
    acts: list[Act],
    laptops: list[LaptopFiles],
    history: list[Value],
) -> None:
    written = _written(history)
    commands = [command for laptop in laptops for command in map(_read, laptop.outbox)]
    fates: dict[str, list[str]] = defaultdict(list)
    for command in commands:
        for token in command.asks if not command.merges else ():
            fates[token].append(command.fate)
    edits = {act.token: act for act in acts if act.field}
    replaced = {token for command in commands if command.fate == "acknowledged" for token in command.rests_on}
    superseded = {token for token in replaced if token in edits and not written.get(token)}
    merged = {token for command in commands if command.merges for token in command.asks | command.rests_on}
    copied = {token for token, found in fates.items() if len(found) != 1} | merged
    # A value without a token is that of the first day: where a later command, or a merge, brought it back, it may have
    # stood there unseen, between two commands of one transaction.
    again = {value for command in commands if command.fate == "acknowledged" for value in command.sets}
    mixed = {row_id for command in commands for row_id in command.mixes}
    for act in acts:
        findings.looked_at["acts"] += 1
        times, found = len(written.get(act.token, ())), fates[act.token]
        where = f"{act.kind} {act.token} of laptop {act.laptop} (fates {sorted(found)}, written {times} times)"
        hidden = act.token in replaced or act.kind in MAY_LEAVE_NO_TRACE
        for promise in _broken(act, found, times, hidden=hidden, merged=act.token in merged):
            findings.fail(promise, where)
        for fate in set(found):
            findings.looked_at[fate] += 1
        base = None if act.token in copied else _base_written(act, edits, superseded, copied)
        if base is not None and not _tokens(base) and (act.row in mixed or (act.row, act.field, base) in again):
            base = None
        if base is not None and act.field and times == 1:
            old = written[act.token][0] or ""
            findings.looked_at["bases"] += 1
            if old != base:
                detail = f"{where}: {act.field} of {act.row} {base!r} but {old!r}"
                findings.fail("an edit replaces only the value it was based on", detail)


def _broken(act: Act, fates: list[str], times: int, *, hidden: bool, merged: bool) -> list[str]:
    """The promises that one act's fates break: those of all commands that ask for its value."""
    if "waiting" in fates:
        return ["every act has its verdict when all is quiet"]
    if merged and fates:
        return []  # a merge may have brought the value elsewhere, or kept it from its place
    acknowledged = fates.count("acknowledged")
    broken = ["nothing is doubled"] if times > max(1, acknowledged) else []
    if acknowledged:
        return broken if times or hidden else [*broken, "what was acknowledged is present once"]
    if fates:
        return [*broken, "what was refused was not done"] if times else broken
    if act.accepted:
        return [*broken, "an accepted act is never lost"]
    return [*broken, "what the laptop does not know of was not done"] if times else broken


def _base_written(act: Act, edits: dict[str, Act], superseded: set[str], copied: set[str]) -> str | None:
    """The value that stood in the database when the act came: its base, or what that in turn was based on.

    None where several commands ask for that value, in the Inbox or to undo something: who knows which came last.
    """
    base = act.base or ""
    while tokens := _tokens(base):
        if tokens & copied:
            return None
        hidden = [token for token in tokens if token in superseded]
        if not hidden:
            break
        base = edits[hidden[0]].base or ""
    return base


def _written(history: list[Value]) -> dict[str, list[str | None]]:
    """The old values, by the token that replaced them. A merged lead's tags are the winner's, too: the first counts."""
    found: dict[str, list[str | None]] = defaultdict(list)
    for _table, _row, name, old, new in history:
        for token in _tokens(new) - _tokens(old):
            if name != "tags" or token not in found:
                found[token].append(old)
    return found


@dataclass(frozen=True, slots=True)
class _Command:
    """An entry as far as tokens go: those that it asks for, those that it rests on, and what became of it.

    `sets` are the values that it puts into fields, (row, field, value), `mixes` the rows that it merges or separates.
    """

    asks: frozenset[str]
    rests_on: frozenset[str]
    fate: str
    merges: bool
    sets: frozenset[tuple[str, str, str]]
    mixes: frozenset[str]


def _read(entry: Entry) -> _Command:
    asks, rests_on = set[str](), set[str]()
    _sort_tokens(entry.payload, asks, rests_on)
    payload = entry.payload if isinstance(entry.payload, dict) else {}
    row_id = str(payload.get("lead_id") or payload.get("view_id"))
    sets = frozenset((row_id, name, str(edit["new"] or "")) for name, edit in payload.get("edits", {}).items())
    mixes = frozenset({row_id, *payload["losers"]} if "losers" in payload else ())
    return _Command(frozenset(asks), frozenset(rests_on), _fate(entry), "taken" in payload, sets, mixes)


def _sort_tokens(value: object, asks: set[str], rests_on: set[str]) -> None:
    match value:
        case str():
            asks |= _tokens(value)
        case dict():
            for name, part in value.items():
                _sort_tokens(part, rests_on if name in _OF_BEFORE else asks, rests_on)
        case list():
            for part in value:
                _sort_tokens(part, asks, rests_on)


def _tokens(text: str | None) -> set[str]:
    return set(_TOKEN.findall(text or ""))


def _fate(entry: Entry) -> str:
    match entry.state:
        case "settled":
            return "acknowledged" if entry.verdict in ("applied", "merged") else "given up"
        case "inbox" | "held":
            return "kept"
        case "discarded":
            return "given up"
        case _:
            return "waiting"


def _judge_moves(
    findings: Findings,
    history: list[Value],
    hosted: dict[str, list[Row]],
) -> None:
    """Each entry of a timeline is a legal move; what rows show is a chain of such, as one transaction may hold some."""
    for _table, row_id, name, old, new in history:
        if name == "status" and old is not None:
            findings.looked_at["moves"] += 1
            if new not in _reachable(old):
                findings.fail("leads move only along the pipeline", f"lead {row_id} went from {old} to {new}")
    for entry in hosted["sys_demo_lead_activity"]:
        move = (entry["from_status"], entry["to_status"])
        if entry["kind"] == "status_change" and move not in LEGAL_MOVES and move != ("lost", "lost"):
            findings.fail("leads move only along the pipeline", f"the timeline of {entry['lead_id']} has {move}")


def _reachable(stage: str) -> set[str]:
    found, fresh = set[str](), {stage}
    while fresh:
        found |= fresh
        fresh = {to for origin, to in LEGAL_MOVES if origin in fresh} - found
    return found


def _judge_replicas(findings: Findings, laptops: list[LaptopFiles], hosted: dict[str, list[Row]]) -> None:
    for number, laptop in enumerate(laptops):
        scopes = SCOPES_OF_ROLE[laptop.role] | {f"person:{laptop.person_id}"}
        for table in TABLES:
            want = {str(row["id"]): _plain(row) for row in hosted[table] if row["scope"] in scopes}
            have = {str(row["id"]): _plain(row) for row in laptop.rows[table]}
            findings.looked_at["rows compared"] += len(want)
            for row_id in sorted(have.keys() - want.keys())[:3]:
                findings.fail(
                    "nobody holds a row that they may not, nor one that is gone",
                    f"laptop {number} ({laptop.role}) holds {table} {row_id}",
                )
            for row_id in sorted(want.keys() - have.keys())[:3]:
                findings.fail("every replica has all that its person may see", f"laptop {number}: {table} {row_id}")
            different = [row_id for row_id in sorted(want.keys() & have.keys()) if want[row_id] != have[row_id]]
            for row_id in different[:3]:
                fields = {k: (v, have[row_id].get(k)) for k, v in want[row_id].items() if v != have[row_id].get(k)}
                findings.fail("every replica equals the hosted rows", f"laptop {number}: {table} {row_id} {fields}")


def _plain(row: Row) -> Row:
    return {name: _plain_value(value) for name, value in row.items() if name not in ("xid", "row_key")}


def _plain_value(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, bool):
        return int(value)
    return value


def _judge_counts(findings: Findings, hosted: dict[str, list[Row]]) -> None:
    entries = Counter(
        str(row["lead_id"])
        for row in hosted["sys_demo_lead_activity"]
        if row["kind"] != "status_change" and not str(row["body"]).startswith("imported")
    )
    for lead in hosted["sys_demo_lead"]:
        findings.looked_at["activity counts"] += 1
        # A winner counts those of the others as well, as they were when it took them in; an other that was removed for
        # good since took its timeline along, and left no trace but this record.
        record = json.loads(str(lead["merge_record"] or "{}"))
        brought = [layer["activities"] for layer in record.get("layers", ())]
        counted, there_are = lead["activity_count"], entries[str(lead["id"])] + sum(brought)
        if counted != there_are:
            findings.fail(
                "a lead counts its activities",
                f"lead {lead['id']} says {counted}, its timeline and those merged into it have {there_are}",
            )


def _judge_clocks(findings: Findings, hosted: dict[str, list[Row]], now: dt.datetime) -> None:
    for row in hosted["sys_demo_lead"]:
        findings.looked_at["clocks"] += 1
        for name in ("updated_at", "last_activity_at"):
            value = row[name]
            if isinstance(value, dt.datetime) and value > now:
                findings.fail("no laptop's clock writes into the future", f"lead {row['id']}: {name} {value}")
