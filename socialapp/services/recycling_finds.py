"""What a recycling rule finds: the same whether it is asked before, or fills the list."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from socialapp import providers
from socialapp.domain import recycling as rules
from socialapp.domain.checks import AltText
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

AT_ONCE = 50
"""So many posts are read together."""


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
    """Return what a rule finds for a list, while nobody waits: channels are asked of many posts.

    `anew`: as if nothing was waiting for an answer; then all that fit are counted.
    """
    left = await room(db, found, rule, anew=anew, now=now)
    if not left and not anew:
        return Finds()
    there = await channels.of_workspace(db, by.workspace_id)
    to = [channel for channel in there if channel.id in found.channel_ids]
    named = {channel.id or 0: channel for channel in to}
    told, notes = _metrics(to, rule)
    seen, more_than = await _seen(db, by, told, rule, now=now)
    notes += _notes(named, seen, more_than)
    try:
        everywhere = await schedules.channels_for(db, by, found.channel_ids)
    except ForPeople as no:  # one of them was removed: the list can add nothing
        return Finds([], 0, left, [*notes, no.detail])
    passed = await _passed_over(db, found, anew=anew)
    picks = rules.choose(seen.values(), rule, now=now)
    finds: list[Find] = []
    fit, refused = 0, 0
    async for pick, post in _fitting(db, found, picks, passed, everywhere):
        if post is None:
            refused += 1
            continue
        fit += 1
        if len(finds) < left:
            channel_id = pick.seen.channel_id
            why = pick.words(told[channel_id], named[channel_id].name)
            finds.append(_find(post, pick, why))
        if len(finds) == left and not anew:
            return Finds(finds, fit, left, notes)
    if refused:
        notes.append(f"{refused} more did well, but a channel of the list refuses {_it(refused)}.")
    return Finds(finds, fit, left, notes)


async def _fitting(
    db: AsyncSession,
    found: EvergreenList,
    picks: Iterable[Pick],
    passed: "_PassedOver",
    to: Sequence[Channel],
) -> AsyncIterator[tuple[Pick, Post | None]]:
    """Yield the picks that may go again, each with its post; None: some channel refuses it."""
    alt_text = await dry_run.alt_text_rule(db, found.workspace_id)
    left = [pick for pick in picks if pick.seen.post_id not in passed.posts]
    for start in range(0, len(left), AT_ONCE):
        some = left[start : start + AT_ONCE]
        may = await eligible(db, found, [pick.seen.post_id for pick in some])
        for pick in some:
            one = may.get(pick.seen.post_id)
            if one is None or passed.says(one.post):
                continue
            await asyncio.sleep(0)  # a long text takes a while
            if _is_refused(one.written, to, alt_text):
                yield pick, None
                continue
            passed.note(one.post)
            yield pick, one.post


def _it(number: int) -> str:
    return "it" if number == 1 else "them"


async def room(
    db: AsyncSession, found: EvergreenList, rule: Rule, *, anew: bool, now: datetime
) -> int:
    """Return for how many more the week, and the list, have room; all that waits takes some."""
    list_id = found.id or 0
    spent = await rows.decided(db, list_id, since=now - rules.WEEK)
    waits = 0 if anew else await rows.waiting(db, list_id)
    entries = await lists.entries(db, [list_id])
    return max(0, min(rule.per_week - spent, ENTRIES_AT_MOST - len(entries)) - waits)


async def still(
    db: AsyncSession, found: EvergreenList, rule: Rule, finds: Sequence[Find], *, now: datetime
) -> list[Find]:
    """Return what of a locked list's finds holds by now, and has room; their posts are locked."""
    ids = [each.post.id or 0 for each in finds]
    await rows.lock_posts(db, ids)
    passed = await _passed_over(db, found, anew=False)
    may = await eligible(db, found, ids)
    left = await room(db, found, rule, anew=False, now=now)
    there: list[Find] = []
    for each in finds:
        one = may.get(each.post.id or 0)
        if one and one.post.id not in passed.posts and not passed.says(one.post):
            passed.note(one.post)
            there.append(each)
    return there[:left]


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


