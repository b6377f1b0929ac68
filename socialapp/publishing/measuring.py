"""Asks networks what people did with what is out: politely, and never in the way of a post.

What holds for posts holds here, too: nothing is asked at an account or a network that is closed or
silent. But nothing that comes of asking closes them for posts, and of what an account may still do
the larger part is left to those.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from socialapp.access import Keyring
from socialapp.clock import utc_now
from socialapp.domain.outcome import Disconnected, TryLater, Unknown
from socialapp.domain.results import ENDS_AFTER, Measurement
from socialapp.providers.contract import Measures, Provider, PublishFailed
from socialapp.providers.http import Allowance, hearing
from socialapp.store import limits, measuring
from socialapp.store.limits import Limit
from socialapp.store.measuring import Due
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import Channel

EVERY_S = 5.0
AT_ONCE = 3
"""Requests under way; posts have the rest of this worker."""
RECENT = timedelta(hours=1)
ALL_EVERY_S = 3600.0
LATER = timedelta(minutes=15)
MUCH_LATER = timedelta(hours=6)
"""For a channel at which a person has to do something first."""
LONGEST = timedelta(days=1)
LEFT_FOR_POSTS = 0.5
"""Of what an account may do in its network's window."""
_log = logging.getLogger(__name__)


class Measuring:
    """One worker's asking; any number of them share the work and the limits a minute has."""

    def __init__(
        self,
        database: Database,
        networks: Mapping[str, Provider],
        keyring: Keyring,
        *,
        silent: Callable[[], Sequence[str]] = lambda: (),
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._networks = {key: p for key, p in networks.items() if isinstance(p, Measures)}
        self._keyring = keyring
        self._silent = silent
        self._now = now
        self._rounds = 0

    async def run(self) -> None:
        """Ask about what is due, for as long as this worker runs."""
        while True:
            try:
                await self.once()
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                _log.warning("Results wait: the database does not answer (%s).", error)
            except Exception:
                _log.exception("Results could not be read; trying again.")
            await asyncio.sleep(EVERY_S)

    async def once(self) -> int:
        """Ask about what is due now; return about how many posts."""
        now = self._now()
        is_thorough = self._rounds % round(ALL_EVERY_S / EVERY_S) == 0
        self._rounds += 1
        async with self._database.reading() as db:
            since = now - (ENDS_AFTER if is_thorough else RECENT)
            has_work = await measuring.has_work(db, self._networks, since=since, now=now)
        if not has_work:
            return 0
        async with self._database.transaction() as db:
            await measuring.enrol(db, self._networks, since=since, now=now)
            due = await measuring.claim(db, self._networks, now=now)
            open_ = await self._those_open(db, due)
        places = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as tasks:
            for channel, theirs in open_:
                tasks.create_task(self._ask_at(channel, theirs, places))
        return sum(len(theirs) for _, theirs in open_)

    async def _those_open(self, db: AsyncSession, due: Sequence[Due]) -> "_ByChannel":
        """Return what may be asked now, by channel; put off the rest."""
        by_channel: dict[int, list[Due]] = defaultdict(list)
        for each in due:
            by_channel[each.channel_id].append(each)
        there = await measuring.channels_of(db, by_channel)
        said = await limits.of_channels(db, there.values(), now=self._now())
        open_: _ByChannel = []
        for channel_id, theirs in by_channel.items():
            channel = there[channel_id]
            if channel.removed_at:
                await measuring.end(db, channel_id)
            elif until := self._closed_until(channel, said.get(channel_id)):
                await measuring.put_off(db, channel_id, until)
            else:
                open_.append((channel, theirs))
        return open_

    def _closed_until(self, channel: Channel, said: Limit | None) -> datetime | None:
        now = self._now()
        if channel.needs_reconnect:
            return now + LATER
        if limits.network(channel.provider, channel.address) in self._silent():
            return now + LATER
        if said and said.closed_until:
            return said.closed_until
        if said and said.remaining is not None and said.resets_at:
            # Only what is nearly used up is written down at all: it is for posts.
            return min(said.resets_at, now + LONGEST)
        return None

    async def _ask_at(
        self, channel: Channel, due: Sequence[Due], places: asyncio.Semaphore
    ) -> None:
        provider = self._networks[channel.provider]
        size = provider.measured_at_once
        for start in range(0, len(due), size):
            some = due[start : start + size]
            async with places:
                if not await self._ask(channel, provider, some):
                    return

    async def _ask(self, channel: Channel, provider: Provider, some: Sequence[Due]) -> bool:
        """Ask in one request, and keep what was said; False: nothing more at this channel now."""
        with hearing() as heard:
            try:
                found = await self._measure(channel, provider, some)
            except PublishFailed as error:
                await self._put_off(channel, some, error)
                return False
            except Exception:
                _log.exception("The results of channel %s could not be read.", channel.id)
                await self._put_off(channel, some, PublishFailed(Unknown("")))
                return False
        now = self._now()
        until = _reserved_until(heard[-1], now=now) if heard else None
        async with self._database.transaction() as db:
            known = [(due, found[due.remote_id]) for due in some if due.remote_id in found]
            await measuring.record(db, known, now=now)
            silent = [due.delivery_id for due in some if due.remote_id not in found]
            await measuring.again(db, silent, now + LATER)
            if until:
                await measuring.put_off(db, channel.id or 0, until)
        return until is None

    async def _measure(
        self, channel: Channel, provider: Provider, some: Sequence[Due]
    ) -> Mapping[str, Measurement]:
        assert isinstance(provider, Measures)
        posted = [due.posted for due in some]
        access = await self._keyring.of(channel, provider)
        try:
            return await provider.measure(posted, access)
        except PublishFailed as error:
            if not isinstance(error.outcome, Disconnected):
                raise
            renewed = await self._keyring.renew(channel, provider, access)
            if renewed is None:
                raise
            return await provider.measure(posted, renewed)

    async def _put_off(self, channel: Channel, some: Sequence[Due], error: PublishFailed) -> None:
        """Leave a channel alone for a while. It is the next post that finds out more."""
        outcome = error.outcome
        wait = LATER if isinstance(outcome, TryLater | Unknown) else MUCH_LATER
        if isinstance(outcome, TryLater) and outcome.after:
            wait = min(max(outcome.after, LATER / 15), LONGEST)
        why = (
            f"{channel.name} does not let us read it."
            if wait is MUCH_LATER
            else f"{channel.name} did not answer."
        )
        until = self._now() + wait
        async with self._database.transaction() as db:
            ids = [due.delivery_id for due in some]
            await measuring.put_off(db, channel.id or 0, until, why=why, of=ids)


_ByChannel = list[tuple[Channel, Sequence[Due]]]


def _reserved_until(said: Allowance, *, now: datetime) -> datetime | None:
    """Return until when what is left of an account's allowance is for posts alone."""
    least = (said.allowed or 0) * LEFT_FOR_POSTS
    return min(said.resets_at, now + LONGEST) if said.remaining <= least else None
