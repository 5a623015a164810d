"""The audit log's chain: it covers every event, and shows what was done to it since."""

from __future__ import annotations

import threading

import pytest
from typer.testing import CliRunner, Result

from fleetdesk.hub.cli import hub_cli
from fleetdesk.hub.epoch import new_epoch
from fleetdesk.hub.sealing import Audited, verify
from fleetdesk.hub.service import Hub
from fleetdesk.models.access import Role
from fleetdesk.models.audit_chain import Seal
from tests.hub.acts import edit, note
from tests.hub.support import Hosted, Laptop

UNSEALED = "SELECT FROM sys_audit_event WHERE id NOT IN (SELECT id FROM sys_audit_seal)"


@pytest.fixture
def sealed(hosted: Hosted, lead: str) -> Hub:
    """A hub whose log has three events, all sealed."""
    hub = hosted.hub()
    for number in range(3):
        Laptop(hub).push(note(lead, f"note {number}"))
    seal_all(hosted, hub)
    return hub


def test_every_event_gets_its_place_in_the_chain(hosted: Hosted, sealed: Hub) -> None:
    assert hosted.rows("SELECT sequence FROM sys_audit_seal JOIN sys_audit_event USING (id) ORDER BY 1") == [
        (1,),
        (2,),
        (3,),
    ]


def test_a_log_that_nobody_touched_is_whole(sealed: Hub) -> None:
    found = verify(sealed.database)
    assert (found.events, found.unsealed, found.faults) == (3, 0, ())


def test_a_log_without_an_event_is_whole(hosted: Hosted) -> None:
    assert verify(hosted.hub().database) == Audited(0, 0, Seal(0, ""), ())


def test_sealing_again_changes_nothing(hosted: Hosted, sealed: Hub) -> None:
    before = hosted.rows("SELECT id, sequence, hash, xid::text FROM sys_audit_seal ORDER BY 2")
    sealed.sealer.seal()
    assert hosted.rows("SELECT id, sequence, hash, xid::text FROM sys_audit_seal ORDER BY 2") == before


def test_more_events_than_one_turn_takes_are_all_sealed(hosted: Hosted) -> None:
    hosted.execute(
        "INSERT INTO sys_audit_event"
        " (id, scope, actor_id, role, action, sentence, outcome, issued_at, recorded_at, payload_digest)"
        " SELECT 'e' || n, 'audit', 'p', 'r', 'a', 's', 'applied', now(), now(), '' FROM generate_series(1, 2300) AS n"
    )
    hub = hosted.hub()
    seal_all(hosted, hub)
    assert (verify(hub.database).events, verify(hub.database).faults) == (2300, ())


def test_an_event_that_an_older_transaction_may_still_precede_waits(hosted: Hosted, sealed: Hub, lead: str) -> None:
    with hosted.owner() as older:
        older.execute("SELECT pg_current_xact_id()")
        Laptop(sealed).push(edit(lead))
        sealed.sealer.seal()
        assert verify(sealed.database).unsealed == 1
    seal_all(hosted, sealed)
    assert verify(sealed.database).unsealed == 0


def test_hubs_that_seal_at_once_make_one_chain(hosted: Hosted, lead: str) -> None:
    hubs = [hosted.hub(), hosted.hub()]
    stop = threading.Event()

    def seal(hub: Hub) -> None:
        while not stop.is_set():
            hub.sealer.seal()

    threads = [threading.Thread(target=seal, args=[hub]) for hub in hubs]
    for thread in threads:
        thread.start()
    laptop = Laptop(hubs[0])
    for number in range(20):
        laptop.push(note(lead, f"note {number}"))
    stop.set()
    for thread in threads:
        thread.join()
    seal_all(hosted, hubs[0])
    assert (verify(hubs[0].database).events, verify(hubs[0].database).faults) == (20, ())


def test_a_new_epoch_leaves_the_chain_whole_and_lets_it_go_on(hosted: Hosted, sealed: Hub, lead: str) -> None:
    Laptop(sealed).push(edit(lead))
    new_epoch(hosted.database.owner.url)
    Laptop(sealed).push(edit(lead, new="Other"))
    seal_all(hosted, sealed)
    assert (verify(sealed.database).events, verify(sealed.database).faults) == (5, ())


def test_an_erasure_of_a_payload_leaves_the_chain_whole(hosted: Hosted, sealed: Hub) -> None:
    hosted.execute("DELETE FROM sys_audit_payload")
    assert verify(sealed.database).faults == ()


@pytest.mark.parametrize(
    ("tampering", "fault"),
    [
        ("UPDATE sys_audit_event SET actor_id = 'somebody else' WHERE {second}", "event of seal 2 was changed"),
        ("UPDATE sys_audit_event SET target_id = NULL WHERE {second}", "event of seal 2 was changed"),
        ("UPDATE sys_audit_event SET recorded_at = recorded_at - interval '1us' WHERE {second}", "seal 2 was changed"),
        ("UPDATE sys_audit_payload SET body = '{{}}' WHERE {second}", "What the event of seal 2 tells of was changed"),
        ("DELETE FROM sys_audit_event WHERE {second}", "event of seal 2 is gone"),
        ("DELETE FROM sys_audit_seal WHERE {second}", "Between the seals 1 and 3, some are gone"),
        ("UPDATE sys_audit_seal SET hash = 'x' WHERE {second}", "event of seal 2 was changed, or a seal was"),
    ],
)
def test_what_was_done_to_a_sealed_event_is_found(hosted: Hosted, sealed: Hub, tampering: str, fault: str) -> None:
    tamper(hosted, tampering.format(second="id = (SELECT id FROM sys_audit_seal WHERE sequence = 2)"))
    assert fault in " ".join(verify(sealed.database).faults)


