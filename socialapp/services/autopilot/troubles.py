"""Whose rights a persona acts with, and what keeps it from posting at all: seen, and told once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from socialapp.domain import moments
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.notifications import Event, News
from socialapp.domain.people import RIGHTS, Member, Right, Role
from socialapp.services import ahead
from socialapp.store import channels, notifications, people, team
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Persona


@dataclass(frozen=True)
class Trouble:
    """What is in the way, whatever the picture."""

    code: str
    words: str
    is_makers: bool = False
    """Whoever saves the persona ends it."""


_NO_CHANNEL = Trouble("channel_required", "None of its channels is there any more. Choose others.")


async def of(
    db: AsyncSession, workspace_id: int, personas: Sequence[Persona]
) -> dict[int, Trouble]:
    """Return what is in the way of personas of a workspace, by their ids."""
    roles = await team.roles(db, workspace_id)
    there = {channel.id or 0 for channel in await channels.of_workspace(db, workspace_id)}
    found = {
        persona.id or 0: _makers(persona, roles)
        or (_NO_CHANNEL if there.isdisjoint(persona.channel_ids) else None)
        for persona in personas
    }
    return {key: trouble for key, trouble in found.items() if trouble}


async def of_one(db: AsyncSession, persona: Persona) -> Trouble | None:
    """Return what is in the way of a persona."""
    return (await of(db, persona.workspace_id, [persona])).get(persona.id or 0)


def _makers(persona: Persona, roles: Mapping[int, str]) -> Trouble | None:
    if persona.created_by is None:
        return None
    role = roles.get(persona.created_by)
    if role is None:
        words = "Whoever saved this persona is no longer here. Save it again."
        return Trouble("maker_gone", words, is_makers=True)
    if Right.PUBLISH not in RIGHTS[Role(role)]:
        words = "Whoever saved this persona may not publish any more. Let somebody save it who may."
        return Trouble("not_allowed", words, is_makers=True)
    return None


async def channels_left(db: AsyncSession, persona: Persona) -> list[int]:
    """Return those of a persona's channels that are there. Raises Rejected when none is."""
    there = {channel.id for channel in await channels.of_workspace(db, persona.workspace_id)}
    left = [each for each in persona.channel_ids if each in there]
    if not left:
        raise Rejected(Problem(_NO_CHANNEL.code, _NO_CHANNEL.words, "channel_ids"))
    return left


async def actor(db: AsyncSession, persona: Persona) -> Member | None:
    """Return with whose rights a persona acts; None when they are no longer here.

    What a program saved acts as what programs make does: it approves nothing.
    """
    workspace_id, person_id = persona.workspace_id, persona.created_by
    if person_id is not None:
        return await people.member(db, person_id=person_id, workspace_id=workspace_id)
    workspace = await people.workspace(db, workspace_id)
    return await ahead.maker(db, workspace_id, None, zone=workspace.zone)


async def tell(db: AsyncSession, persona: Persona, code: str, words: str, *, now: datetime) -> None:
    """Tell the workspace why a persona posts nothing: of each trouble once, until it posts."""
    news = _news(
        persona,
        Event.PERSONA_TROUBLE,
        code,
        title=f"{persona.name} cannot post",
        text=f"{words} Nothing of it is posted meanwhile.",
        now=now,
    )
    await notifications.tell(db, [news], now=now)


async def tell_dry(db: AsyncSession, persona: Persona, *, now: datetime) -> None:
    """Tell the workspace once that a persona has nothing left, until it posts again."""
    news = _news(
        persona,
        Event.NO_PHOTOGRAPH,
        title=f"{persona.name} has no picture left",
        text="No photograph passes its filters. Nothing is posted until you add some, or let more"
        " pass.",
        now=now,
    )
    await notifications.tell(db, [news], now=now)


def _news(
    persona: Persona, event: Event, code: str = "", *, title: str, text: str, now: datetime
) -> News:
    since = persona.ran_dry_at = persona.ran_dry_at or now
    key = ":".join(filter(None, [event, str(persona.id), moments.iso(since), code]))
    return News(persona.workspace_id, event, key, title=title, text=text)
