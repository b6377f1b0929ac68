"""The posting times of a channel: what its own page shows of them, and what is done there."""

from datetime import timedelta
from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain import slots as rules
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.domain.slots import WeeklyTime
from socialapp.services import results, slots
from socialapp.store import channels
from socialapp.store.session import AsyncSession, reading, transaction
from socialapp.store.slots import Plan
from socialapp.ui import routes
from socialapp.ui.components import notice
from socialapp.ui.session import needs, signed_in

EVERY_DAY, WORKDAYS, WEEKEND = "every", "workdays", "weekend"
DAYS_OF: dict[str, tuple[int, ...]] = {
    EVERY_DAY: tuple(range(7)),
    WORKDAYS: tuple(range(5)),
    WEEKEND: (5, 6),
    **{str(day): (day,) for day in range(7)},
}
"""The choices of the form, and the days that each means."""


class TimeView(TypedDict):
    """One time of one day."""

    key: str
    clock: str
    label: str
    """Whole: "Monday 09:00"."""
    weekday: int
    minute: int


class DayView(TypedDict):
    """One day of the week."""

    key: str
    number: int
    name: str
    times: list[TimeView]


class OtherView(TypedDict):
    """A channel whose times may be copied."""

    value: str
    label: str


class SuggestionView(TypedDict):
    """An hour of the week that may do well."""

    key: str
    label: str
    """Whole: "Tuesday 09:00"."""
    basis: str
    weekday: int
    clock: str


