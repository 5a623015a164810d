"""Laptops and hubs of different versions: what was done with one is understood by the other, or waits in the Inbox."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from fleetdesk.commands.core import APPLIED, Command
from fleetdesk.commands.pending import PendingState
from fleetdesk.commands.platform import Platform, fleet_platform
from fleetdesk.commands.workspace import Workspace
from fleetdesk.models.access import Actor, Permission, Scope
from fleetdesk.models.base import Key
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.models.schema import Schema
from fleetdesk.protocol import Verdict
from tests.hub.support import Hosted, insert_lead
from tests.sync.running import Laptops, RunningHub, RunningLaptop


@dataclass(frozen=True, kw_only=True)
class _Renaming(Command):
    name: ClassVar[str] = "tests.rename"
    permission: ClassVar[Permission] = Permission.LEADS_EDIT
    writes: ClassVar[frozenset[str]] = frozenset({Scope.LEADS})

    lead_id: str

    def target(self) -> Key:
        return Lead.key_of(self.lead_id)

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target()})

    def sentence(self) -> str:
        return "Renamed a company"


@dataclass(frozen=True, kw_only=True)
class Rename1(_Renaming):
    """A command as the older version has it."""

    company: str

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        db.get(Lead, self.lead_id).company = self.company
        return APPLIED


@dataclass(frozen=True, kw_only=True)
class Rename2(_Renaming):
    """The same in the newer version, which knows what the older one meant."""

    version: ClassVar[int] = 2

    title: str

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        db.get(Lead, self.lead_id).company = self.title
        return APPLIED

    @classmethod
    def upcast(cls, payload: dict[str, Any], version: int) -> dict[str, Any]:
        return {"lead_id": payload["lead_id"], "title": payload["company"]}


@dataclass(frozen=True, kw_only=True)
class Rename3(_Renaming):
    """A version that no longer understands any before it."""

    version: ClassVar[int] = 3

    headline: str

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        db.get(Lead, self.lead_id).company = self.headline
        return APPLIED


def _with(command: type[Command]) -> Platform:
    fleet = fleet_platform()
    return dataclasses.replace(fleet, commands=fleet.commands.including(command))


def _update_hub(hub: RunningHub, platform: Platform) -> None:
    hub.stop()
    hub.hosted.platform = platform
    hub.start()


@pytest.fixture
def lead(hosted: Hosted) -> str:
    with hosted.owner() as connection:
        return insert_lead(connection, company="Al Noor")


def _waiting_edit(laptops: Laptops, lead: str) -> RunningLaptop:
    """A laptop of the first version on which an edit waits, because sending is paused."""
    laptop = laptops.live(platform=_with(Rename1))
    laptop.engine.pause()
    laptop.store.perform(Rename1(id=new_id(), issued_at=laptop.clock.now(), lead_id=lead, company="Al Amal"))
    return laptop


def _hosted_company(hosted: Hosted) -> str:
    return str(hosted.rows("SELECT company FROM sys_demo_lead")[0][0])


def test_an_older_laptops_change_is_applied_by_a_newer_hub(
    hosted: Hosted, hub: RunningHub, laptops: Laptops, lead: str
) -> None:
    laptop = _waiting_edit(laptops, lead)
    _update_hub(hub, _with(Rename2))
    laptop.engine.resume()
    laptop.wait_until(lambda: not laptop.pending)
    assert _hosted_company(hosted) == "Al Amal"


def test_what_waited_before_an_update_of_the_laptop_is_still_shown_and_sent(
    hosted: Hosted, hub: RunningHub, laptops: Laptops, lead: str
) -> None:
    laptops.close(_waiting_edit(laptops, lead))
    _update_hub(hub, _with(Rename2))
    updated = laptops.new(platform=_with(Rename2), start=False)
    assert updated.company(lead) == "Al Amal"
    updated.start()
    updated.engine.resume()
    updated.wait_until(lambda: not updated.pending)
    assert _hosted_company(hosted) == "Al Amal"


def test_a_change_that_a_newer_hub_no_longer_understands_waits_in_the_inbox(
    hosted: Hosted, hub: RunningHub, laptops: Laptops, lead: str
) -> None:
    laptop = _waiting_edit(laptops, lead)
    _update_hub(hub, _with(Rename3))
    laptop.engine.resume()
    laptop.wait_until(lambda: [change.state for change in laptop.pending] == [PendingState.INBOX])
    verdict = laptop.pending[0].verdict
    assert verdict is not None
    assert (verdict.code, _hosted_company(hosted)) == ("upgrade_needed", "Al Noor")


def test_a_newer_laptops_change_waits_in_the_inbox_until_the_hub_is_updated(
    hosted: Hosted, hub: RunningHub, laptops: Laptops, lead: str
) -> None:
    _update_hub(hub, _with(Rename1))
    laptop = laptops.live(platform=_with(Rename2))
    laptop.store.perform(Rename2(id=new_id(), issued_at=laptop.clock.now(), lead_id=lead, title="Al Amal"))
    laptop.wait_until(lambda: [change.state for change in laptop.pending] == [PendingState.INBOX])
    _update_hub(hub, _with(Rename2))
    laptop.store.retry(laptop.pending[0].command.id)
    laptop.wait_until(lambda: not laptop.pending)
    assert _hosted_company(hosted) == "Al Amal"


def test_what_an_updated_laptop_can_no_longer_read_is_kept_and_offered(
    hosted: Hosted, hub: RunningHub, laptops: Laptops, lead: str
) -> None:
    laptops.close(_waiting_edit(laptops, lead))
    _update_hub(hub, _with(Rename2))
    updated = laptops.new(platform=_with(Rename3))
    updated.engine.resume()
    updated.wait_until(lambda: _hosted_company(hosted) == "Al Amal")
    updated.wait_until(lambda: updated.store.counts().waiting == 0)
    assert updated.company(lead) == "Al Amal"


def test_a_laptop_of_the_previous_schema_is_still_served(
    hosted: Hosted, hub: RunningHub, laptops: Laptops, lead: str
) -> None:
    laptop = laptops.live()
    schema = hosted.platform.schema
    _update_hub(hub, dataclasses.replace(hosted.platform, schema=Schema(schema, schema.version + 1)))
    laptop.rename(lead, "Al Noor", "Al Amal")
    laptop.wait_until(lambda: not laptop.pending)
    assert _hosted_company(hosted) == "Al Amal"
