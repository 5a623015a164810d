"""The demo's data set: the same each time, and true to the rules that a salesperson lives by."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict

import phonenumbers
import pytest

from fleetdesk.demo.dataset import PERSONAS
from fleetdesk.demo.dataset.histories import Entry
from fleetdesk.demo.dataset.leads import LEADS, Pipeline, pipeline
from fleetdesk.demo.dataset.staff import staff_rows
from fleetdesk.models.access import Role
from fleetdesk.models.leads import Lead
from fleetdesk.models.values import plain_row

NOW = dt.datetime(2026, 11, 20, 10, 20, tzinfo=dt.UTC)
SEED = 7
DAY = dt.timedelta(days=1)

# Written out once more, so that a mistake in the table of stages does not excuse one here.
LEGAL = {
    "new": {"contacted", "lost"},
    "contacted": {"qualified", "lost"},
    "qualified": {"onboarding", "lost"},
    "onboarding": {"validated", "lost"},
    "validated": {"converted", "lost"},
    "converted": set[str](),
    "lost": {"contacted"},
}

Timelines = Mapping[str, list[Entry]]


@pytest.fixture(scope="module")
def made() -> Pipeline:
    return pipeline(random.Random(SEED), NOW)


@pytest.fixture(scope="module")
def timelines(made: Pipeline) -> Timelines:
    """Each lead's entries in the order in which they were recorded."""
    entries = defaultdict[str, list[Entry]](list)
    for entry in sorted(made.activities, key=lambda entry: entry.recorded_at):
        entries[entry.lead_id].append(entry)
    return entries


def test_the_same_seed_and_instant_give_the_same_rows(made: Pipeline) -> None:
    again = pipeline(random.Random(SEED), NOW)

    assert [plain_row(lead) for lead in again.leads] == [plain_row(lead) for lead in made.leads]
    assert [asdict(entry) for entry in again.activities] == [asdict(entry) for entry in made.activities]


def test_ids_are_version_7_and_unique(made: Pipeline) -> None:
    ids = [lead.id for lead in made.leads] + [entry.id for entry in made.activities]

    assert len(set(ids)) == len(ids)
    assert all(len(id_) == 36 and id_[14] == "7" and id_[19] in "89ab" for id_ in ids)


def test_ids_tell_when_a_lead_was_created(made: Pipeline) -> None:
    for lead in made.leads:
        assert int(lead.id[:13].replace("-", ""), 16) == (lead.created_at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // (
            dt.timedelta(milliseconds=1)
        )


