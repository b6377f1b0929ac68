"""What a worker holds: how much more it takes, and what slipped away."""

from datetime import UTC, datetime

from socialapp.domain.delivery import Status
from socialapp.publishing.hands import PER_CHANNEL, ROOM, SPARE, Hands
from socialapp.store.claims import Claim

NOON = datetime(2027, 5, 14, 12, tzinfo=UTC)


def claim(number: int, channel: int = 1) -> Claim:
    return Claim(number, 1, 1, number, channel, NOON, NOON, Status.CLAIMED)


def test_a_channel_has_its_share_and_no_more() -> None:
    hands = Hands()
    hands.take(claim(number) for number in range(PER_CHANNEL))
    hands.take([claim(PER_CHANNEL, channel=2)])

    assert hands.full == [1]

    hands.drop(claim(3))
    hands.drop(claim(3))
    assert hands.full == []
    assert hands.holds == PER_CHANNEL


def test_full_hands_still_take_from_those_that_have_nothing_here() -> None:
    hands = Hands()
    hands.take(claim(number, channel=number % 500) for number in range(ROOM))

    assert hands.room == SPARE
    assert len(hands.full) == 500

    hands.take(claim(ROOM + number, channel=600 + number) for number in range(SPARE))
    assert hands.room == 0


def test_what_the_database_says_is_ours_and_nobody_holds_is_lost_at_the_second_look() -> None:
    hands = Hands()
    hands.take([claim(1)])

    assert hands.audit({(1, 1), (2, 1), (3, 1)}) == set()
    hands.take([claim(3)])
    assert hands.audit({(1, 1), (2, 1), (3, 1)}) == {(2, 1)}
    assert hands.audit({(1, 1), (3, 1)}) == set()
