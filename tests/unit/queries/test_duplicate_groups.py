"""Groups of leads that have something in common."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from fleetdesk.models.access import Role, Scope
from fleetdesk.models.leads_apart import LeadsApart
from fleetdesk.queries.duplicate_groups import (
    DuplicateGroup,
    DuplicateGroups,
    DuplicateQuery,
    GroupSort,
    Sureness,
    apart_groups,
    duplicate_groups,
    narrowed,
)
from fleetdesk.queries.duplicate_rows import Shared, duplicate_rows, group_leads
from fleetdesk.queries.filters.sql import NO_ONE
from fleetdesk.queries.filters.values import EVERYTHING
from fleetdesk.queries.lead_duplicates import duplicates_of
from fleetdesk.queries.leads import lead_page
from tests.unit.queries.replica import NOON, add_lead, add_person, add_row

PHONE = "+971501234567"


def ids(replica: Connection, group: DuplicateGroup) -> list[str]:
    return sorted(row.id for row in lead_page(replica, group.keys).values())


def groups(replica: Connection, found: DuplicateGroups | None = None) -> list[tuple[list[str], set[str]]]:
    """The groups by the ids of their leads, and what they share."""
    found = found or duplicate_groups(replica)
    return [(ids(replica, group), set(group.shared)) for group in found.groups]


def tell_apart(replica: Connection, *leads: str, deleted: bool = False, id: str = "") -> None:
    moments = {"created_at": NOON, "updated_at": NOON, "deleted_at": NOON if deleted else None}
    add_row(
        replica,
        LeadsApart(
            id=id or "+".join(leads),
            scope=Scope.LEADS,
            lead_ids=sorted(leads),
            author_id="mona",
            deleted_by=None,
            deletion_reason=None,
            **moments,
        ),
    )


class TestGroups:
    """Which leads hang together."""

    def test_leads_that_share_a_key_are_a_group(self, replica: Connection) -> None:
        add_lead(replica, "a", email="a@b.fr")
        add_lead(replica, "b", email="A@b.fr")
        add_lead(replica, "alone", email="c@d.fr")
        assert groups(replica) == [(["a", "b"], {"email_key"})]

    def test_leads_hang_together_over_several_keys(self, replica: Connection) -> None:
        add_lead(replica, "a", email="a@b.fr")
        add_lead(replica, "b", email="a@b.fr", trade_licence="CN 12")
        add_lead(replica, "c", trade_licence="cn-12", phone=PHONE)
        add_lead(replica, "d", phone="+971 50 123 4567")
        add_lead(replica, "e", email="e@b.fr")
        add_lead(replica, "f", email="e@b.fr")
        assert groups(replica) == [
            (["a", "b", "c", "d"], {"email_key", "trade_licence_key", "phone_key"}),
            (["e", "f"], {"email_key"}),
        ]

    def test_deleted_and_merged_leads_are_in_no_group(self, replica: Connection) -> None:
        add_lead(replica, "a", email="a@b.fr")
        add_lead(replica, "deleted", email="a@b.fr", deleted_at=NOON)
        add_lead(replica, "merged", email="a@b.fr", merged_into="a")
        assert groups(replica) == []

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"phone": PHONE}, {"second_phone": PHONE}),
            ({"second_phone": PHONE}, {"second_phone": "050 123 4567", "country": "AE"}),
            ({"email": "a@b.fr"}, {"second_email": "A@B.fr"}),
            ({"second_email": "a@b.fr"}, {"second_email": "a@b.fr"}),
        ],
    )
    def test_a_second_address_or_number_counts_as_a_first(
        self, replica: Connection, one: dict[str, object], other: dict[str, object]
    ) -> None:
        add_lead(replica, "a", **one)
        add_lead(replica, "b", **other)
        assert [found for found, _ in groups(replica)] == [["a", "b"]]

    def test_a_second_number_joins_those_who_have_it_first(self, replica: Connection) -> None:
        add_lead(replica, "a", phone=PHONE)
        add_lead(replica, "b", phone=PHONE)
        add_lead(replica, "c", second_phone=PHONE)
        assert [found for found, _ in groups(replica)] == [["a", "b", "c"]]

    def test_a_lead_with_the_same_number_twice_is_no_group(self, replica: Connection) -> None:
        add_lead(replica, "a", phone=PHONE, second_phone=PHONE)
        assert groups(replica) == []


class TestSureness:
    """How sure it is that they are one."""

    @pytest.mark.parametrize(
        ("shared", "sureness"),
        [
            ({"phone": PHONE}, Sureness.POSSIBLE),
            ({"email": "a@b.fr"}, Sureness.LIKELY),
            ({"trade_licence": "CN 1"}, Sureness.LIKELY),
            ({"email": "a@b.fr", "phone": PHONE}, Sureness.SURE),
        ],
    )
    def test_it_goes_by_what_all_of_them_share(
        self, replica: Connection, shared: dict[str, object], sureness: Sureness
    ) -> None:
        add_lead(replica, "a", **shared)
        add_lead(replica, "b", **shared)
        assert [group.sureness for group in duplicate_groups(replica).groups] == [sureness]

    def test_a_chain_is_not_surer_than_its_links(self, replica: Connection) -> None:
        add_lead(replica, "a", email="a@b.fr")
        add_lead(replica, "b", email="a@b.fr", phone=PHONE)
        add_lead(replica, "c", phone=PHONE)
        assert [group.sureness for group in duplicate_groups(replica).groups] == [Sureness.LIKELY]


class TestToldApart:
    """Leads of which a person said that they are different prospects."""

    def test_they_are_no_group(self, replica: Connection) -> None:
        for lead in ("a", "b", "c"):
            add_lead(replica, lead, phone=PHONE)
        tell_apart(replica, "a", "b", "c")
        assert groups(replica) == []

    def test_they_are_one_again_where_that_was_taken_back(self, replica: Connection) -> None:
        for lead in ("a", "b"):
            add_lead(replica, lead, phone=PHONE)
        tell_apart(replica, "a", "b", deleted=True)
        assert len(groups(replica)) == 1

    def test_one_that_comes_later_joins_them(self, replica: Connection) -> None:
        for lead in ("a", "b", "new"):
            add_lead(replica, lead, phone=PHONE)
        tell_apart(replica, "a", "b")
        assert [found for found, _ in groups(replica)] == [["a", "b", "new"]]

    def test_the_others_of_the_same_number_hang_together_without_them(self, replica: Connection) -> None:
        for lead in ("a", "b", "c", "d"):
            add_lead(replica, lead, phone=PHONE)
        tell_apart(replica, "a", "b", "c", id="1")
        tell_apart(replica, "a", "b", "d", id="2")
        assert [found for found, _ in groups(replica)] == [["c", "d"]]

    def test_a_form_does_not_warn_of_them(self, replica: Connection) -> None:
        for lead in ("a", "b", "c"):
            add_lead(replica, lead, phone=PHONE)
        tell_apart(replica, "a", "b")
        assert [found.lead.id for found in duplicates_of(replica, {"phone": PHONE}, lead_id="a")] == ["c"]

    def test_they_are_listed_with_who_said_so_and_when(self, replica: Connection) -> None:
        add_person(replica, "mona", "Mona", "Saleh", Role.COMMERCIAL)
        for lead in ("a", "b"):
            add_lead(replica, lead, phone=PHONE)
        tell_apart(replica, "a", "b", id="row")
        found = apart_groups(replica)
        [row] = duplicate_rows(replica, found.groups).values()
        assert (row.id, row.count, row.told_by, row.told_at) == ("row", 2, "Mona Saleh", NOON)
        assert row.shared == (Shared("phone_key", PHONE),)

    def test_where_none_of_them_is_here_any_more_there_is_no_line(self, replica: Connection) -> None:
        add_lead(replica, "a", phone=PHONE)
        tell_apart(replica, "a", "gone")
        tell_apart(replica, "erased", "gone")
        assert [group.apart_id for group in apart_groups(replica).groups] == ["a+gone"]


class TestNarrowed:
    """A list of them."""

    @pytest.fixture(autouse=True)
    def three_groups(self, replica: Connection) -> None:
        """Three leads by a number, two by an address, two by both."""
        for number in range(3):
            add_lead(replica, f"phone-{number}", phone=PHONE, last_name="Petit")
        for number in range(2):
            add_lead(replica, f"email-{number}", email="a@b.fr", company="Taxi" if number else None)
        for number in range(2):
            add_lead(replica, f"both-{number}", email="c@d.fr", phone="+971501112222")

    def found(self, replica: Connection, query: DuplicateQuery) -> list[str]:
        among = duplicate_groups(replica)
        return [ids(replica, group)[0].split("-")[0] for group in narrowed(replica, among, query, NO_ONE)]

    def test_the_surest_come_first(self, replica: Connection) -> None:
        assert self.found(replica, DuplicateQuery()) == ["both", "email", "phone"]
        assert self.found(replica, DuplicateQuery(descending=False)) == ["phone", "email", "both"]

    def test_or_the_largest(self, replica: Connection) -> None:
        assert self.found(replica, DuplicateQuery(sort=GroupSort.COUNT)) == ["phone", "both", "email"]

    def test_only_those_that_share_an_address(self, replica: Connection) -> None:
        assert self.found(replica, DuplicateQuery(kinds=frozenset({"email_key"}))) == ["both", "email"]

    def test_only_those_with_a_lead_that_is_searched_for(self, replica: Connection) -> None:
        assert self.found(replica, DuplicateQuery(EVERYTHING.searching("taxi"))) == ["email"]
        assert self.found(replica, DuplicateQuery(EVERYTHING.searching("pet"))) == ["phone"]
        assert self.found(replica, DuplicateQuery(EVERYTHING.searching("nobody"))) == []


def test_each_lead_of_a_group_says_what_it_shares(replica: Connection) -> None:
    add_lead(replica, "a", email="a@b.fr", phone="+971501112222", second_phone=PHONE)
    add_lead(replica, "b", email="A@b.fr", phone=PHONE)
    [group] = duplicate_groups(replica).groups
    found = {lead.id: lead.shares for lead in group_leads(replica, group.keys)}
    assert found == {"a": {"email", "second_phone"}, "b": {"email", "phone"}}
    [row] = duplicate_rows(replica, [group]).values()
    assert row.shared == (Shared("email_key", "a@b.fr"), Shared("phone_key", PHONE))
    assert (row.id, row.count, row.sureness) == ("a", 2, Sureness.SURE)
