"""The set of synced tables, as an object that is handed in."""

from __future__ import annotations

import pytest

from fleetdesk.errors import Defect
from fleetdesk.models.base import Key, Synced, hosted_checks
from fleetdesk.models.leads import Lead, LeadActivity
from fleetdesk.models.schema import Schema, platform_schema
from fleetdesk.models.staff import Member


def test_every_record_is_found_without_being_registered() -> None:
    assert platform_schema().tables == (
        "adm_members",
        "adm_users",
        "doc_documents",
        "sys_audit_event",
        "sys_audit_payload",
        "sys_audit_seal",
        "sys_demo_lead",
        "sys_demo_lead_activity",
        "sys_demo_lead_apart",
        "sys_demo_lead_import",
        "sys_demo_lead_revision",
        "sys_device",
        "sys_intent",
        "sys_quarantine",
        "sys_saved_view",
    )


def test_a_schema_can_be_had_with_further_records_and_stays_as_it_was() -> None:
    leads = Schema([Lead])
    assert leads.including(LeadActivity).tables == ("sys_demo_lead", "sys_demo_lead_activity")
    assert leads.tables == ("sys_demo_lead",)


def test_a_table_that_no_record_has_is_a_defect() -> None:
    with pytest.raises(Defect):
        Schema([Lead]).record("adm_users")


@pytest.mark.parametrize("record", list(platform_schema()))
def test_every_record_says_who_may_hold_its_rows(record: type[Synced]) -> None:
    assert not record.table().columns["scope"].nullable


def test_keys_sort_by_table_then_id() -> None:
    keys = [Lead.key_of("2"), Member.key_of("9"), Lead.key_of("1")]
    assert sorted(keys) == [Key("adm_members", "9"), Key("sys_demo_lead", "1"), Key("sys_demo_lead", "2")]


def test_the_hosted_table_checks_the_words_of_a_choice() -> None:
    [check] = [check for check in hosted_checks(LeadActivity.table()) if check.name == "kind"]
    assert str(check.sqltext) == "kind IN ('call', 'email', 'meeting', 'note', 'task', 'status_change')"
