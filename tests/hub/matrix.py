"""Who may do what with which rows of the hosted tables: written down by hand, and asked of the database itself.

`python -m tests.hub.matrix` prints the matrix with its counts. What is written down here shares nothing with FleetDesk:
not its table of roles, not its scopes. What the tables are is asked of the catalogue: one that is not written down
here is found.

Each question is asked as the hub's own role, in a transaction that claims a person, a role, and *every* scope there
is, for reading and for writing: the worst that a mistake in the hub could claim. What is allowed then is what the
database itself allows.
"""

from __future__ import annotations

import itertools
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors, sql

from fleetdesk.demo.postgres import Database

__all__ = ["CELLS", "DECLARED", "MOVES", "SPEAKERS", "TABLES_THERE", "VERBS", "Cell", "Matrix", "expected", "may_move"]

ME, OTHER = "o'neil, 100%", "ali"
"""An id that came from elsewhere may be any text."""
KINDS = {
    "staff": "staff",
    "leads": "leads",
    "audit": "audit",
    "members": "members",
    "own": "person:o'neil%2C 100%25",
    "another's own": "person:ali",
    "a tenant's": "tenant:1",
}
"""The kinds of rows, and the scope of each."""
SPEAKERS = {
    "sales": "platform_commercial",
    "support": "platform_support",
    "finance": "platform_finance",
    "product": "platform_product_manager",
    "admin": "platform_super_admin",
    "system": "system",
    "no role": "",
    "no such role": "platform_janitor",
    "nothing claimed": None,
}
VERBS = ("select", "insert", "update", "delete")

READS = {
    "sales": {"staff", "leads", "own"},
    "support": {"staff", "audit", "own"},
    "finance": {"staff", "own"},
    "product": {"staff", "own"},
    "admin": {"staff", "leads", "audit", "members", "own"},
}
"""What each role reads, of every table whose rows have a scope. The system reads all."""

DECLARED = """
table                   read    insert                   update                   delete                whose
adm_members             scope   system                   system                   system                -
adm_users               scope   system                   system                   system                -
alembic_version         all     -                        -                        -                     -
doc_blob                scope   system leaders:leads     system leaders:leads     system leaders:leads  person_id
doc_blob_piece          scope   system leaders:leads     -                        system                -
doc_documents           scope   system leaders:leads     system leaders:leads     system                -
sys_audit_event         scope   system anyone:audit      -                        -                     actor_id
sys_audit_payload       scope   system anyone:audit      -                        -                     -
sys_audit_seal          scope   system                   -                        -                     -
sys_demo_lead           scope   system leaders:leads     system leaders:leads     system                -
sys_demo_lead_activity  scope   system leaders:leads     system                   system                -
sys_demo_lead_apart     scope   system leaders:leads     system leaders:leads     system                -
sys_demo_lead_import    scope   system leaders:leads     system leaders:leads     system                -
sys_demo_lead_revision  scope   system leaders:leads     system                   system                -
sys_device              scope   system                   system admin:members     system                -
sys_device_turn         system  system                   system                   -                     -
sys_epoch               all     -                        -                        -                     -
sys_intent              scope   system leaders:leads admin:members  system leaders:leads admin:members  system  -
sys_laptop              mine    mine                     mine                     -                     person_id
sys_provider_reading    system  -                        system                   -                        -
sys_quarantine          scope   system                   -                        system                -
sys_receipt             mine    mine                     mine                     system                person_id
sys_removal             scope   -                        -                        system                -
sys_saved_view          scope   system anyone:own,staff  system anyone:own,staff  system                owner_id/admin
sys_unkeyed             system  -                        -                        system                -
"""
"""Who may do what with the rows of each table.

`scope`: who reads the row's scope; `mine`: everyone of the staff, of the rows that are their own (and the system reads
all); `anyone:audit`: these roles, of rows in these scopes; `leaders` are sales and super admins. `whose` names the
column that says whose a row is: of rows of somebody else nothing is inserted, changed or deleted, but by the system,
and by the roles after the slash.
"""


