"""One status, always true: the gravest trouble first, then what is under way, then calm."""

from __future__ import annotations

import datetime as dt

import pytest

from fleetdesk.errors import (
    Busy,
    Defect,
    DiskFull,
    FleetDeskError,
    NotAllowed,
    NotStaff,
    Offline,
    ProtocolError,
    SignInNeeded,
    UpgradeNeeded,
)
from fleetdesk.models.status import LoadProgress, SyncState, SyncStatus
from fleetdesk.sync.engine.state import StateMachine, Way
from fleetdesk.sync.store.local_store import Counts

_NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
_CALM = Counts(waiting=0, inbox=0)
_WAITING = Counts(waiting=2, inbox=0)


class _Reports:
    def __init__(self) -> None:
        self.all: list[SyncStatus] = []
        self.machine = StateMachine(self.all.append)

    @property
    def state(self) -> SyncState:
        return self.machine.status.state

    def live(self) -> StateMachine:
        self.machine.worked(Way.PULL, _NOON, "")
        assert self.state is SyncState.LIVE
        return self.machine


@pytest.fixture
def reports() -> _Reports:
    return _Reports()


def test_nothing_is_claimed_before_the_first_contact(reports: _Reports) -> None:
    reports.machine.counted(_WAITING)
    assert reports.state is SyncState.STARTING


@pytest.mark.parametrize("way", [Way.PUSH, Way.LIVE, Way.COUNT])
def test_nothing_is_claimed_before_the_first_pull(reports: _Reports, way: Way) -> None:
    reports.machine.worked(way, _NOON, "")
    assert reports.state is SyncState.STARTING


def test_contact_without_anything_waiting_is_live(reports: _Reports) -> None:
    reports.machine.worked(Way.PULL, _NOON, "")
    assert reports.machine.status == SyncStatus(SyncState.LIVE, last_contact=_NOON)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Offline("gone"), SyncState.OFFLINE),
        (Busy("later", seconds=3), SyncState.OFFLINE),
        (SignInNeeded("who?"), SyncState.REFUSED),
        (NotStaff("out"), SyncState.SHUT_OUT),
        (NotAllowed("no"), SyncState.ERROR),
        (UpgradeNeeded("old"), SyncState.ERROR),
        (ProtocolError("what?"), SyncState.ERROR),
        (DiskFull("full"), SyncState.ERROR),
        (Defect("oops"), SyncState.ERROR),
    ],
)
@pytest.mark.parametrize("way", [Way.PULL, Way.PUSH])
def test_each_trouble_has_its_state_and_says_what_to_do(
    reports: _Reports, error: FleetDeskError, state: SyncState, way: Way
) -> None:
    reports.live().failed(way, error)
    assert (reports.state, reports.machine.status.detail) == (state, str(error))


def test_a_success_of_the_other_way_does_not_hide_a_trouble(reports: _Reports) -> None:
    reports.live().failed(Way.PUSH, UpgradeNeeded("old"))
    reports.machine.worked(Way.PULL, _NOON, "")
    assert reports.state is SyncState.ERROR


def test_the_gravest_trouble_is_told(reports: _Reports) -> None:
    reports.live().failed(Way.PULL, SignInNeeded("who?"))
    reports.machine.failed(Way.PUSH, Offline("gone"))
    assert reports.state is SyncState.REFUSED


def test_a_trouble_ends_with_the_success_of_its_own_way(reports: _Reports) -> None:
    reports.live().failed(Way.PUSH, Offline("gone"))
    reports.machine.worked(Way.PUSH, _NOON, "")
    assert reports.state is SyncState.LIVE


def test_recovery_from_offline_is_told_and_nothing_else_is(reports: _Reports) -> None:
    machine = reports.live()
    machine.failed(Way.PULL, Offline("gone"))
    recovered = machine.worked(Way.PULL, _NOON, "")
    machine.failed(Way.PULL, ProtocolError("what?"))
    assert (recovered, machine.worked(Way.PULL, _NOON, ""), machine.worked(Way.PULL, _NOON, "")) == (True, False, False)


def test_a_lost_live_stream_alone_is_no_trouble_but_a_note(reports: _Reports) -> None:
    reports.live().failed(Way.LIVE, Offline("gone"))
    assert reports.state is SyncState.LIVE
    assert "later" in reports.machine.status.detail


def test_what_waits_is_on_its_way(reports: _Reports) -> None:
    reports.live().counted(_WAITING)
    assert (reports.state, reports.machine.status.pending) == (SyncState.SYNCING, 2)


