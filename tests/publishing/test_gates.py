"""A network that fails is left alone for a while, and asked now and then."""

from datetime import UTC, datetime, timedelta

import pytest

from socialapp.publishing import gates
from socialapp.publishing.gates import FAULTS, PROBE_EVERY_S, Closed, Gates

NOON = datetime(2027, 5, 14, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(gates, "monotonic", clock)
    return clock


def ask(some: Gates, network: str = "n") -> Closed | None:
    return some.closed("channel:1", network, name="Shop", now=NOON)


def test_it_opens_after_a_row_of_faults_and_lets_one_find_out(clock: Clock) -> None:
    some = Gates()
    for _ in range(FAULTS - 1):
        some.failed("n")
    assert ask(some) is None

    some.failed("n")

    closed = ask(some)
    assert closed
    assert closed.until == NOON + timedelta(seconds=PROBE_EVERY_S)
    assert "does not answer" in closed.reason
    assert ask(some, "another") is None
    clock.now += PROBE_EVERY_S
    assert [ask(some) is None for _ in range(3)] == [True, False, False]


def test_faults_that_are_far_apart_do_not_count(clock: Clock) -> None:
    some = Gates()
    for _ in range(3 * FAULTS):
        some.failed("n")
        clock.now += 20

    assert ask(some) is None


def test_an_answer_between_begins_the_count_anew(clock: Clock) -> None:
    some = Gates()
    for _ in range(3):
        for _ in range(FAULTS - 1):
            some.failed("n")
        assert some.answered("n") is False

    assert ask(some) is None


def test_an_answer_to_the_probe_lets_all_through_again(clock: Clock) -> None:
    some = Gates()
    for _ in range(FAULTS):
        some.failed("n")
    assert some.silent() == ["n"]

    assert some.answered("n") is True

    assert ask(some) is None
    assert some.silent() == []


def test_a_probe_that_fails_too_makes_all_wait_on(clock: Clock) -> None:
    some = Gates()
    for _ in range(FAULTS):
        some.failed("n")
    clock.now += PROBE_EVERY_S
    assert ask(some) is None

    clock.now += 5
    some.failed("n")

    closed = ask(some)
    assert closed
    assert closed.until == NOON + timedelta(seconds=PROBE_EVERY_S)


def test_a_networks_own_word_holds_until_it_said() -> None:
    some = Gates()
    some.close("channel:1", NOON + timedelta(minutes=3))

    closed = ask(some)

    assert closed
    assert closed.until == NOON + timedelta(minutes=3)
    later = NOON + timedelta(minutes=3)
    assert some.closed("channel:1", "n", name="Shop", now=later) is None
