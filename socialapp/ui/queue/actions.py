"""What is done to one schedule: look, move, publish now, cancel, retry, say what a person saw."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.delivery import Shown
from socialapp.domain.errors import ForPeople, NotFound
from socialapp.domain.people import Right
from socialapp.services import schedules
from socialapp.services.approvals import WAITS
from socialapp.store import knobs
from socialapp.store.session import reading, transaction
from socialapp.ui.components import notice
from socialapp.ui.queue import details
from socialapp.ui.queue.approval import ApprovalState
from socialapp.ui.queue.details import Details
from socialapp.ui.queue.state import QueueState
from socialapp.ui.session import needs, signed_in


class DetailsState(rx.State):
    """The open schedule, and the question that is asked about it."""

    shown: Details = details.nothing()
    is_open: bool = False
    asks: str = ""
    """The dialog above the details: "move", "cancel", "publish", or none."""
    resolved: str = ""
    """The moment of the move dialog, spoken; or what is wrong with it."""
    _zone: str = ""
    _local: str = ""

    @needs(Right.READ)
    async def open(self, schedule_id: int) -> EventSpec:
        """Show a schedule of the workspace."""
        await self._read(schedule_id)
        self.is_open, self.asks = True, ""
        spec: EventSpec = ApprovalState.read(str(schedule_id))
        return spec

    @needs(Right.READ)
    async def close(self) -> None:
        """Put the details away."""
        self.is_open, self.asks = False, ""

    @needs(Right.READ)
    async def refresh(self) -> None:
        """Read the open one again."""
        if self.is_open and self.shown["id"]:
            await self._read(self.shown["id"])

    @needs(Right.PUBLISH)
    async def ask(self, question: str) -> None:
        """Open a dialog above the details."""
        if question in {"move", "cancel", "publish"}:
            self.asks = question
            self._zone, self._local = self.shown["zone"], self.shown["local"]
            self._speak()

    @needs(Right.READ)
    async def dismiss(self) -> None:
        """Close that dialog; nothing is done."""
        self.asks = ""

    @needs(Right.PUBLISH)
    async def preview_time(self, local: str) -> None:
        """Say which moment the typed time is."""
        self._local = local[:64]
        self._speak()

    @needs(Right.PUBLISH)
    async def preview_zone(self, zone: str) -> None:
        """Say which moment it is in another zone."""
        self._zone = zone[:64]
        self._speak()

    @needs(Right.PUBLISH)
    async def move(self, form: dict[str, Any]) -> list[EventSpec]:
        """Give it another moment."""
        by, now = await signed_in(self), utc_now()
        at = moments.read(str(form.get("at", "")), zone=str(form.get("move_zone") or by.zone))
        async with transaction() as db:
            await schedules.move(db, by, self.shown["id"], at=at, now=now)
        return await self._done(f"Moved to {moments.spoken(at.at, at.zone, now=now)}.")

    @needs(Right.PUBLISH)
    async def publish_now(self) -> list[EventSpec]:
        """Make it due at once."""
        by = await signed_in(self)
        async with transaction() as db:
            await schedules.publish_now(db, by, self.shown["id"], now=utc_now())
        return await self._done("It goes out now.", goes_out=True)

    @needs(Right.PUBLISH)
    async def cancel(self) -> list[EventSpec]:
        """Stop what has not left."""
        by = await signed_in(self)
        async with transaction() as db:
            await schedules.cancel(db, by, self.shown["id"], now=utc_now())
        return await self._done("Cancelled. The post is kept.")

    @needs(Right.PUBLISH)
    async def retry(self, delivery_id: int) -> list[EventSpec]:
        """Try one delivery again that is surely not out."""
        by = await signed_in(self)
        async with transaction() as db:
            await schedules.retry_delivery(db, by, delivery_id, now=utc_now())
        return await self._done("It is tried again now.", goes_out=True)

    @needs(Right.PUBLISH)
    async def resolve(self, delivery_id: int, is_there: bool) -> list[EventSpec]:
        """Take a person's word for whether it is out."""
        by = await signed_in(self)
        async with transaction() as db:
            await schedules.resolve(db, by, delivery_id, posted=is_there, now=utc_now())
        said = "Noted: it is there." if is_there else "Noted: it is not there. It goes out now."
        return await self._done(said, goes_out=not is_there)

    async def _read(self, schedule_id: int) -> None:
        by = await signed_in(self)
        async with reading() as db:
            found = await details.read(
                db, by.workspace_id, schedule_id, zone=by.zone, now=utc_now()
            )
        if found is None:
            self.is_open = False
            raise NotFound("There is no such schedule, or it was removed.")
        self.shown = found

    async def _done(self, words: str, *, goes_out: bool = False) -> list[EventSpec]:
        self.asks = ""
        await self._read(self.shown["id"])
        if goes_out and (why := await self._standstill()):
            words = why
        return [notice.good(words), QueueState.refresh()]

    async def _standstill(self) -> str:
        """Say why nothing goes out now, if so."""
        if self.shown["status"] in WAITS:
            return "It waits for approval. Nothing is lost."
        if self.shown["status"] == Shown.PAUSED:
            return "It is on hold until publishing is resumed. Nothing is lost."
        async with reading() as db:
            is_running = await knobs.is_running(db)
        stopped = "It waits: publishing is stopped for this installation. Nothing is lost."
        return "" if is_running else stopped

    def _speak(self) -> None:
        now = utc_now()
        try:
            at = moments.read(self._local, zone=self._zone)
        except ForPeople as no:
            self.resolved = no.detail
            return
        words = f"{moments.spoken(at.at, at.zone, now=now)} · {moments.distance(at.at, now=now)}"
        if at.was_skipped:
            words += ". The clocks jump over that time; this is the first that exists."
        if at.happens_twice:
            words += ". The clocks go back over that time; this is the first of the two."
        self.resolved = words
