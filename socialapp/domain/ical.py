"""The plan as a calendar that other programs read (RFC 5545, RFC 7986)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from socialapp.domain import text as texts
from socialapp.domain.delivery import LABELS, Shown

LASTS = timedelta(minutes=15)
"""A post has no duration; calendars draw an hour or nothing for what says none."""
READ_EVERY = timedelta(hours=1)
"""What we ask of those who subscribe; some ask far less often, whatever is said here."""
TEXT_AT_MOST = 1000
"""Characters of a text: a year of long pages would be too much for a phone."""
_SUMMARY_AT_MOST = 80
_CERTAIN = {Shown.QUEUED, Shown.PUBLISHING, Shown.POSTED, Shown.PARTLY_POSTED}
"""The rest goes out only when somebody does something."""


@dataclass(frozen=True)
class Entry:
    """One schedule, as a calendar shows it."""

    uid: str
    """The same for ever, also in another feed of the same workspace."""
    schedule_id: int
    at: datetime
    changed_at: datetime
    status: Shown
    title: str
    text: str
    channels: tuple[str, ...]
    url: str = ""
    """Where its details are open; empty when nobody said where the app is reached."""


def write(name: str, entries: Iterable[Entry]) -> bytes:
    """Return the calendar: UTF-8, lines folded. The same entries give the same bytes."""
    calendar = Calendar()
    calendar.add("PRODID", "-//socialapp//Calendar feed//EN")
    calendar.add("VERSION", "2.0")
    # Programs older than RFC 7986 know only the names of others' making.
    for key in ("NAME", "X-WR-CALNAME"):
        calendar.add(key, name)
    calendar.add("REFRESH-INTERVAL", READ_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", f"PT{READ_EVERY // timedelta(hours=1)}H")
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("UID", entry.uid)
    event.add("DTSTART", entry.at)
    event.add("DURATION", LASTS)
    # Without a METHOD this is when it was last revised, not when it is sent.
    event.add("DTSTAMP", entry.changed_at)
    event.add("LAST-MODIFIED", entry.changed_at)
    event.add("SUMMARY", summary(entry))
    if entry.text:
        is_whole = len(entry.text) <= TEXT_AT_MOST
        event.add("DESCRIPTION", entry.text if is_whole else entry.text[:TEXT_AT_MOST] + "…")
    event.add("STATUS", "CONFIRMED" if entry.status in _CERTAIN else "TENTATIVE")
    event.add("TRANSP", "TRANSPARENT")  # nobody is busy while a post goes out
    if entry.url:
        event.add("URL", entry.url)
    return event


def summary(entry: Entry) -> str:
    """Return what is read at a glance: the status, the beginning of the text, the channels."""
    words = texts.excerpt(entry.title or entry.text, _SUMMARY_AT_MOST) or "No text"
    return " · ".join(
        filter(None, [f"[{LABELS[entry.status]}] {words}", ", ".join(entry.channels)])
    )
