"""What the bench's rows are called and made of, the same each time."""

from __future__ import annotations

import datetime as dt

__all__ = ["BEGAN", "FIRST", "LAST", "PLACE", "TRADE", "WORDS", "prospect_id"]

BEGAN = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
"""When the first prospect came."""
_BEGAN_MS = int(BEGAN.timestamp() * 1000)


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


FIRST = _listed(
    "Fatima Omar Youssef Claire Antoine Mariam Khalid Léa Hugo Aïcha Rashid Noura Julien Camille Saeed Layla Tariq"
    " Élodie Mathieu Salma Hassan Amélie Bilal Chloé Sultan Inès Nadia Pierre Yasmine Karim"
)
LAST = _listed(
    "Al-Mansoori Lefèvre Haddad Moreau Al-Nuaimi Rousseau Benali Girard Al-Suwaidi Chevalier Khoury Fontaine Saab"
    " Marchand Al-Ketbi Dubois Nasser Perrin Al-Hashimi Renaud Farouk Blanchard Aziz Leclerc Mazrouei Garnier"
)
TRADE = _listed(
    "Transport Logistics Location Rent-a-Car Livraison Distribution Tourisme Chauffeurs Ambulances Taxis"
    " Construction Fleet-Services Messagerie Déménagements"
)
PLACE = _listed(
    "Dubai Abu-Dhabi Sharjah Ajman Lyon Marseille Lille Bordeaux Nantes Toulouse Strasbourg Al-Ain Fujairah Nice"
    " Rennes Grenoble"
)
WORDS = _listed(
    "vehicles tracking demo please call back price offer drivers maintenance fuel cards insurance contract renewal"
    " spreadsheet today next month quarter branch depot vans trucks buses sedans telematics reports invoices"
)


def prospect_id(number: int) -> str:
    """The id of the prospect with that number, counted from 0: a UUIDv7, one for each millisecond from 2025 on."""
    time = f"{_BEGAN_MS + number:012x}"
    # Any bits will do, as long as they are the same each time.
    tail = number * 0x9E3779B97F4A7C15 & (1 << 74) - 1
    return f"{time[:8]}-{time[8:]}-7{tail >> 62:03x}-{0x8000 | tail >> 48 & 0x3FFF:04x}-{tail & (1 << 48) - 1:012x}"
