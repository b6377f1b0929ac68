"""Spread: each of several drafts gets a suggested time of its own, before and until it is kept."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from socialapp.domain import moments, suggesting
from socialapp.domain import spreading as rules
from socialapp.domain.delivery import Shown
from socialapp.domain.errors import Conflict, ForPeople, Problem, Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member
from socialapp.domain.spreading import Book, Draft, Full, Known, Span
from socialapp.domain.suggesting import Basis, Hour, Rated, Suggestion
from socialapp.services import clashes, dry_run, posts, results, schedules
from socialapp.services.together import Begin, TakeBack, taken_back
from socialapp.store import channels, contents, limits, slots
from socialapp.store import posts as post_rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel, Post

_CHANGED = "It was changed meanwhile. It stays a draft; look at the times again."
_DAY = timedelta(hours=26)
"""The longest one, and a bit: what is out today counts."""


@dataclass(frozen=True)
class Seen:
    """What somebody was shown of a draft: when it would go out, where to, and of which words."""

    at: datetime
    channel_ids: tuple[int, ...]
    revision: int


@dataclass(frozen=True)
class Time:
    """What a draft gets, and what that rests on."""

    moment: Moment
    rated: Rated
    names: Sequence[str]
    """Of its channels."""
    posts: int
    """With results, of these channels together."""
    seen: Seen
    """As it is to be kept, or not at all."""

    @property
    def why(self) -> str:
        """Say what it rests on."""
        if self.rated.worth <= 0:
            return "no better hour is free"
        if self.rated.basis is Basis.OWN:
            return f"rests on {self.rated.posts} of your posts at that hour"
        if self.posts >= suggesting.AT_LEAST:
            return "few posts of yours at that hour, the rest is a guess"
        return "a common hour, not yours"

    def words(self, *, now: datetime) -> str:
        """Say when, where and why."""
        when = moments.spoken(self.moment.at, self.moment.zone, now=now)
        return f"{when} · {', '.join(self.names)} · {self.why}"


@dataclass
class Plan:
    """A time for each draft, or why there is none; nothing of it is kept."""

    span: Span
    drafts: dict[int, Draft] = field(default_factory=dict)
    revisions: dict[int, int] = field(default_factory=dict)
    """Of the drafts, as they were read."""
    times: dict[int, Time] = field(default_factory=dict)
    refused: dict[int, ForPeople] = field(default_factory=dict)
    known: dict[tuple[int, ...], tuple[Known, int]] = field(default_factory=dict)
    """By channels: what is known of them, and on how many posts it rests."""
    names: dict[int, str] = field(default_factory=dict)
    """Of the channels."""
    is_fixed: bool = False
    """Somebody has seen these times: no draft gets another one."""

    def time(self, draft: Draft, one: Suggestion) -> Time:
        """Return what a suggestion is for a draft."""
        known, count = self.known[draft.channel_ids]
        names = [self.names[each] for each in draft.channel_ids]
        seen = Seen(one.at, draft.channel_ids, self.revisions[draft.key])
        return Time(Moment(one.at, one.local, known.zone), one.rated, names, count, seen)

    def check(self, post: Post) -> None:
        """Raise Conflict when a draft is not what it was when its time was found.

        It is locked: somebody may have planned it meanwhile, or let it go elsewhere.
        """
        if post.status != Shown.DRAFT:
            raise Conflict(f"It is {schedules.status_words(post.status)} already.")
        key = post.id or 0
        to = tuple(sorted(set(post.channel_ids))) or self.drafts[key].channel_ids
        if (to, post.revision) != (self.drafts[key].channel_ids, self.revisions[key]):
            raise Conflict(_CHANGED)


async def plan(
    begin: Begin,
    by: Member,
    post_ids: Sequence[int],
    span: Span,
    *,
    seen: Mapping[int, Seen] | None = None,
    now: datetime,
) -> Plan:
    """Find a time for each of these drafts, in their order; with `seen` it is that one.

    One that is no draft, would be refused by a network, or for which nothing is free has none and
    says why. The same for the same input; somebody else may take a time until it is kept. Nothing
    is locked, and no transaction is open while the times are sought.
    """
    span.check()
    found = Plan(span, is_fixed=seen is not None)
    async with taken_back(begin) as db:
        await _read(db, by, post_ids, found)
        drafts = list(found.drafts.values())
        ids = {each for draft in drafts for each in draft.channel_ids}
        past = await results.past(db, by, ids, now=now)
        there = await book(db, by, drafts, span, now=now)
        raise TakeBack
    # In a thread: it may take seconds, and all who have a page open would wait.
    await asyncio.to_thread(_find, found, past, there, seen, now=now)
    return found


def _find(
    found: Plan,
    past: results.Past,
    there: Book,
    seen: Mapping[int, Seen] | None,
    *,
    now: datetime,
) -> None:
    for to in {draft.channel_ids for draft in found.drafts.values()}:
        rated, count, zone = past.rated(to)
        found.known[to] = Known(rated, zone), count
    if seen is None:
        _give(found, list(found.drafts.values()), there, now=now)
    else:
        _as_seen(found, seen)


async def _read(db: AsyncSession, by: Member, post_ids: Sequence[int], found: Plan) -> None:
    known = await channels.of_workspace(db, by.workspace_id)
    found.names = {each.id or 0: each.name for each in known}
    there = await post_rows.by_id(db, by.workspace_id, post_ids)
    there = {key: post for key, post in there.items() if post.deleted_at is None}
    written = await contents.written(db, there)
    alt_text = await dry_run.alt_text_rule(db, by.workspace_id)
    for post_id in post_ids:
        post = there.get(post_id)
        if post is None:
            found.refused[post_id] = Conflict("There is no such post.", code="not_found")
            continue
        try:
            to = _channels(known, post)
            posts.check_written(written[post_id], to, alt_text=alt_text)
        except ForPeople as no:
            found.refused[post_id] = no
            continue
        ids = tuple(sorted(channel.id or 0 for channel in to))
        found.drafts[post_id] = Draft(post_id, ids, post.text)
        found.revisions[post_id] = post.revision
    if len({draft.channel_ids for draft in found.drafts.values()}) > rules.COMBINATIONS_AT_MOST:
        message = (
            f"These drafts go to more than {rules.COMBINATIONS_AT_MOST} combinations of channels."
            " Choose fewer at once. Nothing was planned."
        )
        raise Rejected(Problem("too_many", message, "ids"))


def _channels(known: Sequence[Channel], post: Post) -> list[Channel]:
    if post.status != Shown.DRAFT:
        raise Conflict(f"It is {schedules.status_words(post.status)} already.")
    return schedules.chosen(known, post.channel_ids)


def _as_seen(found: Plan, seen: Mapping[int, Seen]) -> None:
    for key, draft in found.drafts.items():
        one = seen.get(key)
        if one is None or (one.channel_ids, one.revision) != (
            draft.channel_ids,
            found.revisions[key],
        ):
            found.refused[key] = Conflict(_CHANGED)
            continue
        known, _ = found.known[draft.channel_ids]
        local = moments.in_zone(one.at, known.zone)
        hour = Hour(local.weekday(), local.hour)
        rated = next(each for each in known.rated if each.hour == hour)
        naive = local.replace(tzinfo=None, fold=0)
        found.times[key] = found.time(draft, Suggestion(one.at, naive, rated))


def _give(found: Plan, drafts: Sequence[Draft], there: Book, *, now: datetime) -> None:
    known = {each.channel_ids: found.known[each.channel_ids][0] for each in drafts}
    for key, one in rules.spread(drafts, found.span, known, there, now=now).items():
        if isinstance(one, Suggestion):
            found.times[key] = found.time(found.drafts[key], one)
        else:
            found.refused[key] = Conflict(_FULL[one].format(days=found.span.days), code=one)


_FULL = {
    Full.TIMES: "Nothing is free in these hours of the next {days} days. It stays a draft.",
    Full.TEXT: "The same text goes out within 7 days of all that is free. It stays a draft.",
}


async def book(
    db: AsyncSession, by: Member, drafts: Iterable[Draft], span: Span, *, now: datetime
) -> Book:
    """Read when the channels of these drafts post, and when the same is said.

    Nobody else gives their times away meanwhile, when the channels' slots are locked.
    """
    some = list(drafts)
    ids = {each for draft in some for each in draft.channel_ids}
    there = [c for c in await channels.of_workspace(db, by.workspace_id) if c.id in ids]
    plans = await slots.plans(db, by.workspace_id, ids)
    closed = await limits.of_channels(db, there, now=now)
    opens = {key: each.closed_until for key, each in closed.items() if each.closed_until}
    found = Book({key: each.timezone or by.zone for key, each in plans.items()}, opens=opens)
    since, until = now - _DAY, now + timedelta(days=span.days) + _DAY
    for channel_id, moments_ in (
        await slots.planned(db, by.workspace_id, ids, after=since, before=until)
    ).items():
        for at in moments_:
            found.note(channel_id, at)
    held = await slots.held(db, by.workspace_id, ids, after=since, before=until)
    for channel_id, some_slots in held.items():
        for at in some_slots:
            found.keep(channel_id, at)
    texts = {draft.text for draft in some if draft.text}
    said = await clashes.same_texts(db, by, texts, since=now, until=until)
    for text, ats in said.items():
        found.said[text] += ats
    return found


async def settle(found: Plan, post_id: int, there: Book, *, now: datetime) -> Time:
    """Return the time that a draft gets, and note it. Raises ForPeople when it gets none.

    When its time was taken meanwhile it gets another one, unless somebody has seen it. `there` was
    read while nobody else gives times of these channels away.
    """
    if post_id in found.refused:
        raise found.refused[post_id]
    draft, time = found.drafts[post_id], found.times[post_id]
    if not there.takes(draft, time.moment.at, found.span):
        if found.is_fixed:
            when = moments.spoken(time.moment.at, time.moment.zone, now=now)
            message = f"{when} was taken meanwhile. It stays a draft; look at the times again."
            raise Conflict(message, code="taken")
        time = await asyncio.to_thread(_another, found, draft, there, now=now)
    there.put(draft, time.moment.at)
    return time


def _another(found: Plan, draft: Draft, there: Book, *, now: datetime) -> Time:
    """Return another time for a draft, near none that the plan has for the others."""
    del found.times[draft.key]
    without = deepcopy(there)
    for other, later in found.times.items():
        for channel_id in found.drafts[other].channel_ids:
            without.keep(channel_id, later.moment.at)
    _give(found, [draft], without, now=now)
    if draft.key in found.refused:
        raise found.refused[draft.key]
    return found.times[draft.key]
