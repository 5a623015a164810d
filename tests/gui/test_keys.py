"""What changed between two key lists, whatever the lists are."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from fleetdesk.qt.records.keys import KeyChange, compare

key_lists = st.lists(st.integers(0, 30), unique=True, max_size=30).map(lambda keys: array("q", keys))


def change_of(old: array[int], new: array[int]) -> KeyChange:
    return compare(old, new, {key: key for key in old})


@given(key_lists, key_lists)
def test_every_key_that_stays_is_followed_to_its_new_place(old: array[int], new: array[int]) -> None:
    change = change_of(old, new)

    followed = {key: change.row_of(key, row) for row, key in enumerate(old)}

    assert followed == {key: new.index(key) if key in new else None for key in old}


@given(key_lists, key_lists)
def test_what_is_left_outside_the_changed_rows_is_the_same_in_both(old: array[int], new: array[int]) -> None:
    change = compare(old, new, {})

    assert old[: change.prefix] == new[: change.prefix]
    assert old[change.prefix + change.removed :] == new[change.prefix + change.inserted :]


@given(key_lists)
def test_a_list_that_stayed_is_no_change(keys: array[int]) -> None:
    assert compare(keys, keys[:], {}).same


@given(key_lists, st.integers(0, 30))
def test_one_new_key_is_one_inserted_row(keys: array[int], place: int) -> None:
    new = keys[:]
    new.insert(min(place, len(keys)), 99)

    change = compare(keys, new, {})

    assert (change.removed, change.inserted) == (0, 1)


@given(key_lists, key_lists, st.integers(0, 30), st.integers(0, 30))
def test_a_range_outside_the_changed_rows_moves_as_a_whole(
    old: array[int], new: array[int], start: int, length: int
) -> None:
    change = compare(old, new, {})
    rows = range(min(start, len(old)), min(start + length, len(old)))

    moved = [row for part in change.moved(rows) for row in part]

    assert [new[row] for row in moved] == [old[row] for row in rows if row not in change.changed]