@dataclass(frozen=True)
class Rule:
    """One line of DECLARED."""

    select: str
    insert: tuple[str, ...]
    update: tuple[str, ...]
    delete: tuple[str, ...]
    whose: str
    of_others: tuple[str, ...]


def _read(line: str) -> tuple[str, Rule]:
    table, select, *words = line.split()
    *verbs, whose = words
    groups: list[tuple[str, ...]] = []
    for word in verbs:
        if ":" in word:
            groups[-1] = (*groups[-1], word)
        else:
            groups.append((word,))
    column, _, roles = whose.partition("/")
    insert, update, delete = groups
    return table, Rule(select, insert, update, delete, column, tuple(filter(None, roles.split(","))))


RULES = dict(map(_read, DECLARED.strip().splitlines()[1:]))
_EVERYONE = tuple(READS)
_GROUPS = {"anyone": _EVERYONE, "leaders": ("sales", "admin")}


@dataclass(frozen=True)
class Row:
    """A row of a table, by what matters about it: the kind of its scope, and whether it is the speaker's own."""

    kind: str
    mine: bool = True

    def __str__(self) -> str:
        return self.kind if self.mine else f"{self.kind} (of another)"


def rows_of(table: str) -> list[Row]:
    """The rows of a table that the matrix asks about."""
    rule = RULES[table]
    if rule.select in ("all", "system"):
        return [Row("any")]
    if rule.select == "mine":
        return [Row("any"), Row("any", mine=False)]
    rows = [Row(kind) for kind in KINDS]
    return rows if rule.whose == "-" else rows + [Row(kind, mine=False) for kind in ("staff", "leads", "audit")]


def expected(speaker: str, table: str, verb: str, row: Row) -> bool:
    """Whether the speaker may do that to such a row: what DECLARED says."""
    rule = RULES[table]
    if verb == "select":
        return _reads(speaker, rule, row)
    who: tuple[str, ...] = getattr(rule, verb)
    return _writes(speaker, rule, who, row)


def may_move(speaker: str, table: str, old: Row, new: Row) -> bool:
    """Whether the speaker may make the one row into the other: it is theirs to see, and the new one theirs to write."""
    rule = RULES[table]
    old_side = _writes(speaker, rule, rule.update, old) if table == "doc_blob" else _reads(speaker, rule, old)
    return old_side and _reads(speaker, rule, new) and _writes(speaker, rule, rule.update, new)


def _reads(speaker: str, rule: Rule, row: Row) -> bool:
    match rule.select:
        case "all":
            return True
        case "system":
            return speaker == "system"
        case "mine":
            return speaker == "system" or (speaker in _EVERYONE and row.mine)
        case _:
            return speaker == "system" or row.kind in READS.get(speaker, ())


def _writes(speaker: str, rule: Rule, who: tuple[str, ...], row: Row) -> bool:
    if who == ("mine",):
        return speaker in _EVERYONE and row.mine
    if not row.mine and rule.whose != "-" and speaker != "system" and speaker not in rule.of_others:
        return False
    words = (word.partition(":") for word in who)
    return any(
        speaker in _GROUPS.get(names, (names,)) and (not kinds or row.kind in kinds.split(","))
        for names, _, kinds in words
    )


@dataclass(frozen=True)
class Cell:
    """One question: whether this speaker may do this to such a row of this table."""

    speaker: str
    table: str
    verb: str
    row: Row


CELLS = [
    Cell(speaker, table, verb, row)
    for table in RULES
    for speaker in SPEAKERS
    for verb in VERBS
    for row in rows_of(table)
]
MOVES = [
    (speaker, table, old, new)
    for table, rule in RULES.items()
    if rule.select == "scope" and table != "sys_removal"
    for speaker in SPEAKERS
    for old, new in itertools.permutations([row for row in rows_of(table) if row.mine], 2)
]

# ------------------------------------------------------------------------------------------- as the database has it