def test_every_month_of_the_last_year_has_its_leads(made: Pipeline) -> None:
    ages = [NOW - lead.created_at for lead in made.leads]
    months = Counter(age // (30 * DAY) for age in ages)

    assert len(ages) == LEADS
    assert dt.timedelta(0) < min(ages)
    assert max(ages) <= 365 * DAY
    assert min(months[month] for month in range(12)) > LEADS / 12 / 3


def test_both_countries_have_at_least_a_third_of_the_leads(made: Pipeline) -> None:
    countries = Counter(lead.country for lead in made.leads)

    assert set(countries) == {"AE", "FR"}
    assert min(countries.values()) > LEADS / 3


def test_some_people_write_their_name_and_message_in_arabic_script(made: Pipeline) -> None:
    in_arabic = [lead for lead in made.leads if _arabic(lead.first_name) and _arabic(lead.last_name)]

    assert len(in_arabic) > 300
    assert sum(_arabic(lead.message) for lead in in_arabic) > 150
    assert sum(_arabic(lead.company) for lead in in_arabic) > 150


def test_every_move_is_a_legal_one_from_where_the_lead_stood(made: Pipeline, timelines: Timelines) -> None:
    for lead in made.leads:
        stage = "new"
        for entry in timelines.get(lead.id, []):
            if entry.kind == "status_change":
                assert (entry.from_status, entry.to_status in LEGAL[stage]) == (stage, True)
                stage = str(entry.to_status)
        assert lead.status == stage


def test_a_lead_was_spoken_with_before_it_was_contacted(timelines: Timelines) -> None:
    for entries in timelines.values():
        for number, entry in enumerate(entries):
            if entry.to_status == "contacted":
                assert any(earlier.kind != "status_change" for earlier in entries[:number])


def test_whoever_was_qualified_has_all_that_qualifying_asks_for(made: Pipeline, timelines: Timelines) -> None:
    for lead in _who_reached("qualified", made, timelines):
        assert lead.company
        assert lead.email
        assert lead.country
        assert lead.fleet_size is not None


def test_only_who_was_validated_has_a_checklist_and_it_is_complete(made: Pipeline, timelines: Timelines) -> None:
    validated = _who_reached("validated", made, timelines)

    assert validated == [lead for lead in made.leads if lead.conformity is not None]
    complete = dict.fromkeys(("identity", "trade_licence", "address", "fleet_documents", "sanctions"), True)
    assert all(lead.conformity == complete for lead in validated)


def test_only_super_admins_validate_and_convert(made: Pipeline) -> None:
    _, members = staff_rows()
    roles = {member.user_id: member.role for member in members}

    authors = {entry.author_id for entry in made.activities if entry.to_status in {"validated", "converted"}}

    assert {roles[author] for author in authors} == {"platform_super_admin"}


def test_a_lead_has_a_reason_exactly_while_it_is_lost(made: Pipeline, timelines: Timelines) -> None:
    for lead in made.leads:
        moves = [entry for entry in timelines.get(lead.id, []) if entry.kind == "status_change"]
        assert lead.lost_reason == (moves[-1].body if lead.status == "lost" else None)
        assert bool(lead.lost_reason) == (lead.status == "lost")


def test_counts_and_times_of_a_lead_are_those_of_its_timeline(made: Pipeline, timelines: Timelines) -> None:
    for lead in made.leads:
        entries = timelines.get(lead.id, [])
        moves = [entry.recorded_at for entry in entries if entry.kind == "status_change"]
        others = [entry.happened_at for entry in entries if entry.kind != "status_change"]
        assert lead.activity_count == len(others)
        assert lead.last_activity_at == max(others, default=None)
        assert lead.stage_changed_at == max(moves, default=lead.created_at)
        recorded = max((entry.recorded_at for entry in entries), default=lead.created_at)
        assert lead.updated_at == (lead.deleted_at or recorded)


def test_nothing_happened_before_the_request_or_after_now(made: Pipeline, timelines: Timelines) -> None:
    for lead in made.leads:
        for entry in timelines.get(lead.id, []):
            assert lead.created_at < entry.happened_at <= entry.recorded_at <= NOW
        assert lead.created_at <= lead.updated_at <= NOW


def test_next_steps_are_overdue_due_today_and_ahead_and_never_for_a_lost_lead(made: Pipeline) -> None:
    planned = [(lead, lead.next_activity_at) for lead in made.leads if lead.next_activity_at is not None]

    assert all(lead.next_activity and lead.status != "lost" for lead, _ in planned)
    assert sum(due < NOW for _, due in planned) > 50
    assert sum(NOW.date() == due.date() for _, due in planned) > 10
    assert sum(due > NOW + DAY for _, due in planned) > 200


def test_leads_are_owned_by_sales_and_a_few_fresh_ones_by_nobody(made: Pipeline) -> None:
    _, members = staff_rows()
    sales = {member.user_id for member in members if member.role == "platform_commercial"}
    owners = Counter(lead.owner_id for lead in made.leads)

    assert set(owners) == {*sales, None}
    assert 20 < owners[None] < 500
    assert all(lead.status == "new" for lead in made.leads if lead.owner_id is None)


def test_phone_numbers_are_valid_but_for_a_few_odd_ones(made: Pipeline) -> None:
    phones = [(lead.phone, lead.country) for lead in made.leads if lead.phone]
    valid = sum(_dialable(phone, country) for phone, country in phones)

    assert 3 <= len(phones) - valid < len(phones) / 50


def test_no_address_or_site_can_exist(made: Pipeline) -> None:
    for lead in made.leads:
        for text in filter(None, (lead.email, lead.second_email, lead.website)):
            assert text.lower().endswith(".example")


def test_a_handful_of_people_asked_twice(made: Pipeline) -> None:
    emails = Counter(lead.email_key for lead in made.leads if lead.email_key)
    phones = Counter(lead.phone_key for lead in made.leads if lead.phone_key)

    twice = [key for key, count in (emails + phones).items() if count > 1]

    assert 5 <= len(twice) <= 40


def test_a_few_leads_are_deleted_with_who_and_why(made: Pipeline) -> None:
    deleted = [lead for lead in made.leads if lead.deleted]

    assert 5 <= len(deleted) <= 50
    assert all(lead.deleted_by and lead.deletion_reason for lead in deleted)


def test_people_of_all_five_roles_can_be_tried_sales_first() -> None:
    assert PERSONAS[0].role is Role.COMMERCIAL
    assert {persona.role for persona in PERSONAS} == set(Role) - {Role.SYSTEM}


def test_personas_are_people_of_the_directory() -> None:
    users, members = staff_rows()
    roles = {member.user_id: member.role for member in members}
    directory = {(user.id, user.provider_id, user.full_name, user.email, roles[user.id]) for user in users}

    assert {(one.person_id, one.provider_id, one.name, one.email, one.role) for one in PERSONAS} <= directory


def _who_reached(stage: str, made: Pipeline, timelines: Timelines) -> list[Lead]:
    return [lead for lead in made.leads if any(entry.to_status == stage for entry in timelines.get(lead.id, []))]


def _arabic(text: str | None) -> bool:
    return any("\u0600" <= char <= "\u06ff" for char in text or "")


def _dialable(phone: str, country: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(phone, country))
    except phonenumbers.NumberParseException:
        return False
