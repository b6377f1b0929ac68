"""What somebody who comes back from a network is told: sealed, so that no link can make it up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from socialapp.domain.moments import iso
from socialapp.domain.people import Member
from socialapp.store import deliveries
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel
from socialapp.store.vault import VaultClosed, vault

LASTS = timedelta(minutes=2)
"""After that it is no news any more: a link that was kept says nothing."""
_PURPOSE = "greeting"
_AT_MOST = 600


@dataclass(frozen=True)
class Greeting:
    """Words, and whether all went well."""

    is_good: bool
    words: str


async def connected(db: AsyncSession, channel: Channel) -> Greeting:
    """Say that a channel is connected, and what becomes of what waited for it."""
    said = [f"{channel.name} is connected."]
    if waiting := await deliveries.waiting(db, channel.id or 0):
        posts = "1 post is" if waiting == 1 else f"{waiting} posts are"
        said.append(f"{posts} planned for it; what waited for it goes out now.")
    if refused := await deliveries.refused_access(db, channel.id or 0):
        posts = "1 post" if refused == 1 else f"{refused} posts"
        it = "it" if refused == 1 else "them"
        said.append(f"{posts} failed without it: look under Failed in the queue to retry {it}.")
    return Greeting(True, " ".join(said))


def seal(by: Member, greeting: Greeting, *, now: datetime) -> str:
    """Return it sealed, for an address that `by` is sent to."""
    until = iso(now + LASTS)
    value = {
        "to": by.person_id,
        "until": until,
        "is_good": greeting.is_good,
        "words": greeting.words[:_AT_MOST],
    }
    return vault().seal(value, _PURPOSE)


def opened(by: Member, sealed: str, *, now: datetime) -> Greeting | None:
    """Return what was sealed for `by` a moment ago; None for anything else."""
    try:
        value = vault().open(sealed, _PURPOSE)
    except (VaultClosed, ValueError):
        return None
    if value["to"] != by.person_id or datetime.fromisoformat(value["until"]) < now:
        return None
    return Greeting(value["is_good"], value["words"])
