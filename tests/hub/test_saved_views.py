"""Private views reach their owner's laptops alone, and shared ones everybody's."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import pytest
from psycopg import errors

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.saved_views import DeleteView, EditView, SaveView, ShareView
from fleetdesk.hub.service import Hub
from fleetdesk.models.access import Role, own_scope
from fleetdesk.models.ids import new_id
from tests.hub.acts import NOW
from tests.hub.support import Connection, Hosted, Laptop, person_id

VIEWS = "sys_saved_view"
VALUES: dict[str, Any] = {"name": "Mine", "kind": "table", "query": "owner:me", "sort": [], "columns": []}


@pytest.fixture
def hub(hosted: Hosted) -> Hub:
    return hosted.hub()


@pytest.fixture
def owner(hub: Hub) -> Laptop:
    return loaded(hub, Role.COMMERCIAL)


@pytest.fixture
def colleague(hub: Hub) -> Laptop:
    return loaded(hub, Role.SUPER_ADMIN)


def loaded(hub: Hub, role: Role) -> Laptop:
    laptop = Laptop(hub, role)
    laptop.load()
    return laptop


def about(view: str) -> dict[str, Any]:
    return {"id": new_id(), "issued_at": NOW, "view_id": view}


def save(laptop: Laptop, *, shared: bool = False) -> str:
    """A view saved on that laptop, by its id."""
    view = new_id()
    [verdict] = laptop.push(SaveView(**about(view), screen="leads", values=VALUES, shared=shared))
    assert verdict.settled
    return view


def share(laptop: Laptop, view: str, *, shared: bool) -> None:
    [verdict] = laptop.push(ShareView(**about(view), shared=shared))
    assert verdict.settled


def views(laptop: Laptop) -> set[str]:
    """The views that the laptop has after a pull."""
    laptop.pull()
    return set(laptop.rows.get(VIEWS, {}))


def test_a_private_view_reaches_another_laptop_of_its_owner(hub: Hub, owner: Laptop) -> None:
    other = loaded(hub, Role.COMMERCIAL)
    view = save(owner)
    assert views(other) == {view}


def test_a_private_view_reaches_nobody_else(owner: Laptop, colleague: Laptop) -> None:
    save(owner)
    assert views(colleague) == set()


def test_a_private_view_is_loaded_by_its_owner_alone(hub: Hub, owner: Laptop) -> None:
    view = save(owner)
    loads = {role: set(loaded(hub, role).rows[VIEWS]) for role in (Role.COMMERCIAL, Role.SUPER_ADMIN)}
    assert loads == {Role.COMMERCIAL: {view}, Role.SUPER_ADMIN: set()}


def test_a_view_that_is_shared_reaches_everybody(owner: Laptop, colleague: Laptop) -> None:
    view = save(owner)
    share(owner, view, shared=True)
    assert (views(owner), views(colleague)) == ({view}, {view})


def test_a_view_that_is_made_private_leaves_the_others_and_stays_with_its_owner(
    owner: Laptop, colleague: Laptop
) -> None:
    view = save(owner, shared=True)
    before = views(colleague)
    share(owner, view, shared=False)
    assert (before, views(colleague), views(owner)) == ({view}, set(), {view})


def test_that_a_private_view_is_gone_is_told_to_nobody_else(hosted: Hosted, owner: Laptop, colleague: Laptop) -> None:
    save(owner)
    colleague.pull()
    hosted.execute(f"DELETE FROM {VIEWS}")
    assert colleague.pull().removed == {}


def test_a_private_view_of_another_is_not_there_for_who_knows_its_id(owner: Laptop, colleague: Laptop) -> None:
    view = save(owner)
    edit = EditView(**about(view), edits={"name": FieldEdit(base="Mine", new="Ours")})
    verdicts = colleague.push(edit, DeleteView(**about(view), of_another=True))
    assert [verdict.code for verdict in verdicts] == ["missing", "missing"]


def test_the_id_of_anothers_private_view_cannot_be_taken(hosted: Hosted, owner: Laptop, colleague: Laptop) -> None:
    view = save(owner)
    [verdict] = colleague.push(SaveView(**about(view), screen="leads", values=VALUES))
    assert (verdict.settled, hosted.rows(f"SELECT owner_id FROM {VIEWS}")) == (False, [(person_id(Role.COMMERCIAL),)])


def test_a_role_that_changes_takes_no_view_away(hosted: Hosted, owner: Laptop) -> None:
    view = save(owner)
    hosted.execute("UPDATE adm_members SET role = 'platform_finance' WHERE user_id = %s", person_id(Role.COMMERCIAL))
    assert views(owner) == {view}


def test_the_policies_let_nobody_write_into_the_scope_of_another(hosted: Hosted) -> None:
    mine, theirs = own_scope("mona"), own_scope("ali")
    statement = f"INSERT INTO {VIEWS} (id, scope) VALUES ('v', '{theirs}')"
    with claiming(hosted, "mona", mine) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_the_policies_let_nobody_move_a_view_into_the_scope_of_another(hosted: Hosted, owner: Laptop) -> None:
    save(owner)
    mine, theirs = own_scope(person_id(Role.COMMERCIAL)), own_scope("ali")
    me = person_id(Role.COMMERCIAL)
    with claiming(hosted, me, mine) as connection, pytest.raises(errors.InsufficientPrivilege, match="row-level"):
        connection.execute(f"UPDATE {VIEWS} SET scope = '{theirs}'".encode())


def claiming(hosted: Hosted, person: str, scope: str) -> AbstractContextManager[Connection]:
    return hosted.as_hub(person=person, role=Role.COMMERCIAL, read=scope, write=scope)
