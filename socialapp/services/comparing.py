"""What the posts of comparisons came to: kept as soon as they have their age, and what it tells."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialapp.clock import utc_now
from socialapp.domain import comparing as rules
from socialapp.domain import sheets
from socialapp.domain.comparing import MEASURES, Read, Stage, Value, Wording
from socialapp.domain.delivery import Shown
from socialapp.domain.moments import iso
from socialapp.domain.notifications import Event, News
from socialapp.domain.paired import Finding, Pair, find
from socialapp.services import comparisons
from socialapp.store import comparisons as rows
from socialapp.store import contents, notifications, people, posts, results
from socialapp.store.comparisons import Whereabouts
from socialapp.store.contents import Written
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import Comparison, ComparisonSending, Result, ResultReading

LOOK_AGAIN = timedelta(minutes=5)
STILL_WAITS = timedelta(hours=1)
"""How often it is looked whether what is out of its slot waits no longer."""


async def measure_one(data: Database, workspace_id: int, comparison_id: int) -> int:
    """Keep what is known of a comparison by now, if it is time to look; return of how many posts.

    When nothing is left to be known, and nothing of it waits to go out, it has ended and is judged:
    between two transactions, for of 20 pairs there are many orders, and others have to write.
    """
    async with data.transaction() as db:
        decided, judged = await measure(db, workspace_id, comparison_id, now=utc_now())
    if judged is not None:
        finding = await asyncio.to_thread(find, judged) if judged else None
        async with data.transaction() as db:
            await end(db, workspace_id, comparison_id, judged, finding, now=utc_now())
    return decided


async def measure(
    db: AsyncSession, workspace_id: int, comparison_id: int, *, now: datetime
) -> tuple[int, list[Pair] | None]:
    """Keep what is known by now; return of how many posts, and the pairs to judge at its end."""
    found = await _due(db, workspace_id, comparison_id, now=now)
    if found is None:
        return 0, None
    desk = await _Desk.of(db, found)
    decided, looks = 0, []
    for each in desk.sendings:
        if each.value is not None or each.lost:
            continue
        said = desk.value(each, now=now)
        if said == Value():
            looks.append(await _look_at(db, desk, each, now=now))
            continue
        each.value, each.lost, each.measured_at = said.number, said.lost, now
        db.add(each)
        decided += 1
    judged = None
    if looks:
        found.look_at = max(min(looks), now + timedelta(minutes=1))
    elif await rows.waiting(db, [comparison_id]):
        found.look_at = now + STILL_WAITS
    else:  # it stays due until it is judged
        judged = desk.to_judge
    if decided:
        found.updated_at = now
        await comparisons.kept(db, found)
    return decided, judged


async def _due(
    db: AsyncSession, workspace_id: int, comparison_id: int, *, now: datetime
) -> Comparison | None:
    """Return a comparison that nobody else changes until the commit, if it is time to look."""
    await people.keep_workspace(db, workspace_id)
    found = await rows.get(db, workspace_id, comparison_id, lock=True)
    return None if found is None or found.look_at is None or found.look_at > now else found


async def end(
    db: AsyncSession,
    workspace_id: int,
    comparison_id: int,
    judged: Sequence[Pair],
    finding: Finding | None,
    *,
    now: datetime,
) -> None:
    """End a comparison with what its pairs told, once, and tell everybody.

    Not when it was stopped, or is other than what was `judged`, or waits again: another look will.
    """
    found = await _due(db, workspace_id, comparison_id, now=now)
    if found is None or await rows.waiting(db, [comparison_id]):
        return
    desk = await _Desk.of(db, found)
    if desk.to_judge != judged or not all(e.lost or e.value is not None for e in desk.sendings):
        return
    couples = _couples(desk.sendings, desk.where)
    found.look_at, found.ended_at, found.updated_at = None, now, now
    found.finding = vars(finding) if finding else None
    news = News(
        found.workspace_id,
        Event.COMPARISON_ENDED,
        f"{Event.COMPARISON_ENDED}:{found.id}",
        title=f"The comparison {found.name} ended",
        text=_statement(found, Stage.ENDED, finding, couples),
    )
    await notifications.tell(db, [news], now=now)
    await comparisons.kept(db, found)


async def _look_at(
    db: AsyncSession, desk: "_Desk", each: ComparisonSending, *, now: datetime
) -> datetime:
    """Return when there is more to know of a post; have its network asked when it has its age."""
    where = desk.where[each.id or 0]
    if where.status != Shown.POSTED or not where.delivery or not where.delivery.posted_at:
        return each.planned_at + rules.NOT_OUT_AFTER
    due = where.delivery.posted_at + desk.age
    if due > now:
        return due
    await rows.hasten(db, where.delivery.id or 0, due=due, now=now)
    return now + LOOK_AGAIN


@dataclass(frozen=True)
class _Desk:
    """A comparison, and all that is known of its posts."""

    found: Comparison
    sendings: Sequence[ComparisonSending]
    where: dict[int, Whereabouts]
    known: dict[int, Result]
    series: dict[int, list[ResultReading]]
    written: dict[int, Written]

    @classmethod
    async def of(cls, db: AsyncSession, found: Comparison) -> "_Desk":
        its_id = found.id or 0
        sendings = (await rows.sendings(db, [its_id])).get(its_id, [])
        where = await rows.whereabouts(db, [its_id])
        ids = [w.delivery.id or 0 for w in where.values() if w.delivery]
        said = [found.a_id, found.b_id, *(each.post_id for each in sendings)]
        return cls(
            found,
            sendings,
            where,
            await results.of_deliveries(db, found.workspace_id, ids),
            await results.series(db, found.workspace_id, ids),
            await contents.written(db, said),
        )

    @property
    def to_judge(self) -> list[Pair]:
        """The complete pairs; none where people touched too many for a fair verdict."""
        couples = _couples(self.sendings, self.where)
        return [] if rules.is_bent(_touched(couples), self.found.pairs) else _complete(couples)

    @property
    def age(self) -> timedelta:
        return timedelta(days=self.found.age_days)

    def value(self, each: ComparisonSending, *, now: datetime) -> Value:
        where = self.where[each.id or 0]
        at = where.delivery.posted_at if where.delivery else None
        if where.status != Shown.POSTED or not where.delivery or at is None:
            if now <= each.planned_at + rules.NOT_OUT_AFTER:
                return Value()  # what was cancelled may be undone
            if where.status == Shown.CANCELLED:
                return Value(lost=rules.CANCELLED)
            was = rules.MOVED if _is_moved(each, where) else "It is not out, and its slot is over."
            return Value(lost=was)
        if abs(at - each.planned_at) > rules.OFF_AT_MOST:
            if _is_moved(each, where):
                return Value(lost=rules.MOVED)
            return Value(lost="It went out at another time than the other one of its pair.")
        pattern = self.found.a_id if each.wording == Wording.A else self.found.b_id
        if not comparisons.is_same(self.written[pattern], self.written[each.post_id]):
            return Value(lost=rules.CHANGED)
        number = where.delivery.id or 0
        result = self.known.get(number)
        return rules.value(
            [Read(r.read_at, r.counts, r.is_gone) for r in self.series.get(number, [])],
            asked_at=result.read_at if result else None,
            posted_at=at,
            age=self.age,
            metrics=MEASURES[self.found.measure].metrics,
            now=now,
        )


def _is_moved(each: ComparisonSending, where: Whereabouts) -> bool:
    return where.schedule is not None and where.schedule.scheduled_at != each.planned_at


# What people and programs are shown.


@dataclass(frozen=True)
class Sent:
    """One post of a pair."""

    wording: Wording
    planned_at: datetime
    post_id: int
    schedule_id: int | None
    status: str
    url: str
    value: int | None
    lost: str


@dataclass(frozen=True)
class Couple:
    """A pair, the one that goes out first first."""

    number: int
    channel_id: int
    first: Sent
    second: Sent

    @property
    def both(self) -> tuple[Sent, Sent]:
        """Its two posts, in order."""
        return self.first, self.second

    def of(self, wording: Wording) -> Sent:
        """Return its post with a wording."""
        return self.first if self.first.wording is wording else self.second

    @property
    def is_complete(self) -> bool:
        """Whether it counts: both have a value."""
        return self.first.value is not None and self.second.value is not None

    @property
    def is_lost(self) -> bool:
        """Whether it will never count."""
        return bool(self.first.lost or self.second.lost)

    @property
    def is_touched(self) -> bool:
        """Whether it does not count for what people did."""
        return not rules.BY_PEOPLE.isdisjoint({self.first.lost, self.second.lost})


@dataclass(frozen=True)
class Seen:
    """A comparison, and what may be said of it."""

    found: Comparison
    stage: Stage
    texts: dict[Wording, str]
    pairs: list[Couple]
    finding: Finding | None
    """Of the complete pairs, once it has ended by itself; before, nobody judges."""
    statement: str
    waits: int
    """So many deliveries of it have not left."""

    @property
    def may_be_stopped(self) -> bool:
        """Whether there is something to stop: also of one that has ended, if something waits."""
        return self.stage is Stage.RUNNING or (self.stage is Stage.ENDED and self.waits > 0)

    @property
    def measured(self) -> int:
        """How many pairs are complete."""
        return sum(each.is_complete for each in self.pairs)

    @property
    def lost(self) -> int:
        """How many will never count."""
        return sum(each.is_lost for each in self.pairs)


async def seen(db: AsyncSession, some: Sequence[Comparison]) -> list[Seen]:
    """Return comparisons of one workspace as they stand, with a few queries for all of them."""
    if not some:
        return []
    ids = [each.id or 0 for each in some]
    there = await rows.sendings(db, ids)
    where = await rows.whereabouts(db, ids)
    patterns = [post_id for each in some for post_id in (each.a_id, each.b_id)]
    said = await posts.by_id(db, some[0].workspace_id, patterns)
    waits = Counter(each.comparison_id for each in await rows.waiting(db, ids))
    return [
        _seen(
            each,
            {Wording.A: said[each.a_id].text, Wording.B: said[each.b_id].text},
            _couples(there.get(each.id or 0, []), where),
            waits[each.id or 0],
        )
        for each in some
    ]


def _couples(sendings: Sequence[ComparisonSending], where: dict[int, Whereabouts]) -> list[Couple]:
    by_pair: dict[int, list[ComparisonSending]] = {}
    for each in sendings:
        by_pair.setdefault(each.pair, []).append(each)
    return [
        Couple(number, one.channel_id, _sent(one, where), _sent(other, where))
        for number, (one, other) in sorted(by_pair.items())
    ]


def _sent(each: ComparisonSending, where: dict[int, Whereabouts]) -> Sent:
    there = where[each.id or 0]
    return Sent(
        wording=Wording(each.wording),
        planned_at=each.planned_at,
        post_id=each.post_id,
        schedule_id=there.schedule.id if there.schedule else None,
        status=there.status,
        url=there.delivery.url if there.delivery else "",
        value=each.value,
        lost=each.lost,
    )


def _complete(couples: Sequence[Couple]) -> list[Pair]:
    return [
        Pair(a.value, b.value, couple.first.wording is Wording.A)
        for couple in couples
        for a, b in [(couple.of(Wording.A), couple.of(Wording.B))]
        if a.value is not None and b.value is not None
    ]


def _seen(found: Comparison, texts: dict[Wording, str], couples: list[Couple], waits: int) -> Seen:
    stage = Stage.ENDED if found.ended_at else Stage.RUNNING
    stage = Stage.STOPPED if found.stopped_at else stage
    finding = Finding(**found.finding) if found.finding else None
    words = _statement(found, stage, finding, couples)
    return Seen(found, stage, texts, couples, finding, words, waits)


def _touched(couples: Sequence[Couple]) -> int:
    return sum(each.is_touched for each in couples)


def _statement(
    found: Comparison, stage: Stage, finding: Finding | None, couples: Sequence[Couple]
) -> str:
    return rules.statement(
        stage,
        finding,
        measured=len(_complete(couples)),
        pairs=found.pairs,
        measure=MEASURES[found.measure],
        touched=_touched(couples),
    )


def table(seen: Seen, names: Mapping[int, str]) -> str:
    """Return the posts of a comparison as CSV, pair by pair; what is not known is empty."""
    measure = seen.found.measure
    head = ("pair", "channel", "wording", "planned_at", "status", "url", measure, "lost")
    cells = [_cells(couple, each, names) for couple in seen.pairs for each in couple.both]
    return "".join(sheets.line(each) for each in (head, *cells))


def _cells(couple: Couple, each: Sent, names: Mapping[int, str]) -> tuple[str, ...]:
    return (
        str(couple.number),
        names.get(couple.channel_id, ""),
        each.wording.upper(),
        iso(each.planned_at),
        each.status,
        each.url,
        "" if each.value is None else str(each.value),
        each.lost,
    )
