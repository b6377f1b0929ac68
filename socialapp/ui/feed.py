"""What all open pages of a workspace are told at once: LiveState, and the task that tells them.

The vars of LiveState are written by `load` (for one tab) and by broadcasts (for all tabs of a
workspace) and by nothing else: so the server never sends an old value over a newer one.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from typing import Any

import reflex as rx
from reflex.state import StateUpdate
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext

from socialapp import live
from socialapp.clock import monotonic, utc_now
from socialapp.domain.delivery import Shown
from socialapp.domain.people import Right
from socialapp.services import notifications
from socialapp.store import overview, sandbox, team
from socialapp.store.session import reading, transaction
from socialapp.ui import glance, presence, routes
from socialapp.ui.components import notice
from socialapp.ui.rows import ScheduleRow, letters
from socialapp.ui.sandbox.state import ROOM as TIMELINE
from socialapp.ui.sandbox.state import TimelineState
from socialapp.ui.session import needs, room, seat, signed_in

GATHER_S = 0.15
REREAD_S = 5.0
REREAD_ALONE_S = 1.0
"""How often rooms are read again while Redis cannot say what changed."""
LOOK_FOR_WORKERS_S = 20.0
EVERYBODY = -1
"""Stands for all workspaces that are open."""
_WIRE = "_rx_state_"
_log = logging.getLogger(__name__)


class LiveState(rx.State):
    """What is live on every page."""

    is_ready: bool = False
    me: str = ""
    """The id of the person whose tab it is."""
    person: str = ""
    email: str = ""
    own_zone: str = ""
    initials: str = ""
    can_write: bool = False
    can_publish: bool = False
    can_approve: bool = False
    can_admin: bool = False
    workspaces: list[dict[str, str]] = []
    """The other workspaces that the person is in: `id` and `name`."""

    version: int = 0
    """Grows when a list has to be read again: something is new, moved or gone."""
    library: str = ""
    """Differs whenever the library looks different."""
    autopilot: str = ""
    """Differs whenever its page looks different."""
    channels: str = ""
    """Differs whenever a channel is new, gone, or looks different."""
    results: str = ""
    """Differs whenever a network has said something else of what is out."""
    notified: str = ""
    """Differs whenever something is told, or read."""
    workspace: str = ""
    zone: str = ""
    counts: dict[str, int] = {}
    changed: dict[str, dict[str, str]] = {}
    """Schedules that changed lately, by their ids."""
    posts: dict[str, str] = {}
    """The statuses of the posts and pages in them, by their ids."""
    editing: dict[str, list[dict[str, str]]] = {}
    """Who has which post or page open in an editor, by its id: `person`, `name`, `tabs`."""
    health: glance.HealthWords = {
        "level": "",
        "text": "",
        "action": "",
        "link": "",
        "next_at": "",
        "next_words": "",
    }
    pause: glance.PauseWords = {
        "is_paused": False,
        "is_stopped": False,
        "waits": "",
        "asks": "",
    }
    lost: list[glance.LostChannel] = []
    summary: str = ""
    attention: list[ScheduleRow] = []
    publishing: list[ScheduleRow] = []
    next_up: list[ScheduleRow] = []
    posted: list[ScheduleRow] = []

    @needs(Right.READ)
    async def load(self) -> None:
        """Join the workspace's room, then read: nothing falls between the two."""
        by = await signed_in(self)
        await notice.tidy(self)
        namespace = RegistrationContext.get().app.event_namespace
        assert namespace is not None
        sid = self.router.session.session_id
        await namespace.enter_room(sid, room(by.workspace_id))
        await namespace.enter_room(sid, seat(by.workspace_id, by.person_id or 0))
        async with reading() as db:
            values = await glance.read(db, by.workspace_id, now=utc_now())
            others = await team.workspaces_of(db, by.person_id or 0)
        self.workspaces = [
            {"id": str(other), "name": name} for other, name in others if other != by.workspace_id
        ]
        for name, value in values.items():
            setattr(self, name, value)
        self.editing = await presence.read(by.workspace_id)
        self.me = str(by.person_id)
        self.person, self.email, self.initials = by.name, by.email, letters(by.name)
        self.own_zone = by.own_zone
        self.can_write, self.can_admin = by.may(Right.WRITE), by.may(Right.ADMIN)
        self.can_approve = by.may(Right.APPROVE)
        self.can_publish = by.may(Right.PUBLISH)
        self.is_ready = True


