"""Invented operators of taxis, limousines and chauffeured cars: what they are called, how large, what they use."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from fleetdesk.demo.dataset.chance import weighted
from fleetdesk.demo.dataset.names import PersonName
from fleetdesk.models import normalise

__all__ = ["CITIES_IN_ARABIC", "Company", "CompanyRegister"]

_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Company:
    """An operator. `arabic_name` is how it is written in Arabic, where it is; `label` begins its domain."""

    name: str
    arabic_name: str | None
    label: str
    city: str
    trade: str
    fleet_size: int
    software: str
    licence: str

    @property
    def domain(self) -> str:
        """Its domain, which can never exist (RFC 2606)."""
        return f"{self.label}.example"


class CompanyRegister:
    """Founds companies, no two of the same name."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._labels: set[str] = set()

    def found(self, country: str, owner: PersonName) -> Company:
        """One company more; it may bear its owner's name."""
        while True:
            company = self._emirati() if country == "AE" else self._french(owner)
            if company.label not in self._labels:
                self._labels.add(company.label)
                return company

    def _emirati(self) -> Company:
        rng = self._rng
        trade = weighted(rng, {"limousine": 4, "chauffeur": 3, "taxi": 2, "transfers": 2, "rental": 1})
        latin, arabic = rng.choice(_TRADES_AE[trade])
        brand, brand_arabic = rng.choice(_BRANDS_AE)
        city = weighted(rng, _CITIES_AE)
        epithet = weighted(rng, {"": 5.0, city: 0.8} | dict.fromkeys(_EPITHETS_AE, 0.4))
        place = f" {CITIES_IN_ARABIC[city]}" if epithet == city else ""
        bare = " ".join(filter(None, (brand, epithet, latin)))
        return Company(
            name=f"{bare} {weighted(rng, _FORMS_AE)}".strip(),
            arabic_name=f"{rng.choice(('شركة', 'مؤسسة'))} {brand_arabic}{place} {arabic}"
            if epithet in ("", city)
            else None,
            label=_label(brand, epithet, latin),
            city=city,
            trade=trade,
            fleet_size=_fleet(rng, *_FLEETS_AE[trade]),
            software=weighted(rng, _SOFTWARE["AE"]),
            licence=f"{weighted(rng, _REGISTERS_AE)}-{rng.randrange(100_000, 2_000_000)}",
        )

    def _french(self, owner: PersonName) -> Company:
        rng = self._rng
        trade = weighted(rng, {"vtc": 5, "taxi": 3, "chauffeur": 2, "limousine": 1, "transfers": 1})
        city = weighted(rng, _CITIES_FR)
        pattern = rng.choice(_PATTERNS_FR[trade])
        name = pattern.format(
            family=owner.last if rng.random() < 0.6 else rng.choice(_FAMILIES_FR),
            brand=rng.choice(_BRANDS_FR),
            city=city,
        )
        siren = rng.randrange(310_000_000, 989_000_000)
        return Company(
            name=f"{name} {weighted(rng, _FORMS_FR)}".strip(),
            arabic_name=None,
            label=_label(name),
            city=city,
            trade=trade,
            fleet_size=_fleet(rng, *_FLEETS_FR[trade]),
            software=weighted(rng, _SOFTWARE["FR"]),
            licence=f"RCS {city} {siren // 1_000_000} {siren // 1_000 % 1_000:03} {siren % 1_000:03}",
        )


def _label(*words: str) -> str:
    return normalise.search_key(*words).replace(" ", "-")[:_LONGEST_LABEL].strip("-")


def _fleet(rng: random.Random, median: int, largest: int) -> int:
    """Most fleets are small, a few large; small ones are exact, large ones are what people say."""
    size = max(3, min(largest, round(rng.lognormvariate(math.log(median), 0.9))))
    return size if size < 40 or rng.random() < 0.4 else round(size, -1)


_CITIES_AE = {
    "Dubai": 50.0,
    "Abu Dhabi": 25.0,
    "Sharjah": 11.0,
    "Ajman": 4.0,
    "Ras Al Khaimah": 4.0,
    "Al Ain": 4.0,
    "Fujairah": 2.0,
}

