"""Those who approve are told again of what waits for them: `domain/reminders.py` says when."""

from datetime import datetime

from socialapp.domain import moments, reminders
from socialapp.domain.notifications import Event, News
from socialapp.domain.reminders import Reminder
from socialapp.domain.text import excerpt
from socialapp.store import notifications, posts
from socialapp.store import reminders as rows
from socialapp.store.reminders import Waiting
from socialapp.store.session import AsyncSession, Database

TITLE_AT_MOST = 80


async def remind(database: Database, *, now: datetime) -> int:
    """Tell what is due, and return how much that was; commits. Twice at once tells it once."""
    async with database.reading() as db:
        due = {
            _key(each, reminder): each
            for each in await rows.waiting(db, now=now)
            if (reminder := _due(each, now))
        }
        known = await notifications.known(db, due)
    told = 0
    for each in (each for key, each in due.items() if key not in known):
        async with database.transaction() as db:
            told += await _remind(db, each, now)
    return told


async def _remind(db: AsyncSession, seen: Waiting, now: datetime) -> int:
    """Tell it unless it was approved, or moved, since it was seen: an approval locks the post."""
    await posts.get(db, seen.workspace_id, seen.post_id, kind=None, lock=True)
    for each in await rows.waiting(db, now=now, post_id=seen.post_id):
        if reminder := _due(each, now):
            return await notifications.tell(db, [_news(each, reminder, now)], now=now)
    return 0


def _due(each: Waiting, now: datetime) -> Reminder | None:
    return reminders.due(since=each.since, planned_at=each.planned_at, now=now)


def _key(each: Waiting, reminder: Reminder) -> str:
    return f"{Event.REMINDER}:{each.post_id}:{reminder.key}"


def _news(each: Waiting, reminder: Reminder, now: datetime) -> News:
    words = excerpt(each.words, TITLE_AT_MOST) or "A post without text"
    urgent = "Not approved yet, and its moment is near"
    when = moments.spoken(each.planned_at, each.zone, now=now)
    return News(
        each.workspace_id,
        Event.REMINDER,
        _key(each, reminder),
        title=f"{urgent if reminder.is_near else 'Still waits for approval'}: {words}",
        text=f"It is planned for {when}, {moments.distance(each.planned_at, now=now)}. It does not"
        " go out before it is approved.",
        schedule_id=each.schedule_id,
        post_id=each.post_id,
    )
