"""What the page shows of an evergreen list: finished words in its zone, never a table's row."""

from datetime import datetime
from typing import TypedDict

from socialapp.domain import moments
from socialapp.domain.people import Member
from socialapp.services import evergreen, going_round
from socialapp.store import channels, posts
from socialapp.store import evergreen as rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import EvergreenList
from socialapp.ui.rows import heading

PAST_SHOWN = 10


class WordingRow(TypedDict):
    """One wording of an entry."""

    key: str
    entry: int
    id: int
    text: str
    is_first: bool
    """The first of its entry."""
    is_only: bool


class TurnRow(TypedDict):
    """A turn to come, or one that is over."""

    key: str
    at: str
    """The moment of the turn; it names it."""
    words: str
    text: str
    why: str
    status: str
    is_skipped: bool


class ListRow(TypedDict):
    """One list."""

    id: int
    key: str
    name: str
    words: str
    channels: str
    rest: str
    state: str
    """`round`, `paused` or `stopped`."""
    trouble: str
    wordings: list[WordingRow]
    ahead: list[TurnRow]
    past: list[TurnRow]


async def list_row(db: AsyncSession, by: Member, found: EvergreenList, *, now: datetime) -> ListRow:
    """Build the row of a list."""
    entries = await rows.entries(db, [found.id or 0])
    wordings = await rows.wordings(db, [entry.id or 0 for entry in entries])
    texts = await posts.by_id(db, by.workspace_id, {w.post_id for w in wordings})
    said = {w.id or 0: heading(texts[w.post_id]) or "A post without text" for w in wordings}
    by_entry = [[w for w in wordings if w.entry_id == entry.id] for entry in entries]
    names = await channels.by_id(db, by.workspace_id, set(found.channel_ids))
    stopped = "stopped" if found.stopped else "paused"
    return ListRow(
        id=found.id or 0,
        key=str(found.id),
        name=found.name,
        words=going_round.rhythm_of(found).spoken(found.timezone),
        channels=", ".join(names[i].name for i in found.channel_ids if i in names),
        rest=f"Each wording rests {found.rest_days} days.",
        state=stopped if found.paused_at else "round",
        trouble=found.stopped or found.trouble,
        wordings=[
            WordingRow(
                key=str(w.id),
                entry=w.entry_id,
                id=w.id or 0,
                text=said[w.id or 0],
                is_first=number == 0,
                is_only=len(some) == 1,
            )
            for some in by_entry
            for number, w in enumerate(some)
        ],
        ahead=[
            TurnRow(
                key=moments.iso(each.turn_at),
                at=moments.iso(each.turn_at),
                words=_when(each.at, found.timezone, now=now),
                text=said.get(each.wording_id or 0, ""),
                why=each.why,
                status=each.status,
                is_skipped=each.is_skipped,
            )
            for each in await evergreen.upcoming(db, by, found, now=now)
        ],
        past=[
            TurnRow(
                key=str(turn.id),
                at=moments.iso(turn.nominal_at),
                words=_when(post.scheduled_at or turn.nominal_at, found.timezone, now=now),
                text=heading(post),
                why=turn.why,
                status=post.status,
                is_skipped=False,
            )
            for turn, post in await rows.past(db, found.id or 0, limit=PAST_SHOWN)
        ],
    )


def _when(at: datetime, zone: str, *, now: datetime) -> str:
    return moments.spoken(at, zone, now=now).removesuffix(f" {zone}")
