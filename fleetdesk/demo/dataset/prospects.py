"""Who asks: a person, a company and the ways to reach them; and the lead that the request becomes."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, replace

from fleetdesk.demo.dataset.chance import seeded_id, weighted
from fleetdesk.demo.dataset.companies import Company, CompanyRegister
from fleetdesk.demo.dataset.contacts import AddressBook, landline, mobile, odd_phone
from fleetdesk.demo.dataset.messages import message
from fleetdesk.demo.dataset.names import PersonName, person_name
from fleetdesk.models.access import Scope
from fleetdesk.models.leads import Lead
from fleetdesk.models.stages import Stage

__all__ = ["Prospect", "Prospects", "request"]


@dataclass(frozen=True, slots=True)
class Prospect:
    """Someone who asks for a demo. `written` is their name as they typed it, in either script."""

    name: PersonName
    written: tuple[str, str]
    company: Company
    country: str
    source: str
    email: str
    second_email: str | None
    phone: str
    second_phone: str | None
    message: str | None

    @property
    def in_arabic(self) -> bool:
        """Whether they write in Arabic script."""
        return self.written == self.name.arabic


class Prospects:
    """Thinks up prospects, each with a company and an address of their own."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._companies = CompanyRegister(rng)
        self._addresses = AddressBook(rng)

    def someone(self) -> Prospect:
        """One prospect more."""
        rng = self._rng
        country = weighted(rng, {"AE": 0.56, "FR": 0.44})
        name = person_name(rng, country)
        company = self._companies.found(country, name)
        source = weighted(rng, _SOURCES[country])
        arabic = name.arabic if name.arabic and rng.random() < 0.38 else None
        wrote = rng.random() < _WRITES.get(source, 0.2)
        return Prospect(
            name=name,
            written=arabic or (name.first, name.last),
            company=company,
            country=country,
            source=source,
            email=self._addresses.personal(name, company, country),
            second_email=self._addresses.desk(company, country) if rng.random() < 0.07 else None,
            phone=_phone(rng, country),
            second_phone=landline(rng, country) if rng.random() < 0.14 else None,
            message=message(rng, _language(rng, country, arabic is not None), company) if wrote else None,
        )

    def again(self, prospect: Prospect) -> Prospect:
        """The same person, who forgot having asked: other letters, the same address or number."""
        rng = self._rng
        asks_anew = replace(prospect, source="Website", second_email=None, second_phone=None)
        if rng.random() < 0.5:
            return replace(
                asks_anew,
                written=(prospect.name.first, prospect.name.last),
                email=self._addresses.desk(prospect.company, prospect.country),
            )
        return replace(asks_anew, email=prospect.email.upper(), phone=mobile(rng, prospect.country), message=None)


def request(rng: random.Random, prospect: Prospect, at: dt.datetime) -> Lead:
    """The lead that the request becomes, with what a form asks for and people fill in."""
    company = prospect.company
    reachable_by = weighted(rng, {"both": 90, "email": 5, "phone": 5})
    named = company.arabic_name if prospect.in_arabic and company.arabic_name else company.name
    return Lead(
        id=seeded_id(rng, at),
        scope=Scope.LEADS,
        status=Stage.NEW,
        first_name=prospect.written[0],
        last_name=prospect.written[1],
        email=prospect.email if reachable_by != "phone" else None,
        second_email=prospect.second_email,
        phone=prospect.phone if reachable_by != "email" else None,
        second_phone=prospect.second_phone,
        company=named if rng.random() < 0.93 else None,
        country=prospect.country,
        fleet_size=company.fleet_size if rng.random() < 0.8 else None,
        current_software=company.software if rng.random() < 0.62 else None,
        website=f"https://www.{company.domain}" if rng.random() < 0.35 else None,
        message=prospect.message,
        source=prospect.source,
        tags=[],
        activity_count=0,
        stage_changed_at=at,
        created_at=at,
        updated_at=at,
    )


def _phone(rng: random.Random, country: str) -> str:
    return odd_phone(rng, country) if rng.random() < 0.005 else mobile(rng, country)


def _language(rng: random.Random, country: str, in_arabic: bool) -> str:
    if in_arabic:
        return "ar"
    return "en" if country == "AE" or rng.random() < 0.03 else "fr"


_SOURCES = {
    "AE": {
        "Website": 32.0,
        "Google Ads": 15.0,
        "Referral": 14.0,
        "WhatsApp": 10.0,
        "Trade show": 9.0,
        "LinkedIn": 8.0,
        "Partner": 7.0,
        "Phone": 5.0,
    },
    "FR": {
        "Website": 36.0,
        "Google Ads": 18.0,
        "Referral": 14.0,
        "Trade show": 10.0,
        "LinkedIn": 9.0,
        "Phone": 7.0,
        "Partner": 6.0,
    },
}

_WRITES = {"Website": 0.86, "Google Ads": 0.72, "WhatsApp": 0.9, "LinkedIn": 0.5}
