"""How often anybody may ask: whose requests count together, what is waited for, and what it costs to remember."""

from __future__ import annotations

import pytest

from fleetdesk.errors import TooMany
from fleetdesk.hub.rates import Allowance, Rates, network_of
from fleetdesk.settings import HubSettings


class Hand:
    """A clock that stands until it is moved, in seconds."""

    def __init__(self) -> None:
        self.time = 1_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def hand() -> Hand:
    return Hand()


def taken(allowance: Allowance, key: str = "a", *, most: int = 1_000) -> int:
    """How many can be taken now."""
    return next((count for count in range(most) if allowance.take(key)), most)


def test_a_minutes_worth_can_be_had_at_once_and_no_more(hand: Hand) -> None:
    assert taken(Allowance(60, clock=hand)) == 60


def test_what_was_used_up_comes_back_one_by_one(hand: Hand) -> None:
    allowance = Allowance(60, clock=hand)
    taken(allowance)
    hand.time += 5
    assert taken(allowance) == 5


def test_whoever_waits_as_long_as_told_is_let_in(hand: Hand) -> None:
    allowance = Allowance(7, clock=hand)
    taken(allowance)
    hand.time += allowance.take("a")
    assert allowance.take("a") == 0


def test_asking_in_vain_makes_nobody_wait_longer(hand: Hand) -> None:
    allowance = Allowance(60, clock=hand)
    taken(allowance)
    assert {allowance.take("a") for _ in range(100)} == {allowance.take("a")}


def test_one_uses_up_nothing_of_another(hand: Hand) -> None:
    allowance = Allowance(60, clock=hand)
    taken(allowance, "a")
    assert taken(allowance, "b") == 60


def test_nought_lets_everything_pass(hand: Hand) -> None:
    assert taken(Allowance(0, clock=hand)) == 1_000


def test_a_hundred_thousand_addresses_are_not_all_remembered(hand: Hand) -> None:
    allowance = Allowance(60, clock=hand, most_keys=1_000)
    for number in range(100_000):
        allowance.take(str(number))
    assert len(allowance) == 1_000


def test_whoever_goes_on_asking_is_not_forgotten_for_those_who_came_once(hand: Hand) -> None:
    allowance = Allowance(60, clock=hand, most_keys=10)
    for number in range(60):
        allowance.take("a")
        allowance.take(str(number))
    assert allowance.take("a") > 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("no address", ""),
        (None, ""),
    ],
)
def test_an_address_of_ipv6_counts_as_its_sites_network(address: str | None, network: str) -> None:
    assert network_of(address) == network


def test_a_person_is_one_at_whatever_address(hand: Hand) -> None:
    rates = Rates(HubSettings(requests_each=2), clock=hand)
    rates.admit_person("user_1")
    rates.admit_person("user_1")
    with pytest.raises(TooMany) as refused:
        rates.admit_person("user_1")
    assert 0 < refused.value.seconds <= 60
    rates.admit_person("user_2")


def test_a_device_that_proved_which_one_it_is_has_an_allowance_of_its_own(hand: Hand) -> None:
    rates = Rates(HubSettings(requests_per_device=1), clock=hand)
    rates.admit_device("device")
    with pytest.raises(TooMany):
        rates.admit_device("device")
    rates.admit_device("another")


def test_strangers_use_up_nothing_of_those_with_a_session(hand: Hand) -> None:
    rates = Rates(HubSettings(strangers_per_address=1), clock=hand)
    rates.admit_stranger("192.0.2.7")
    with pytest.raises(TooMany):
        rates.admit_stranger("192.0.2.7")
    rates.admit_address("192.0.2.7")


def test_an_office_of_two_hundred_laptops_is_let_in(hand: Hand) -> None:
    """Each pulls once a second, pushes every ten, and asks for a megabyte of a document now and then."""
    rates = Rates(HubSettings(), clock=hand)
    for _ in range(600):
        hand.time += 1
        for laptop in range(200):
            for _ in range(2):
                rates.admit_address("192.0.2.7")
                rates.admit_person(f"user_{laptop // 4}")
                rates.admit_device(f"device_{laptop}")
