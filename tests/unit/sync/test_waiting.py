"""Which commands and rows hang together."""

from __future__ import annotations

from fleetdesk.commands.pending import PendingState
from fleetdesk.models.base import Key
from fleetdesk.sync.store.waiting import Entry, Waiting

A, B, C, D = (Key("t", name) for name in "abcd")


def entry(
    position: int,
    *,
    touches: tuple[Key, ...] = (),
    reads: tuple[Key, ...] = (),
    creates: tuple[Key, ...] = (),
    state: PendingState = PendingState.WAITING,
    effective: bool = True,
    judged: bool = False,
    missed: bool = False,
) -> Entry:
    return Entry(
        position=position,
        id=f"command-{position}",
        state=state,
        sequence=None,
        effective=effective,
        judged=judged,
        blocking=judged,
        missed=missed,
        local_verdict=None,
        touches=frozenset(touches),
        reads=frozenset(reads),
        creates=frozenset(creates),
    )


def waiting(*entries: Entry) -> Waiting:
    index = Waiting()
    for each in entries:
        index.put(each)
    return index


def test_a_row_draws_in_the_commands_that_touch_it_and_their_other_rows() -> None:
    closure = waiting(entry(1, touches=(A, B)), entry(2, touches=(B, C)), entry(3, touches=(D,))).closure(
        [A], frozenset()
    )
    assert closure.positions == (1, 2)
    assert closure.keys == {A, B, C}


def test_a_row_draws_in_the_commands_that_read_it() -> None:
    closure = waiting(entry(1, touches=(B,), reads=(A,))).closure([A], frozenset())
    assert closure.positions == (1,)


def test_a_row_that_everybody_reads_and_nobody_changes_draws_nobody_in() -> None:
    index = waiting(entry(1, touches=(B,), reads=(A,)), entry(2, touches=(C,), reads=(A,)))
    assert index.closure([B], frozenset()).positions == (1,)


def test_a_command_whose_row_is_read_draws_its_readers_in() -> None:
    index = waiting(entry(1, touches=(A,)), entry(2, touches=(B,), reads=(A,)), entry(3, touches=(C,), reads=(A,)))
    assert index.closure([B], frozenset()).positions == (1, 2, 3)


def test_a_dropped_command_is_undone_and_not_applied_again() -> None:
    closure = waiting(entry(1, touches=(A,)), entry(2, touches=(A,))).closure([], frozenset({1}))
    assert closure.keys == {A}
    assert closure.positions == (2,)


def test_commands_without_effect_here_are_left_alone() -> None:
    assert waiting(entry(1, touches=(A,), effective=False)).closure([A], frozenset()).positions == ()


def test_what_needs_a_row_that_was_not_created_is_held() -> None:
    index = waiting(
        entry(1, touches=(A,), creates=(A,), state=PendingState.INBOX, judged=True),
        entry(2, touches=(A, B), creates=(B,)),
        entry(3, touches=(B,)),
        entry(4, touches=(C,)),
    )
    assert index.states() == {
        1: PendingState.INBOX,
        2: PendingState.HELD,
        3: PendingState.HELD,
        4: PendingState.WAITING,
    }


def test_what_was_refused_for_want_of_the_row_is_held_with_it() -> None:
    index = waiting(
        entry(1, touches=(A,), creates=(A,), state=PendingState.INBOX, judged=True),
        entry(2, touches=(A,), state=PendingState.INBOX, judged=True, missed=True),
    )
    assert index.states()[2] is PendingState.HELD


def test_what_was_refused_for_another_reason_is_the_persons_to_decide() -> None:
    index = waiting(
        entry(1, touches=(A,), creates=(A,), state=PendingState.INBOX, judged=True),
        entry(2, touches=(A,), state=PendingState.INBOX, judged=True),
    )
    assert index.states()[2] is PendingState.INBOX


def test_a_new_command_on_a_row_that_was_not_created_is_held_from_the_start() -> None:
    index = waiting(entry(1, touches=(A,), creates=(A,), state=PendingState.INBOX, judged=True))
    index.states()
    assert index.state_of(frozenset({A})) is PendingState.HELD


def test_what_is_held_is_found_in_order_and_through_others() -> None:
    index = waiting(
        entry(1, touches=(A,), creates=(A,), state=PendingState.INBOX, judged=True),
        entry(2, touches=(A, B), creates=(B,), state=PendingState.HELD),
        entry(3, touches=(B,), state=PendingState.HELD),
    )
    assert [each.position for each in index.held_under(1)] == [2, 3]


def test_what_is_on_its_way_is_not_held() -> None:
    index = waiting(
        entry(1, touches=(A,), creates=(A,), state=PendingState.INBOX, judged=True),
        entry(2, touches=(A,), state=PendingState.SENT),
    )
    assert index.held_under(1) == []


def test_a_forgotten_command_draws_nothing_in() -> None:
    index = waiting(entry(1, touches=(A,)))
    index.forget(1)
    assert index.closure([A], frozenset()).positions == ()
    assert index.find("command-1") is None
