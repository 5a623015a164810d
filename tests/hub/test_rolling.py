"""A migration beside hubs of the version before: who may go on, who may not, and what happens to a busy database."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import Connection

from fleetdesk.errors import Busy, Refused, Unavailable
from fleetdesk.hub.admission import demand_admitted
from fleetdesk.hub.migrate import migrate
from fleetdesk.hub.release import THIS, Release, is_newer
from tests.hub.acts import edit
from tests.hub.releases import BREAKING, NEXT, OTHER_RIGHTS
from tests.hub.support import ORIGIN, Hosted, Laptop, insert_lead

LATER_POLICIES = Release("99.0", THIS.folders, OTHER_RIGHTS)
"""The same revision with other policies, in a newer version."""
OTHER_POLICIES = dataclasses.replace(LATER_POLICIES, version=THIS.version)
"""The same in the same version, as while somebody works on it."""


def roll(hosted: Hosted, release: Release, *, although_hubs_stop: bool = False, patience: float = 60.0) -> None:
    migrate(
        hosted.database.owner.url,
        hosted.database.hub.user,
        release=release,
        although_hubs_stop=although_hubs_stop,
        patience=patience,
    )


def ready(hosted: Hosted, release: Release = THIS) -> bool:
    try:
        ask(hosted, lambda connection: demand_admitted(connection, release))
    except Unavailable:
        return False
    return True


def ask(hosted: Hosted, question: Callable[[Connection], None]) -> None:
    with hosted.hub().database.reading() as connection:
        question(connection)


def policy(hosted: Hosted) -> list[tuple[object, ...]]:
    return hosted.rows("SELECT cmd FROM pg_policies WHERE tablename = 'sys_demo_lead' AND qual ~ 'platform_commercial'")


@pytest.mark.parametrize("release", [NEXT, LATER_POLICIES], ids=["a revision", "policies alone"])
def test_a_hub_goes_on_after_a_newer_version_that_admits_it_has_migrated(hosted: Hosted, release: Release) -> None:
    roll(hosted, release)
    assert ready(hosted)


@pytest.mark.parametrize("release", [NEXT, LATER_POLICIES, OTHER_POLICIES], ids=["a revision", "newer", "as new"])
def test_a_newer_hub_waits_until_the_database_is_migrated(hosted: Hosted, release: Release) -> None:
    before = ready(hosted, release)
    roll(hosted, release)
    assert (before, ready(hosted, release)) == (False, True)


def test_other_policies_of_a_version_that_is_not_newer_are_a_difference(hosted: Hosted) -> None:
    roll(hosted, OTHER_POLICIES)
    assert not ready(hosted)


def test_a_hub_that_is_not_admitted_is_not_ready_any_more(hosted: Hosted) -> None:
    roll(hosted, BREAKING, although_hubs_stop=True)
    assert (ready(hosted), ready(hosted, NEXT), ready(hosted, BREAKING)) == (False, False, True)


def test_a_hub_that_is_not_admitted_any_more_serves_nobody_even_without_a_balancer(hosted: Hosted) -> None:
    hub = hosted.hub()
    hub.look_for_newer()
    hub.identify("user_anybody", ORIGIN)
    roll(hosted, BREAKING, although_hubs_stop=True)
    hub.look_for_newer()
    with pytest.raises(Unavailable, match="newer version"):
        hub.identify("user_anybody", ORIGIN)


def test_a_hub_that_is_admitted_goes_on_serving(hosted: Hosted) -> None:
    hub = hosted.hub()
    roll(hosted, NEXT)
    hub.look_for_newer()
    hub.identify("user_anybody", ORIGIN)


def test_a_migration_that_connected_hubs_would_not_survive_is_refused_before_anything_is_changed(
    hosted: Hosted,
) -> None:
    ask(hosted, lambda _: None)
    with pytest.raises(Refused, match="--although-hubs-stop"):
        roll(hosted, BREAKING)
    assert ready(hosted)
    assert hosted.rows("SELECT to_regclass('sys_toy')") == [(None,)]


def test_where_no_hub_is_connected_nobody_needs_to_be_asked(hosted: Hosted) -> None:
    roll(hosted, BREAKING)
    assert ready(hosted, BREAKING)


def test_the_version_before_has_nothing_to_migrate_beside_one_that_admits_it(hosted: Hosted) -> None:
    roll(hosted, NEXT)
    laid = policy(hosted)
    roll(hosted, THIS)
    assert (policy(hosted), ready(hosted, NEXT)) == (laid, True)


def test_the_version_before_lays_no_older_policies(hosted: Hosted) -> None:
    roll(hosted, LATER_POLICIES)
    roll(hosted, THIS)
    assert ready(hosted, LATER_POLICIES)


def test_the_version_before_does_not_migrate_where_it_is_not_admitted(hosted: Hosted) -> None:
    roll(hosted, BREAKING, although_hubs_stop=True)
    with pytest.raises(Unavailable, match="newer version"):
        roll(hosted, THIS)


def test_a_laptop_of_the_hub_before_reads_and_writes_as_it_did(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    roll(hosted, NEXT)
    laptop.push(edit(lead))
    laptop.pull(checksums=True)
    assert laptop.leads[lead]["company"] == hosted.rows("SELECT company FROM sys_demo_lead")[0][0]


def test_a_table_that_is_in_use_keeps_nobody_waiting_for_the_migration(hosted: Hosted, lead: str) -> None:
    """Another's long transaction holds the table; a hub's push gets through while the migration waits for it."""
    laptop = Laptop(hosted.hub())
    laptop.load()
    with hosted.owner() as long:
        long.execute("SELECT FROM sys_demo_lead")
        migration = threading.Thread(target=roll, args=(hosted, NEXT))
        migration.start()
        try:
            wait_for_a_waiting_lock(hosted)
            verdict = laptop.push(edit(lead))[0]
            at = hosted.rows("SELECT version_num FROM alembic_version")
        finally:
            long.rollback()
            migration.join()
    assert (verdict.settled, at, ready(hosted, NEXT)) == (True, [(THIS.newest,)], True)


def test_a_migration_that_gets_no_turn_gives_up_and_says_so(hosted: Hosted) -> None:
    with hosted.owner() as long:
        insert_lead(long)
        with pytest.raises(Busy):
            roll(hosted, NEXT, patience=0)
        long.rollback()
    assert ready(hosted)


def test_what_was_cut_off_between_two_tables_goes_on(hosted: Hosted) -> None:
    with hosted.owner() as long:
        long.execute("SELECT FROM sys_demo_lead_import")
        with pytest.raises(Busy):
            roll(hosted, MANY, patience=0)
        long.rollback()
    half = ready(hosted, MANY)
    roll(hosted, MANY)
    assert (half, ready(hosted, MANY)) == (False, True)


MANY = Release("99.0", THIS.folders, {**OTHER_RIGHTS, "sys_demo_lead_import": OTHER_RIGHTS["sys_demo_lead"]})


def test_only_tables_whose_policies_changed_are_locked_for_it(hosted: Hosted) -> None:
    with hosted.owner() as long:
        long.execute("SELECT FROM adm_users, sys_demo_lead_activity, sys_audit_event, sys_removal")
        roll(hosted, LATER_POLICIES, patience=0)
        long.rollback()


def test_every_revision_since_the_first_that_does_says_whom_it_admits() -> None:
    """One that says nothing would admit nobody, which is safe, and stops everybody."""
    admitted = [getattr(script.module, "admits", "") for script in THIS.scripts]
    first = next(place for place, word in enumerate(admitted) if word)
    silent = [script.revision for script in THIS.scripts[first:] if not hasattr(script.module, "admits")]
    assert (silent, [word for word in admitted[first:] if not THIS.knows(word)]) == ([], [])


@pytest.mark.parametrize(
    ("version", "other", "newer"),
    [("0.10.0", "0.9.3", True), ("0.1.0", "0.1.0", False), ("1.0", "0.9", True), ("0.1.0rc1", "0.1.0", False)],
)
def test_versions_are_compared_by_their_numbers(version: str, other: str, newer: bool) -> None:
    assert is_newer(version, other) is newer


def wait_for_a_waiting_lock(hosted: Hosted) -> None:
    """Until somebody waits for a lock of another's."""
    with psycopg.connect(hosted.database.admin.url, autocommit=True) as admin:
        while not admin.execute("SELECT FROM pg_locks WHERE NOT granted AND locktype = 'relation'").fetchall():
            pass
