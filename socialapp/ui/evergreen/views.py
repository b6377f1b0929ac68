"""What the page shows of an evergreen list: finished words in its zone, never a table's row."""

from datetime import datetime
from typing import TypedDict

from socialapp.domain import moments
from socialapp.domain.people import Member
from socialapp.domain.recycling import State
from socialapp.services import evergreen, going_round, recycling
from socialapp.store import channels, posts, team
from socialapp.store import evergreen as rows
from socialapp.store import recycling as recycling_rows
from socialapp.store.session import AsyncSession
from socialapp.store.tables import EvergreenList, Post, RecycledPost
from socialapp.ui import routes
from socialapp.ui.rows import heading

PAST_SHOWN = 10
FOUND_SHOWN = 20


class WordingRow(TypedDict):
    """One wording of an entry."""

    key: str
    entry: int
    id: int
    text: str
    is_first: bool
    """The first of its entry."""
    is_only: bool
    origin: str
    """Why a rule has found the entry; of its first wording. Empty: a person added it."""
    original: str
    """The address of the post that was found."""


class FoundRow(TypedDict):
    """A post that the recycling rule has found."""

    key: str
    id: int
    text: str
    address: str
    """Of the original."""
    why: str
    words: str
    """What became of it, when and by whom."""


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
    recycling: str
    """Its recycling rule; empty: it has none."""
    recycling_said: str
    """What the last look came to, and when the next is."""
    proposals: list[FoundRow]
    recycled: list[FoundRow]


async def list_row(db: AsyncSession, by: Member, found: EvergreenList, *, now: datetime) -> ListRow:
    """Build the row of a list."""
    entries = await rows.entries(db, [found.id or 0])
    wordings = await rows.wordings(db, [entry.id or 0 for entry in entries])
    texts = await posts.by_id(db, by.workspace_id, {w.post_id for w in wordings})
    said = {w.id or 0: heading(texts[w.post_id]) or "A post without text" for w in wordings}
    by_entry = [[w for w in wordings if w.entry_id == entry.id] for entry in entries]
    names = await channels.by_id(db, by.workspace_id, set(found.channel_ids))
    stopped = "stopped" if found.stopped else "paused"
    kept = await recycling_rows.rule(db, by.workspace_id, found.id or 0)
    waits = await recycling_rows.page(
        db, by.workspace_id, found.id or 0, state=State.PROPOSED, limit=FOUND_SHOWN
    )
    known = await recycling_rows.page(
        db, by.workspace_id, found.id or 0, but=State.PROPOSED, limit=FOUND_SHOWN
    )
    people = {each.decided_by for each, _ in known.items if each.decided_by}
    who = await team.names(db, by.workspace_id, people)
    origins = await recycling_rows.of_entries(
        db, by.workspace_id, [entry.id or 0 for entry in entries]
    )
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
                origin=origins[w.entry_id].why if number == 0 and w.entry_id in origins else "",
                original=routes.compose(origins[w.entry_id].post_id)
                if w.entry_id in origins
                else "",
            )
            for some in by_entry
            for number, w in enumerate(some)
        ],
        ahead=[
            TurnRow(
                key=moments.iso(each.turn_at),
                at=moments.iso(each.turn_at),
                words=moments.spoken(each.at, found.timezone, now=now),
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
                words=moments.spoken(post.scheduled_at or turn.nominal_at, found.timezone, now=now),
                text=heading(post),
                why=turn.why,
                status=post.status,
                is_skipped=False,
            )
            for turn, post in await rows.past(db, found.id or 0, limit=PAST_SHOWN)
        ],
        recycling=recycling.rule_of(kept).spoken() if kept else "",
        recycling_said=" ".join([kept.said, recycling.when(kept, now=now)]) if kept else "",
        proposals=[_found(each, post, "") for each, post in reversed(waits.items)],
        recycled=[
            _found(each, post, _became(each, who, found.timezone, now=now))
            for each, post in known.items
        ],
    )


def _found(found: RecycledPost, post: Post, words: str) -> FoundRow:
    return FoundRow(
        key=str(found.id),
        id=found.id or 0,
        text=heading(post) or "A post without text",
        address=routes.compose(found.post_id),
        why=found.why,
        words=words,
    )


_DEEDS = {State.ADDED: "Accepted", State.DISMISSED: "Dismissed", State.WITHDRAWN: "Withdrawn"}


def _became(found: RecycledPost, who: dict[int, str], zone: str, *, now: datetime) -> str:
    deed = _DEEDS[State(found.state)]
    if found.decided_by is None:
        deed = "Added by the rule" if found.state == State.ADDED else deed
    else:
        deed = f"{deed} by {who.get(found.decided_by, 'somebody who left')}"
    return f"{deed} {moments.spoken(found.decided_at or found.found_at, zone, now=now)}"
