"""Whose turn it is: places at each network and channel, urgent ones first, then in turn."""

import heapq
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from socialapp.publishing.ready import Ready

Rank = tuple[int, datetime, int, int]


@dataclass
class _Lane:
    """What waits for one channel, the most urgent first."""

    places: int
    waiting: list[tuple[Rank, Ready]] = field(default_factory=list)
    under_way: int = 0

    @property
    def can_go(self) -> bool:
        return bool(self.waiting) and self.under_way < self.places


@dataclass
class _Road:
    """The lanes of one network; `turns` are the channels of those that can go."""

    places: int
    lanes: dict[int, _Lane] = field(default_factory=dict)
    turns: deque[int] = field(default_factory=deque)
    under_way: int = 0

    @property
    def can_go(self) -> bool:
        return bool(self.turns) and self.under_way < self.places


class Lanes:
    """What is due, and what is under way.

    Each step costs the same however much waits: a network that takes its time, or a channel with
    a thousand posts, keeps no other waiting.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._roads: dict[str, _Road] = {}
        self._turns: deque[str] = deque()
        self.under_way = 0
        self.waiting = 0

    def add(self, item: Ready) -> None:
        """Put one at the end of those that are as urgent."""
        can = item.capabilities
        road = self._roads.setdefault(item.network, _Road(can.at_once))
        lane = road.lanes.setdefault(item.claim.channel_id, _Lane(can.at_once_per_channel))
        could_go = lane.can_go
        heapq.heappush(lane.waiting, (_rank(item), item))
        self.waiting += 1
        if lane.can_go and not could_go:
            self._give_turn(item.network, road, item.claim.channel_id)

    def _give_turn(self, network: str, road: _Road, channel_id: int) -> None:
        if not road.turns:
            self._turns.append(network)
        lane = road.lanes[channel_id]
        # Those that are more urgent than the rest go before it.
        if road.turns and lane.waiting[0][0][0] < road.lanes[road.turns[0]].waiting[0][0][0]:
            road.turns.appendleft(channel_id)
        else:
            road.turns.append(channel_id)

    def take(self, most: int) -> list[Ready]:
        """Take what has a free place, a network and a channel after the other."""
        taken: list[Ready] = []
        blocked = 0
        while self._turns and blocked < len(self._turns) and len(taken) < most:
            if self.under_way >= self._at_once:
                break
            network = self._turns.popleft()
            road = self._roads[network]
            if not road.can_go:
                self._turns.append(network)
                blocked += 1
                continue
            blocked = 0
            taken.append(self._take_one(road))
            if road.turns:
                self._turns.append(network)
        return taken

    def _take_one(self, road: _Road) -> Ready:
        channel_id = road.turns.popleft()
        lane = road.lanes[channel_id]
        _, item = heapq.heappop(lane.waiting)
        lane.under_way += 1
        road.under_way += 1
        self.under_way += 1
        self.waiting -= 1
        if lane.can_go:
            road.turns.append(channel_id)
        return item

    def free(self, item: Ready) -> None:
        """Give back the place of one that was taken."""
        road = self._roads[item.network]
        lane = road.lanes[item.claim.channel_id]
        could_go = lane.can_go
        lane.under_way -= 1
        road.under_way -= 1
        self.under_way -= 1
        if lane.can_go and not could_go:
            self._give_turn(item.network, road, item.claim.channel_id)
        if not lane.waiting and not lane.under_way:
            del road.lanes[item.claim.channel_id]
        if not road.lanes:
            del self._roads[item.network]

    def clear(self) -> list[Ready]:
        """Take out all that waits; what is under way stays."""
        out: list[Ready] = []
        for road in self._roads.values():
            road.turns.clear()
            for lane in road.lanes.values():
                out += [item for _, item in lane.waiting]
                lane.waiting.clear()
            road.lanes = {key: lane for key, lane in road.lanes.items() if lane.under_way}
        self._roads = {key: road for key, road in self._roads.items() if road.lanes}
        self._turns.clear()
        self.waiting = 0
        return out


def _rank(item: Ready) -> Rank:
    return -item.claim.priority, item.claim.due_at, *item.claim.ticket
