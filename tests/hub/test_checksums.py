"""The hub's checksum of a table is the one that anybody computes from the rows as they travel."""

from __future__ import annotations

import hashlib
from typing import Any

from fleetdesk.models.access import Role
from tests.hub.support import Hosted, Laptop, insert_lead


def digest_sum(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> int:
    """As `protocol.TableChecksum` says it, written down once more."""
    total = 0
    for row in rows:
        text = "\x1f".join(_text(row[column]) for column in columns)
        total += int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return total % 2**64


def _text(value: Any) -> str:  # noqa: ANN401  # any JSON scalar
    if value is None:
        return "\x1e"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def test_checksums_equal_those_of_the_rows_that_a_laptop_holds(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        for number in range(50):
            insert_lead(connection, company=f"شركة {number}", score=number if number % 3 else None, website="")
    laptop = Laptop(hosted.hub())
    laptop.load()
    checksums = laptop.pull(checksums=True).checksums
    assert {table: (checksum.count, checksum.sum) for table, checksum in checksums.items()} == {
        table: (
            len(laptop.rows.get(table, {})),
            digest_sum(list(laptop.rows.get(table, {}).values()), checksum.columns),
        )
        for table, checksum in checksums.items()
    }


def test_one_changed_value_changes_the_checksum(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
    laptop = Laptop(hosted.hub())
    laptop.load()
    before = laptop.pull(checksums=True).checksums["sys_demo_lead"].sum
    hosted.execute("UPDATE sys_demo_lead SET website = ''")
    assert laptop.pull(checksums=True).checksums["sys_demo_lead"].sum != before


def test_rows_that_a_person_may_not_hold_are_in_no_checksum_of_theirs(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
    laptop = Laptop(hosted.hub(), Role.FINANCE)
    laptop.load()
    assert laptop.pull(checksums=True).checksums["sys_demo_lead"].count == 0


def test_no_checksums_are_made_that_nobody_asked_for(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    assert laptop.pull().checksums == {}