def test_an_event_taken_out_with_its_seal_and_the_numbers_closed_up_is_found(hosted: Hosted, sealed: Hub) -> None:
    tamper(hosted, "DELETE FROM sys_audit_event WHERE id = (SELECT id FROM sys_audit_seal WHERE sequence = 2)")
    tamper(hosted, "DELETE FROM sys_audit_seal WHERE sequence = 2")
    tamper(hosted, "UPDATE sys_audit_seal SET sequence = 2 WHERE sequence = 3")
    assert verify(sealed.database).faults == ("The event of seal 2 was changed, or a seal was.",)


def test_an_event_put_in_among_sealed_ones_is_found(hosted: Hosted, sealed: Hub) -> None:
    tamper(
        hosted,
        'INSERT INTO sys_audit_event SELECT (json_populate_record(event, \'{"id": "forged"}\')).*'
        " FROM sys_audit_event AS event JOIN sys_audit_seal USING (id) WHERE sequence = 1",
    )
    assert verify(sealed.database).faults == ("The event forged was put in among sealed ones.",)


def test_a_log_that_was_cut_off_is_found_by_a_seal_that_was_noted(hosted: Hosted, sealed: Hub) -> None:
    noted = verify(sealed.database).last
    tamper(hosted, "DELETE FROM sys_audit_event WHERE id = (SELECT id FROM sys_audit_seal WHERE sequence = 3)")
    tamper(hosted, "DELETE FROM sys_audit_seal WHERE sequence = 3")
    assert verify(sealed.database).faults == ()
    assert verify(sealed.database, noted).faults == ("Seal 3, which was noted, is gone; the last one is 2.",)


def test_a_chain_that_was_made_anew_is_found_by_a_seal_that_was_noted(hosted: Hosted, sealed: Hub) -> None:
    noted = verify(sealed.database).last
    tamper(hosted, "UPDATE sys_audit_event SET actor_id = 'somebody else'")
    tamper(hosted, "DELETE FROM sys_audit_seal")
    seal_all(hosted, sealed)
    assert verify(sealed.database).faults == ()
    assert verify(sealed.database, noted).faults == ("Seal 3 is another one than was noted.",)


def test_the_chain_can_be_verified_from_a_laptops_rows(sealed: Hub) -> None:
    laptop = Laptop(sealed, Role.SUPPORT)
    laptop.load()
    assert sorted(seal["sequence"] for seal in laptop.rows["sys_audit_seal"].values()) == [1, 2, 3]


def test_the_hubs_own_role_changes_no_seal(hosted: Hosted, sealed: Hub) -> None:
    with hosted.as_hub(role="system", write="audit") as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute("UPDATE sys_audit_seal SET hash = ''")


def test_the_owner_changes_no_seal_by_mistake(hosted: Hosted, sealed: Hub) -> None:
    with pytest.raises(Exception, match="append-only"):
        hosted.execute("DELETE FROM sys_audit_seal")


def test_verify_audit_says_that_the_log_is_whole_and_which_seal_is_the_last(hosted: Hosted, sealed: Hub) -> None:
    told = verify_audit(hosted)
    assert (told.exit_code, f"{verify(sealed.database).last}" in told.stdout) == (0, True)


def test_verify_audit_fails_over_a_log_that_was_tampered_with(hosted: Hosted, sealed: Hub) -> None:
    tamper(hosted, "DELETE FROM sys_audit_event")
    told = verify_audit(hosted)
    assert (told.exit_code, "The event of seal 3 is gone." in told.stderr) == (1, True)


def test_verify_audit_asks_for_a_seal_of_the_right_form(hosted: Hosted) -> None:
    assert "is not a seal" in verify_audit(hosted, "--noted", "x").stderr


def verify_audit(hosted: Hosted, *arguments: str) -> Result:
    return CliRunner().invoke(
        hub_cli, ["verify-audit", *arguments], env={"FLEETDESK_DATABASE_URL": hosted.database.hub.url}
    )


def tamper(hosted: Hosted, statement: str) -> None:
    """What somebody can do who owns the tables."""
    with hosted.owner() as connection:
        for table in ("sys_audit_event", "sys_audit_seal", "sys_audit_payload"):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        connection.execute(statement.encode())
        for table in ("sys_audit_event", "sys_audit_seal", "sys_audit_payload"):
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())


def seal_all(hosted: Hosted, hub: Hub) -> None:
    """Seal every event: the server may be busy with an older transaction of its own."""
    hub.sealer.seal()
    while hosted.rows(UNSEALED):
        hub.sealer.seal()
