"""Every message between laptop and hub. Both sides import these; neither imports the other.

Small messages are JSON, validated on arrival. Rows travel as arrays of values in their wire form (`models.types`),
in streams of JSON lines under zstd, so that neither side ever holds more than a chunk:

- `POST /v1/devices`          NewDevice                      → Registered
- `POST /v1/hello`            Hello                          → Welcome
- `POST /v1/push`             PushRequest                    → PushAnswer
- `POST /v1/pull`             PullRequest                    → stream: PullHead, then RemovedChunk*, RowsChunk*, PullEnd
- `POST /v1/load`             LoadRequest                    → LoadPlan
- `POST /v1/load/{table}`     LoadTableRequest               → stream: one JSON array a row, then LoadEnd
- `GET  /v1/events`           -                              → server-sent events: `event: changed`, or `event: rights`
                                                               where what the person may see changed; without data
- `POST /v1/documents/{id}/bytes`          -                 → BytesStanding: where to go on sending them
- `PUT  /v1/documents/{id}/bytes/{place}`  the piece         → BytesStanding
- `GET  /v1/documents/{id}/bytes/{place}`  -                 → bytes from there on, or 404
- `POST /v1/quarantine`       HandedIn                       → TakenIn: from a revoked device, by its signature alone
- `GET  /livez`, `/readyz`    -                              → 200, or 503 with a Problem

The hub has two endpoints more, which no laptop asks: `/v1/hooks/clerk`, and `/openapi.json`, which describes them.

Every request under `/v1/` is signed by the laptop's key (`signatures.py`), its hook and nothing else excepted: over the
method, the path, the query, the digest of the body and the token, with a number of its own. The key is registered once
(`/v1/devices`), by a fresh sign-in that committed to it. A number that was used is answered by `out_of_turn`, which
names the next one; a key that is not known by `device_unknown`; one that was revoked by `device_revoked`.

Every stream's last line is its end message; a stream without one was cut, and what came before it still counts.
Every failure is a Problem (RFC 9457) with the media type `application/problem+json`.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, FailFast, Field

from fleetdesk.settings import LONGEST_LEASE

__all__ = [
    "BYTES_ANSWER",
    "BYTES_PIECE",
    "HANDED_IN_LIMIT",
    "LOAD_BYTES",
    "LOAD_SECONDS",
    "LONGEST_ID",
    "PROTOCOL_VERSION",
    "PULL_CHUNK",
    "PUSH_LIMIT",
    "RUN_HEADER",
    "BytesStanding",
    "FieldConflict",
    "HandedIn",
    "HandedInEdit",
    "Hello",
    "LoadEnd",
    "LoadPlan",
    "LoadRequest",
    "LoadTable",
    "LoadTableRequest",
    "Message",
    "NewDevice",
    "Person",
    "Problem",
    "ProblemCode",
    "PullEnd",
    "PullHead",
    "PullRequest",
    "PushAnswer",
    "PushRequest",
    "Receipt",
    "Registered",
    "RemovedChunk",
    "RowsChunk",
    "TableChecksum",
    "TakenIn",
    "Verdict",
    "VerdictKind",
    "Welcome",
    "WireCommand",
]

PROTOCOL_VERSION = 1
RUN_HEADER = "X-FleetDesk-Run"
"""Where a laptop shows the secret of its own hub (a direct connection); other hubs do not look at it."""
PUSH_LIMIT = 500
"""Commands in one push, at most."""
PULL_CHUNK = 2_000
"""Rows in one line of a pull, at most."""
HANDED_IN_LIMIT = 200
"""Edits that a revoked laptop hands in with one request, at most."""
LONGEST_ID = 200
"""Characters of an id that a laptop gives, at most: an index of the hosted database has to hold it."""
LOAD_BYTES = 192 * 1024 * 1024
"""Bytes (before compression, which leaves a quarter) after which a load's response ends, to be resumed by key."""
LOAD_SECONDS = 30.0
"""Seconds after which a load's response ends, to be resumed by key."""
BYTES_PIECE = 256 * 1024
"""Bytes of a document in one piece: what a cut connection costs at most."""
BYTES_ANSWER = 4 * BYTES_PIECE
"""Bytes of a document in one answer, at most."""

Plain = Any
"""A JSON value; `Any` because pydantic walks a recursive JSON type value by value, and a batch of edits feels it."""

_Item = TypeVar("_Item")


class _FirstFault(FailFast):
    """Ends at the first item that is none; hashable, as an annotation has to be that may stand beside None."""

    __hash__ = object.__hash__


Listed = Annotated[tuple[_Item, ...], _FirstFault()]
"""Several of a kind. The first that is none ends it: a list of what is wrong with each of a million is of no use."""

LaptopsId = Annotated[str, Field(max_length=LONGEST_ID)]
"""An id that a laptop gave."""


