"""Tags, templates and the page of texts, as their handlers do it."""

from pathlib import Path

import pytest

from socialapp.domain.errors import NotFound, Rejected
from socialapp.store import files, texts
from socialapp.store.session import Database
from socialapp.ui.compose.state import ComposeState
from socialapp.ui.posts.state import PostsState
from socialapp.ui.texts.state import TextsState
from tests.ui.tabs import call, move, tab
from tests.ui.test_compose import written


@pytest.fixture(autouse=True)
def library(tmp_path: Path) -> None:
    """Where media are."""
    files.connect(tmp_path / "media", limit_bytes=10**6)


async def test_labels_are_kept_with_the_draft_and_an_answer_that_was_lost_is_no_conflict(
    database: Database, alice: str
) -> None:
    editor = tab(ComposeState, alice)
    draft = written(tags=["#Fresh  bread"], campaign=" Autumn ")

    await call(editor, "save", draft)
    again = draft | {"post_id": editor.saved["post_id"], "seq": 2}
    lost = tab(ComposeState, alice)
    await call(lost, "save", again | {"revision": 7})

    assert editor.saved["state"] == lost.saved["state"] == "saved"
    await call(editor, "open", {"ticket": "o", "post_id": editor.saved["post_id"]})
    assert (editor.draft["tags"], editor.draft["campaign"]) == (["Fresh bread"], "Autumn")
    assert editor.draft["known"] == {"tags": ("Fresh bread",), "campaigns": ("Autumn",)}
    await call(lost, "save", again | {"revision": 7, "tags": []})
    assert lost.saved["state"] == "stale"


async def test_a_template_is_kept_and_a_draft_begins_with_it(
    database: Database, alice: str
) -> None:
    editor = tab(ComposeState, alice)
    pattern = written(text="This week: ", tags=["offer"], parts=[{"text": "More", "media_ids": []}])

    await call(editor, "keep_template", pattern | {"name": "Weekly"})
    await call(editor, "keep_template", pattern | {"name": "  ", "ticket": "u"})

    assert editor.template["trouble"] == "Give it a name. Nothing was saved."
    listed = tab(TextsState, alice)
    await call(listed, "choose_tab", "templates")
    (row,) = listed.rows
    assert (row["name"], row["text"], row["labels"]) == ("Weekly", "This week:", "offer")
    await call(editor, "open", {"ticket": "o", "post_id": 0, "template_id": row["id"]})
    said = {key: editor.draft[key] for key in ("post_id", "text", "tags", "template")}
    assert said == {"post_id": 0, "text": "This week: ", "tags": ["offer"], "template": "Weekly"}
    assert editor.draft["parts"] == [{"text": "More", "media": []}]
    await call(editor, "open", {"ticket": "o", "post_id": 0, "template_id": 999})
    assert editor.draft["text"] == ""
    posts = tab(PostsState, alice)
    await call(posts, "load")
    assert posts.rows == []


async def test_the_page_keeps_changes_and_deletes_snippets(database: Database, alice: str) -> None:
    page = tab(TextsState, alice)
    await call(page, "choose_tab", "hashtags")
    await call(page, "write", 0)
    with pytest.raises(Rejected):
        await call(page, "save", {"text_name": "", "text_text": "bread"})
    assert page.form["is_open"]
    await call(page, "save", {"text_name": "Bakery", "text_text": "bread"})
    (row,) = page.rows
    await call(page, "write", row["id"])
    await call(page, "save", {"text_name": "Bakery", "text_text": "bread rolls"})
    assert [each["text"] for each in page.rows] == ["#bread #rolls"]
    await call(page, "search", "tart")
    assert page.rows == []
    await call(page, "ask_delete", row["id"], "Bakery")
    await call(page, "delete")
    async with database.reading() as db:
        assert await texts.snippets(db, 1) == []
    with pytest.raises(NotFound):
        await call(page, "write", row["id"])


async def test_a_list_is_narrowed_down_by_labels_and_its_address_says_so(
    database: Database, alice: str
) -> None:
    editor, posts = tab(ComposeState, alice), tab(PostsState, alice)
    await call(editor, "save", written(text="Bread", tags=["Fresh"], campaign="Autumn"))
    await call(editor, "save", written(text="Rolls", key="new-2"))

    await call(posts, "choose_label", "tag", "Fresh")

    assert [row["text"] for row in posts.rows] == ["Bread"]
    assert posts.rows[0]["labels"] == "Autumn, Fresh"
    assert posts.address == "/posts/?tag=Fresh"
    other = tab(PostsState, alice)
    move(other, "/posts/?campaign=Nothing")
    await call(other, "load")
    assert (other.rows, other.campaigns) == ([], ["Autumn", "Nothing"])
