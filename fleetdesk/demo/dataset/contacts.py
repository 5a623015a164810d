"""Telephone numbers and addresses as people type them: most are right, a few are odd, no address can exist."""

from __future__ import annotations

import random

from fleetdesk.demo.dataset.chance import weighted
from fleetdesk.demo.dataset.companies import Company
from fleetdesk.demo.dataset.names import PersonName
from fleetdesk.models import normalise

__all__ = ["AddressBook", "landline", "mobile", "odd_phone"]

_MAILBOXES = {"AE": ("mail.example", "inbox.example", "gulfmail.example"), "FR": ("courriel.example", "boite.example")}
_DESKS = {"AE": ("info", "ops", "booking", "dispatch"), "FR": ("contact", "reservation", "exploitation", "direction")}
_WAYS = {
    # The national number in groups, written with its country's code, or as it is dialled at home.
    "AE": {"+971 {0} {1} {2}": 5, "0{0} {1} {2}": 3, "+971{0}{1}{2}": 3, "0{0}{1}{2}": 2, "00971 {0} {1}{2}": 1},
    "FR": {"0{0} {1} {2}": 6, "0{0}{1}{2}": 3, "+33 {0} {1} {2}": 3, "+33{0}{1}{2}": 1, "0{0}.{1}.{2}": 1},
}
_ODD = {
    "AE": ("050 12 34", "055-xxx-7788", "+971 5", "04 33 21 ask for Rashid", "call the office", "05O 442 1190"),
    "FR": (
        "06 12 34 56",
        "standard, demander Éric",
        "07 xx xx xx 14",
        "06.98",
        "à rappeler au bureau",
        "00 00 00 00 00",
    ),
}


class AddressBook:
    """Gives addresses, none of them twice."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def personal(self, name: PersonName, company: Company | None, country: str) -> str:
        """The person's own address: at the company, or at a mailbox that anyone may have."""
        first, last = _bare(name.first), _bare(name.last)
        at_company = weighted(self._rng, {f"{first}.{last}": 5, f"{first[0]}.{last}": 3, first: 2})
        if company is not None and self._rng.random() < 0.72:
            return self._fresh(at_company, company.domain)
        box = weighted(self._rng, {f"{first}.{last}": 4, f"{first}{last}": 3, f"{last}.{first}": 1})
        return self._fresh(box, self._rng.choice(_MAILBOXES[country]))

    def desk(self, company: Company, country: str) -> str:
        """The address of one of the company's desks."""
        return self._fresh(self._rng.choice(_DESKS[country]), company.domain)

    def _fresh(self, mailbox: str, domain: str) -> str:
        address = f"{mailbox}@{domain}"
        while address in self._given:
            address = f"{mailbox}{self._rng.randrange(2, 100)}@{domain}"
        self._given.add(address)
        return address


def mobile(rng: random.Random, country: str) -> str:
    """A mobile number, valid, in one of the ways in which people write it."""
    if country == "AE":
        prefix, ways = rng.choice(("50", "52", "54", "55", "56", "58")), _WAYS["AE"]
        return weighted(rng, ways).format(prefix, _digits(rng, 3), _digits(rng, 4))
    first = rng.choice(("61", "62", "64", "65", "66", "67", "68", "75", "76", "77", "78"))
    return _french(rng, first + _digits(rng, 7))


def landline(rng: random.Random, country: str) -> str:
    """An office's number, valid, in one of the ways in which people write it."""
    if country == "AE":
        return weighted(rng, _WAYS["AE"]).format(
            rng.choice("2467"), rng.choice("234") + _digits(rng, 2), _digits(rng, 4)
        )
    # The ranges that the regulator keeps free for fiction (ARCEP).
    first = rng.choice(("19900", "26191", "35301", "46571", "53649"))
    return _french(rng, first + _digits(rng, 4))


def odd_phone(rng: random.Random, country: str) -> str:
    """What some people write where a number is asked for."""
    return rng.choice(_ODD[country])


def _french(rng: random.Random, national: str) -> str:
    way = weighted(rng, _WAYS["FR"])
    between = " " if "} {" in way else "." if "}.{" in way else ""
    pairs = [national[at : at + 2] for at in range(1, 9, 2)]
    return way.format(national[0], between.join(pairs[:2]), between.join(pairs[2:]))


def _digits(rng: random.Random, count: int) -> str:
    return f"{rng.randrange(10**count):0{count}}"


def _bare(word: str) -> str:
    """The word in plain Latin letters, joined."""
    return normalise.search_key(word).replace(" ", "")