class Message(BaseModel):
    """A frozen message; fields that the other side's newer version added are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Person(Message):
    """The signed-in person as the hub knows them."""

    id: str
    name: str
    email: str
    role: str
    scopes: Listed[str]

    @property
    def shut_out(self) -> bool:
        """Whether they hold nothing: the hub, which gives everybody of the staff something, did not take them in."""
        return not self.scopes


class NewDevice(Message):
    """Registers the key that signs this request, by the ID token of a sign-in that was just now.

    That token's `nonce` has to be the one that commits to `devices` and `salt` (`signatures.Commitment`), and the key's
    own id among them. `public_key`: 32 bytes of Ed25519 in base64url. `name` and `system`: the laptop's, for people.
    """

    id_token: str = Field(max_length=16_384, repr=False)
    devices: Listed[LaptopsId] = Field(max_length=64)
    salt: str = Field(max_length=128, repr=False)
    public_key: str = Field(max_length=43)
    name: str = Field(max_length=100)
    system: str = Field(max_length=100)
    app_version: str = Field(max_length=50)


class Registered(Message):
    """The device is registered; it is known by this id."""

    device_id: str


class Hello(Message):
    """A laptop introduces itself, once a connection.

    `waiting`: changes that wait in its outbox; `lease_hours`: how long it opens without the hub. None: not told.
    """

    laptop_id: LaptopsId
    app_version: str = Field(max_length=50)
    protocol: int = PROTOCOL_VERSION
    schema_version: int
    waiting: int | None = Field(default=None, ge=0, le=2**31)
    lease_hours: float | None = Field(default=None, ge=0, le=LONGEST_LEASE)


class Welcome(Message):
    """The hub's answer: who it takes the person for, its clock, epoch and the schema versions that it serves."""

    hub_version: str
    protocol: int
    schema_versions: Listed[int]
    epoch: str
    person: Person
    server_time: dt.datetime
    next_sequence: int


class VerdictKind(StrEnum):
    """How a command ended."""

    APPLIED = "applied"
    MERGED = "merged"
    CONFLICT = "conflict"
    REJECTED = "rejected"


class FieldConflict(Message):
    """One field that two people changed: what it was, what this command wants, and what stands there now."""

    table: str
    row_id: str
    field: str
    base: Plain = None
    mine: Plain = None
    theirs: Plain = None


class Verdict(Message):
    """How a command ended. `conflict`: the fields named were left as they are, the others were set.

    `rejected`: nothing was done; `code` is stable, `reason` and `do` are for the person, `missing` names fields.
    """

    kind: VerdictKind
    conflicts: Listed[FieldConflict] = ()
    code: str = ""
    reason: str = ""
    do: str = ""
    missing: Listed[str] = ()

    @property
    def settled(self) -> bool:
        """Whether nothing is left for the person to decide."""
        return self.kind in (VerdictKind.APPLIED, VerdictKind.MERGED)


class WireCommand(Message):
    """A command on its way: the registry's name and version, and the payload that the class of that version reads."""

    id: LaptopsId
    name: str
    version: int
    issued_at: dt.datetime
    batch: LaptopsId | None = None
    payload: dict[str, Plain]


class Receipt(Message):
    """What the hub decided about one command; kept until the laptop confirms it."""

    sequence: int
    command_id: str
    verdict: Verdict


class PushRequest(Message):
    """Commands in the laptop's order, numbered from `first_sequence` without gaps. `more`: others wait behind them.

    `confirmed`: the highest sequence whose receipt the laptop has stored; the hub may forget receipts up to there.
    """

    laptop_id: LaptopsId
    first_sequence: int = Field(ge=1)
    confirmed: int = Field(ge=0)
    more: bool = False
    commands: Listed[WireCommand] = Field(max_length=PUSH_LIMIT)


class PushAnswer(Message):
    """One receipt a command, in order."""

    receipts: Listed[Receipt]
    next_sequence: int
    server_time: dt.datetime


class PullRequest(Message):
    """Asks for what changed since the cursor. `checksums`: also digests of every table in the same snapshot.

    `waiting`: as in Hello.
    """

    laptop_id: LaptopsId
    cursor: str
    confirmed: int = Field(ge=0)
    schema_version: int
    checksums: bool = False
    waiting: int | None = Field(default=None, ge=0, le=2**31)


class PullHead(Message):
    """Begins a pull. Rows of `lost_scopes` go at once; rows of `gained_scopes` are not in this pull: they are loaded.

    The load of gained scopes uses the cursor of this pull's end.
    """

    type: Literal["head"] = "head"
    person: Person
    lost_scopes: Listed[str] = ()
    gained_scopes: Listed[str] = ()
    server_time: dt.datetime


class RemovedChunk(Message):
    """Rows that the person may no longer hold, or that are gone. Every RemovedChunk comes before every RowsChunk."""

    type: Literal["removed"] = "removed"
    table: str
    ids: Listed[str]


