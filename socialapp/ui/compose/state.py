"""What the editor of posts does beside what all editors do: media, and threads of long texts."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import reflex as rx

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.content import Kind
from socialapp.domain.errors import ForPeople, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.domain.slots import Slot
from socialapp.services import results, slots, templates
from socialapp.store.session import AsyncSession, reading, transaction
from socialapp.store.tables import Post
from socialapp.ui.compose import written as wire
from socialapp.ui.compose.desk import Desk, received
from socialapp.ui.compose.drafts import Opened
from socialapp.ui.compose.written import Long, WrittenPost
from socialapp.ui.session import needs, signed_in


class ComposeState(Desk, rx.State):
    """One editor of posts in one tab."""

    KIND = Kind.POST
    SHAPE = WrittenPost

    suggested: dict[str, Any] = {}
    """Times for the channels that were asked for: `asked`, `words`, `times`, `queue`."""
    thread: dict[str, Any] = {}
    """The answer to the last wish to split a text: `ticket`, `parts`, `trouble`."""
    template: dict[str, str] = {}
    """The answer to the last wish to keep a template: `ticket`, `name`, `trouble`."""

    @needs(Right.READ)
    async def suggest(self, channel_ids: list[int]) -> None:
        """Suggest moments for a post to these channels, and say what they rest on."""
        by, now = await signed_in(self), utc_now()
        async with reading() as db:
            said = await results.suggested(db, by, channel_ids[:50], now=now)
            free = await slots.next_free(db, by, channel_ids[:50], now=now)
        self.suggested = {
            "asked": ",".join(map(str, channel_ids[:50])),
            "queue": _next_slots(free.values(), now=now),
            "words": results.how_much_is_known(said.found.posts),
            "times": [
                {
                    "local": f"{each.local:%Y-%m-%dT%H:%M}",
                    "zone": said.zone,
                    "words": f"{each.local:%a %H:%M} · {results.rests_on(each.rated)}",
                    "day": moments.spoken(each.at, said.zone, now=now),
                }
                for each in said.found.moments
            ],
        }

    @needs(Right.WRITE)
    async def split(self, request: dict[str, Any]) -> None:
        """Give back a text in parts that fit the channels; nothing is kept."""
        asked, by = received(Long, request), await signed_in(self)
        answer: dict[str, Any] = {"ticket": asked.ticket, "parts": [], "trouble": ""}
        try:
            async with reading() as db:
                answer["parts"] = await wire.read_thread(db, by, asked)
        except Rejected as no:
            answer["trouble"] = no.detail
        self.thread = answer

    @needs(Right.WRITE)
    async def keep_template(self, request: dict[str, Any]) -> None:
        """Keep what is written as a template, under a name."""
        pattern, by = received(wire.Pattern, request), await signed_in(self)
        answer = {"ticket": pattern.ticket, "trouble": "", "name": ""}
        try:
            async with transaction() as db:
                made, _ = await templates.create(
                    db, by, name=pattern.name, **pattern.given(), now=utc_now()
                )
            answer["name"] = made.name
        except ForPeople as no:
            answer["trouble"] = no.detail
        self.template = answer

    async def _content(self, db: AsyncSession, by: Member, asked: Opened) -> dict[str, Any]:
        return await wire.read_content(db, by, asked)

    async def _is_kept(self, db: AsyncSession, post: Post, written: WrittenPost) -> bool:
        return await wire.is_kept(db, post, written)

    def _check_said(self, post: Post, written: WrittenPost) -> None:
        said = (post.text, *post.parts, *(v.get("text", "") for v in post.variants.values()))
        if not any(words.strip() for words in said) and not written.has_media:
            raise Rejected(Problem("text_required", "Write something, or add a picture.", "text"))


def _next_slots(free: Collection[Slot | None], *, now: datetime) -> str:
    """Say when a post goes out that is added to the queue; empty when a channel has no slot."""
    found = [slot for slot in free if slot]
    if not found or len(found) < len(free):
        return ""
    first, *later = sorted({(slot.at, slot.zone) for slot in found})
    words = moments.spoken(*first, now=now)
    return f"{words}; some channels later" if later else words