TABLES_THERE = (
    "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE relkind IN ('r', 'p', 'f', 'v', 'm') AND nspname NOT IN ('pg_catalog', 'information_schema')"
    " AND nspname !~ '^pg_' ORDER BY relname"
)
_NEEDED = (
    "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass"
    " AND attnum > 0 AND NOT attisdropped AND attnotnull AND NOT atthasdef"
)
_VALUES: dict[str, Any] = {
    "status": "active",
    "sys_demo_lead.status": "new",
    "adm_members.role": "platform_finance",
    "sys_demo_lead_activity.kind": "note",
    "sys_saved_view.kind": "table",
    "state": "waiting",
    "sys_quarantine.kind": "draft",
    "tags": "[]",
    "lead_ids": "[]",
    "changes": "{}",
    "sort": "[]",
    "columns": "[]",
    "payload": "{}",
    "body": "{}",
    "sys_demo_lead_activity.body": "a note",
}
_OF_TYPE: dict[str, Any] = {
    "timestamp with time zone": "2026-01-01 00:00:00+00",
    "boolean": False,
    "bytea": b"",
    "bit(256)": "0" * 256,
    "character varying(32)": "1",
}


class Matrix:
    """A migrated database with a row of each kind in each table, to be asked."""

    def __init__(self, database: Database) -> None:
        self._hub = psycopg.connect(database.hub.url)
        self._numbers = itertools.count(1)
        self._needed: dict[str, list[tuple[str, str]]] = {}
        self._places: dict[tuple[str, Row], str] = {}
        with psycopg.connect(database.admin.url) as connection:
            # No trigger and no reference: these rows are looked at, and nothing is made of them.
            connection.execute("SET session_replication_role = replica")
            for table in RULES:
                self._needed[table] = [
                    (str(name), str(kind)) for name, kind in connection.execute(_NEEDED, [table]).fetchall()
                ]
                for row in rows_of(table):
                    self._places[table, row] = self._seed(connection, table, row)

    def close(self) -> None:
        """Ask no more."""
        self._hub.close()

    def allows(self, cell: Cell, **claims: str) -> bool:
        """Whether the database lets it be done."""
        with self.speaking(cell.speaker, **claims) as connection:
            return self._done(connection, self._statement(cell), self._parameters(cell))

    def moves(self, speaker: str, table: str, old: Row, new: Row) -> bool:
        """Whether the database lets the row's scope become that of the other."""
        statement = sql.SQL("UPDATE {} SET scope = %s WHERE ctid = %s::tid").format(sql.Identifier(table))
        with self.speaking(speaker) as connection:
            return self._done(connection, statement, [KINDS[new.kind], self._places[table, old]])

    def locks(self, speaker: str, table: str, row: Row) -> bool:
        """Whether the database lets the row be locked."""
        statement = sql.SQL("SELECT FROM {} WHERE ctid = %s::tid FOR UPDATE").format(sql.Identifier(table))
        with self.speaking(speaker) as connection:
            return self._done(connection, statement, [self._places[table, row]])

    @contextmanager
    def speaking(self, speaker: str, **claims: str) -> Iterator[psycopg.Connection[Any]]:
        """A transaction as the hub's role that claims the speaker's role and every scope, or these; undone after."""
        role = SPEAKERS[speaker]
        everything = ",".join(KINDS.values())
        claimed = {"person": ME, "role": role or "", "read": everything, "write": everything} | claims
        try:
            for name, value in claimed.items() if role is not None else ():
                self._hub.execute("SELECT set_config(%s, %s, true)", [f"fleetdesk.{name}", value])
            yield self._hub
        finally:
            self._hub.rollback()

    def _seed(self, connection: psycopg.Connection[Any], table: str, row: Row) -> str:
        """The place of a row of that kind."""
        named = sql.Identifier(table)
        if RULES[table].select == "all":
            found = connection.execute(sql.SQL("SELECT ctid::text FROM {}").format(named)).fetchone()
        else:
            insert, values = self._insert(table, row)
            found = connection.execute(insert + sql.SQL(" RETURNING ctid::text"), values).fetchone()
        assert found is not None
        return str(found[0])

    def _insert(self, table: str, row: Row) -> tuple[sql.Composed, list[Any]]:
        values = {name: self._value(table, name, kind) for name, kind in self._needed[table]}
        if "scope" in values:
            values["scope"] = KINDS[row.kind]
        if RULES[table].whose != "-":
            values[RULES[table].whose] = ME if row.mine else OTHER
        names = sql.SQL(", ").join(map(sql.Identifier, values))
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table), names, sql.SQL(", ").join([sql.Placeholder()] * len(values))
        )
        return statement, list(values.values())

    def _value(self, table: str, name: str, kind: str) -> Any:  # noqa: ANN401  # of whatever type the column is
        for known in (f"{table}.{name}", name):
            if known in _VALUES:
                return _VALUES[known]
        if kind == "bigint":
            return next(self._numbers)
        return _OF_TYPE.get(kind, str(uuid.uuid4()))

    def _statement(self, cell: Cell) -> sql.Composed:
        table = sql.Identifier(cell.table)
        match cell.verb:
            case "select":
                return sql.SQL("SELECT FROM {} WHERE ctid = %s::tid").format(table)
            case "insert":
                return self._insert(cell.table, cell.row)[0]
            case "update":
                column = sql.Identifier(self._column(cell.table))
                return sql.SQL("UPDATE {} SET {} = {} WHERE ctid = %s::tid").format(table, column, column)
            case _:
                return sql.SQL("DELETE FROM {} WHERE ctid = %s::tid").format(table)

    def _parameters(self, cell: Cell) -> list[Any]:
        return self._insert(cell.table, cell.row)[1] if cell.verb == "insert" else [self._places[cell.table, cell.row]]

    def _column(self, table: str) -> str:
        """A column to be set to what it is."""
        names = [name for name, _ in self._needed[table] if name not in ("id", RULES[table].whose)]
        return names[-1] if names else "epoch"

    def _done(self, connection: psycopg.Connection[Any], statement: sql.Composed, parameters: list[Any]) -> bool:
        try:
            return connection.execute(statement, parameters).rowcount == 1
        except errors.InsufficientPrivilege:
            return False


