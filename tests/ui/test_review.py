"""The dialog of review links: what it shows of whom, and an address that is shown once."""

import pytest
from sqlmodel import select

from socialapp.clock import utc_now
from socialapp.domain.errors import NotFound
from socialapp.domain.people import Member
from socialapp.services import members, reviews
from socialapp.store.session import Database
from socialapp.store.tables import ReviewLink
from socialapp.ui.queue.bulk import BulkState
from socialapp.ui.review.state import ReviewState
from tests.people import owner_of_a_workspace
from tests.services.desk import plan, write
from tests.ui.tabs import call, tab


async def test_an_address_is_shown_once_and_its_link_can_be_ended(
    database: Database, alice: str, owner: Member
) -> None:
    post = await write(database, owner)
    dialog = tab(ReviewState, alice)

    await call(dialog, "ask_for_post", post.id)
    await call(dialog, "make", {"review_days": "30", "review_advice": "on"})

    address = dialog.new_address
    assert address.startswith("/review/#")
    assert (dialog.about, len(dialog.links)) == ("Fresh bread", 1)
    assert "Never opened" in dialog.links[0]["stands"]
    shown = await reviews.look(database, address.partition("#")[2], now=utc_now())
    assert shown.link.takes_advice
    await call(dialog, "close")
    assert dialog.new_address == ""

    await call(dialog, "ask_revoke", dialog.links[0]["id"])
    await call(dialog, "revoke")
    assert dialog.links == []
    with pytest.raises(NotFound):
        await reviews.look(database, address.partition("#")[2], now=utc_now())


async def test_a_stranger_opens_it_for_nothing_of_ours(
    database: Database, alice: str, owner: Member
) -> None:
    schedule = await plan(database, owner)
    carol = await owner_of_a_workspace(database, "Carol", "Asia/Tokyo")
    async with database.transaction() as db:
        session = await members.open_session(db, carol.person_id or 0, user_agent="", now=utc_now())
    dialog = tab(ReviewState, session.secret)

    for handler, which in (("ask_for_post", schedule.post_id), ("ask_for_schedule", schedule.id)):
        with pytest.raises(NotFound):
            await call(dialog, handler, which)
    assert (dialog.is_open, dialog.about) == (False, "")
    async with database.reading() as db:
        assert (await db.execute(select(ReviewLink))).scalars().all() == []


async def test_a_selection_is_shown_in_the_order_of_its_moments(
    database: Database, alice: str, owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = [await plan(database, owner) for _ in range(3)]
    dialog, queue = tab(ReviewState, alice), tab(BulkState, alice)
    queue.selected = [str(each.id) for each in reversed(some)]

    async def get_state(_self: object, _kind: object) -> BulkState:
        return queue

    monkeypatch.setattr(ReviewState, "get_state", get_state)
    await call(dialog, "ask_for_selected")
    await call(dialog, "make", {})

    assert dialog.about == "3 posts, first: Fresh bread"
    shown = await reviews.look(database, dialog.new_address.partition("#")[2], now=utc_now())
    assert [each.post.id for each in shown.posts] == [each.post_id for each in some]
