"""Results: suggested times that rest on them, and a table of them."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from socialapp import providers
from socialapp.domain import results as rules
from socialapp.domain import sheets, suggesting
from socialapp.domain.errors import NotAllowed, NotFound
from socialapp.domain.moments import iso
from socialapp.domain.people import Member, Right
from socialapp.domain.suggesting import Basis, Hour, Rated, Seen, Suggestions
from socialapp.store import channels, measuring, results, sandbox, slots
from socialapp.store.results import Row
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Channel, SandboxPost

CHANNELS_AT_MOST = 20


@dataclass(frozen=True)
class Suggested:
    """Moments for a post to some channels, in one zone."""

    found: Suggestions
    zone: str


async def suggested(
    db: AsyncSession, by: Member, channel_ids: Iterable[int], *, count: int = 3, now: datetime
) -> Suggested:
    """Suggest moments at which a post to all of these channels may do well.

    In the channels' own zone if they have one; each is compared with itself alone. Of channels that
    are not there nothing is known. Nothing is kept free: somebody else may take the moment.
    """
    there = {c.id or 0: c for c in await channels.of_workspace(db, by.workspace_id)}
    ids = [i for i in dict.fromkeys(channel_ids) if i in there][:CHANNELS_AT_MOST]
    zone = await _zone(db, by, ids)
    taken = await slots.taken(db, by.workspace_id, ids, after=now - suggesting.APART)
    seen = await _seen(db, by, ids, now=now)
    busy = {at for moments in taken.values() for at in moments}
    return Suggested(
        suggesting.suggest(seen.values(), zone, taken=busy, count=count, now=now), zone
    )


async def _zone(db: AsyncSession, by: Member, ids: Iterable[int]) -> str:
    plans = await slots.plans(db, by.workspace_id, ids)
    zones = {plan.timezone or by.zone for plan in plans.values()}
    return zones.pop() if len(zones) == 1 else by.zone


@dataclass(frozen=True)
class Past:
    """What is known of channels, read once: hours are rated from it without the database."""

    seen: Mapping[int, list[Seen]]
    zones: Mapping[int, str]
    zone: str
    """The workspace's."""

    def rated(self, channel_ids: Sequence[int]) -> tuple[list[Rated], int, str]:
        """Rate the hours of the week for a post to all of these channels.

        Returns them, the posts that it rests on, and the zone: of channels that differ the
        workspace's.
        """
        zones = {self.zones[each] for each in channel_ids}
        zone = zones.pop() if len(zones) == 1 else self.zone
        return *suggesting.rate([self.seen[each] for each in channel_ids], zone), zone


async def past(db: AsyncSession, by: Member, channel_ids: Iterable[int], *, now: datetime) -> Past:
    """Read what is known of these channels of the workspace."""
    ids = sorted(set(channel_ids))
    plans = await slots.plans(db, by.workspace_id, ids)
    zones = {key: plan.timezone or by.zone for key, plan in plans.items()}
    return Past(await _seen(db, by, ids, now=now), zones, by.zone)


async def _seen(
    db: AsyncSession, by: Member, channel_ids: Iterable[int], *, now: datetime
) -> dict[int, list[Seen]]:
    before = now - suggesting.SETTLED
    known = await results.lately(db, by.workspace_id, channel_ids, before=before)
    return {
        channel_id: [
            Seen(each.posted_at, acts)
            for each in some
            if not each.gone_at and (acts := rules.acts(each.counts)) is not None
        ]
        for channel_id, some in known.items()
    }


async def posting_times(
    db: AsyncSession, by: Member, channel_id: int, *, now: datetime
) -> tuple[list[Rated], int]:
    """Suggest hours of the week to post at, beside those the channel has; and on how many posts."""
    if await channels.get(db, by.workspace_id, channel_id) is None:
        raise NotFound("There is no such channel.")
    plan = (await slots.plans(db, by.workspace_id, [channel_id]))[channel_id]
    there = [Hour(each.weekday, each.minute // 60) for each in plan.times]
    seen = await _seen(db, by, [channel_id], now=now)
    return suggesting.weekly(seen[channel_id], plan.timezone or by.zone, there=there)


def rests_on(rated: Rated) -> str:
    """Say what a suggestion rests on: "14 posts", "a common time, not from your posts"."""
    if rated.basis is Basis.GUESS:
        return "a common time, not from your posts"
    return f"{rated.posts} posts"


def how_much_is_known(posts: int) -> str:
    """Say whether there are enough posts to suggest something from."""
    if posts >= suggesting.AT_LEAST:
        return f"Rests on {posts} posts with results."
    number = f"{posts} post{'' if posts == 1 else 's'} with results"
    return f"Not enough data: {number}, and it needs {suggesting.AT_LEAST}."


async def react(
    db: AsyncSession, by: Member, post_id: int, reaction: str, *, now: datetime
) -> SandboxPost:
    """Let one more of those who look at the sandbox like or repost a post there."""
    if not by.may(Right.WRITE):
        raise NotAllowed("You may look at the timeline here, not react on it.")
    post = await sandbox.react(db, post_id, reaction)
    if post is None:
        raise NotFound("That post is not on the timeline any more.")
    channel = await sandbox.channel_of(db, post.account)
    if channel is not None:
        await measuring.hasten(db, channel, str(post_id), now=now)
        aftermath(db).workspaces.add(channel.workspace_id)
    return post


# A table, however long.

_AT_ONCE = 200
_COLUMNS = ("posted_at", "network", "channel", "post_id", "delivery_id", "url", "text")
_MORE = ("campaign", "tags", "read_at", "gone_at")


async def table(
    reading: Callable[[], AbstractAsyncContextManager[AsyncSession]], by: Member, **filters: Any
) -> AsyncIterator[str]:
    """Yield the lines of a CSV file, newest first; what is unknown is an empty cell."""
    metrics = [(key, m.key) for key in providers.MEASURING for m in providers.metrics(key)]
    yield sheets.line([*_COLUMNS, *(f"{network}_{metric}" for network, metric in metrics), *_MORE])
    cursor = ""
    while True:
        async with reading() as db:
            page = await results.page(db, by.workspace_id, limit=_AT_ONCE, cursor=cursor, **filters)
            ids = {row.result.channel_id for row in page.items}
            names = await channels.by_id(db, by.workspace_id, ids)
        for row in page.items:
            yield sheets.line(_cells(row, names, metrics))
        if not (cursor := page.next_cursor):
            return


def _cells(row: Row, names: Mapping[int, Channel], metrics: Iterable[tuple[str, str]]) -> list[str]:
    result, post = row.result, row.post
    channel = names.get(result.channel_id)
    return [
        iso(result.posted_at),
        result.provider,
        channel.name if channel else "",
        str(post.id),
        str(result.delivery_id),
        row.delivery.url,
        post.title or post.text,
        *(str(result.counts.get(m, "")) if n == result.provider else "" for n, m in metrics),
        post.campaign,
        ", ".join(post.tags),
        iso(result.read_at) if result.read_at else "",
        iso(result.gone_at) if result.gone_at else "",
    ]
