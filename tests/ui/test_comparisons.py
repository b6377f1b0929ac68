"""The page of comparisons: a draft is compared, the plan is looked at, started, and stopped."""

import pytest
from sqlmodel import select

from socialapp.domain.errors import NotFound
from socialapp.domain.people import Member
from socialapp.services.writing import PartGiven
from socialapp.store.session import Database
from socialapp.store.tables import Post
from socialapp.ui.comparisons.page import page
from socialapp.ui.comparisons.state import ComparisonsState
from tests.services.desk import write
from tests.ui.tabs import call, tab


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_draft_is_compared_seen_started_and_stopped(
    database: Database, alice: str, owner: Member
) -> None:
    draft = await write(database, owner, "Fresh bread", parts=[PartGiven("And rolls")])
    here = tab(ComparisonsState, alice, f"/analytics/comparisons/?post={draft.id}")
    await call(here, "open")
    assert here.is_writing
    assert [m["value"] for m in here.measures] == ["likes", "reposts"]
    form = here.form | {"b": "Bread, fresh", "pairs": "7"}
    chosen = {f"to-{c['value']}": "on" for c in here.channels}

    await call(here, "look", form)
    assert here.refusal == "Choose a channel."
    await call(here, "look", form | chosen | {"pairs": "many"})
    assert here.refusal == "'many' is no number."
    await call(here, "look", form | chosen | {"a": "And written"})
    assert here.refusal.startswith("Write a wording, or copy a post, not both.")
    await call(here, "start")
    assert here.rows == []
    await call(here, "look", form | chosen)
    assert (here.is_writing, here.is_planned, here.refusal) == (False, True, "")
    assert here.plan["a"] == "Fresh bread"
    assert len(here.plan["slots"]) == 14
    seen = [(slot["when"], slot["wording"]) for slot in here.plan["slots"]]
    await call(here, "back")
    assert here.form["b"] == "Bread, fresh"
    await call(here, "look", form | chosen)
    seen = [(slot["when"], slot["wording"]) for slot in here.plan["slots"]]

    await call(here, "start")
    await call(here, "start")

    (row,) = here.rows
    async with database.reading() as db:
        query = select(Post).where(Post.text == "Bread, fresh")
        assert {tuple(post.parts) for post in (await db.execute(query)).scalars()} == {
            ("And rolls",)
        }
    assert row["statement"] == "Still running: 0 of 7 pairs measured."
    assert row["may_be_stopped"]
    made = [(p[x]["when"], x.upper()) for p in row["pairs"] for x in ("a", "b")]
    assert sorted(made) == sorted(seen)
    await call(here, "ask_stop", 987654321)
    with pytest.raises(NotFound):
        await call(here, "stop")
    await call(here, "ask_stop", row["id"])
    await call(here, "stop")
    assert (here.rows[0]["stage"], here.rows[0]["may_be_stopped"]) == ("stopped", False)


def test_the_page_can_be_drawn() -> None:
    assert "New comparison" in str(page())
