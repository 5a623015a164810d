"""The columns of the list of laptops."""

from __future__ import annotations

from functools import partial

from fleetdesk.models.ids import Clock
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.records.columns import Cell, Column
from fleetdesk.queries.devices import DeviceRow, DeviceSort, DeviceStanding
from fleetdesk.views.devices.words import STANDING_TONES, lease_word, person_word, standing_word
from fleetdesk.views.words import day_and_time, exact_time, number

__all__ = ["device_columns"]


def device_columns(clock: Clock) -> tuple[Column[DeviceRow], ...]:
    """The columns; the keys of those that can be sorted by are those that a query sorts by."""
    return (
        Column(DeviceSort.PERSON, tr("Person"), _person, width=144, stretch=True),
        Column("name", tr("Laptop"), _name, width=128, sortable=False),
        Column("system", tr("System"), _system, width=104, sortable=False),
        Column("version", tr("Version"), _version, width=64, sortable=False),
        Column(DeviceSort.CONTACT, tr("Last contact"), partial(_contact, clock), width=128),
        Column(DeviceSort.WAITING, tr("Waiting"), _waiting, width=72),
        Column(DeviceSort.LEASE, tr("Opens until"), partial(_lease, clock), width=120),
        Column(DeviceSort.STANDING, tr("Status"), _standing, width=96),
    )


def _person(row: DeviceRow) -> Cell:
    return Cell(person_word(row), strong=True)


def _name(row: DeviceRow) -> Cell:
    return Cell(row.name)


def _system(row: DeviceRow) -> Cell:
    return Cell(row.system, muted=True)


def _version(row: DeviceRow) -> Cell:
    return Cell(row.version, muted=True)


def _contact(clock: Clock, row: DeviceRow) -> Cell:
    return Cell(day_and_time(row.contact_at, clock.now()), tooltip=exact_time(row.contact_at))


def _waiting(row: DeviceRow) -> Cell:
    return Cell(number(row.waiting) if row.waiting else "")


def _lease(clock: Clock, row: DeviceRow) -> Cell:
    over = row.lease_until is not None and row.lease_until <= clock.now()
    if over and row.standing is not DeviceStanding.EMPTIED:
        return Cell(lease_word(row, clock.now()), tone=Tone.WARNING)
    return Cell(lease_word(row, clock.now()), muted=True)


def _standing(row: DeviceRow) -> Cell:
    return Cell(standing_word(row.standing), tone=STANDING_TONES[row.standing])
