"""Changes to a series: this and the following ones, or all that are to come.

What is out stays as it was. A change from an occurrence on that is not the first one leaves the
series as it was until then, and makes another one of the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from socialapp.domain import recurrence
from socialapp.domain.errors import Conflict, Problem, Rejected
from socialapp.domain.moments import Moment
from socialapp.domain.people import Member, Right
from socialapp.domain.recurrence import Rule
from socialapp.domain.slots import read_time
from socialapp.services import ahead, assigning, copies, making, posts, schedules
from socialapp.services.assigning import How
from socialapp.services.series import to_change, unsent
from socialapp.store import posts as post_rows
from socialapp.store import series as rows
from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import Occurrence, Series


@dataclass(frozen=True)
class Change:
    """What becomes different; None stays as it is."""

    repeat: str | None = None
    """RRULE; without an end the old end stays."""
    clock: str | None = None
    """"09:00"."""
    timezone: str | None = None
    post_id: int | None = None
    """The post whose content the others get."""
    channel_ids: Sequence[int] | None = None
    """Where they go from now on."""

    @property
    def is_about_time(self) -> bool:
        """Whether moments change."""
        return any(x is not None for x in (self.repeat, self.clock, self.timezone))


async def edit(
    db: AsyncSession,
    by: Member,
    series_id: int,
    change: Change,
    *,
    since: datetime | None = None,
    now: datetime,
) -> Series:
    """Change all of a series that is to come, or what comes from the occurrence `since` on.

    Returns the series that has the change: another one when it was parted. Occurrences that were
    moved or edited alone follow, too, in what is changed; but one that was moved past its own
    moment by the rule keeps its time.
    """
    series = await to_change(db, by, series_id)
    if series.paused_at:
        raise Conflict("This series is paused. Resume it, then change it.")
    if since is not None:
        series = await _parted(db, by, series, since, now=now)
    if change.is_about_time:
        await _retime(db, by, series, change, now=now)
    if change.post_id is not None:
        await _rewrite(db, by, series, change.post_id, now=now)
    if change.channel_ids is not None:
        await _reassign(db, by, series, change.channel_ids, now=now)
    series.updated_at = now
    if not by.may(Right.APPROVE):  # what they changed is not approved by whoever made it
        series.created_by = by.person_id
    await making.make(db, await making.maker(db, series), series, now=now)
    aftermath(db).workspaces.add(series.workspace_id)
    return series


async def _parted(
    db: AsyncSession, by: Member, series: Series, since: datetime, *, now: datetime
) -> Series:
    """Return the series that begins with the occurrence `since`: itself, when that is its first."""
    rule, start = making.rule_of(series), making.start_of(series)
    before: list[Moment] = []
    first = None
    for each in recurrence.coming(rule, start, series.timezone):
        if each.at >= since:
            first = each if each.at == since else None
            break
        before.append(each)
    if first is None or (since <= now and not await _waits(db, series, since)):
        message = "The series has nothing to come at that time. Nothing was changed."
        raise Rejected(Problem("no_occurrence", message, "from"))
    if not before:
        return series
    pattern = await making.pattern_of(db, series)
    rest = Series(
        workspace_id=series.workspace_id,
        post_id=await copies.copy(
            db, pattern, channel_ids=pattern.channel_ids, is_aside=True, now=now
        ),
        rule=str(_rest(rule, len(before))),
        starts=first.local.isoformat(),
        timezone=series.timezone,
        priority=series.priority,
        created_by=series.created_by,
        created_at=now,
        updated_at=now,
    )
    db.add(rest)
    await db.flush()
    await rows.hand_over(db, series.id or 0, rest.id or 0, since=since)
    series.rule = str(replace(rule, count=None, until=before[-1].local))
    series.updated_at = now
    await making.make(db, await making.maker(db, series), series, now=now)
    return rest


async def _waits(db: AsyncSession, series: Series, at: datetime) -> bool:
    """Whether the occurrence of a moment that has passed was moved, and is still to go out."""
    there = await unsent(db, series, since=at)
    return any(occurrence.nominal_at == at for occurrence, _ in there)


def _rest(rule: Rule, gone: int) -> Rule:
    return replace(rule, count=rule.count - gone) if rule.count else rule


async def _retime(
    db: AsyncSession, by: Member, series: Series, change: Change, *, now: datetime
) -> None:
    """Move what is planned to the new moments, in order; drop what is left over.

    With the same rule at another hour each moment becomes another one, and what was skipped or
    cancelled stays so; by another rule that is forgotten.
    """
    old = list(islice(making.coming(series, after=now), recurrence.COUNT_AT_MOST))
    if not old:
        raise Conflict("Nothing of this series is to come. Start a new one.")
    decided = await rows.occurrences(db, [series.id or 0], since=now)
    planned = {each.id: schedule for each, schedule in await unsent(db, series, since=now)}
    _set_time(series, change, old, now=now)
    new = _soon(series, now=now)
    if not new:
        raise Rejected(Problem("never_happens", "By this rule nothing is to come.", "repeat"))
    if change.repeat is not None:
        decided = [each for each in decided if each.id in planned]
        old_moments = [each.nominal_at for each in decided]
    else:
        old_moments = [each.at for each in old]
    becomes = dict(zip(old_moments, new, strict=False))
    await rows.forget(db, series.id or 0, since=now)
    for each in decided:
        at, schedule = becomes.get(each.nominal_at), planned.get(each.id)
        if at is None:
            await ahead.drop(db, by, each.post_id or 0, now=now)
            continue
        db.add(_occurrence(series, at, each.post_id))
        if schedule is not None:
            await schedules.move(db, by, schedule.id or 0, at=at, now=now)
    await db.flush()


def _set_time(series: Series, change: Change, old: Sequence[Moment], *, now: datetime) -> None:
    """Give a series its new rule, beginning on the day of the next one; `old` are its moments."""
    rule, zone = making.rule_of(series), change.timezone or series.timezone
    new = recurrence.read(change.repeat, zone=zone) if change.repeat is not None else rule
    has_end = change.repeat is not None and (new.count or new.until)
    first = old[0].local
    if change.clock is not None:
        at = read_time(0, change.clock)
        first = first.replace(hour=at.minute // 60, minute=at.minute % 60, second=0)
        new = replace(new, parts=_without_clock(new.parts))
    if not has_end:
        new = replace(new, count=len(old) if rule.count else None, until=rule.until)
        if new.count and any(m.at <= now for m in islice(recurrence.coming(new, first, zone), 1)):
            new = replace(new, count=new.count + 1)  # today's is past by the new clock
    if new.until and new.until.date() >= first.date() and not has_end:
        new = replace(new, until=new.until.replace(hour=23, minute=59, second=59))
    series.rule, series.starts, series.timezone = str(new), first.isoformat(), zone


def _without_clock(parts: str) -> str:
    return ";".join(p for p in parts.split(";") if not p.startswith(("BYHOUR=", "BYMINUTE=")))


def _soon(series: Series, *, now: datetime) -> list[Moment]:
    """Return the moments up to the horizon; the next one at least."""
    found: list[Moment] = []
    for each in making.coming(series, after=now):
        if found and each.at > now + making.AHEAD:
            break
        found.append(each)
        if len(found) >= ahead.AT_ONCE:
            break
    return found


def _occurrence(series: Series, at: Moment, post_id: int | None) -> Occurrence:
    return Occurrence(
        workspace_id=series.workspace_id,
        series_id=series.id or 0,
        nominal_at=at.at,
        post_id=post_id,
    )


async def _rewrite(
    db: AsyncSession, by: Member, series: Series, post_id: int, *, now: datetime
) -> None:
    """Give the pattern and all that is planned the content of a post."""
    source = await posts.get(db, by, post_id, kind=None)
    pattern = await making.pattern_of(db, series)
    if source.kind != pattern.kind:
        raise Rejected(Problem("other_kind", f"This series is of {pattern.kind}s.", "post_id"))
    await copies.rewrite(db, by, pattern, source, now=now)
    await posts.check_channels(db, pattern, await making.channels_of(db, pattern))
    for occurrence, _ in await unsent(db, series):
        if occurrence.post_id == post_id:
            continue
        target = await post_rows.get(db, by.workspace_id, occurrence.post_id or 0, kind=None)
        if target is None:
            continue
        try:
            await copies.rewrite(db, by, target, source, now=now)
        except Conflict:
            continue  # it has just left


async def _reassign(
    db: AsyncSession, by: Member, series: Series, channel_ids: Sequence[int], *, now: datetime
) -> None:
    """Have the pattern and all that is planned go to these channels."""
    if not channel_ids:
        message = "Choose one channel at least. Nothing was changed."
        raise Rejected(Problem("no_channel", message, "channel_ids"))
    to = await schedules.channels_for(db, by, channel_ids)
    pattern = await making.pattern_of(db, series)
    await posts.check_channels(db, pattern, to)
    ids = pattern.channel_ids = [each.id or 0 for each in to]
    db.add(pattern)
    for occurrence, schedule in await unsent(db, series):
        if schedule.scheduled_at <= now:
            continue  # on hold since its time: another channel would get it at once
        try:
            await assigning.assign(
                db, by, occurrence.post_id or 0, how=How.REPLACE, channel_ids=ids, now=now
            )
        except Conflict:
            continue  # it has just left
