"""Rows that others than FleetDesk write get the keys that search and duplicate warnings go by."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from fleetdesk.demo.postgres import Database
from fleetdesk.errors import Busy
from fleetdesk.hub.migrate import migrate
from fleetdesk.models.leads import Lead
from tests.hub.acts import create, edit
from tests.hub.support import Hosted, Laptop
from tests.hub.test_migrations import empty

__all__ = ["empty"]

PEOPLE: list[dict[str, str]] = [
    {"first_name": "Zoé", "last_name": "Bélanger-Œuvrard", "email": "Zoe.B@Taxi.fr", "phone": "06 12 34 56 78"},
    {"first_name": "أحمد", "last_name": "المصطفى", "company": "شركة النقل السريع", "phone": "٠٥٠١٢٣٤٥٦٧"},
    {"company": "Straße & Söhne", "message": "Ça dépend… 20 véhicules", "trade_licence": "cn-1234/٥"},
    {"email": "only@address.ae"},
    {"phone": "+971 50 123 4567"},
    {"phone": "985.939.5411x2641", "second_phone": "050 765 43 21", "second_email": "İstanbul@örnek.com.tr"},
]
WHERE = {"06 12 34 56 78": "FR", "٠٥٠١٢٣٤٥٦٧": "AE"}
KEYS = ("email_key", "second_email_key", "phone_key", "second_phone_key", "trade_licence_key", "search_key")


@pytest.fixture
def adopted(empty: Database) -> Iterator[Hosted]:
    """A database whose leads are the web site's, with one of them there before FleetDesk came."""
    with psycopg.connect(empty.owner.url) as connection:
        connection.execute(
            "CREATE TABLE sys_demo_lead (id text PRIMARY KEY DEFAULT gen_random_uuid()::text, first_name text,"
            " last_name text, email text, second_email text, phone text, second_phone text, company text,"
            " country text, message text, trade_licence text)"
        )
        connection.execute(
            "INSERT INTO sys_demo_lead (id, first_name, email) VALUES ('first', 'Éloïse', 'Eloise@Taxi.fr')"
        )
    migrate(empty.owner.url, empty.hub.user)
    hosted = Hosted(empty)
    yield hosted
    hosted.close()


@pytest.mark.parametrize("person", PEOPLE, ids="+".join)
def test_what_the_web_site_inserts_gets_the_keys_that_a_command_would_give_it(
    adopted: Hosted, person: dict[str, str]
) -> None:
    lead = web_insert(adopted, **person)
    adopted.hub().rekeyer.rekey()
    assert keys(adopted, lead) == expected(**person)


def test_a_lead_from_before_fleetdesk_gets_them_too(adopted: Hosted) -> None:
    adopted.hub().rekeyer.rekey()
    assert keys(adopted, "first") == expected(first_name="Éloïse", email="Eloise@Taxi.fr")


def test_a_laptop_hears_of_them_with_its_next_pull(adopted: Hosted) -> None:
    hub = adopted.hub()
    laptop = Laptop(hub)
    laptop.load()
    lead = web_insert(adopted, **PEOPLE[0])
    laptop.pull()
    hub.rekeyer.rekey()
    laptop.pull()
    assert tuple(laptop.leads[lead][key] for key in KEYS) == expected(**PEOPLE[0])


def test_more_rows_than_one_turn_takes_get_them_all(adopted: Hosted) -> None:
    adopted.execute("INSERT INTO sys_demo_lead (first_name) SELECT 'Zoé ' || n FROM generate_series(1, 1100) AS n")
    adopted.hub().rekeyer.rekey()
    assert adopted.rows("SELECT count(*) FROM sys_demo_lead WHERE search_key LIKE 'zoe %%'") == [(1100,)]


def test_a_field_that_is_changed_by_hand_changes_its_key(hosted: Hosted, lead: str) -> None:
    hosted.execute("UPDATE sys_demo_lead SET email = 'New@Taxi.fr'")
    hosted.hub().rekeyer.rekey()
    assert keys(hosted, lead)[0] == "new@taxi.fr"


def test_what_a_command_writes_is_not_marked(hosted: Hosted, lead: str) -> None:
    Laptop(hosted.hub()).push(create("new", email="a@b.fr"), edit(lead), edit(lead, "score", base=None, new=5))
    assert hosted.rows("SELECT FROM sys_unkeyed") == []


def test_a_row_that_somebody_holds_gets_its_keys_later(hosted: Hosted, lead: str) -> None:
    hub = hosted.hub()
    hosted.execute("UPDATE sys_demo_lead SET email = 'New@Taxi.fr'")
    with hosted.owner() as somebody:
        somebody.execute("UPDATE sys_demo_lead SET score = 1")
        with pytest.raises(Busy):
            hub.rekeyer.rekey()
    hub.rekeyer.rekey()
    assert keys(hosted, lead)[0] == "new@taxi.fr"


def web_insert(hosted: Hosted, **person: str) -> str:
    """A row as the web site writes it, knowing nothing of keys; gives its id."""
    row = person | ({"country": WHERE[person["phone"]]} if person.get("phone") in WHERE else {})
    values = ", ".join(["%s"] * len(row))
    insert = f"INSERT INTO sys_demo_lead ({', '.join(row)}) VALUES ({values}) RETURNING id"
    ((lead,),) = hosted.rows(insert, *row.values())
    return str(lead)


def keys(hosted: Hosted, lead: str) -> tuple[object, ...]:
    (found,) = hosted.rows(f"SELECT {', '.join(KEYS)} FROM sys_demo_lead WHERE id = %s", lead)
    return found


def expected(**person: str) -> tuple[object, ...]:
    lead = Lead(**person, country=WHERE.get(person.get("phone", "")))
    lead.rekey()
    return tuple(getattr(lead, key) for key in KEYS)
