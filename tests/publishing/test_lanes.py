"""Whose turn it is: no channel and no network keeps another waiting."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain.content import Capabilities
from socialapp.domain.delivery import Status
from socialapp.providers.contract import Access
from socialapp.providers.intent import Intent
from socialapp.publishing.lanes import Lanes
from socialapp.publishing.ready import Ready
from socialapp.store.claims import Claim
from socialapp.store.tables import Channel

NOON = datetime(2027, 5, 14, 12, tzinfo=UTC)


class Network:
    """As much of a provider as a place in a queue needs."""

    def __init__(self, key: str, *, at_once: int = 2, per_channel: int = 1) -> None:
        self.key = key
        self.capabilities = Capabilities(
            text_limit=500, at_once=at_once, at_once_per_channel=per_channel
        )


def ready(
    number: int, channel: int, network: Network, *, priority: int = 0, due_s: float = 0
) -> Ready:
    due_at = NOON + timedelta(seconds=due_s)
    claim = Claim(number, 1, 1, number, channel, due_at, due_at, Status.READY, priority)
    return Ready(
        claim=claim,
        intent=Intent("", (), ""),
        access=Access("", ""),
        provider=cast(Any, network),
        capabilities=network.capabilities,
        channel=Channel(id=channel, workspace_id=1, provider=network.key, name=""),
        latest=NOON,
    )


def numbers(items: list[Ready]) -> list[int]:
    return [item.claim.id for item in items]


def test_channels_take_turns_and_each_has_one_under_way() -> None:
    lanes = Lanes(at_once=100)
    net = Network("n", at_once=10)
    for number, channel in [(1, 1), (2, 1), (3, 1), (4, 2), (5, 3)]:
        lanes.add(ready(number, channel, net))

    first = lanes.take(100)

    assert numbers(first) == [1, 4, 5]
    assert lanes.take(100) == []
    lanes.free(first[0])
    assert numbers(lanes.take(100)) == [2]


def test_a_network_that_is_full_keeps_no_other_waiting() -> None:
    lanes = Lanes(at_once=100)
    slow, quick = Network("slow", at_once=2), Network("quick", at_once=2)
    for number in range(10):
        lanes.add(ready(number, number, slow))
    lanes.add(ready(77, 77, quick))

    assert sorted(numbers(lanes.take(100))) == [0, 1, 77]


def test_the_urgent_one_goes_first_whatever_came_before() -> None:
    lanes = Lanes(at_once=100)
    net = Network("n", at_once=1)
    lanes.add(ready(1, 1, net))
    lanes.add(ready(2, 1, net, due_s=-5))
    lanes.add(ready(3, 2, net, priority=5))

    order = []
    while taken := lanes.take(1):
        order += numbers(taken)
        lanes.free(taken[0])

    assert order == [3, 2, 1]


def test_what_waits_can_be_taken_out_again() -> None:
    lanes = Lanes(at_once=100)
    net = Network("n", at_once=1)
    lanes.add(ready(1, 1, net))
    lanes.add(ready(2, 2, net))
    (under_way,) = lanes.take(5)

    assert numbers(lanes.clear()) == [2]
    lanes.free(under_way)
    lanes.add(ready(3, 1, net))
    assert numbers(lanes.take(5)) == [3]


ITEMS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=40
)


@given(items=ITEMS, at_once=st.integers(1, 5), order=st.randoms())
def test_all_get_their_turn_and_no_limit_is_passed(
    items: list[tuple[int, int, int]], at_once: int, order: Any
) -> None:
    lanes = Lanes(at_once)
    networks = [Network(f"n{i}", at_once=i + 1, per_channel=i + 1) for i in range(3)]
    for number, (channel, network, priority) in enumerate(items):
        # A channel belongs to one network.
        one = networks[network]
        lanes.add(ready(number, channel * 10 + network, one, priority=priority))

    out: list[Ready] = []
    seen: list[int] = []
    while True:
        taken = lanes.take(3)
        out += taken
        seen += numbers(taken)
        assert len(out) == lanes.under_way <= at_once
        for network in networks:
            here = [item for item in out if item.provider.key == network.key]
            assert len(here) <= network.capabilities.at_once
        if not out:
            break
        lanes.free(out.pop(order.randrange(len(out))))

    assert sorted(seen) == list(range(len(items)))
