"""Each role, each table, each verb, each kind of row: the database allows what is written down, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from psycopg import sql

from tests.hub.matrix import CELLS, KINDS, MOVES, RULES, SPEAKERS, TABLES_THERE, VERBS, Matrix, Row, expected, may_move
from tests.hub.matrix import rows_of as rows
from tests.hub.support import Hosted
from tests.postgres import TemplateDatabase

TABLES = sorted(RULES)
SCOPED = [table for table in TABLES if RULES[table].select == "scope"]


@pytest.fixture(scope="module")
def matrix(template: TemplateDatabase) -> Iterator[Matrix]:
    """One database for all questions: each is undone."""
    with template.clone() as database, closing(Matrix(database)) as matrix:
        yield matrix


def test_every_table_that_is_there_is_written_down(hosted: Hosted) -> None:
    assert [table for (table,) in hosted.rows(TABLES_THERE)] == TABLES


@pytest.mark.parametrize("speaker", SPEAKERS)
@pytest.mark.parametrize("table", TABLES)
def test_a_role_may_do_with_a_table_what_is_written_down(matrix: Matrix, table: str, speaker: str) -> None:
    cells = [cell for cell in CELLS if (cell.table, cell.speaker) == (table, speaker)]
    allowed = {(cell.verb, str(cell.row)) for cell in cells if matrix.allows(cell)}
    assert allowed == {(cell.verb, str(cell.row)) for cell in cells if expected(speaker, table, cell.verb, cell.row)}


@pytest.mark.parametrize("table", [table for table in SCOPED if table != "sys_removal"])
def test_a_row_moves_only_between_scopes_of_which_one_is_seen_and_the_other_written(matrix: Matrix, table: str) -> None:
    moves = [move for move in MOVES if move[1] == table]
    assert {move for move in moves if matrix.moves(*move)} == {move for move in moves if may_move(*move)}


@pytest.mark.parametrize("speaker", SPEAKERS)
@pytest.mark.parametrize("table", ["adm_users", "sys_demo_lead", "sys_saved_view"])
def test_a_row_is_locked_by_those_who_may_see_it(matrix: Matrix, table: str, speaker: str) -> None:
    locked = {row for row in rows(table) if matrix.locks(speaker, table, row)}
    assert locked == {row for row in rows(table) if expected(speaker, table, "select", row)}


@pytest.mark.parametrize("table", ["sys_audit_event", "sys_audit_seal", "doc_blob_piece", "sys_epoch"])
def test_a_row_that_nobody_changes_is_locked_by_nobody(matrix: Matrix, table: str) -> None:
    assert [row for row in rows(table) if matrix.locks("admin", table, row)] == []


@pytest.mark.parametrize("table", SCOPED)
def test_a_role_is_worth_nothing_without_the_claim_of_scopes(matrix: Matrix, table: str) -> None:
    count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    with matrix.speaking("admin", read="", write="") as connection:
        assert connection.execute(count).fetchone() == (0,)


@pytest.mark.parametrize("table", SCOPED)
def test_a_transaction_that_claims_no_scope_to_write_writes_nothing(matrix: Matrix, table: str) -> None:
    cells = [cell for cell in CELLS if (cell.table, cell.speaker) == (table, "admin") and cell.verb != "select"]
    assert [cell for cell in cells if matrix.allows(cell, write="")] == []


def test_owner_of_a_view_cannot_be_changed_not_even_to_oneself(matrix: Matrix) -> None:
    with (
        matrix.speaking("sales") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"),
    ):
        connection.execute("UPDATE sys_saved_view SET owner_id = current_setting('fleetdesk.person')")


def test_a_policy_that_lets_more_through_is_found(hosted: Hosted) -> None:
    hosted.execute("CREATE POLICY fleetdesk_more ON sys_demo_lead FOR INSERT WITH CHECK (scope = 'leads')")
    with closing(Matrix(hosted.database)) as matrix:
        cells = [cell for cell in CELLS if (cell.table, cell.speaker) == ("sys_demo_lead", "finance")]
        strange = [
            cell for cell in cells if matrix.allows(cell) != expected("finance", cell.table, cell.verb, cell.row)
        ]
    assert [(cell.verb, cell.row) for cell in strange] == [("insert", Row("leads"))]


def test_the_questions_are_all_asked() -> None:
    per_speaker = sum(len(rows(table)) for table in TABLES) * len(VERBS)
    assert (len(CELLS), len(KINDS)) == (per_speaker * len(SPEAKERS), 7)