class TimesState(rx.State):
    """When the channel of the page posts what is added to its queue."""

    days: list[DayView] = []
    others: list[OtherView] = []
    zone: str = ""
    """As it was chosen; empty for the workspace's."""
    read_in: str = ""
    """The zone in which the times are read."""
    delay: str = "0"
    next_free: str = ""
    """Words about the next free slot."""
    has_times: bool = False
    is_shown: bool = False
    suggestions: list[SuggestionView] = []
    """Once they were asked for."""
    rests_on: str = ""
    """How much is known; empty until suggestions were asked for."""

    @needs(Right.READ)
    async def load(self) -> None:
        """Read the times of the channel that the address names."""
        by = await signed_in(self)
        self.suggestions, self.rests_on = [], ""
        async with reading() as db:
            await self._read(db, by)

    @needs(Right.PUBLISH)
    async def add(self, form: dict[str, Any]) -> EventSpec:
        """Have the channel post at a time of some days too."""
        days = DAYS_OF.get(str(form.get("days")), ())
        if not days:
            raise Rejected(Problem("day_unknown", "Choose a day. Nothing was changed.", "days"))
        clock = str(form.get("clock", ""))[:5]
        by = await signed_in(self)
        async with transaction() as db:
            await slots.add(db, by, self._channel_id(), days=days, clock=clock)
            await self._read(db, by)
        return notice.good(f"{clock} was added. What is queued already keeps its time.")

    @needs(Right.READ)
    async def suggest(self) -> None:
        """Suggest hours of the week, and say what they rest on."""
        by = await signed_in(self)
        async with reading() as db:
            await self._suggest(db, by)

    @needs(Right.PUBLISH)
    async def add_suggested(self, weekday: int, clock: str) -> EventSpec:
        """Have the channel post at one of the suggested times too."""
        by = await signed_in(self)
        async with transaction() as db:
            await slots.add(db, by, self._channel_id(), days=[weekday], clock=clock[:5])
            await self._read(db, by)
            await self._suggest(db, by)
        return notice.good(f"{rules.DAYS[weekday]} {clock[:5]} was added.")

    async def _suggest(self, db: AsyncSession, by: Member) -> None:
        found, posts = await results.posting_times(db, by, self._channel_id(), now=utc_now())
        self.rests_on = results.how_much_is_known(posts)
        self.suggestions = [
            SuggestionView(
                key=f"{each.hour.weekday}-{each.hour.hour}",
                label=f"{rules.DAYS[each.hour.weekday]} {each.hour.hour:02d}:00",
                basis=results.rests_on(each),
                weekday=each.hour.weekday,
                clock=f"{each.hour.hour:02d}:00",
            )
            for each in found
        ]

    @needs(Right.PUBLISH)
    async def drop(self, weekday: int, minute: int) -> EventSpec:
        """Have it no longer post then."""
        by, time = await signed_in(self), WeeklyTime(weekday, minute)
        if weekday not in range(7) or minute not in range(rules.MINUTES):
            raise Rejected(Problem("time_unknown", "There is no such time.", "time"))
        async with transaction() as db:
            await slots.drop(db, by, self._channel_id(), time=time)
            await self._read(db, by)
        return notice.good(f"{time} was taken away. What is queued already keeps its time.")

    @needs(Right.PUBLISH)
    async def copy_day(self, weekday: int) -> EventSpec:
        """Give every day the times of one."""
        by = await signed_in(self)
        async with transaction() as db:
            await slots.copy_day(db, by, self._channel_id(), day=weekday)
            await self._read(db, by)
        return notice.good(f"Every day has {rules.DAYS[weekday]}'s times now.")

    @needs(Right.PUBLISH)
    async def copy(self, form: dict[str, Any]) -> EventSpec:
        """Take over the times, the zone and the delay of another channel."""
        by, chosen = await signed_in(self), str(form.get("source", ""))
        if not chosen.isdecimal() or len(chosen) > 18:
            raise Rejected(Problem("missing", "Choose a channel to copy from.", "source"))
        async with transaction() as db:
            await slots.copy(db, by, self._channel_id(), source_id=int(chosen))
            await self._read(db, by)
        return notice.good("The posting times are copied.")

    @needs(Right.PUBLISH)
    async def choose_zone(self, zone: str) -> EventSpec:
        """Read the times in another zone; "" for the workspace's."""
        by = await signed_in(self)
        async with transaction() as db:
            await slots.change(db, by, self._channel_id(), timezone=zone[:64])
            await self._read(db, by)
        return notice.good(f"The times are read in {self.read_in}.")

    @needs(Right.PUBLISH)
    async def choose_delay(self, minutes: str) -> EventSpec:
        """Let posts go out at most so much later."""
        if not minutes.isdecimal() or len(minutes) > 3:
            raise Rejected(Problem("out_of_range", "Choose 0 to 60 minutes.", "delay"))
        by = await signed_in(self)
        async with transaction() as db:
            delay = timedelta(minutes=int(minutes))
            await slots.change(db, by, self._channel_id(), delay=delay)
            await self._read(db, by)
        return notice.good("The delay is saved.")

    def _channel_id(self) -> int:
        return routes.channel_in(self.router.url.path)[1]

    async def _read(self, db: AsyncSession, by: Member) -> None:
        channel_id, now = self._channel_id(), utc_now()
        there = {c.id or 0: c.name for c in await channels.of_workspace(db, by.workspace_id)}
        self.is_shown = channel_id in there
        if not self.is_shown:
            return
        plan = await slots.of_channel(db, by, channel_id)
        free = (await slots.next_free(db, by, [channel_id], now=now))[channel_id]
        self.days, self.has_times = _days(plan), bool(plan.times)
        self.zone, self.read_in = plan.timezone, plan.timezone or by.zone
        self.delay = str(int(plan.delay / timedelta(minutes=1)))
        self.next_free = moments.spoken(free.at, free.zone, now=now) if free else ""
        self.others = [
            OtherView(value=str(other), label=name)
            for other, name in there.items()
            if other != channel_id
        ]


def _days(plan: Plan) -> list[DayView]:
    return [
        DayView(
            key=str(number),
            number=number,
            name=name,
            times=[
                TimeView(
                    key=str(each.minute),
                    clock=each.clock,
                    label=str(each),
                    weekday=each.weekday,
                    minute=each.minute,
                )
                for each in plan.times
                if each.weekday == number
            ],
        )
        for number, name in enumerate(rules.DAYS)
    ]
