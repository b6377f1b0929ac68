"""The same for many posts: channels, tags, times, a check, the trash."""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from socialapp.domain import moments
from socialapp.domain.delivery import Shown
from socialapp.domain.errors import Conflict, ForPeople, NotAllowed, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.domain.spreading import Book, Span
from socialapp.services import (
    approvals,
    assigning,
    dry_run,
    moves,
    posts,
    queueing,
    schedules,
    spreading,
)
from socialapp.services.assigning import How, applied
from socialapp.services.bulk import AT_MOST
from socialapp.services.bulk_undo import Back
from socialapp.services.together import TOGETHER, Begin, TakeBack, taken_back
from socialapp.store import channels, contents, people, slots
from socialapp.store import posts as post_rows
from socialapp.store import schedules as schedule_rows
from socialapp.store.session import AsyncSession

TAGS_AT_MOST = 50
TAG_AT_MOST = 100


class Action(StrEnum):
    """What is done to each of them."""

    CHANNELS = "channels"
    TAGS = "tags"
    QUEUE = "queue"
    SPREAD = "spread"
    CHECK = "check"
    DELETE = "delete"


@dataclass(frozen=True)
class Wish:
    """What is wanted of all of them."""

    action: Action
    how: How = How.ADD
    channel_ids: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    span: Span = field(default_factory=Span)
    seen: Mapping[int, spreading.Seen] | None = None
    """Of a spread, what somebody has seen of it: each post gets this moment, or none."""


