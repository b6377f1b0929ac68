"""Comparisons: plan, make, stop. What their posts come to is in `comparing`.

All posts of one are planned when it is made, in one transaction: there are 40 at most, and what was
seen before is what is there. From then on they are ordinary posts and schedules.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from socialapp import providers
from socialapp.domain import comparing as rules
from socialapp.domain.comparing import MEASURES, Slot, Wording
from socialapp.domain.errors import Conflict, NotAllowed, NotFound, Problem, Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.paired import PAIRS_AT_LEAST
from socialapp.domain.people import Member, Right
from socialapp.services import ahead, clashes, copies, dry_run, posts, schedules
from socialapp.services.evergreen_entries import Content
from socialapp.store import comparisons as rows
from socialapp.store import contents, deliveries, people
from socialapp.store import schedules as schedule_rows
from socialapp.store import slots as slot_rows
from socialapp.store.contents import Written
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Channel, Comparison, ComparisonSending, Post

NAME_AT_MOST = 100


@dataclass(frozen=True)
class New:
    """What is compared, where, when and by what."""

    name: str
    """Empty: the first words of A."""
    a: Content
    b: Content
    channel_ids: tuple[int, ...]
    starts: Moment
    measure: str = "likes"
    pairs: int = rules.PAIRS_USUAL
    age_days: int = rules.AGE_DAYS


@dataclass(frozen=True)
class Fit:
    """How long a wording is for a channel."""

    wording: Wording
    channel: str
    count: int
    limit: int
    """0: none."""


@dataclass(frozen=True)
class Plan:
    """Everything that goes out, before it is planned."""

    name: str
    texts: Mapping[Wording, str]
    channels: Mapping[int, Channel]
    slots: Sequence[Slot]
    seed: int
    """Given back, it draws the same again."""
    fits: Sequence[Fit]
    warnings: Sequence[str]
    ends_at: datetime
    """When the last post has its age."""


def _allow(by: Member) -> None:
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may look at comparisons here, not plan them.")


async def plan(
    db: AsyncSession, by: Member, new: New, *, seed: int | None = None, now: datetime
) -> Plan:
    """Say what would go out and when, and what speaks against it; nothing is kept.

    Raises Rejected with what a channel would refuse.
    """
    _allow(by)
    tried = await db.begin_nested()
    try:
        found, _ = await _prepare(db, by, new, seed=seed, now=now)
    finally:
        await tried.rollback()
    return found


async def create(
    db: AsyncSession, by: Member, new: New, *, seed: int | None = None, now: datetime
) -> tuple[Comparison, Plan]:
    """Plan all posts of a comparison. With the seed of a plan they are those of that plan.

    From here on nothing of it can be changed, so that nobody can bend it; it can be stopped.
    """
    _allow(by)
    await people.keep_workspace(db, by.workspace_id)
    there, patterns = await _prepare(db, by, new, seed=seed, now=now)
    made = Comparison(
        workspace_id=by.workspace_id,
        name=there.name,
        a_id=patterns[Wording.A].id or 0,
        b_id=patterns[Wording.B].id or 0,
        channel_ids=list(there.channels),
        measure=new.measure,
        age_days=new.age_days,
        pairs=new.pairs,
        seed=there.seed,
        timezone=new.starts.zone,
        ends_at=there.ends_at,
        look_at=there.slots[0].at.at,
        created_by=by.person_id,
        created_at=now,
        updated_at=now,
    )
    db.add(made)
    await db.flush()
    for slot in there.slots:
        to = [slot.channel_id]
        post_id = await copies.copy(db, patterns[slot.wording], channel_ids=to, now=now)
        db.add(
            ComparisonSending(
                workspace_id=by.workspace_id,
                comparison_id=made.id or 0,
                pair=slot.pair,
                wording=slot.wording,
                channel_id=slot.channel_id,
                planned_at=slot.at.at,
                post_id=post_id,
            )
        )
        await schedules.create(db, by, post_id=post_id, at=slot.at, channel_ids=to, now=now)
    return await kept(db, made), there


async def _prepare(
    db: AsyncSession, by: Member, new: New, *, seed: int | None, now: datetime
) -> tuple[Plan, dict[Wording, Post]]:
    rules.check(pairs=new.pairs, age_days=new.age_days, measure=new.measure)
    if await rows.running(db, by.workspace_id) >= rules.RUNNING_AT_MOST:
        message = (
            f"{rules.RUNNING_AT_MOST} comparisons are running, which is as many as a workspace may"
            " have. Wait until one ends, or stop one; nothing was planned."
        )
        raise Rejected(Problem("too_many", message, ""))
    if len(new.name) > NAME_AT_MOST:
        message = f"Give it a name of at most {NAME_AT_MOST} characters."
        raise Rejected(Problem("name_too_long", message, "name"))
    to = await schedules.channels_for(db, by, new.channel_ids)
    _check_channels(to, new)
    schedules.check_time(new.starts, now=now)
    start = replace(new.starts, local=new.starts.local.replace(tzinfo=None, fold=0))
    seed = secrets.randbelow(rules.SEEDS) if seed is None else seed
    slots = rules.slots(start, [channel.id or 0 for channel in to], new.pairs, seed)
    patterns = {
        wording: await _pattern(db, by, content, to, now=now)
        for wording, content in ((Wording.A, new.a), (Wording.B, new.b))
    }
    said = await contents.written(db, [post.id or 0 for post in patterns.values()])
    written = {wording: said[post.id or 0] for wording, post in patterns.items()}
    if is_same(written[Wording.A], written[Wording.B]):
        message = "Both wordings are the same. Nothing was planned."
        raise Rejected(Problem("wordings_same", message, "b"))
    texts = {wording: post.text for wording, post in patterns.items()}
    name = " ".join(new.name.split()) or " ".join(texts[Wording.A].split())[:60]
    found = Plan(
        name=name or "Two wordings",
        texts=texts,
        channels={channel.id or 0: channel for channel in to},
        slots=slots,
        seed=seed,
        fits=await _fits(db, by, written, to),
        warnings=[*_more(written), *await _warnings(db, by, new, slots, texts)],
        ends_at=slots[-1].at.at + timedelta(days=new.age_days),
    )
    return found, patterns


def _check_channels(to: Sequence[Channel], new: New) -> None:
    measure = MEASURES[new.measure]
    for channel in to:
        if measure.of(m.key for m in providers.metrics(channel.provider)) is None:
            message = (
                f"{channel.name}: {providers.kind(channel.provider).name} does not say how many"
                f" {measure.many} a post gets. Choose another channel, or count something else."
            )
            raise Rejected(Problem("measure_unavailable", message, "measure"))
    if len(to) > new.pairs:
        message = f"{new.pairs} pairs are not one for each of {len(to)} channels."
        raise Rejected(Problem("pairs_invalid", message, "pairs"))


async def _pattern(
    db: AsyncSession, by: Member, content: Content, to: Sequence[Channel], *, now: datetime
) -> Post:
    ids = [channel.id or 0 for channel in to]
    if content.post_id is not None:
        source = await posts.get(db, by, content.post_id)
        post_id = await copies.copy(db, source, channel_ids=ids, is_aside=True, now=now)
        post = await posts.get(db, by, post_id)
        if content.text:
            post = await _reword(db, by, post, content.text, now=now)
    else:
        post = await posts.create(
            db,
            ahead.working(by),
            text=content.text,
            media_ids=content.media_ids or (),
            channel_ids=ids,
            is_aside=True,
            now=now,
        )
    await posts.check_channels(db, post, to)
    return post


async def _reword(db: AsyncSession, by: Member, post: Post, text: str, *, now: datetime) -> Post:
    """Give a copy another text in every channel; thread, pictures and options stay the same."""
    others = {
        channel: {name: kept for name, kept in differs.items() if name != "text"}
        for channel, differs in post.variants.items()
    }
    post.variants = {channel: differs for channel, differs in others.items() if differs}
    await db.flush()
    writer = ahead.working(by)
    return await posts.edit(
        db, writer, post.id or 0, revision=None, text=text, is_pattern=True, now=now
    )


def differs_in_more(one: Written, other: Written) -> bool:
    """Whether two posts differ in more than their text: then nobody knows what made the difference.

    Titles and the rest of a thread count as more, too.
    """
    rest = [
        (
            replace(each.shared, text=""),
            {
                channel: kept
                for channel, variant in each.variants.items()
                if not (kept := replace(variant, text=None)).is_empty
            },
        )
        for each in (one, other)
    ]
    return rest[0] != rest[1]


def is_same(one: Written, other: Written) -> bool:
    """Whether two posts say the same in every channel."""
    return (one.shared, one.variants) == (other.shared, other.variants)


async def _fits(
    db: AsyncSession, by: Member, written: Mapping[Wording, Written], to: Sequence[Channel]
) -> list[Fit]:
    alt_text = await dry_run.alt_text_rule(db, by.workspace_id)
    found: list[Fit] = []
    for wording, each in written.items():
        for channel in to:
            said = dry_run.of_channel(each, channel, alt_text=alt_text).verdict
            found.append(Fit(wording, channel.name, said.count, said.limit))
    return found


def _more(written: Mapping[Wording, Written]) -> list[str]:
    if not differs_in_more(written[Wording.A], written[Wording.B]):
        return []
    return [
        "A and B differ in more than their text: in pictures, thread or options. Which of these"
        " makes a difference will not be known."
    ]


async def _warnings(
    db: AsyncSession,
    by: Member,
    new: New,
    slots: Sequence[Slot],
    texts: Mapping[Wording, str],
) -> list[str]:
    found: list[str] = []
    if new.pairs < PAIRS_AT_LEAST:
        found.append(f"Of {new.pairs} pairs nothing can be told: it takes {PAIRS_AT_LEAST}.")
    soonest = rules.closest(slots)
    if soonest is not None and soonest <= clashes.SAME_TEXT_WITHIN:
        found.append(
            f"The same wording is in a channel again within {clashes.SAME_TEXT_WITHIN.days} days:"
            " some pairs end with the wording that the next begins with. More channels need fewer"
            " weeks, and repeat it less."
        )
    planned = [
        (texts[w], [(slot.channel_id, slot.at.at) for slot in slots if slot.wording == w])
        for w in Wording
    ]
    return [*found, *dict.fromkeys(filter(None, await clashes.of_new(db, by, planned)))]


async def get(
    db: AsyncSession, by: Member, comparison_id: int, *, lock: bool = False
) -> Comparison:
    """Return a comparison of the workspace. Raises NotFound when it has none of that id."""
    if lock:
        await people.keep_workspace(db, by.workspace_id)
    found = await rows.get(db, by.workspace_id, comparison_id, lock=lock)
    if found is None:
        raise NotFound("There is no such comparison.")
    return found


async def stop(db: AsyncSession, by: Member, comparison_id: int, *, now: datetime) -> Comparison:
    """Stop a comparison for good: what is not out goes to the trash, what is out stays.

    Twice is harmless. One that has ended by itself stays so, with its verdict, and only what still
    waits of it is taken back. Raises Conflict when there is nothing of it.
    """
    _allow(by)
    found = await get(db, by, comparison_id, lock=True)
    if found.stopped_at:
        return found
    if found.ended_at and not await rows.waiting(db, [comparison_id]):
        raise Conflict("This comparison has ended by itself. Nothing was stopped.")
    for each in (await rows.sendings(db, [comparison_id])).get(comparison_id, []):
        await ahead.drop(db, by, each.post_id, now=now)
    await _cancel_rest(db, comparison_id, now=now)
    found.updated_at, found.look_at = now, None
    if not found.ended_at:
        found.stopped_at = now
    return await kept(db, found)


async def _cancel_rest(db: AsyncSession, comparison_id: int, *, now: datetime) -> None:
    """Cancel what waits of posts that are out elsewhere: those cannot go to the trash.

    Only what waits: whether one is out that needs a check, people say.
    """
    rest: dict[int, list[int]] = {}
    for each in await rows.waiting(db, [comparison_id]):
        rest.setdefault(each.schedule_id, []).append(each.channel_id)
    for schedule_id, channel_ids in rest.items():
        await deliveries.cancel_at(db, schedule_id, channel_ids)
    await slot_rows.give_back(db, rest)
    await schedule_rows.refresh_status(db, rest, now=now)


async def kept(db: AsyncSession, found: Comparison) -> Comparison:
    """Keep a comparison, and show it after the commit."""
    db.add(found)
    await db.flush()
    aftermath(db).workspaces.add(found.workspace_id)
    return found
