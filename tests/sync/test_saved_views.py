"""Saved views between real laptops: one's own on all of one's laptops, a shared one on everybody's."""

from __future__ import annotations

from typing import Any

from fleetdesk.commands.core import Command
from fleetdesk.commands.saved_views import SaveView, ShareView
from fleetdesk.models.access import Role
from fleetdesk.models.ids import new_id
from fleetdesk.queries.saved_views import saved_views
from tests.sync.running import Laptops, RunningLaptop

VALUES: dict[str, Any] = {"name": "Mine", "kind": "table", "query": "owner:me", "sort": [], "columns": []}


def _about(laptop: RunningLaptop, view: str) -> dict[str, Any]:
    return {"id": new_id(), "issued_at": laptop.clock.now(), "view_id": view}


def _perform(laptop: RunningLaptop, command: Command) -> None:
    [verdict] = laptop.store.perform(command)
    assert verdict.settled
    laptop.wait_until(lambda: not laptop.pending)


def _save(laptop: RunningLaptop, *, shared: bool = False) -> str:
    view = new_id()
    _perform(laptop, SaveView(**_about(laptop, view), screen="leads", values=VALUES, shared=shared))
    return view


def _wait_for(laptop: RunningLaptop, *views: tuple[str, bool]) -> None:
    """Wait until the laptop has these views, each with whether it is shared, and no others."""

    def has_them() -> bool:
        with laptop.store.reading() as connection:
            return {(view.id, view.shared) for view in saved_views(connection, "leads")} == set(views)

    laptop.wait_until(has_them)


def test_a_private_view_comes_to_another_laptop_of_its_owner_by_itself(laptops: Laptops) -> None:
    one, other = laptops.live("one"), laptops.live("other")
    view = _save(one)
    _wait_for(other, (view, False))


def test_a_view_that_is_shared_stays_with_its_owner_and_comes_to_the_others(laptops: Laptops) -> None:
    owner, same = laptops.live("one"), laptops.live("same")
    colleague = laptops.live("other", role=Role.FINANCE)
    view = _save(owner)
    _wait_for(same, (view, False))
    _perform(owner, ShareView(**_about(owner, view), shared=True))
    for laptop in (owner, same, colleague):
        _wait_for(laptop, (view, True))


def test_a_view_that_is_made_private_goes_from_the_others_and_stays_with_its_owner(laptops: Laptops) -> None:
    owner, same = laptops.live("one"), laptops.live("same")
    colleague = laptops.live("other", role=Role.FINANCE)
    view = _save(owner, shared=True)
    _wait_for(colleague, (view, True))
    _perform(owner, ShareView(**_about(owner, view), shared=False))
    _wait_for(colleague)
    for laptop in (owner, same):
        _wait_for(laptop, (view, False))
