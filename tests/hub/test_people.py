"""Whom the hub does not take in reads why: suspended, dismissed, unknown, or signed in for another organisation."""

from __future__ import annotations

import pytest

from fleetdesk.errors import NotStaff, Refused
from fleetdesk.models.access import Role
from tests.hub.support import ORIGIN, Hosted, Laptop, OfAnotherOrganisation, person_id


@pytest.mark.parametrize(
    ("table", "column", "setting", "words"),
    [
        ("adm_members", "user_id", "status = 'suspended'", "Your access was suspended."),
        ("adm_users", "id", "status = 'suspended'", "Your access was suspended."),
        ("adm_members", "user_id", "deleted_at = now()", "You are no longer on the platform's staff."),
        ("adm_users", "id", "deleted_at = now()", "You are no longer on the platform's staff."),
        ("adm_members", "user_id", "organisation = 'some-client'", "You are no longer on the platform's staff."),
    ],
)
def test_who_is_turned_away_reads_why(hosted: Hosted, table: str, column: str, setting: str, words: str) -> None:
    hosted.execute(f"UPDATE {table} SET {setting} WHERE {column} = %s", person_id(Role.SUPPORT))
    with pytest.raises(NotStaff, match=words):
        Laptop(hosted.hub(), Role.SUPPORT).load()


def test_a_stranger_reads_whom_to_ask(hosted: Hosted) -> None:
    with pytest.raises(NotStaff, match="Ask a super admin to add you"):
        Laptop(hosted.hub(), subject="user_of_a_client").load()


@pytest.mark.parametrize(
    ("setting", "words"),
    [("status = 'suspended'", "Your access was suspended."), ("deleted_at = now()", "You are no longer on the")],
)
def test_whom_the_provider_took_out_of_the_organisation_reads_that_their_access_ended(
    hosted: Hosted, setting: str, words: str
) -> None:
    hosted.execute(f"UPDATE adm_members SET {setting} WHERE user_id = %s", person_id(Role.SUPPORT))
    with pytest.raises(NotStaff, match=words):
        hosted.hub(verifier=OfAnotherOrganisation()).identify(f"user_{Role.SUPPORT}", ORIGIN)


@pytest.mark.parametrize("subject", [f"user_{Role.SUPPORT}", "user_of_a_client"])
def test_who_signs_in_for_another_organisation_by_mistake_is_told_which_to_choose(hosted: Hosted, subject: str) -> None:
    with pytest.raises(Refused, match="own staff") as refusal:
        hosted.hub(verifier=OfAnotherOrganisation()).identify(subject, ORIGIN)
    assert not isinstance(refusal.value, NotStaff)