def _notes(
    named: Mapping[int, Channel], seen: Mapping[int, Sequence[Seen]], more_than: Iterable[int]
) -> list[str]:
    crowded = f"of the posts of that age the newest {results.AT_MOST} are looked at."
    few = {channel_id: rules.not_enough(len(some)) for channel_id, some in seen.items()}
    return [
        *(f"{named[channel_id].name}: {crowded}" for channel_id in more_than),
        *(
            f"{named[channel_id].name}: {said} with results."
            for channel_id, said in few.items()
            if said
        ),
    ]


async def _seen(
    db: AsyncSession, by: Member, told: Mapping[int, Metric], rule: Rule, *, now: datetime
) -> tuple[dict[int, list[Seen]], list[int]]:
    """Return the posts of each channel that are measured, and not gone: the last, and those asked.

    Also the channels of which not all that are asked for are looked at.
    """
    known = await results.lately(db, by.workspace_id, told, before=now - rules.AGE)
    young, old = (now - timedelta(days=days) for days in (rule.from_days, rule.to_days))
    asked = await results.lately(db, by.workspace_id, told, since=old, before=young)
    for channel_id, some in asked.items():
        ids = {each.delivery_id for each in known[channel_id]}
        known[channel_id] += [each for each in some if each.delivery_id not in ids]
    there = [each for some in known.values() for each in some if not each.gone_at]
    counts = await rows.counts_at_age(db, by.workspace_id, there)
    whose = await rows.posts_of(db, counts)
    seen = {
        channel_id: [
            Seen(whose[each.delivery_id], channel_id, each.posted_at, had[metric.key])
            for each in known[channel_id]
            if metric.key in (had := counts.get(each.delivery_id, {}))
        ]
        for channel_id, metric in told.items()
    }
    return seen, [channel_id for channel_id, some in asked.items() if len(some) >= results.AT_MOST]


@dataclass
class _PassedOver:
    """What is not found again: what was found before, and all that says the same."""

    posts: set[int]
    texts: set[str]

    def says(self, post: Post) -> bool:
        return post.text.strip() in self.texts

    def note(self, post: Post) -> None:
        self.texts |= {post.text.strip()} - {""}


async def _passed_over(db: AsyncSession, found: EvergreenList, *, anew: bool) -> _PassedOver:
    before = await rows.by_post(db, found.id or 0)
    closed = DECIDED if anew else (*DECIDED, State.PROPOSED)
    posts = {post_id for post_id, each in before.items() if each.state in closed}
    said = await post_rows.by_id(db, found.workspace_id, posts)
    texts = await texts_of(db, found) | {post.text.strip() for post in said.values()}
    return _PassedOver(posts, texts - {""})


async def texts_of(db: AsyncSession, found: EvergreenList) -> set[str]:
    """Return what the wordings of a list say."""
    entries = await lists.entries(db, [found.id or 0])
    wordings = await lists.wordings(db, [entry.id or 0 for entry in entries])
    said = await post_rows.by_id(db, found.workspace_id, {w.post_id for w in wordings})
    return {post.text.strip() for post in said.values()} - {""}


@dataclass(frozen=True)
class Eligible:
    """A post that may go again, and all that it says."""

    post: Post
    written: Written


async def eligible(
    db: AsyncSession, found: EvergreenList, ids: Collection[int]
) -> dict[int, Eligible]:
    """Return those of the posts that may go again: no polls, with all of their media.

    And in no other list of one of the channels: two lists know nothing of each other's rest.
    """
    taken = await rows.taken(db, found)
    there = await rows.may_go_again(db, found.workspace_id, set(ids) - taken)
    written = await contents.written(db, there)
    may = {i: Eligible(post, written[i]) for i, post in there.items() if not _has_poll(post)}
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


def _is_refused(written: Written, to: Sequence[Channel], alt_text: AltText) -> bool:
    """Whether some channel of the list would not take it."""
    try:
        posts.check_written(written, to, alt_text=alt_text)
    except Rejected:
        return True
    return False