CITIES_IN_ARABIC = {
    "Dubai": "دبي",
    "Abu Dhabi": "أبوظبي",
    "Sharjah": "الشارقة",
    "Ajman": "عجمان",
    "Ras Al Khaimah": "رأس الخيمة",
    "Al Ain": "العين",
    "Fujairah": "الفجيرة",
}

_CITIES_FR = {
    "Paris": 34.0,
    "Lyon": 11.0,
    "Marseille": 9.0,
    "Nice": 8.0,
    "Bordeaux": 6.0,
    "Toulouse": 6.0,
    "Lille": 5.0,
    "Nantes": 5.0,
    "Strasbourg": 4.0,
    "Cannes": 4.0,
    "Montpellier": 4.0,
    "Rennes": 3.0,
    "Annecy": 2.0,
    "Grenoble": 2.0,
    "Versailles": 2.0,
}

_REGISTERS_AE = {"CN": 3, "DED": 5, "SHJ": 1, "RAK": 1}
_FORMS_AE = {"LLC": 6, "L.L.C": 2, "FZE": 1, "Est.": 1, "": 3}
_FORMS_FR = {"SARL": 3, "SAS": 3, "SASU": 2, "EURL": 1, "": 4}

_FLEETS_AE = {
    "limousine": (18, 300),
    "chauffeur": (14, 200),
    "taxi": (70, 1_200),
    "transfers": (20, 250),
    "rental": (35, 600),
}
_FLEETS_FR = {"vtc": (9, 150), "taxi": (16, 320), "chauffeur": (8, 90), "limousine": (7, 60), "transfers": (10, 120)}

_SOFTWARE = {
    "AE": {
        "Excel": 8.0,
        "WhatsApp groups": 6.0,
        "Google Sheets": 3.0,
        "Paper": 3.0,
        "In-house system": 3.0,
        "Limo Anywhere": 2.0,
        "TaxiCaller": 2.0,
        "iCabbi": 1.0,
        "Odoo": 1.0,
        "Zoho CRM": 1.0,
    },
    "FR": {
        "Excel": 9.0,
        "Papier": 4.0,
        "Google Agenda": 4.0,
        "WhatsApp": 3.0,
        "Logiciel maison": 2.0,
        "Waynium": 2.0,
        "TaxiCaller": 1.0,
        "Odoo": 1.0,
        "Sage": 1.0,
    },
}

_EPITHETS_AE = ("Gulf", "Royal", "Golden", "Emirates", "Premier", "Star")

_BRANDS_AE = (
    ("Al Noor", "النور"),
    ("Al Safwa", "الصفوة"),
    ("Al Marjan", "المرجان"),
    ("Al Rimal", "الرمال"),
    ("Al Najm", "النجم"),
    ("Al Yaqout", "الياقوت"),
    ("Al Saqr", "الصقر"),
    ("Al Ghaf", "الغاف"),
    ("Al Waha", "الواحة"),
    ("Al Shorouq", "الشروق"),
    ("Al Bahr", "البحر"),
    ("Al Amana", "الأمانة"),
    ("Al Fursan", "الفرسان"),
    ("Al Majd", "المجد"),
    ("Al Burj", "البرج"),
    ("Al Jazira", "الجزيرة"),
    ("Al Khaleej", "الخليج"),
    ("Al Lulu", "اللؤلؤ"),
    ("Al Manara", "المنارة"),
    ("Al Mirqab", "المرقاب"),
    ("Al Qamar", "القمر"),
    ("Al Raed", "الرائد"),
    ("Al Sahra", "الصحراء"),
    ("Al Tayyar", "الطيار"),
    ("Al Wasl", "الوصل"),
    ("Barq", "برق"),
    ("Bayan", "بيان"),
    ("Dana", "دانة"),
    ("Durrah", "درة"),
    ("Fajr", "فجر"),
    ("Ghazal", "غزال"),
    ("Hayat", "حياة"),
    ("Ibn Battuta", "ابن بطوطة"),
    ("Jawhara", "جوهرة"),
    ("Kawkab", "كوكب"),
    ("Liwa", "ليوا"),
    ("Masar", "مسار"),
    ("Nakheel", "نخيل"),
    ("Oryx", "المها"),
    ("Qasr", "قصر"),
    ("Rihla", "رحلة"),
    ("Saluki", "السلوقي"),
    ("Shaheen", "شاهين"),
    ("Sidra", "سدرة"),
    ("Suhail", "سهيل"),
    ("Tariq Al Khair", "طريق الخير"),
    ("Wadi", "الوادي"),
    ("Zaffran", "زعفران"),
)

