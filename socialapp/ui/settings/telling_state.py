"""What somebody is told outside of the app, and where: all of it one's own."""

from datetime import datetime
from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.notifications import WORDS, heard
from socialapp.domain.people import Member, Right
from socialapp.services import destinations
from socialapp.store.session import reading, transaction
from socialapp.store.tables import Destination
from socialapp.ui.components import notice
from socialapp.ui.session import needs, signed_in


class DestinationView(TypedDict):
    """One destination; its address is never shown again."""

    id: int
    key: str
    name: str
    service: str
    stands: str
    is_troubled: bool


class WishView(TypedDict):
    """An event, and when one is told of it."""

    event: str
    words: str
    when: str


class TellingState(rx.State):
    """The tab."""

    places: list[DestinationView] = []
    wishes: list[WishView] = []
    muted: str = ""
    is_loaded: bool = False

    @needs(Right.READ)
    async def load(self) -> None:
        """Read everything again."""
        await self._read(await signed_in(self))

    @needs(Right.READ)
    async def add(self, form: dict[str, Any]) -> EventSpec:
        """Keep a destination."""
        by = await signed_in(self)
        name, address = str(form.get("place_name", "")), str(form.get("place_address", ""))
        async with transaction() as db:
            await destinations.add(db, by, name=name, address=address)
        await self._read(by)
        return notice.good("Kept. Send a test to see whether it arrives.")

    @needs(Right.READ)
    async def remove(self, destination_id: int) -> EventSpec:
        """Forget a destination."""
        by = await signed_in(self)
        async with transaction() as db:
            await destinations.remove(db, by, destination_id)
        await self._read(by)
        return notice.good("Removed. Nothing is sent there any more.")

    @needs(Right.READ)
    async def test(self, destination_id: int) -> EventSpec:
        """Have a test sent."""
        by = await signed_in(self)
        async with transaction() as db:
            await destinations.ask_for_test(db, by, destination_id)
        return notice.good("A worker sends the test now. How it went is shown beside it.")

    @needs(Right.READ)
    async def choose(self, event: str, when: str) -> None:
        """Choose when one is told of an event."""
        by = await signed_in(self)
        async with transaction() as db:
            await destinations.wish(db, by, event, when)
        await self._read(by)

    @needs(Right.READ)
    async def mute(self, hours: str) -> None:
        """Hear nothing for a while."""
        by = await signed_in(self)
        async with transaction() as db:
            await destinations.mute(db, by, hours, now=utc_now())
        await self._read(by)

    async def _read(self, by: Member) -> None:
        now = utc_now()
        async with reading() as db:
            mine = await destinations.mine(db, by)
            wanted = await destinations.wishes(db, by)
        self.places = [_place(each, by, now) for each in mine]
        self.wishes = [
            WishView(event=event.value, words=WORDS[event], when=when.value)
            for event, when in wanted.when.items()
            if event in heard(by.rights)
        ]
        until = wanted.muted_until
        is_muted = until is not None and until > now
        self.muted = moments.spoken(until, by.zone, now=now) if until and is_muted else ""
        self.is_loaded = True


def _place(place: Destination, by: Member, now: datetime) -> DestinationView:
    stands = "Not tried yet."
    if place.trouble:
        stands = place.trouble
    elif place.tried_at:
        stands = f"Worked {moments.spoken(place.tried_at, by.zone, now=now)}."
    return DestinationView(
        id=place.id or 0,
        key=str(place.id),
        name=place.name,
        service=place.service,
        stands=stands,
        is_troubled=bool(place.trouble),
    )
