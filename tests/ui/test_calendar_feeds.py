"""Calendar feeds under Settings: an address is made and shown once, listed, and revoked."""

import pytest

from socialapp.clock import utc_now
from socialapp.domain.errors import NotFound
from socialapp.domain.people import Member
from socialapp.services import calendar_feeds
from socialapp.store import channels
from socialapp.store.session import Database
from socialapp.ui.settings.feeds_state import FeedsState
from tests.people import owner_of_a_workspace
from tests.servers.given import given
from tests.ui.tabs import call, tab


def secret_in(address: str) -> str:
    """Return the secret of an address."""
    secret = address.removeprefix("/api/calendar/").removesuffix(".ics")
    return given(secret, "the address of a calendar feed")


async def test_an_address_is_shown_once_and_ends_when_it_is_revoked(
    database: Database, alice: str, owner: Member
) -> None:
    page = tab(FeedsState, alice)
    await call(page, "load")

    await call(page, "make", {"feed_channel": ""})
    secret = secret_in(page.new_address)
    unused = page.feeds[0]["used"]
    await calendar_feeds.read(database, secret, now=utc_now())
    await call(page, "load")

    assert page.new_address == ""
    (listed,) = page.feeds
    assert listed["shows"] == "All channels"
    assert (unused, listed["used"]) == ("Never used", "Used now")
    await call(page, "ask_revoke", listed["id"], listed["shows"])
    await call(page, "revoke")
    assert (page.revoking, page.feeds) == (0, [])
    with pytest.raises(NotFound):
        await calendar_feeds.read(database, secret, now=utc_now())


async def test_a_feed_of_one_channel_says_so(database: Database, alice: str, owner: Member) -> None:
    async with database.reading() as db:
        (channel,) = await channels.of_workspace(db, owner.workspace_id)
    page = tab(FeedsState, alice)
    await call(page, "load")

    await call(page, "make", {"feed_channel": page.channels[0]["id"]})

    secret = secret_in(page.new_address)
    assert [each["shows"] for each in page.feeds] == [channel.name]
    feed = await calendar_feeds.read(database, secret, now=utc_now())
    assert feed.name.endswith(f" · {channel.name}")


async def test_whatever_a_tab_sends_it_gets_at_nothing_of_others(
    database: Database, alice: str
) -> None:
    carol = await owner_of_a_workspace(database, "Carol", "Asia/Tokyo")
    async with database.transaction() as db:
        (hers,) = await channels.of_workspace(db, carol.workspace_id)
        feed, secret = await calendar_feeds.create(db, carol, now=utc_now())
    page = tab(FeedsState, alice)

    for choice in (str(hers.id), "-1", "0", "٣", "9" * 5000, "x", ["1"], {"a": 1}, True):
        with pytest.raises(NotFound):
            await call(page, "make", {"feed_channel": choice})
    await call(page, "ask_revoke", feed.id, "Carol's")
    with pytest.raises(NotFound):
        await call(page, "revoke")

    await call(page, "load")
    assert (page.new_address, page.feeds) == ("", [])
    await calendar_feeds.read(database, given(secret, "a calendar feed"), now=utc_now())
