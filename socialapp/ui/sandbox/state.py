"""Reading the public timeline. Anyone may: it is what followers would see."""

from datetime import datetime
from typing import TypedDict

import reflex as rx
import regex

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.store import sandbox
from socialapp.store.session import AsyncSession, reading
from socialapp.store.tables import Channel, SandboxPost
from socialapp.ui import routes
from socialapp.ui.rights import PUBLIC, needs
from socialapp.ui.rows import letters

AT_ONCE = 20
AT_MOST = 200
_MARKED = regex.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]|(?<!\w)[#@][\p{L}\p{N}_]+")


class Piece(TypedDict):
    """A stretch of text: plain, a link, or a hashtag or mention."""

    key: str
    kind: str
    text: str


class Picture(TypedDict):
    """A picture or film of a post."""

    key: str
    url: str
    alt: str
    is_film: bool


class TimelinePost(TypedDict):
    """One post as followers see it."""

    key: str
    name: str
    letters: str
    handle: str
    when: str
    at: str
    pieces: list[Piece]
    pictures: list[Picture]
    is_wanted: bool


class SandboxState(rx.State):
    """The part of the timeline that is shown."""

    posts: list[TimelinePost] = []
    account: str = ""
    account_name: str = ""
    has_more: bool = False
    is_loaded: bool = False
    _shown: int = AT_ONCE

    @needs(PUBLIC)
    async def load(self) -> None:
        """Read the newest posts; of one account, if the address names it."""
        asked = self.router.url.query_parameters
        self.account = asked.get("account", "")[:100]
        self._shown = AT_ONCE
        await self._read()

    @needs(PUBLIC)
    async def refresh(self) -> None:
        """Read what is shown again."""
        await self._read()

    @needs(PUBLIC)
    async def show_more(self) -> None:
        """Read further down."""
        self._shown = min(self._shown + AT_ONCE, AT_MOST)
        await self._read()

    async def _read(self) -> None:
        wanted = self.router.url.query_parameters.get("post", "")
        async with reading() as db:
            found = await sandbox.timeline(db, account=self.account, limit=self._shown + 1)
            if wanted.isdecimal() and len(wanted) < 18:
                found = await _with_wanted(db, found, int(wanted))
        now = utc_now()
        self.posts = [
            _view(post, channel, wanted=wanted, now=now) for post, channel in found[: self._shown]
        ]
        self.account_name = found[0][1].name if self.account and found else ""
        self.has_more = len(found) > self._shown and self._shown < AT_MOST
        self.is_loaded = True


async def _with_wanted(
    db: AsyncSession, found: list[tuple[SandboxPost, Channel]], wanted: int
) -> list[tuple[SandboxPost, Channel]]:
    """Put the post that the address names on top when it is further down."""
    if any(post.id == wanted for post, _ in found):
        return found
    below = await sandbox.timeline(db, before=wanted + 1, limit=1)
    return [*(pair for pair in below if pair[0].id == wanted), *found]


def _view(post: SandboxPost, channel: Channel, *, wanted: str, now: datetime) -> TimelinePost:
    # People without an account look too, so the time is UTC and says so.
    when = moments.spoken(post.created_at, "UTC", now=now)
    return TimelinePost(
        key=str(post.id),
        name=channel.name,
        letters=letters(channel.name),
        handle=post.account,
        when=when,
        at=moments.iso(post.created_at),
        pieces=pieces(post.text),
        pictures=[
            Picture(
                key=f"{post.id}-{place}",
                url=routes.sandbox_media(str(medium["sha256"])),
                alt=str(medium.get("alt_text", "")),
                is_film=str(medium.get("mime_type", "")).startswith("video/"),
            )
            for place, medium in enumerate(post.media)
        ],
        is_wanted=str(post.id) == wanted,
    )


def pieces(text: str) -> list[Piece]:
    """Cut a text into plain stretches, links, hashtags and mentions; joined they are the text."""
    found: list[Piece] = []
    end = 0
    for match in _MARKED.finditer(text):
        if match.start() > end:
            found.append(_piece("text", text[end : match.start()], len(found)))
        is_link = match[0].startswith("http")
        found.append(_piece("link" if is_link else "tag", match[0], len(found)))
        end = match.end()
    if end < len(text):
        found.append(_piece("text", text[end:], len(found)))
    return found


def _piece(kind: str, text: str, number: int) -> Piece:
    return Piece(key=str(number), kind=kind, text=text)
