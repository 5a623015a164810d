"""What people do with saved views, their own and others'."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.saved_views import DeleteView, EditView, RestoreView, SaveView, ShareView
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.saved_views import SavedView, ViewColumn, ViewSort, plain_columns, plain_sort
from fleetdesk.protocol import VerdictKind
from tests.unit.commands.bench import ADMIN, NOON, Bench

ALI = Actor("ali", Role.FINANCE)
VALUES: dict[str, Any] = {
    "name": "Mine",
    "kind": "table",
    "query": "owner:me",
    "sort": plain_sort([ViewSort("name")]),
    "columns": plain_columns([ViewColumn("name", 200)]),
}
ABOUT: dict[str, Any] = {"id": "c", "issued_at": NOON, "view_id": "view"}


def save(*, shared: bool = False, values: Mapping[str, object] = VALUES) -> SaveView:
    return SaveView(**ABOUT, screen="leads", values=values, shared=shared)


def edit(field: str, base: object, new: object) -> EditView:
    return EditView(**ABOUT, edits={field: FieldEdit(base=base, new=new)})


def stored(bench: Bench) -> SavedView:
    return bench.row(SavedView, "view")


def test_a_view_is_its_owners_alone(bench: Bench) -> None:
    assert bench.perform(save()).kind is VerdictKind.APPLIED
    assert (stored(bench).scope, stored(bench).owner_id, stored(bench).shared) == ("person:mona", "mona", False)


def test_a_view_that_is_shared_is_everyones_to_see(bench: Bench) -> None:
    bench.perform(save())
    bench.perform(ShareView(**ABOUT, shared=True))
    assert (stored(bench).scope, stored(bench).shared) == ("staff", True)


def test_a_view_that_was_shared_is_made_private_again(bench: Bench) -> None:
    bench.perform(save(shared=True))
    bench.perform(ShareView(**ABOUT, shared=False))
    assert stored(bench).scope == "person:mona"


def test_a_view_gets_another_name(bench: Bench) -> None:
    bench.perform(save())
    bench.perform(edit("name", "Mine", "Ours"))
    assert stored(bench).name == "Ours"


def test_what_was_changed_elsewhere_meanwhile_is_a_conflict_of_that_field_alone(bench: Bench) -> None:
    bench.perform(save())
    verdict = bench.perform(edit("query", "status:new", "status:lost"))
    assert [(conflict.field, conflict.theirs) for conflict in verdict.conflicts] == [("query", "owner:me")]


def test_a_deleted_view_can_be_restored(bench: Bench) -> None:
    bench.perform(save())
    bench.perform(DeleteView(**ABOUT))
    gone = stored(bench).deleted
    bench.perform(RestoreView(**ABOUT))
    assert (gone, stored(bench).deleted) == (True, False)


def test_a_deleted_view_is_not_edited(bench: Bench) -> None:
    bench.perform(save())
    bench.perform(DeleteView(**ABOUT))
    assert bench.perform(edit("name", "Mine", "Ours")).code == "deleted"


OF_OTHERS = {
    "edit": edit("name", "Mine", "Ours"),
    "share": ShareView(**ABOUT, shared=False),
    "delete": DeleteView(**ABOUT),
    "restore": RestoreView(**ABOUT),
}


@pytest.mark.parametrize("act", OF_OTHERS)
def test_a_shared_view_is_changed_by_its_owner_alone(bench: Bench, act: str) -> None:
    bench.perform(save(shared=True))
    assert bench.perform(OF_OTHERS[act], actor=ADMIN).code == "not_yours"


def test_a_super_admin_tidies_up_what_others_share(bench: Bench) -> None:
    bench.perform(save(shared=True))
    assert bench.perform(DeleteView(**ABOUT, of_another=True), actor=ADMIN).kind is VerdictKind.APPLIED


def test_others_do_not_tidy_up(bench: Bench) -> None:
    bench.perform(save(shared=True))
    assert bench.perform(DeleteView(**ABOUT, of_another=True), actor=ALI).code == "not_allowed"


def test_not_even_a_super_admin_makes_anothers_view_private(bench: Bench) -> None:
    bench.perform(save(shared=True))
    act = ShareView(**ABOUT, shared=False, of_another=True)
    assert bench.perform(act, actor=ADMIN).code == "not_yours"


WRONG: dict[str, tuple[str, object]] = {
    "no name": ("name", " "),
    "a long name": ("name", "n" * 81),
    "a name with NUL": ("name", "a\0b"),
    "a long query": ("query", "q" * 2_001),
    "a query that is no text": ("query", None),
    "another kind": ("kind", "carousel"),
    "an order that is none": ("sort", "name"),
    "an order of something else": ("sort", [{"key": "name"}]),
    "columns without width": ("columns", [{"key": "name", "width": 0}]),
    "a width that is a flag": ("columns", [{"key": "name", "width": True}]),
    "too many columns": ("columns", plain_columns([ViewColumn("name", 1)] * 41)),
    "a column with a long key": ("columns", [{"key": "n" * 61, "width": 10}]),
    "a column with more": ("columns", [{"key": "name", "width": 10, "more": "x"}]),
    "an order with more": ("sort", [{"key": "name", "descending": True, "more": "x"}]),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_a_view_cannot_hold_is_refused(bench: Bench, wrong: str) -> None:
    field, value = WRONG[wrong]
    verdict = bench.perform(save(values=VALUES | {field: value}))
    assert (verdict.code, verdict.missing, bench.count(SavedView)) == ("invalid", (field,), 0)


def test_a_query_is_kept_as_it_was_typed(bench: Bench) -> None:
    bench.perform(save(values=VALUES | {"query": "  colour:red  "}))
    assert stored(bench).query == "  colour:red  "
