"""Many people plan at once, in a process: `python -m tests.servers.writers URL NAME NUMBER`."""

import asyncio
import sys
from datetime import timedelta

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.people import Member
from socialapp.services import posts, schedules
from socialapp.store import people
from socialapp.store.session import Database


async def _plan(database: Database, by: Member, text: str) -> None:
    at = moments.read((utc_now() + timedelta(seconds=1)).isoformat(), zone="UTC")
    async with database.transaction() as db:
        post = await posts.create(db, by, text=text, now=utc_now())
        await schedules.create(db, by, post_id=post.id or 0, at=at, now=utc_now())


async def main(url: str, name: str, number: int) -> None:
    """Plan `number` posts at once; fails when one of them cannot be planned."""
    database = Database(url)
    async with database.reading() as db:
        owner = await people.owner(db)
    assert owner
    await asyncio.gather(*(_plan(database, owner, f"{name}-{i}") for i in range(number)))
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