_TRADES_AE = {
    "limousine": (
        ("Limousine", "لليموزين"),
        ("Luxury Limousine", "لليموزين الفاخر"),
        ("Limousine Services", "لخدمات الليموزين"),
        ("VIP Limousine", "لليموزين وكبار الشخصيات"),
    ),
    "chauffeur": (
        ("Chauffeur Services", "لخدمات السائقين"),
        ("Executive Chauffeurs", "للنقل التنفيذي"),
        ("VIP Transport", "لنقل كبار الشخصيات"),
        ("Private Drivers", "للسائقين الخاصين"),
    ),
    "taxi": (
        ("Taxi", "لسيارات الأجرة"),
        ("Cabs", "للتاكسي"),
        ("Passenger Transport", "لنقل الركاب"),
        ("Taxi & Transport", "للأجرة والنقل"),
    ),
    "transfers": (
        ("Airport Transfers", "للنقل من المطار"),
        ("Tourism Transport", "للنقل السياحي"),
        ("Hotel Transfers", "لنقل نزلاء الفنادق"),
    ),
    "rental": (
        ("Car Rental & Chauffeur", "لتأجير السيارات مع سائق"),
        ("Rent a Car", "لتأجير السيارات"),
    ),
}

_BRANDS_FR = (
    "Azur",
    "Hexagone",
    "Étoile",
    "Lutèce",
    "Riviera",
    "Horizon",
    "Belle Rive",
    "Grand Large",
    "Mistral",
    "Alizé",
    "Vendôme",
    "Opale",
    "Prestige",
    "Émeraude",
    "Saint-Honoré",
    "Liberté",
    "Capitole",
    "Croisette",
    "Fleur de Lys",
    "Mirabeau",
    "Cap Ouest",
    "Montaigne",
    "Cygne Noir",
    "Héritage",
    "Beaumarchais",
    "Soleil Levant",
    "Ligne Claire",
    "Quatre Vents",
    "Trocadéro",
    "Bellecour",
    "Majorelle",
    "Nova",
)

_FAMILIES_FR = (
    "Lefèvre",
    "Moreau",
    "Garnier",
    "Benali",
    "Marchand",
    "Roussel",
    "Kerbrat",
    "Fontaine",
    "Belkacem",
    "Delmas",
    "Castel",
    "Vasseur",
    "Lacombe",
    "Bouchard",
    "Pons",
    "Schneider",
    "Ferrand",
    "Hamel",
    "Mallet",
    "Carpentier",
)

_PATTERNS_FR = {
    "vtc": ("{brand} VTC", "VTC {city} {brand}", "{family} VTC", "{brand} Drive {city}", "Cab {brand} {city}"),
    "taxi": (
        "Taxis {family}",
        "Taxis {brand}",
        "Centrale Taxis {brand}",
        "{city} Taxi {brand}",
        "Taxis {family} & Fils",
        "Ambulances et Taxis {family}",
    ),
    "chauffeur": (
        "{brand} Chauffeurs",
        "Chauffeurs Privés {city} {brand}",
        "{family} Chauffeur Privé",
        "{brand} Grande Remise",
    ),
    "limousine": ("{brand} Limousines", "Limousines {family}", "{city} Limousine {brand}", "{brand} Grande Remise"),
    "transfers": (
        "Transferts {brand}",
        "Navettes {brand} {city}",
        "Transports {family}",
        "{brand} Transport de Personnes",
        "Transports {family} & Fils",
    ),
}