class RowsChunk(Message):
    """Changed rows of one table: `rows` are arrays of wire values in the order of `columns`; at most PULL_CHUNK."""

    type: Literal["rows"] = "rows"
    table: str
    columns: Listed[str]
    rows: Annotated[list[list[Plain]], _FirstFault()]


class TableChecksum(Message):
    """Rows of one table that the person may hold, and the sum over them, modulo 2^64, of a 64-bit digest each.

    A row's digest is the first 8 bytes (big-endian) of the SHA-256 of its values' wire texts in column order, joined by
    U+001F, with U+001E for null and `true`/`false` for flags.
    """

    table: str
    columns: Listed[str]
    count: int
    sum: int


class PullEnd(Message):
    """Ends a pull. Commands up to `settled_through` of this laptop are in its snapshot; `receipts` are theirs.

    `receipts` holds those after the request's `confirmed`, so that a lost push answer heals here.
    """

    type: Literal["end"] = "end"
    cursor: str
    settled_through: int
    receipts: Listed[Receipt] = ()
    checksums: Listed[TableChecksum] = ()


class LoadRequest(Message):
    """Asks to load all rows of the person's scopes, or of `scopes` alone (those just gained)."""

    laptop_id: LaptopsId
    schema_version: int
    scopes: Listed[str] | None = None


class LoadTable(Message):
    """A table to load: its columns in the order of the arrays, and a rough count for the progress bar."""

    name: str
    columns: Listed[str]
    rows_about: int


class LoadPlan(Message):
    """What to load. The cursor's snapshot was taken before the first row: pull from it when all tables are in."""

    cursor: str
    person: Person
    tables: Listed[LoadTable]
    settled_through: int
    server_time: dt.datetime


class LoadTableRequest(Message):
    """Asks for a table's rows in key order, from after `after` ("" from the start), of `scopes` (all if None)."""

    laptop_id: LaptopsId
    columns: Listed[str]
    after: str = ""
    scopes: Listed[str] | None = None


class LoadEnd(Message):
    """The last line of a load's response; `more`: ask again from after the last key."""

    type: Literal["end"] = "end"
    more: bool


class BytesStanding(Message):
    """How the hub stands with a document's bytes of one person: `received` says where the next piece begins.

    `known`: the document is there for this person. `whole`: all bytes are here, and of the document's digest.
    `spoilt`: they had all come and were not of that digest; they were thrown away.
    """

    known: bool = True
    received: int
    whole: bool = False
    spoilt: bool = False


class HandedInEdit(Message):
    """What somebody had done or begun on a laptop that was revoked, and that the hub had not decided.

    `kind`: `waiting` in the outbox, in the `inbox`, or a `draft`. `name`: a command's, or the draft's key. `sentence`:
    in words; `target_table`, `target_id`: the row that it is about; empty where it is none.
    """

    id: LaptopsId
    kind: Literal["waiting", "inbox", "draft"]
    name: str = Field(max_length=LONGEST_ID)
    sentence: str = Field(max_length=2_000)
    target_table: str = Field(default="", max_length=LONGEST_ID)
    target_id: str = Field(default="", max_length=LONGEST_ID)
    made_at: dt.datetime
    payload: dict[str, Plain]


class HandedIn(Message):
    """Edits of a revoked laptop; those that were handed in before stay as they are. `last`: no others follow.

    `left_out`: so many, told with the last, are not handed in, since the hub has no room for them.
    """

    edits: Listed[HandedInEdit] = Field(max_length=HANDED_IN_LIMIT)
    last: bool
    left_out: int = Field(default=0, ge=0, le=2**31)


class TakenIn(Message):
    """The hub keeps the edits: so many of this device's by now.

    `left_out`: for so many it was told, with the last, that it had no room; None from a hub that does not say.
    """

    kept: int = Field(ge=0, le=2**31)
    left_out: int | None = Field(default=None, ge=0, le=2**31)


class ProblemCode(StrEnum):
    """The stable codes of Problem."""

    SIGN_IN = "sign_in"
    NOT_STAFF = "not_staff"
    NOT_ALLOWED = "not_allowed"
    DEVICE_UNKNOWN = "device_unknown"
    DEVICE_REVOKED = "device_revoked"
    BAD_SIGNATURE = "bad_signature"
    OUT_OF_TURN = "out_of_turn"
    OUT_OF_ORDER = "out_of_order"
    PAYLOAD_CHANGED = "payload_changed"
    CURSOR_GONE = "cursor_gone"
    UPGRADE_NEEDED = "upgrade_needed"
    BAD_REQUEST = "bad_request"
    NOT_FOUND = "not_found"
    TOO_LARGE = "too_large"
    NO_ROOM = "no_room"
    BUSY = "busy"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    DEFECT = "defect"


class Problem(Message):
    """A failure, in RFC 9457's form: `title` says what happened, `do` what to do."""

    type: str = "about:blank"
    code: ProblemCode
    title: str
    status: int
    do: str = ""
    next_sequence: int | None = None
    next_number: int | None = None
    retry_after: float | None = None
    request_id: str | None = None
