"""What a filter asks for, in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale

from fleetdesk.models.access import Role
from fleetdesk.queries.filters.grammar import parse
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.staff import StaffPerson
from fleetdesk.views.leads.asking.filter_words import FilterWords, field_title

MONA = StaffPerson("person-mona", "Mona Saleh", "mona@fleet.example", Role.COMMERCIAL, active=True, image_url=None)

WORDS = {
    "status:new": "Stage: New",
    "status:new,contacted,qualified": "Stage: New, Contacted or Qualified",
    "-status:open": "Stage: not Open",
    "owner:me,none": "Owner: Me or Nobody",
    "owner:person-mona": "Owner: Mona Saleh",
    "owner:MONA@fleet.example": "Owner: Mona Saleh",
    'owner:"mona saleh"': "Owner: Mona Saleh",
    "owner:mee": "Owner: mee (no colleague has this name)",
    "country:FR": "Country: France",
    "country:FR,AE,MA,TN": "Country: France, United Arab Emirates or 2 more",
    "tag:vip": "Tag: vip",
    "tag:none": "Tag: No tag",
    "-tag:vip": "Tag: not vip",
    "fleet:20": "Fleet size: 20",
    "fleet>1000": "Fleet size over 1,000",
    "fleet<=5": "Fleet size at most 5",
    "fleet:20..50": "Fleet size 20 to 50",
    "fleet:20..": "Fleet size at least 20",
    "-fleet:20..50": "Fleet size: not 20 to 50",
    "score:none": "Score: Not known",
    "next:overdue": "Next step due: Overdue",
    "next:none": "Next step due: Nothing planned",
    "next:today..+7d": "Next step due in the next 7 days",
    "next:7d..": "Next step due since 7 days ago",
    "next:+1d..": "Next step due from tomorrow on",
    "created:7d..": "Created in the last 7 days",
    "created:today": "Created: today",
    "created:2026-03": "Created: March 2026",
    "created<2026-03-01": "Created before 1 Mar 2026",
    "created:2026-03-01..2026-03-31": "Created from 1 Mar 2026 to 31 Mar 2026",
    "updated>=1m": "Updated since 1 month ago",
    "rotting:30": "No activity for 30 days",
    "-rotting:1": "Active in the last 1 day",
    "deleted:yes": "Deleted ones only",
    "deleted:any": "Deleted ones too",
    "-deleted:yes": "Not deleted",
}


@pytest.fixture(autouse=True)
def british() -> Iterator[None]:
    """Figures and countries as the window writes them."""
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize("query", WORDS)
def test_a_term_reads_as_words(query: str) -> None:
    [term] = parse(LEAD_FIELDS, query).filter.terms

    assert FilterWords((MONA,)).term(term) == WORDS[query]


def test_every_field_has_a_title() -> None:
    assert all(field_title(field.key) for field in LEAD_FIELDS)