@dataclass(frozen=True)
class Line:
    """A post, and the one schedule of it that is meant; without it all that it has."""

    post_id: int
    schedule_id: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one of them."""

    line: Line
    words: str = ""
    """What was done, or would be."""
    code: str = ""
    """Why it was refused; empty: it was done."""
    detail: str = ""
    back: Back | None = None
    time: spreading.Time | None = None
    """Of a spread."""

    @property
    def is_done(self) -> bool:
        """Whether it was done, or in a preview, can be."""
        return not self.code


@dataclass
class _Turn:
    """What a run carries from line to line."""

    by: Member
    wish: Wish
    now: datetime
    taken: dict[int, set[datetime]] = field(default_factory=lambda: defaultdict(set))
    """The slots that lines before it would have: a preview is rolled back."""
    plan: spreading.Plan | None = None
    book: Book | None = None
    """Of a spread: what is planned already, as those who wait for it will find it."""


async def run(
    begin: Begin,
    by: Member,
    lines: Sequence[Line],
    wish: Wish,
    *,
    is_preview: bool = False,
    now: datetime,
) -> list[Outcome]:
    """Do it in the order of the lines, and say of each what became of it.

    A preview does the same and takes it back, so the two cannot differ in their rules.
    """
    _check(by, lines, wish)
    if wish.action is not Action.CHANNELS:
        lines = [Line(post_id) for post_id in dict.fromkeys(each.post_id for each in lines)]
    turn, found = _Turn(by, wish, now), list[Outcome]()
    if wish.action is Action.SPREAD:  # for all of them, before anything is locked
        ids = [each.post_id for each in lines]
        turn.plan = await spreading.plan(begin, by, ids, wish.span, seen=wish.seen, now=now)
    for some in (lines[i : i + TOGETHER] for i in range(0, len(lines), TOGETHER)):
        async with taken_back(begin) as db:
            await _lock(db, by, some, wish)
            if turn.plan:
                drafts = turn.plan.drafts
                mine = [drafts[each.post_id] for each in some if each.post_id in drafts]
                turn.book = await spreading.book(db, by, mine, wish.span, now=now)
            if wish.action is Action.CHECK:
                found += await _checked(db, by, some)
            else:
                found += [await _done(db, turn, each) for each in some]
            if is_preview:
                raise TakeBack
    return found


def _check(by: Member, lines: Sequence[Line], wish: Wish) -> None:
    if not by.may(Right.WRITE) and wish.action is not Action.CHECK:
        raise NotAllowed("You may look at posts here, not change them.")
    if len(lines) > AT_MOST:
        message = f"At most {AT_MOST} at once. Nothing was done."
        raise Rejected(Problem("too_many", message, "ids"))
    if wish.action is Action.CHANNELS and not wish.channel_ids:
        raise Rejected(Problem("missing", "Choose a channel. Nothing was changed.", "channel_ids"))
    if wish.action is Action.TAGS and not wish.tags and wish.how is not How.REPLACE:
        raise Rejected(Problem("missing", "Write a tag. Nothing was changed.", "tags"))


async def _lock(db: AsyncSession, by: Member, lines: Sequence[Line], wish: Wish) -> None:
    """Lock all that is needed, in the order in which everybody does."""
    await people.keep_workspace(db, by.workspace_id)
    if wish.action is Action.CHECK:
        return
    for post_id in sorted({each.post_id for each in lines}):
        await post_rows.get(db, by.workspace_id, post_id, kind=None, lock=True)
    planned = [s for each in lines for s in await schedule_rows.of_post(db, each.post_id)]
    await schedule_rows.lock(db, [each.id or 0 for each in planned])
    if wish.action in {Action.QUEUE, Action.SPREAD}:
        there = await channels.of_workspace(db, by.workspace_id)
        await slots.lock(db, [each.id or 0 for each in there])


async def _done(db: AsyncSession, turn: _Turn, line: Line) -> Outcome:
    try:
        async with db.begin_nested():
            return await _DEEDS[turn.wish.action](db, turn, line)
    except Rejected as no:
        more = len(no.problems) - 1
        detail = no.problems[0].message + (f" And {more} more." if more else "")
        return Outcome(line, code=no.problems[0].code, detail=detail)
    except ForPeople as no:
        return Outcome(line, code=no.code, detail=no.detail)


async def _assign(db: AsyncSession, turn: _Turn, line: Line) -> Outcome:
    done = await assigning.assign(
        db,
        turn.by,
        line.post_id,
        how=turn.wish.how,
        channel_ids=turn.wish.channel_ids,
        schedule_id=line.schedule_id,
        now=turn.now,
    )
    words = f"Goes to {', '.join(done.names)}." if done.names else "Goes to no channel."
    return Outcome(line, words, back=Back(line.post_id, done.post.revision, channels=done.before))


async def _tag(db: AsyncSession, turn: _Turn, line: Line) -> Outcome:
    post = await posts.get(db, turn.by, line.post_id, kind=None)
    before = tuple(post.tags)
    tags = applied(turn.wish.how, before, turn.wish.tags)
    if tags == list(before):
        raise Conflict("It stays as it is.", code="unchanged")
    if len(tags) > TAGS_AT_MOST:
        message = f"A post has at most {TAGS_AT_MOST} tags."
        raise Rejected(Problem("too_many", message, "tags"))
    post = await posts.edit(
        db, turn.by, line.post_id, kind=None, revision=None, tags=tags, now=turn.now
    )
    words = f"Tagged {', '.join(tags)}." if tags else "Has no tags."
    return Outcome(line, words, back=Back(line.post_id, post.revision, tags=before))


async def _queue(db: AsyncSession, turn: _Turn, line: Line) -> Outcome:
    post = await posts.get(db, turn.by, line.post_id, kind=None)
    if post.status != Shown.DRAFT:
        raise Conflict(f"It is {schedules.status_words(post.status)} already.")
    made = await queueing.add(
        db, turn.by, post_id=line.post_id, kind=None, also_taken=turn.taken, now=turn.now
    )
    held = await slots.of_schedules(db, turn.by.workspace_id, [each.id or 0 for each in made])
    for each in (one for some in held.values() for one in some):
        turn.taken[each.channel_id].add(each.slot_at)
    words = "; ".join(moments.spoken(s.scheduled_at, s.timezone, now=turn.now) for s in made)
    kept = tuple((each.id or 0, each.scheduled_at) for each in made)
    return Outcome(line, words + ".", back=Back(line.post_id, post.revision, made=kept))


async def _spread(db: AsyncSession, turn: _Turn, line: Line) -> Outcome:
    assert turn.plan
    assert turn.book
    if line.post_id in turn.plan.drafts:
        turn.plan.check(await posts.get(db, turn.by, line.post_id, kind=None, lock=True))
    time = await spreading.settle(turn.plan, line.post_id, turn.book, now=turn.now)
    to = turn.plan.drafts[line.post_id].channel_ids
    made = await schedules.create(
        db, turn.by, post_id=line.post_id, kind=None, at=time.moment, channel_ids=to, now=turn.now
    )
    waits = " · waits for approval" if made.status in approvals.WAITS else ""
    post = await posts.get(db, turn.by, line.post_id, kind=None)
    back = Back(line.post_id, post.revision, made=((made.id or 0, made.scheduled_at),))
    return Outcome(line, time.words(now=turn.now) + waits, back=back, time=time)


async def _delete(db: AsyncSession, turn: _Turn, line: Line) -> Outcome:
    post = await posts.get(db, turn.by, line.post_id, kind=None)
    planned = [
        each.id or 0
        for each in await schedule_rows.of_post(db, line.post_id)
        if each.status != Shown.CANCELLED
    ]
    if planned and not turn.by.may(Right.PUBLISH):
        raise NotAllowed("You may write posts here, not cancel what is planned.")
    cancelled = tuple((await moves.before(db, turn.by, planned)).values())
    await posts.delete(db, turn.by, line.post_id, kind=None, now=turn.now)
    await db.refresh(post)
    when = "; ".join(moments.spoken(each.at, each.zone, now=turn.now) for each in cancelled)
    words = f"Goes to the trash; not published on {when}." if when else "Goes to the trash."
    back = Back(line.post_id, post.revision, cancelled=cancelled, is_in_trash=True)
    return Outcome(line, words, back=back)


_DEEDS: Mapping[Action, Callable[[AsyncSession, _Turn, Line], Awaitable[Outcome]]] = {
    Action.CHANNELS: _assign,
    Action.TAGS: _tag,
    Action.QUEUE: _queue,
    Action.SPREAD: _spread,
    Action.DELETE: _delete,
}


async def _checked(db: AsyncSession, by: Member, lines: Sequence[Line]) -> list[Outcome]:
    """Say what the networks would of each, as it would go out."""
    there = await post_rows.by_id(db, by.workspace_id, [each.post_id for each in lines])
    there = {key: post for key, post in there.items() if post.deleted_at is None}
    written = await contents.written(db, there)
    alt_text = await dry_run.alt_text_rule(db, by.workspace_id)
    known = {each.id or 0: each for each in await channels.of_workspace(db, by.workspace_id)}
    found = []
    for line in lines:
        if line.post_id not in there:
            found.append(Outcome(line, code="not_found", detail="There is no such post."))
            continue
        wanted = [each for each in there[line.post_id].channel_ids if each in known]
        to = [known[each] for each in wanted] or await schedules.channels_for(db, by, [])
        said = [
            (problem.severity == "error", f"{channel.name}: {problem.message}")
            for channel in to
            for problem in dry_run.of_channel(
                written[line.post_id], channel, alt_text=alt_text
            ).verdict.problems
        ]
        errors, notes = ([m for is_error, m in said if is_error is want] for want in (True, False))
        if errors:
            found.append(Outcome(line, code="refused", detail=_few(errors)))
        else:
            found.append(Outcome(line, _few(notes) if notes else "Nothing is wrong."))
    return found


def _few(messages: Sequence[str]) -> str:
    more = len(messages) - 2
    return " ".join(messages[:2]) + (f" And {more} more." if more > 0 else "")


_VERBS = {
    Action.CHANNELS: ("can be changed", "changed"),
    Action.TAGS: ("can be changed", "changed"),
    Action.QUEUE: ("can be queued", "added to the queue"),
    Action.SPREAD: ("can be planned", "planned"),
    Action.CHECK: ("can go out", "can go out"),
    Action.DELETE: ("go to the trash", "put in the trash"),
}


def seen(outcomes: Sequence[Outcome]) -> dict[int, spreading.Seen]:
    """Return what a preview of a spread has shown, by the posts."""
    return {each.line.post_id: each.time.seen for each in outcomes if each.time}


def foretold(action: Action, outcomes: Sequence[Outcome]) -> str:
    """Say what will happen: "3 of 5 can be changed; 2 stay as they are."."""
    return _sentence(_VERBS[action][0], outcomes)


def told(action: Action, outcomes: Sequence[Outcome]) -> str:
    """Say what happened: "3 of 5 changed; 2 stay as they are."."""
    return _sentence(_VERBS[action][1], outcomes)


def _sentence(verb: str, outcomes: Sequence[Outcome]) -> str:
    done = sum(each.is_done for each in outcomes)
    many = f"{done}" if done == len(outcomes) else f"{done} of {len(outcomes)}"
    count = Counter(each.code == "unchanged" for each in outcomes if not each.is_done)
    rest = [f"{count[True]} already so"] * bool(count[True])
    rest += [f"{count[False]} refused"] * bool(count[False])
    return "; ".join([f"{many} {verb}", *rest]) + "."
