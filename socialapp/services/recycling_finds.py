"""What a recycling rule finds: the same whether it is asked before, or fills the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from socialapp import providers
from socialapp.domain import recycling as rules
from socialapp.domain.errors import ForPeople, Rejected
from socialapp.domain.people import Member
from socialapp.domain.recycling import DECIDED, Pick, Rule, Seen, State
from socialapp.domain.results import Metric
from socialapp.services import dry_run, posts, schedules
from socialapp.services.evergreen_entries import ENTRIES_AT_MOST
from socialapp.store import channels, contents, results
from socialapp.store import evergreen as lists
from socialapp.store import posts as post_rows
from socialapp.store import recycling as rows
from socialapp.store.contents import Written
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, Delivery, EvergreenList, Post


@dataclass(frozen=True)
class Find:
    """A post that would be added or proposed, and why."""

    post: Post
    channel_id: int
    """Where it did best."""
    number: int
    why: str
    posted_at: datetime


@dataclass(frozen=True)
class Finds:
    """What a rule finds now."""

    now: list[Find] = field(default_factory=list)
    """The best, as many as the week has room for."""
    matching: int = 0
    """All that fit, these included."""
    left: int = 0
    """So many more the week, or the list, has room for."""
    notes: list[str] = field(default_factory=list)
    """Channels that nothing can be concluded from, in words."""


async def find(
    db: AsyncSession,
    by: Member,
    found: EvergreenList,
    rule: Rule,
    *,
    anew: bool,
    now: datetime,
) -> Finds:
    """Return what a rule finds for a list. `anew`: as if nothing was waiting for an answer."""
    list_id = found.id or 0
    there = await channels.of_workspace(db, by.workspace_id)
    to = [channel for channel in there if channel.id in found.channel_ids]
    named = {channel.id or 0: channel for channel in to}
    told, notes = _metrics(to, rule)
    seen = await _seen(db, by, told, now=now)
    for channel_id, some in seen.items():
        if words := rules.not_enough(len(some)):
            notes.append(f"{named[channel_id].name}: {words} with results.")
    picks = rules.choose(seen.values(), rule, now=now)
    may = await _may(db, found, picks, anew=anew)
    picks = [pick for pick in picks if pick.seen.post_id in may]
    entries = await lists.entries(db, [list_id])
    spent = await rows.since(db, list_id, now - rules.WEEK, is_open=not anew)
    left = max(0, min(rule.per_week - spent, ENTRIES_AT_MOST - len(entries)))
    finds: list[Find] = []
    try:
        everywhere = await schedules.channels_for(db, by, found.channel_ids)
    except ForPeople as no:  # one of them was removed: the list can add nothing
        return Finds([], len(picks), left, [*notes, no.detail])
    for pick in picks:
        if len(finds) == left:
            break
        post, channel = may[pick.seen.post_id], named[pick.seen.channel_id]
        if not await _is_refused(db, post, everywhere):
            why = pick.words(told[pick.seen.channel_id], channel.name)
            finds.append(_find(post, pick, why))
    return Finds(finds, len(picks), left, notes)


def _find(post: Post, pick: Pick, why: str) -> Find:
    seen = pick.seen
    return Find(post, seen.channel_id, seen.number, why, seen.posted_at)


def _metrics(to: list[Channel], rule: Rule) -> tuple[dict[int, Metric], list[str]]:
    """Return what each channel's network calls the measure, and which do not tell it."""
    told: dict[int, Metric] = {}
    notes: list[str] = []
    for channel in to:
        metric = rules.metric_of(rule.measure, providers.metrics(channel.provider))
        if metric:
            told[channel.id or 0] = metric
        else:
            notes.append(f"{channel.name}: its network does not tell {rule.measure}.")
    return told, notes


async def _seen(
    db: AsyncSession, by: Member, told: Mapping[int, Metric], *, now: datetime
) -> dict[int, list[Seen]]:
    """Return the posts of each channel that are measured, and not gone."""
    known = await results.lately(db, by.workspace_id, told, before=now - rules.AGE)
    there = [each for some in known.values() for each in some if not each.gone_at]
    counts = await rows.counts_at_age(db, by.workspace_id, there)
    whose = await rows.posts_of(db, counts)
    return {
        channel_id: [
            Seen(whose[each.delivery_id], channel_id, each.posted_at, had[metric.key])
            for each in known[channel_id]
            if metric.key in (had := counts.get(each.delivery_id, {}))
        ]
        for channel_id, metric in told.items()
    }


async def _may(
    db: AsyncSession, found: EvergreenList, picks: list[Pick], *, anew: bool
) -> dict[int, Post]:
    """Return the posts that may be recycled into a list, in the order of the picks."""
    before = await rows.by_post(db, found.id or 0)
    closed = DECIDED if anew else (*DECIDED, State.PROPOSED)
    ids = [
        pick.seen.post_id
        for pick in picks
        if (was := before.get(pick.seen.post_id)) is None or was.state not in closed
    ]
    may = await eligible(db, found, ids)
    entries = await lists.entries(db, [found.id or 0])
    wordings = await lists.wordings(db, [entry.id or 0 for entry in entries])
    said = await post_rows.by_id(db, found.workspace_id, {w.post_id for w in wordings})
    texts = {post.text.strip() for post in said.values()}
    if not anew:
        waits = [each.post_id for each in before.values() if each.state == State.PROPOSED]
        proposed = await post_rows.by_id(db, found.workspace_id, waits)
        texts |= {post.text.strip() for post in proposed.values()}
    texts -= {""}
    fresh: dict[int, Post] = {}
    for post_id in ids:
        post = may.get(post_id)
        if post is None or post.text.strip() in texts:
            continue
        fresh[post_id] = post
        if post.text.strip():
            texts.add(post.text.strip())
    return fresh


async def eligible(db: AsyncSession, found: EvergreenList, ids: list[int]) -> dict[int, Post]:
    """Return those of the posts that may go again: no polls, and with all of their media."""
    may = await rows.may_go_again(db, found.workspace_id, ids)
    may = {post_id: post for post_id, post in may.items() if not _has_poll(post)}
    written = await contents.written(db, may)
    to = await channels.by_id(db, found.workspace_id, set(found.channel_ids))
    for post_id, delivery in await rows.posted(db, may, found.channel_ids):
        if post_id in may and _has_lost_media(written[post_id], to[delivery.channel_id], delivery):
            del may[post_id]
    return may


def _has_poll(post: Post) -> bool:
    its = [post.options, *(variant.get("options") or {} for variant in post.variants.values())]
    return any(options.get("poll") for options in its)


def _has_lost_media(written: Written, channel: Channel, delivery: Delivery) -> bool:
    """Whether a picture that went out was deleted since."""
    if delivery.intent is None:
        return False
    _, can = dry_run.takes(channel, written.shared.kind)
    now = written.to(channel.id or 0, can, channel.options)
    sent = [delivery.intent, *delivery.intent.get("parts", ())]
    return sum(len(part["media"]) for part in sent) > sum(len(p.media) for p in now.thread)


async def _is_refused(db: AsyncSession, post: Post, to: Sequence[Channel]) -> bool:
    """Whether some channel of the list would not take it."""
    try:
        await posts.check_channels(db, post, to)
    except Rejected:
        return True
    return False
