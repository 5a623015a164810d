"""Counts and sums of the hosted rows here, worked out as the protocol says."""

from __future__ import annotations

import hashlib

from fleetdesk.protocol import TableChecksum
from tests.unit.sync.laptop import Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub

LEAD = "sys_demo_lead"
EMPTY = TableChecksum(table=LEAD, columns=("id", "company"), count=0, sum=0)


def digest(*texts: str) -> int:
    return int.from_bytes(hashlib.sha256("\x1f".join(texts).encode()).digest()[:8], "big")


def test_each_row_is_digested_and_the_digests_are_summed(laptop: Laptop, hub: TinyHub) -> None:
    first, second = hosted_lead(hub, company="Acme"), hosted_lead(hub, company="Société Générale")
    laptop.pull()
    [found] = laptop.store.hosted_checksums([EMPTY])
    assert found.count == 2
    assert found.sum == (digest(first, "Acme") + digest(second, "Société Générale")) % 2**64


def test_an_empty_value_is_told_from_an_empty_text(laptop: Laptop, hub: TinyHub) -> None:
    first, second = hosted_lead(hub, company=None), hosted_lead(hub, company="")
    laptop.pull()
    [found] = laptop.store.hosted_checksums([EMPTY])
    assert found.sum == (digest(first, "\x1e") + digest(second, "")) % 2**64


def test_what_waits_is_left_out(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, company="Acme")
    laptop.pull()
    laptop.do(laptop.edit(lead_id, company=("Acme", "Bolt")), laptop.new_lead())
    [found] = laptop.store.hosted_checksums([EMPTY])
    assert (found.count, found.sum) == (1, digest(lead_id, "Acme"))


def test_what_this_version_does_not_know_is_left_out(laptop: Laptop) -> None:
    shapes = [
        TableChecksum(table="new_table", columns=("id",), count=0, sum=0),
        TableChecksum(table=LEAD, columns=("id", "new_column"), count=0, sum=0),
    ]
    assert laptop.store.hosted_checksums(shapes) == []
