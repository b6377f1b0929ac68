"""A workspace with an account on each of the judge's networks, and the verdict on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.content import Repeats
from socialapp.domain.delivery import IN_FLIGHT, UNSENT, Status
from socialapp.services import posts, schedules
from socialapp.services.writing import PartGiven
from socialapp.store import channels
from socialapp.store.tables import Channel, Delivery, Post, Schedule
from tests.networks.adapters import ADAPTERS
from tests.networks.judge import Judge
from tests.world import World, until

KINDS = tuple(adapter.key for adapter in ADAPTERS)
_CANNOT_KNOW = {a.key for a in ADAPTERS if a.capabilities.repeats is Repeats.NOTHING}


@dataclass(frozen=True)
class Said:
    """What we say of one delivery."""

    kind: str
    account: str
    text: str
    status: Status
    remote_id: str
    reason: str
    parts: list[str]
    """What follows the text in a thread."""


@dataclass
class Stand:
    """Alice's workspace before the judge."""

    world: World
    judge: Judge
    ids: dict[str, int]
    """The channel of each kind."""

    async def plan(
        self,
        text: str,
        *,
        at: datetime | None = None,
        kinds: Sequence[str] = KINDS,
        parts: int = 1,
    ) -> None:
        """Plan one post for all the networks, in this order; without `at` it is due now."""
        await self.plan_many([(text, at or utc_now())], kinds=kinds, parts=parts)

    async def plan_many(
        self,
        wanted: Iterable[tuple[str, datetime]],
        *,
        kinds: Sequence[str] = KINDS,
        parts: int = 1,
    ) -> None:
        """Plan posts, each with its moment; all of them become visible together.

        Threads of several `parts` are marked "text/1", "text/2" after the first.
        """
        now = utc_now()
        to = [self.ids[kind] for kind in kinds]
        async with self.world.database.transaction() as db:
            for text, at in wanted:
                post = await posts.create(
                    db,
                    self.world.alice,
                    text=text,
                    parts=[PartGiven(f"{text}/{i}") for i in range(1, parts)],
                    now=now,
                )
                moment = moments.read(at.isoformat(), zone="UTC")
                await schedules.create(
                    db,
                    self.world.alice,
                    post_id=post.id or 0,
                    at=moment,
                    channel_ids=to,
                    now=now,
                )

    def account(self, kind: str) -> str:
        """Return what the account on a network is called."""
        return f"{kind}-{self.ids[kind]}"

    async def said(self) -> list[Said]:
        """Return what we say of every delivery."""
        async with self.world.database.reading() as db:
            query = (
                select(
                    col(Channel.provider),
                    col(Channel.handle),
                    col(Post.text),
                    col(Delivery.status),
                    col(Delivery.remote_id),
                    col(Delivery.reason),
                    col(Post.parts),
                )
                .join(Schedule, col(Schedule.id) == Delivery.schedule_id)
                .join(Post, col(Post.id) == Schedule.post_id)
                .join(Channel, col(Channel.id) == Delivery.channel_id)
            )
            return [Said(*row) for row in (await db.execute(query)).all()]

    async def settles(self, *, within_s: float) -> None:
        """Wait until nothing is under way, or nothing was settled for so long: it is stuck.

        What is stuck is for the verdict to name.
        """
        left = await self._under_way()
        while left:
            before = left

            async def moves(before: int = before) -> bool:
                return await self._under_way() < before

            try:
                await until(moves, within_s=within_s, every_s=0.1)
            except TimeoutError:
                return
            left = await self._under_way()

    async def _under_way(self) -> int:
        query = select(func.count()).where(col(Delivery.status).in_(UNSENT | IN_FLIGHT))
        async with self.world.database.reading() as db:
            return int((await db.execute(query)).scalar_one())

    async def faults(self) -> list[str]:
        """Return what is not as it has to be, a line each: the verdict."""
        found = []
        for said in await self.said():
            there = [self._ids(said, text) for text in (said.text, *said.parts)]
            if fault := _fault(said, there):
                found.append(f"{said.kind} {said.text!r}: {fault}")
        return found

    def _ids(self, said: Said, text: str) -> list[str]:
        """Return the ids that a text has at the network."""
        return [
            post.id
            for post in self.judge.posts
            if (post.kind, post.account, post.text) == (said.kind, said.account, text)
        ]


def _fault(said: Said, there: list[list[str]]) -> str:
    """Say what is wrong with one delivery, given the ids of its parts at the network."""
    if (most := max(len(ids) for ids in there)) > 1:
        return f"there {most} times, and we say {said.status}"
    if said.status == Status.NEEDS_CHECK:
        return "" if said.kind in _CANNOT_KNOW else f"nobody asked the network: {said.reason}"
    if said.status != Status.POSTED:
        return f"stuck or lost: we say {said.status} ({said.reason}); {there} are there"
    ids = [int(part_id) for part in there for part_id in part]
    if len(ids) < len(there):
        return f"lost: we say posted, and there is {there}"
    if ids != sorted(ids):
        return f"the parts are there in another order: {there}"
    return "" if said.remote_id == there[0][0] else f"we call it {said.remote_id}, it is {there}"


async def take_stand(world: World, judge: Judge) -> Stand:
    """Give the workspace an account on each of the judge's networks."""
    ids: dict[str, int] = {}
    async with world.database.transaction() as db:
        for kind in KINDS:
            channel = await channels.add_channel(
                db, world.alice.workspace_id, provider=kind, name=kind, now=utc_now()
            )
            channel.address = f"{judge.address}/{kind}"
            ids[kind] = channel.id or 0
    return Stand(world, judge, ids)
