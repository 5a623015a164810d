"""The engine over a real store, a real hub and a real PostgreSQL: what happens on good days."""

from __future__ import annotations

from tests.hub.support import Hosted, insert_lead
from tests.sync.running import Laptops


def _insert(hosted: Hosted, company: str) -> str:
    with hosted.owner() as connection:
        return insert_lead(connection, company=company)


def test_a_new_laptop_loads_what_the_person_may_see(hosted: Hosted, laptops: Laptops) -> None:
    lead = _insert(hosted, "Al Noor")
    assert laptops.live().company(lead) == "Al Noor"


def test_a_change_made_by_sql_reaches_the_laptop(hosted: Hosted, laptops: Laptops) -> None:
    laptop = laptops.live()
    lead = _insert(hosted, "Al Noor")
    laptop.wait_for_company(lead, "Al Noor")


def test_what_a_person_does_reaches_the_hosted_rows(hosted: Hosted, laptops: Laptops) -> None:
    laptop = laptops.live()
    lead = laptop.create("Al Noor")
    laptop.wait_until_settled()
    assert hosted.rows("SELECT company FROM sys_demo_lead WHERE id = %s", lead) == [("Al Noor",)]
