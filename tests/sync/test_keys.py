"""What the web site writes is found by search, and warned of as a double, on laptops that are connected."""

from __future__ import annotations

from tests.hub.support import Hosted, insert_lead
from tests.sync.running import Laptops


def test_a_lead_of_the_web_site_soon_has_its_keys_on_a_laptop(hosted: Hosted, laptops: Laptops) -> None:
    laptop = laptops.live()
    with hosted.owner() as connection:
        lead = insert_lead(connection, company="Étoile", email="Zoe@Taxi.fr", search_key="")
    laptop.wait_until(
        lambda: (
            laptop.rows("SELECT search_key, email_key FROM sys_demo_lead WHERE id = :id", id=lead)
            == [("etoile zoe", "zoe@taxi.fr")]
        )
    )