def test_what_stays_here_on_purpose_is_not_said_to_be_on_its_way(reports: _Reports) -> None:
    reports.live().counted(Counts(waiting=2, inbox=0, staying=2))
    assert reports.state is SyncState.STAYING


def test_one_that_goes_among_those_that_stay_is_on_its_way(reports: _Reports) -> None:
    reports.live().counted(Counts(waiting=2, inbox=0, staying=1))
    assert reports.state is SyncState.SYNCING


def test_a_pull_that_brings_rows_is_syncing_until_they_are_in(reports: _Reports) -> None:
    machine = reports.live()
    machine.receiving(True)
    machine.receiving(False)
    assert [status.state for status in reports.all] == [SyncState.LIVE, SyncState.SYNCING, SyncState.LIVE]


def test_what_waits_while_paused_is_not_said_to_be_on_its_way(reports: _Reports) -> None:
    machine = reports.live()
    machine.paused(True)
    machine.counted(_WAITING)
    assert reports.state is SyncState.PAUSED


def test_offline_comes_before_paused(reports: _Reports) -> None:
    machine = reports.live()
    machine.paused(True)
    machine.failed(Way.PULL, Offline("gone"))
    assert reports.state is SyncState.OFFLINE


def test_a_load_that_lost_the_network_is_offline_and_keeps_its_progress(reports: _Reports) -> None:
    progress = LoadProgress(5, 10, "sys_demo_lead")
    reports.machine.loading(progress)
    reports.machine.failed(Way.PULL, Offline("gone"))
    assert (reports.state, reports.machine.status.progress) == (SyncState.OFFLINE, progress)


def test_a_load_is_loading_even_before_anything_else_worked(reports: _Reports) -> None:
    reports.machine.loading(LoadProgress(0, 10))
    assert reports.state is SyncState.LOADING


def test_the_inbox_does_not_keep_it_from_being_live(reports: _Reports) -> None:
    reports.live().counted(Counts(waiting=0, inbox=3))
    assert (reports.state, reports.machine.status.inbox) == (SyncState.LIVE, 3)


def test_a_wrong_clock_is_told_while_all_is_well(reports: _Reports) -> None:
    reports.machine.worked(Way.PULL, _NOON, "The clock is wrong.")
    assert reports.machine.status.detail == "The clock is wrong."


def test_the_same_status_is_not_reported_twice(reports: _Reports) -> None:
    machine = reports.live()
    machine.counted(_CALM)
    machine.worked(Way.PULL, _NOON, "")
    assert len(reports.all) == 1


def test_a_load_ends_with_the_pull_that_follows_it(reports: _Reports) -> None:
    reports.machine.loading(LoadProgress(10, 10))
    reports.machine.worked(Way.PULL, _NOON, "")
    assert (reports.state, reports.machine.status.progress) == (SyncState.LIVE, None)


# ------------------------------------------------------------------------------------------------------------ shut out


def test_who_was_shut_out_before_is_so_from_the_start_and_without_a_network() -> None:
    machine = StateMachine(lambda _status: None, shut_out=True)
    assert machine.status.state is SyncState.SHUT_OUT
    machine.failed(Way.PULL, Offline("gone"))
    assert machine.status.state is SyncState.SHUT_OUT


def test_no_other_trouble_hides_that_somebody_is_shut_out(reports: _Reports) -> None:
    reports.live().failed(Way.PULL, NotStaff("out"))
    reports.machine.failed(Way.PUSH, SignInNeeded("who?"))
    reports.machine.failed(Way.PULL, Offline("gone"))
    assert (reports.state, reports.machine.status.detail) == (SyncState.SHUT_OUT, str(NotStaff("out")))


def test_a_push_that_had_nothing_to_send_lets_nobody_in(reports: _Reports) -> None:
    reports.live().failed(Way.PUSH, NotStaff("out"))
    reports.machine.worked(Way.PUSH, _NOON, "")
    assert reports.state is SyncState.SHUT_OUT


def test_rows_that_come_let_the_person_in(reports: _Reports) -> None:
    reports.live().failed(Way.PULL, NotStaff("out"))
    reports.machine.loading(LoadProgress(0))
    reports.machine.worked(Way.PULL, _NOON, "")
    assert [status.state for status in reports.all[-3:]] == [SyncState.SHUT_OUT, SyncState.LOADING, SyncState.LIVE]
