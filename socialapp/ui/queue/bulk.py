"""What is done to many lines of the queue at once, and the way back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.errors import ForPeople, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.services import bulk, bulk_posts, bulk_undo, moves, reorder
from socialapp.services.assigning import How
from socialapp.services.bulk import Action, Deed
from socialapp.services.bulk_undo import Back
from socialapp.services.moves import Before
from socialapp.services.spreading import Seen
from socialapp.store import posts, schedules
from socialapp.store.session import reading, transaction
from socialapp.ui.components import notice
from socialapp.ui.queue import post_deeds
from socialapp.ui.queue.post_deeds import LineView
from socialapp.ui.queue.state import QueueState, filters
from socialapp.ui.session import needs, signed_in

ACTIONS = {"publish": Action.PUBLISH_NOW, "cancel": Action.CANCEL, "retry": Action.RETRY}
UNITS = {"minutes": (0, 1), "hours": (0, 60), "days": (1, 0), "weeks": (7, 0)}
"""What a shift is counted in, as days and minutes."""
_SHIFT_AT_MOST = 10_000


class BulkState(rx.State):
    """Which lines are picked, what is asked about them, and what can be undone."""

    selected: list[str] = []
    """The ids of the picked schedules; among the drafts those of the posts."""
    asks: str = ""
    """The open dialog: "publish", "move", "shift", "cancel", "retry", one of `post_deeds.ACTIONS`,
    or none."""
    foretold: str = ""
    """What would happen, in words."""
    lines: list[LineView] = []
    """What would become of each, where it differs."""
    more_lines: str = ""
    can_run: bool = False
    how: str = How.ADD.value
    channels: list[str] = []
    """Which are chosen in the dialog."""
    span: dict[str, str] = {"days": "7", "per_day": "1", "first_hour": "8", "last_hour": "20"}
    """Of a spread, by the names of `post_deeds.SPAN`."""
    zone: str = ""
    start: str = ""
    """What the move dialog starts with: the soonest of them."""
    done: str = ""
    """What was done last, in words."""
    can_undo: bool = False
    _anchor: str = ""
    _shift: tuple[int, str] = (1, "hours")
    _local: str = ""
    _undo: list[list[Before]] = []
    """What was done last; each group goes back whole or not at all."""
    _back: list[Back] = []
    """Of posts, what was done last."""
    _tags: str = ""
    _seen: dict[int, Seen] = {}
    """What the dialog shows, by posts: they get these moments or none."""

    @needs(Right.PUBLISH)
    async def pick(self, schedule: str, is_range: bool) -> None:
        """Pick a line or let it go; with Shift pick all from the last one on."""
        keys = await self._keys()
        if schedule not in keys:
            return
        chosen = set(self.selected)
        if is_range and self._anchor in keys:
            ends = sorted((keys.index(self._anchor), keys.index(schedule)))
            chosen |= set(keys[ends[0] : ends[1] + 1])
        else:
            chosen ^= {schedule}
        self.selected, self._anchor = sorted(chosen)[: bulk.AT_MOST], schedule

    @needs(Right.PUBLISH)
    async def pick_page(self, is_on: bool) -> None:
        """Pick all lines of the page, or let them go."""
        keys = set(await self._keys())
        chosen = set(self.selected) | keys if is_on else set(self.selected) - keys
        self.selected = sorted(chosen)[: bulk.AT_MOST]

    @needs(Right.PUBLISH)
    async def pick_all(self) -> EventSpec | None:
        """Pick everything that the filters let through, as far as it goes at once."""
        by, queue = await signed_in(self), await self.get_state(QueueState)
        asked = {"limit": bulk.AT_MOST, **filters(queue, by.zone)}
        async with reading() as db:
            page: Any = (
                await posts.page(db, by.workspace_id, kind=None, **asked)
                if queue.tab == "drafts"
                else await schedules.page(db, by.workspace_id, **asked)
            )
        self.selected = [str(each.id) for each in page.items]
        if page.next_cursor:
            return notice.good(f"The first {bulk.AT_MOST} are selected: so many go at once.")
        return None

    @needs(Right.READ)
    async def clear(self) -> None:
        """Let all lines go."""
        self.selected, self._anchor, self.asks = [], "", ""

    @needs(Right.PUBLISH)
    async def ask(self, question: str) -> None:
        """Open a dialog that says what would happen."""
        if question not in {*ACTIONS, *post_deeds.ACTIONS, "move", "shift"} or not self.selected:
            return
        is_of_drafts = (await self.get_state(QueueState)).tab == "drafts"
        if is_of_drafts and question not in post_deeds.ACTIONS:
            return
        by = await signed_in(self)
        self.asks, self.foretold, self.can_run = question, "", False
        self.lines, self.more_lines, self.how = [], "", How.ADD.value
        self.channels, self._tags = [], ""
        if question in post_deeds.ACTIONS:
            await self._foretell(by)
            return
        self._shift, self.zone = (1, "hours"), by.zone
        async with reading() as db:
            there = await schedules.some(db, by.workspace_id, self._ids())
        soonest = min((each.scheduled_at for each in there), default=utc_now())
        self.start = f"{moments.in_zone(soonest, by.zone):%Y-%m-%dT%H:%M}"
        self._local = self.start
        await self._foretell(by)

    @needs(Right.READ)
    async def dismiss(self) -> None:
        """Close the dialog; nothing is done."""
        self.asks = ""

    @needs(Right.PUBLISH)
    async def shift_by(self, amount: str) -> None:
        """Say what a shift by so many would do."""
        digits = amount.strip().removeprefix("-").removeprefix("+")
        is_number = digits.isascii() and digits.isdigit() and len(digits) < 6
        number = int(amount) if is_number else 0
        self._shift = (max(-_SHIFT_AT_MOST, min(number, _SHIFT_AT_MOST)), self._shift[1])
        await self._foretell(await signed_in(self))

    @needs(Right.PUBLISH)
    async def shift_in(self, unit: str) -> None:
        """Say what a shift by so many of these would do."""
        if unit in UNITS:
            self._shift = (self._shift[0], unit)
            await self._foretell(await signed_in(self))

    @needs(Right.PUBLISH)
    async def move_to(self, local: str) -> None:
        """Say what a move of the soonest to this time would do."""
        self._local = local[:64]
        await self._foretell(await signed_in(self))

    @needs(Right.PUBLISH)
    async def move_in(self, zone: str) -> None:
        """Say what it would do in another zone."""
        self.zone = zone[:64]
        await self._foretell(await signed_in(self))

    @needs(Right.PUBLISH)
    async def choose_how(self, how: str) -> None:
        """Say what adding, taking away or replacing would do."""
        if how in set(How):
            self.how = how
            await self._foretell(await signed_in(self))

    @needs(Right.PUBLISH)
    async def turn_channel(self, channel: str) -> None:
        """Choose a channel in the dialog, or let it go."""
        known = {each["value"] for each in (await self.get_state(QueueState)).channels}
        if channel in known:
            self.channels = sorted({*self.channels} ^ {channel}, key=int)
            await self._foretell(await signed_in(self))

    @needs(Right.PUBLISH)
    async def write_tags(self, tags: str) -> None:
        """Say what these tags would do."""
        self._tags = tags[:10_000]
        await self._foretell(await signed_in(self))

    @needs(Right.PUBLISH)
    async def choose_span(self, name: str, value: str) -> None:
        """Say which times there are within another span."""
        if value in {str(each) for each in post_deeds.SPAN.get(name, ())}:
            self.span = self.span | {name: value}
            await self._foretell(await signed_in(self))

    @needs(Right.PUBLISH)
    async def run(self) -> list[EventSpec]:
        """Do it, and say what became of each."""
        if not self.asks or not self.selected:
            return []
        by, now, question = await signed_in(self), utc_now(), self.asks
        if question in post_deeds.ACTIONS:
            found = await self._of_posts(by, is_preview=False)
            backs = [each.back for each in found if each.back]
            self._keep(bulk_posts.told(post_deeds.ACTIONS[question], found), [], backs)
            self.asks, self.selected, self._anchor = "", [], ""
            return [QueueState.refresh()]
        deeds = await self._deeds(by)
        outcomes = await bulk.run(transaction, by, deeds, now=now)
        self._keep(
            bulk.told(deeds[0].action, outcomes),
            [[each.before] for each in outcomes if each.before],
        )
        self.asks, self.selected, self._anchor = "", [], ""
        if question == "publish" and not any(each.is_done for each in outcomes):
            return [notice.error(self.done), QueueState.refresh()]
        return [QueueState.refresh()]

    @needs(Right.PUBLISH)
    async def undo(self) -> list[EventSpec]:
        """Put back what was done last, as far as nobody has touched it since."""
        by, groups, backs = await signed_in(self), self._undo, self._back
        self._undo, self._back, self.can_undo = [], [], False
        back, troubles = await bulk_undo.undo(transaction, by, backs, now=utc_now())
        for group in groups:
            try:
                async with transaction() as db:
                    back += len(await moves.undo(db, by, group, now=utc_now()))
            except ForPeople as no:
                troubles.append(no.detail)
        words = "All is where it was before." if not troubles else f"{back} put back."
        self.done = " ".join([words, *dict.fromkeys(troubles[:3])])
        return [QueueState.refresh()]

    @needs(Right.READ)
    async def forget(self) -> None:
        """Put the words about what was done away."""
        self.done, self.can_undo, self._undo, self._back = "", False, [], []

    @needs(Right.PUBLISH)
    async def put(self, schedule: str, target: str) -> list[EventSpec]:
        """Put a queued post in the slot of another."""
        by, now = await signed_in(self), utc_now()
        async with transaction() as db:
            done = await reorder.put(db, by, _id(schedule), target_id=_id(target), now=now)
        return self._reordered(_id(schedule), done, now)

    @needs(Right.PUBLISH)
    async def step(self, schedule: str, steps: int) -> list[EventSpec]:
        """Put a queued post some slots later or earlier, at most to an end of the queue."""
        by, now = await signed_in(self), utc_now()
        async with transaction() as db:
            done = await reorder.step(db, by, _id(schedule), steps=steps, now=now)
        return self._reordered(_id(schedule), done, now)

    def _reordered(self, schedule_id: int, done: list[Before], now: datetime) -> list[EventSpec]:
        mine = next((each for each in done if each.schedule_id == schedule_id), None)
        if mine is None or mine.put_at is None:
            self._keep("It is at that end of its queue already; nothing was moved.", [])
        else:
            when = moments.spoken(mine.put_at, mine.zone, now=now)
            self._keep(f"Moved to the slot of {when}.", [done])
        return [QueueState.refresh()]

    def _keep(self, words: str, groups: list[list[Before]], backs: Sequence[Back] = ()) -> None:
        self.done, self._undo, self._back = words, groups, list(backs)
        self.can_undo = bool(groups or backs)

    async def _keys(self) -> list[str]:
        queue = await self.get_state(QueueState)
        return [row["key"] for row in (queue.drafts if queue.tab == "drafts" else queue.rows)]

    async def _of_posts(self, by: Member, *, is_preview: bool) -> list[bulk_posts.Outcome]:
        seen = None if is_preview else self._seen
        wish = post_deeds.wish(
            self.asks, self.how, self.channels, self._tags, dict(self.span), seen
        )
        are_drafts = (await self.get_state(QueueState)).tab == "drafts"
        async with reading() as db:
            lines = await post_deeds.lines_of(db, by, self._ids(), are_drafts=are_drafts)
        return await bulk_posts.run(
            transaction, by, lines, wish, is_preview=is_preview, now=utc_now()
        )

    def _ids(self) -> list[int]:
        return [int(key) for key in self.selected]

    async def _deeds(self, by: Member) -> Sequence[Deed]:
        if self.asks == "move":
            at = moments.read(self._local, zone=self.zone or by.zone)
            async with reading() as db:
                return await bulk.together(db, by, self._ids(), at)
        if self.asks == "shift":
            number, unit = self._shift
            if not number:
                raise Rejected(Problem("missing", "Say by how much.", "amount"))
            days, minutes = UNITS[unit]
            return [
                Deed(each, Action.SHIFT, days=number * days, minutes=number * minutes)
                for each in self._ids()
            ]
        return [Deed(each, ACTIONS[self.asks]) for each in self._ids()]

    async def _foretell(self, by: Member) -> None:
        if not self.asks or not self.selected:
            return
        self.lines, self.more_lines = [], ""
        try:
            if self.asks in post_deeds.ACTIONS:
                found = await self._of_posts(by, is_preview=True)
                async with reading() as db:
                    self.lines, self.more_lines = await post_deeds.views(db, by, found)
                self._seen = bulk_posts.seen(found)
                self.can_run = any(each.is_done for each in found)
                self.foretold = bulk_posts.foretold(post_deeds.ACTIONS[self.asks], found)
                return
            deeds = await self._deeds(by)
            outcomes = await bulk.run(transaction, by, deeds, is_preview=True, now=utc_now())
        except ForPeople as no:
            self.foretold, self.can_run, self._seen = no.detail, False, {}
            return
        self.can_run = any(each.is_done for each in outcomes)
        self.foretold = bulk.foretold(deeds[0].action, outcomes)
        first = min((each.at for each in outcomes if each.is_done and each.at), default=None)
        if first and self.asks in {"move", "shift"}:
            now = utc_now()
            self.foretold += f" The first goes out {moments.spoken(first, self.zone, now=now)}."


def _id(key: str) -> int:
    if not (key.isascii() and key.isdigit()) or len(key) > 18:
        raise Rejected(Problem("unreadable", "There is no such line. Nothing was moved."))
    return int(key)


def is_picked(row: Any) -> Any:
    """Whether a line is picked."""
    return BulkState.selected.contains(row["key"])  # type: ignore[attr-defined]
