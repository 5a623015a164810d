"""The tables of a replica file, through the versions of FleetDesk."""

from __future__ import annotations

from pathlib import Path

from fleetdesk.models.leads import LeadActivity
from fleetdesk.sync.files.cipher import FileKind, Raw, connect
from tests.unit.sync.laptop import KEYS, Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub

LEAD = "sys_demo_lead"


def closed_replica(laptop: Laptop) -> Raw:
    """The replica file of a closed laptop, as an older FleetDesk would write it."""
    laptop.store.close()
    return connect(
        laptop.folder / Path((laptop.folder / "replica.current").read_text()), KEYS.replica, FileKind.REPLICA
    )


def test_a_column_that_the_schema_gained_is_added_in_place(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, company="Acme", website="acme.example")
    laptop.pull()
    older = closed_replica(laptop)
    older.execute(f"ALTER TABLE {LEAD} DROP COLUMN website")
    older.close()
    laptop.reopen()
    lead = laptop.lead(lead_id)
    assert lead is not None
    assert (lead["company"], lead["website"]) == ("Acme", None)
    assert not laptop.store.needs_load


def test_a_waiting_edit_survives_a_gained_column(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, company="Acme")
    laptop.pull()
    act = laptop.edit(lead_id, company=("Acme", "Bolt"))
    laptop.do(act)
    older = closed_replica(laptop)
    older.execute(f"ALTER TABLE {LEAD} DROP COLUMN website")
    older.execute("UPDATE local_before SET image = json_remove(image, '$.website')")
    older.close()
    laptop.reopen()
    laptop.store.discard(act.id)
    lead = laptop.lead(lead_id)
    assert lead is not None
    assert lead["company"] == "Acme"


def test_a_column_that_the_schema_lost_is_left_alone(laptop: Laptop, hub: TinyHub) -> None:
    newer = closed_replica(laptop)
    newer.execute(f"ALTER TABLE {LEAD} ADD COLUMN horoscope TEXT")
    newer.close()
    laptop.reopen()
    lead_id = hosted_lead(hub)
    laptop.pull()
    assert laptop.lead(lead_id) is not None


def test_indexes_follow_the_schema(laptop: Laptop) -> None:
    with laptop.store.reading() as connection:
        before = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'"))
    other = closed_replica(laptop)
    other.execute(f"DROP INDEX ix_{LEAD}_created_at")
    other.execute(f"CREATE INDEX ix_{LEAD}_horoscope ON {LEAD} (source)")
    other.close()
    laptop.reopen()
    with laptop.store.reading() as connection:
        assert set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'")) == before


def test_an_index_may_hold_some_rows_alone(laptop: Laptop) -> None:
    indexes = {index.name(LeadActivity.__tablename__): bool(index.where) for index in LeadActivity.replica_indexes}
    with laptop.store.reading() as connection:
        listed = connection.exec_driver_sql(f"PRAGMA index_list({LeadActivity.__tablename__})").mappings()
        partial = {row["name"]: bool(row["partial"]) for row in listed}
    assert any(indexes.values())
    assert {name: partial[name] for name in indexes} == indexes


def test_a_search_index_that_is_missing_is_filled_from_the_rows(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub, search_key="acme")
    laptop.pull()
    older = closed_replica(laptop)
    older.execute(f"DROP TABLE {LEAD}_fts")
    older.close()
    laptop.reopen()
    assert laptop.found('"acm"*') == {lead_id}


def test_two_rows_that_only_the_hub_would_refuse_may_stand_here(laptop: Laptop, hub: TinyHub) -> None:
    now = laptop.clock.now()
    for user_id in ("one", "two"):
        laptop.hub.insert(
            "adm_members",
            id=user_id,
            scope="staff",
            user_id=user_id,
            organisation="o",
            role="platform_finance",
            status="active",
            created_at=now,
            updated_at=now,
        )
    laptop.pull()
    hub.change("adm_members", "two", user_id="three")
    laptop.pull()
    assert laptop.rows() == hub.visible()