def delta(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Write values of LiveState as Reflex writes them on the wire."""
    return {LiveState.get_full_name(): {name + _WIRE: value for name, value in values.items()}}


class Rooms:
    """The workspaces that somebody has open in this process, and what they were told last."""

    def __init__(self, namespace: Any) -> None:
        self._namespace = namespace
        self._told: dict[int, dict[str, Any]] = {}
        self._shape: dict[int, Any] = {}
        self._roles: dict[int, dict[int, str]] = {}
        self._version = int(utc_now().timestamp())

    def open(self) -> set[int]:
        """Return the workspaces with at least one tab."""
        manager = self._namespace.server.manager
        names = manager.rooms.get(self._namespace.namespace, {})
        return {
            int(name.removeprefix("workspace:"))
            for name in names
            if isinstance(name, str) and name.startswith("workspace:")
        }

    async def tell(self, workspace_ids: Iterable[int]) -> None:
        """Read each workspace that is open, and send what differs to all its tabs."""
        is_open = self.open()
        for gone in self._told.keys() - is_open:
            del self._told[gone], self._shape[gone], self._roles[gone]
        for workspace_id in is_open & set(workspace_ids):
            await self._tell(workspace_id)

    async def _tell(self, workspace_id: int) -> None:
        async with reading() as db:
            values = await glance.read(db, workspace_id, now=utc_now())
            newest = await overview.newest(db, workspace_id)
            roles = await team.roles(db, workspace_id)
        values["editing"] = await presence.read(workspace_id)
        await self._seat(workspace_id, roles)
        # A pause changes more rows than `changed` holds, so the lists are read again.
        pause = values["pause"]["is_paused"]
        shape = (*newest, values["counts"].get(Shown.DRAFT, 0), pause)
        before = self._told.get(workspace_id, {})
        news = {name: value for name, value in values.items() if before.get(name) != value}
        if self._shape.get(workspace_id) != shape or has_moved(before, values):
            self._version += 1
            news["version"] = self._version
        self._told[workspace_id], self._shape[workspace_id] = values, shape
        if news:
            update = StateUpdate(delta=delta(news))
            await self._namespace.emit("event", update, room=room(workspace_id))

    async def _seat(self, workspace_id: int, roles: dict[int, str]) -> None:
        """Send those away who are no member any more; let others see what their new role may."""
        known = self._roles.get(workspace_id, roles)
        self._roles[workspace_id] = roles
        rooms = self._namespace.server.manager.rooms.get(self._namespace.namespace, {})
        start = seat(workspace_id, 0).removesuffix("0")
        for name in [n for n in rooms if isinstance(n, str) and n.startswith(start)]:
            person_id = int(name.removeprefix(start))
            if person_id not in roles:
                away = StateUpdate(events=Event.from_event_type(rx.redirect(routes.SIGN_IN)))
                await self._namespace.emit("event", away, room=name)
                for sid in list(rooms.get(name, {})):
                    await self._namespace.leave_room(sid, name)
                    await self._namespace.leave_room(sid, room(workspace_id))
                    await presence.leave(self._namespace, sid)
            elif known.get(person_id, roles[person_id]) != roles[person_id]:
                again = StateUpdate(events=Event.from_event_type(LiveState.load()))
                await self._namespace.emit("event", again, room=name)


class Timelines:
    """The open timelines of the sandbox, and the newest post that they were told of."""

    def __init__(self, namespace: Any) -> None:
        self._namespace = namespace
        self._told = 0

    async def tell(self) -> None:
        """Say that there is something new, to those who have the timeline open."""
        manager = self._namespace.server.manager
        if TIMELINE not in manager.rooms.get(self._namespace.namespace, {}):
            return
        async with reading() as db:
            newest = await sandbox.newest(db)
        if newest != self._told:
            self._told = newest
            news = {TimelineState.get_full_name(): {f"newest{_WIRE}": newest}}
            await self._namespace.emit("event", StateUpdate(delta=news), room=TIMELINE)


def has_moved(before: dict[str, Any], values: dict[str, Any]) -> bool:
    """Whether something queued has another time than it had, as far as is known.

    A status that changes is not a move: its badge shows it, and the list stays where it is.
    """
    known = before.get("changed", {})
    return any(
        entry["status"] == Shown.QUEUED and known.get(key, {}).get("when") != entry["when"]
        for key, entry in values["changed"].items()
    )


async def live_feed(app: rx.App) -> None:
    """Tell all open pages what changed, for as long as this process runs."""
    rooms, timelines = Rooms(app.event_namespace), Timelines(app.event_namespace)
    waiting: set[int] = set()
    news = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_hear(waiting, news))
        tasks.create_task(_flush(rooms, timelines, waiting, news))
        tasks.create_task(_miss_the_worker())
        tasks.create_task(presence.keep(app.event_namespace))


async def _miss_the_worker() -> None:
    """Tell people when no worker runs: none is there to say so itself."""
    while True:
        await asyncio.sleep(LOOK_FOR_WORKERS_S)
        try:
            async with transaction() as db:
                await notifications.miss_the_worker(db, now=utc_now())
        except Exception:
            _log.exception("Whether a worker runs could not be found out; trying again.")


async def _hear(waiting: set[int], news: asyncio.Event) -> None:
    line = live.current()
    if line is None:
        return
    async for message in line.listen(live.CHANGES):
        waiting.update(message.get("workspaces", ()))
        if "redis" in message:
            waiting.add(EVERYBODY)
        news.set()


async def _flush(
    rooms: Rooms, timelines: Timelines, waiting: set[int], news: asyncio.Event
) -> None:
    """Gather what is said within a moment; read everything now and then, for what was not said."""
    read_all_at = 0.0
    while True:
        line = live.current()
        pause = REREAD_S if line and line.is_reachable else REREAD_ALONE_S
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(news.wait(), pause)
            await asyncio.sleep(GATHER_S)
        news.clear()
        wanted, everybody = set(waiting), EVERYBODY in waiting
        waiting.clear()
        if everybody or monotonic() - read_all_at >= pause:
            read_all_at, wanted = monotonic(), rooms.open()
        try:
            await rooms.tell(wanted)
            await timelines.tell()
        except Exception:
            _log.exception("The pages could not be told what changed; trying again.")
            await asyncio.sleep(REREAD_ALONE_S)
