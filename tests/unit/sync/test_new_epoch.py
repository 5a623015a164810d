"""A restored database: what was acknowledged comes back by itself, and nobody can take it for never sent."""

from __future__ import annotations

import pytest

from fleetdesk.errors import Refused
from tests.unit.sync.laptop import Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub


@pytest.fixture
def restored(laptop: Laptop, hub: TinyHub) -> tuple[str, str]:
    """A lead and an edit of it that was acknowledged; then the database went back to before the edit."""
    lead = hosted_lead(hub, company="Before")
    laptop.sync()
    backup = hub.dump()
    edit = laptop.edit(lead, company=("Before", "After"))
    laptop.do(edit)
    laptop.sync()
    hub.restore(backup, "another epoch")
    laptop.store.new_epoch("another epoch")
    return lead, edit.id


def test_what_a_new_epoch_offers_again_cannot_be_discarded_as_never_sent(
    laptop: Laptop, restored: tuple[str, str]
) -> None:
    with pytest.raises(Refused):
        laptop.store.discard(restored[1])


@pytest.mark.parametrize("pulled", [False, True])
def test_what_a_discarded_conflict_had_set_is_set_again(laptop: Laptop, hub: TinyHub, pulled: bool) -> None:
    lead = hosted_lead(hub, company="Before")
    laptop.sync()
    hub.change("sys_demo_lead", lead, company="Theirs")
    backup = hub.dump()
    edit = laptop.edit(lead, company=("Before", "Mine"), source=(None, "fair"))
    laptop.do(edit)
    laptop.push()
    if pulled:
        laptop.pull()
    laptop.store.discard(edit.id)
    hub.restore(backup, "another epoch")
    laptop.store.new_epoch("another epoch")

    laptop.sync()

    found = laptop.lead(lead)
    assert found is not None
    assert (found["company"], found["source"]) == ("Theirs", "fair")


def test_what_was_acknowledged_before_a_restore_is_done_again(laptop: Laptop, restored: tuple[str, str]) -> None:
    laptop.sync()

    found = laptop.lead(restored[0])
    assert found is not None
    assert found["company"] == "After"
