"""Finding a post in the account's own list, and telling it from others with the same words.

Source: https://docs.joinmastodon.org/methods/accounts/#statuses
"""

import email.utils
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from socialapp.clock import utc_now
from socialapp.domain.outcome import Absent, Finding, Unknown
from socialapp.providers.contract import PublishFailed
from socialapp.providers.http import Answer
from socialapp.providers.intent import Intent
from socialapp.providers.mastodon.reading import (
    Listed,
    Unreadable,
    bones,
    gist,
    listed,
    plain,
    typed,
    unescaped,
)
from socialapp.providers.mastodon.server import Server, fields, read

PAGE = 40
PAGES_AT_MOST = 5
SOURCES_AT_MOST = 8
"""Statuses whose typed text is asked for, in one look."""
_ROUNDING = timedelta(seconds=5)
"""The clock of a server is known from a header in whole seconds, and an answer takes a moment."""
_CLOCK_MAY_BE_WRONG = timedelta(minutes=10)
"""What is so much older than the attempt is none of it; what is less, nobody can say."""
_ABSURD = timedelta(days=1)
_LINGERS = timedelta(minutes=10)
"""A request that was sent last so long ago is not on its way in any more."""


@dataclass(frozen=True)
class Wanted:
    """What a status has that is ours."""

    text: str
    warning: str
    reply_to: str
    media: tuple[str, ...]
    has_poll: bool
    not_these: Collection[str]
    """The ids of what is known to be another."""

    @property
    def words(self) -> set[tuple[str, str]]:
        """The text with its warning: a warning about no text becomes the text."""
        pairs = {(typed(self.text), unescaped(self.warning))}
        return pairs if self.text.strip() else pairs | {(typed(self.warning), "")}

    def has_our_media(self, status: Listed) -> bool:
        """Whether it is ours beyond doubt: a medium is attached to one status."""
        return bool(self.media) and set(self.media) == set(status.media)

    def may_be(self, status: Listed) -> bool:
        """Whether nothing but the text is left to compare."""
        return (
            not status.is_reblog
            and status.posted.remote_id not in self.not_these
            and status.reply_to == self.reply_to
            and len(status.media) <= len(self.media)
            and status.has_poll <= self.has_poll
            and unescaped(status.warning) in {warning for _, warning in self.words}
        )


