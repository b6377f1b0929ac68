"""The page of sources: a source is made, changed, paused and deleted."""

import pytest

from socialapp.domain.errors import NotFound
from socialapp.domain.people import Member
from socialapp.store.session import Database
from socialapp.ui.sources.page import page
from socialapp.ui.sources.state import SourcesState
from tests.ui.tabs import call, tab


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_source_is_made_changed_paused_and_deleted(
    database: Database, alice: str, owner: Member
) -> None:
    here = tab(SourcesState, alice)
    await call(here, "load")
    (channel,) = here.channels
    form = {"url": "bakery.example.org/feed", "template": "{title} {link}", "per_day": "5"}

    await call(here, "edit", 0)
    await call(here, "submit", form)
    assert here.refusal == "Choose at least one channel."
    await call(here, "submit", form | {f"channel-{channel['id']}": "yes"})

    (row,) = here.sources
    assert row["url"] == "https://bakery.example.org/feed"
    assert row["state"] == "What is new becomes a draft · next look now"
    await call(here, "edit", row["id"])
    changed = form | {f"channel-{channel['id']}": "yes", "becomes": "queue", "must_have": "a, b"}
    await call(here, "submit", changed)
    assert here.sources[0]["must_have"] == "a, b"
    await call(here, "pause", row["id"], True)
    assert here.sources[0]["state"].endswith("paused")

    for wrong in (987654321, -1):
        with pytest.raises(NotFound):
            await call(here, "pause", wrong, True)
    await call(here, "ask_delete", row["id"], row["name"])
    await call(here, "delete")
    assert here.sources == []


def test_the_page_can_be_drawn() -> None:
    assert "Add a source" in str(page())