def _print(matrix: Matrix) -> int:
    answers = {cell: matrix.allows(cell) for cell in CELLS}
    width = max(map(len, RULES))
    print(f"{'':{width}}  " + "  ".join(f"{name:>15}" for name in SPEAKERS))
    for table in RULES:
        letters = []
        for speaker in SPEAKERS:
            here = [cell for cell in CELLS if (cell.table, cell.speaker) == (table, speaker) and answers[cell]]
            counts = Counter(cell.verb for cell in here)
            letters.append(" ".join(f"{verb[0]}{counts[verb]}" if counts[verb] else "--" for verb in VERBS))
        print(f"{table:{width}}  " + "  ".join(f"{text:>15}" for text in letters))
    print("\ns, i, u, d: selects, inserts, updates, deletes; the number: of how many kinds of rows (scope, whose)\n")
    for verb in VERBS:
        found = Counter(answers[cell] for cell in CELLS if cell.verb == verb)
        print(f"{verb:8}{found[True]:>6} allowed {found[False]:>6} refused")
    moved = Counter(matrix.moves(*move) for move in MOVES)
    print(f"{'move':8}{moved[True]:>6} allowed {moved[False]:>6} refused   (from one scope into another)")
    strange = [
        cell for cell, answer in answers.items() if answer != expected(cell.speaker, cell.table, cell.verb, cell.row)
    ]
    total = Counter(answers.values())
    print(f"\n{len(RULES)} tables × {len(SPEAKERS)} speakers × {len(VERBS)} verbs, by kind of row: {len(CELLS)} cells,")
    print(f"{total[True]} allowed, {total[False]} refused, {len(strange)} not as written down; {len(MOVES)} moves.")
    return 1 if strange else 0


def main() -> int:
    """Print the matrix of a database that was migrated just now."""
    # Here, so that whoever only asks needs no server of its own.
    from tests.hub.conftest import migrated
    from tests.postgres import TemplateDatabase, running_server

    with running_server() as server:
        template = TemplateDatabase(server, migrated)
        with template.clone() as database, closing(Matrix(database)) as matrix:
            code = _print(matrix)
        template.close()
    return code


if __name__ == "__main__":
    sys.exit(main())
