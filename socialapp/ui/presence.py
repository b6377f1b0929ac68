"""Who has which post open in an editor: in Redis, which forgets it by itself, and nowhere else.

A tab with an editor sits in a socket room, which it leaves when its line is cut. Each web process
tells Redis of its own rooms, so what a killed process said is gone when it expires.
"""

import asyncio
import logging
from collections import Counter
from typing import Any

from socialapp import live
from socialapp.clock import monotonic
from socialapp.domain.people import Member
from socialapp.store import team
from socialapp.store.session import reading

LOOK_S = 1.0
SAY_AGAIN_S = 5.0
GONE_AFTER_S = 15.0
"""What nobody has said again for so long is forgotten."""
_ROOM = "editing:"
_log = logging.getLogger(__name__)


async def sit(namespace: Any, sid: str, by: Member, post_id: int) -> None:
    """Let a tab have this post open and no other; 0 is none."""
    wanted = (
        f"{_ROOM}{by.workspace_id}:{post_id}:{by.person_id}" if post_id and by.person_id else ""
    )
    for name in _rooms_of(namespace, sid):
        if name != wanted:
            await namespace.leave_room(sid, name)
    if wanted:
        await namespace.enter_room(sid, wanted)


async def leave(namespace: Any, sid: str) -> None:
    """Let a tab have nothing open."""
    for name in _rooms_of(namespace, sid):
        await namespace.leave_room(sid, name)


def is_open(namespace: Any, sid: str, by: Member, post_id: int) -> bool:
    """Whether the tab is known to have the post open."""
    return f"{_ROOM}{by.workspace_id}:{post_id}:{by.person_id}" in _rooms_of(namespace, sid)


def _rooms(namespace: Any) -> dict[str, list[str]]:
    rooms = namespace.server.manager.rooms.get(namespace.namespace, {})
    here = ((n, list(sids)) for n, sids in list(rooms.items()) if isinstance(n, str))
    return {name: sids for name, sids in here if name.startswith(_ROOM)}


def _rooms_of(namespace: Any, sid: str) -> list[str]:
    return [name for name, sids in _rooms(namespace).items() if sid in sids]


class Editors:
    """The editors that are open in this process, and what Redis was told of them."""

    def __init__(self, namespace: Any) -> None:
        self._namespace = namespace
        self._told: dict[int, set[str]] = {}
        self._said_at = 0.0

    def here(self) -> dict[int, set[str]]:
        """Return `post:person:tab` of each, by their workspaces."""
        found: dict[int, set[str]] = {}
        for name, sids in _rooms(self._namespace).items():
            workspace_id, _, rest = name.removeprefix(_ROOM).partition(":")
            found.setdefault(int(workspace_id), set()).update(f"{rest}:{sid}" for sid in sids)
        return found

    async def tell(self, line: live.Live) -> None:
        """Tell Redis what is new and what is over, and say the rest again now and then."""
        here = self.here()
        is_time = monotonic() - self._said_at >= SAY_AGAIN_S
        if is_time:
            self._said_at = monotonic()
        for workspace_id in here.keys() | self._told.keys():
            now = here.get(workspace_id, set())
            before = self._told.get(workspace_id, set())
            if now == before and not (is_time and now):
                continue
            said = await line.present(workspace_id, now, before - now, for_s=GONE_AFTER_S)
            if said is None:
                self._told.pop(workspace_id, None)  # it may have forgotten all of it
            elif now != before:
                self._told[workspace_id] = now
                await line.announce(workspace_id)
            if not self._told.get(workspace_id):
                self._told.pop(workspace_id, None)


async def keep(namespace: Any) -> None:
    """Tell Redis who has what open, for as long as this process runs."""
    editors = Editors(namespace)
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            if (line := live.current()) and line.is_reachable:
                await editors.tell(line)
        except Exception:
            _log.exception("Who is editing could not be told; trying again.")


async def read(workspace_id: int) -> dict[str, list[dict[str, str]]]:
    """Return who has what open, by the ids of posts: `person`, `name`, `tabs`.

    Only of members. Empty when Redis does not answer: then nobody knows.
    """
    line = live.current()
    said = await line.present(workspace_id) if line and line.is_reachable else None
    tabs: Counter[tuple[str, str]] = Counter()
    for one in said or ():
        post_id, person, *_ = [*one.split(":"), ""]
        if person.isdecimal():
            tabs[post_id, person] += 1
    if not tabs:
        return {}
    async with reading() as db:
        names = await team.names(db, workspace_id, {int(person) for _, person in tabs})
    found: dict[str, list[dict[str, str]]] = {}
    for (post_id, person), count in sorted(tabs.items()):
        if name := names.get(int(person)):
            found.setdefault(post_id, []).append(
                {"person": person, "name": name, "tabs": str(count)}
            )
    return found
