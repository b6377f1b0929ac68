"""Where a person is told of things outside of the app: kept sealed, tried out, sent by a worker."""

from datetime import datetime, timedelta

from socialapp import outward
from socialapp.domain.errors import Conflict, NotFound, Problem, Rejected
from socialapp.domain.notifications import Event, When, again, service_of
from socialapp.domain.people import Member
from socialapp.store import destinations
from socialapp.store.destinations import MUTE, Parcel, Wishes
from socialapp.store.secrets import destination_purpose
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import Destination
from socialapp.store.vault import VaultClosed, vault

DESTINATIONS_AT_MOST = 10
MUTES = {"0": timedelta(0), "1": timedelta(hours=1), "8": timedelta(hours=8),
         "24": timedelta(days=1), "168": timedelta(days=7)}  # fmt: skip
"""How long somebody can want to hear nothing, by hours."""
_NOT_TAKEN = "The last message was not taken. Look whether the address is right."
_TITLE = "socialapp · {}"


def _person(by: Member) -> int:
    if by.person_id is None:
        raise Conflict("A key is told nothing. Sign in as the person who wants to be told.")
    return by.person_id


async def mine(db: AsyncSession, by: Member) -> list[Destination]:
    """Return one's own destinations; their addresses stay sealed."""
    return await destinations.of_workspace(db, by.workspace_id, _person(by))


async def add(db: AsyncSession, by: Member, *, name: str, address: str) -> Destination:
    """Keep an address, sealed. Raises Rejected, whose words never repeat it."""
    person_id = _person(by)
    service = service_of(address.strip(), allow_private=outward.allows_private())
    if len(name) > 100:
        raise Rejected(Problem("name_too_long", "Give it a shorter name.", "name"))
    if len(await mine(db, by)) >= DESTINATIONS_AT_MOST:
        raise Conflict(f"There can be {DESTINATIONS_AT_MOST} destinations.")
    place = Destination(
        workspace_id=by.workspace_id,
        person_id=person_id,
        service=service,
        name=name.strip() or service,
        sealed=vault().seal({"address": address.strip()}, destination_purpose(person_id)),
    )
    db.add(place)
    await db.flush()
    return place


async def _mine(db: AsyncSession, by: Member, destination_id: int) -> Destination:
    found = next((each for each in await mine(db, by) if each.id == destination_id), None)
    if found is None:
        raise NotFound("There is no such destination.")
    return found


async def remove(db: AsyncSession, by: Member, destination_id: int) -> None:
    """Forget a destination and what waits for it."""
    await destinations.remove(db, await _mine(db, by, destination_id))


async def ask_for_test(db: AsyncSession, by: Member, destination_id: int) -> None:
    """Have a worker send a test message."""
    place = await _mine(db, by, destination_id)
    aftermath(db).jobs.append(("try_destination", place.id or 0))


async def wishes(db: AsyncSession, by: Member) -> Wishes:
    """Return when one wants to be told of what."""
    return await destinations.wishes(db, by.workspace_id, _person(by))


async def wish(db: AsyncSession, by: Member, event: str, when: str) -> None:
    """Choose when one wants to be told of an event."""
    if event not in set(Event) or when not in set(When):
        raise Rejected(Problem("choice_unknown", "Choose one of the list.", "when"))
    await destinations.wish(db, by.workspace_id, _person(by), event, when=when)


async def mute(db: AsyncSession, by: Member, hours: str, *, now: datetime) -> None:
    """Hear nothing for so long; what happens meanwhile is in the app."""
    if hours not in MUTES:
        raise Rejected(Problem("choice_unknown", "Choose one of the list.", "hours"))
    until = now + MUTES[hours] if MUTES[hours] else None
    await destinations.wish(db, by.workspace_id, _person(by), MUTE, until=until)


async def send_due(database: Database, *, now: datetime) -> None:
    """Send what is due, one message for each destination; what is not taken is tried later."""
    async with database.transaction() as db:
        parcels = await destinations.claim(db, now=now)
    for parcel in parcels:
        lines = [f"{each.title}\n{each.text}".strip() for each in parcel.items]
        number = len(parcel.items)
        title = "1 notification" if number == 1 else f"{number} notifications"
        is_sent = await _send(parcel.destination, title, "\n\n".join(lines)[:3000])
        async with database.transaction() as db:
            await _settle(db, parcel, is_sent=is_sent, now=now)


async def _settle(db: AsyncSession, parcel: Parcel, *, is_sent: bool, now: datetime) -> None:
    until = None if is_sent else again(parcel.tries + 1, now=now)
    if until is None:
        await destinations.sent(db, parcel)
    else:
        await destinations.put_off(db, parcel, until)
    await destinations.note(db, parcel.destination, trouble="" if is_sent else _NOT_TAKEN, now=now)


async def send_test(database: Database, destination_id: int, *, now: datetime) -> None:
    """Send a test message, and keep whether it was taken."""
    async with database.reading() as db:
        found = await destinations.by_id(db, [destination_id])
    for place in found:
        words = "This is a test. What happens to your posts will be told here."
        is_sent = await _send(place, "A test", words)
        async with database.transaction() as db:
            trouble = "" if is_sent else _NOT_TAKEN
            await destinations.note(db, place, trouble=trouble, now=now)


async def _send(place: Destination, title: str, body: str) -> bool:
    try:
        opened = vault().open(place.sealed, destination_purpose(place.person_id))
    except VaultClosed:
        return False
    return await outward.send(opened["address"], title=_TITLE.format(title), body=body)