@dataclass
class Search:
    """One look at the list."""

    server: Server
    account_id: str
    wanted: Wanted
    since: datetime
    ours: list[Listed] = field(default_factory=list)
    doubtful: list[Listed] = field(default_factory=list)
    _ahead: timedelta = timedelta(0)
    """The server's clock before ours."""

    async def run(self, twins: Sequence[tuple[datetime, datetime]] = ()) -> Finding:
        """Look; never raises. `twins`: when others with these words were sent, first and last."""
        try:
            sure = await self._look()
        except (PublishFailed, Unreadable):
            return Unknown(f"{self.server.name} did not say whether the post is there.")
        if sure:
            return sure.posted
        if self.ours:
            return self._apart(twins)
        if self.doubtful:
            return Unknown(f"{self.server.name} has a post like it that may be another.")
        return Absent()

    async def _look(self) -> Listed | None:
        """Sort what is there; returns the one that is ours beyond doubt. Raises Unreadable."""
        close: list[Listed] = []
        async for status in self._statuses():
            if self._at(status) < self.since - _CLOCK_MAY_BE_WRONG:
                continue
            if self.wanted.has_our_media(status):
                return status
            if self.wanted.may_be(status):
                close.append(status)
        shown = {gist(text) for text, _ in self.wanted.words}
        close.sort(key=lambda status: gist(plain(status.content)) not in shown)
        for number, status in enumerate(close):
            source = await self._source(status) if number < SOURCES_AT_MOST else None
            self._sort(status, shown, source)
        return None

    def _sort(self, status: Listed, shown: Collection[str], source: str | None) -> None:
        words = plain(status.content)
        is_shown = gist(words) in shown
        is_typed = source is not None and source in {text for text, _ in self.wanted.words}
        is_surely_ours = (
            (is_typed or (is_shown and source is None))
            and self._at(status) >= self.since - _ROUNDING
            and status.has_poll == self.wanted.has_poll
            and not self.wanted.media
        )
        # A server that rewrites what was typed, and does not say what it was.
        is_like = source is None and bones(words) in {bones(text) for text in shown} - {""}
        if is_surely_ours:
            self.ours.append(status)
        elif is_shown or is_typed or is_like:
            self.doubtful.append(status)

    def _apart(self, twins: Sequence[tuple[datetime, datetime]]) -> Finding:
        """Return one of those with our words that is not needed by another delivery."""
        if self.wanted.reply_to:
            twins = ()  # they answer something else
        rivals = [{n for n, t in enumerate(twins) if self._may_be_of(s, t)} for s in self.ours]
        free = [s for s, theirs in zip(self.ours, rivals, strict=True) if not theirs]
        if not free and len(self.ours) > len(set().union(*rivals)):
            free = self.ours
        if free:
            return min(free, key=lambda status: status.created_at).posted
        reason = f"{self.server.name} has a post with these words; two were sent."
        return Unknown(f"{reason} It cannot be told which of them is there.")

    def _may_be_of(self, status: Listed, twin: tuple[datetime, datetime]) -> bool:
        first_at, last_at = twin
        return first_at - _ROUNDING <= self._at(status) <= last_at + _LINGERS

    def _at(self, status: Listed) -> datetime:
        """Return when it was made, by our clock."""
        return status.created_at - self._ahead

    async def _statuses(self) -> AsyncIterator[Listed]:
        """Yield the newest first, back to what is older than the attempt. Raises Unreadable."""
        path = f"/api/v1/accounts/{quote(self.account_id, safe='')}/statuses"
        query = {"limit": str(PAGE), "exclude_reblogs": "true"}
        for _ in range(PAGES_AT_MOST):
            answer = await self.server.ask("GET", path, params=query)
            found = read(answer)
            if answer.status != 200 or not isinstance(found, list):
                raise Unreadable
            self._ahead = _ahead(answer)
            page = [listed(one, self.server.address) for one in found]
            for status in page:
                yield status
            if not page or self._at(page[-1]) < self.since - _CLOCK_MAY_BE_WRONG:
                return
            query["max_id"] = page[-1].posted.remote_id
        raise Unreadable

    async def _source(self, status: Listed) -> str | None:
        """Return what was typed; None where the server does not say it."""
        path = f"/api/v1/statuses/{quote(status.posted.remote_id, safe='')}/source"
        try:
            answer = await self.server.ask("GET", path)
        except PublishFailed:
            return None
        text = fields(answer).get("text")
        return typed(text) if answer.status == 200 and isinstance(text, str) else None


def _ahead(answer: Answer) -> timedelta:
    words = next((v for k, v in answer.headers.items() if k.lower() == "date"), "")
    try:
        at = email.utils.parsedate_to_datetime(words)
    except (ValueError, TypeError):
        return timedelta(0)
    ahead = (at if at.tzinfo else at.replace(tzinfo=UTC)) - utc_now()
    return ahead if _ROUNDING < abs(ahead) < _ABSURD else timedelta(0)


def wanted(intent: Intent, *, media: Sequence[str], follows: str) -> Wanted:
    """Return what the part that is next looks like when it is out."""
    known = {*intent.elsewhere, *(str(out["remote_id"]) for out in intent.posted)}
    return Wanted(
        text=intent.part.text,
        warning=str(intent.options.get("content_warning") or ""),
        reply_to=follows,
        media=tuple(media),
        has_poll=bool(intent.options.get("poll")) and not intent.index,
        not_these={name.rstrip("/").rpartition("/")[2] for name in known},  # an id ends an address
    )
