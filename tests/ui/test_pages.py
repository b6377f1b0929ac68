"""The screens of pages: the editor's handlers, the list, the details, and the timeline."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from socialapp.clock import utc_now
from socialapp.domain.content import Kind
from socialapp.domain.errors import Rejected
from socialapp.domain.people import Member
from socialapp.providers.sandbox.adapter import Sandbox
from socialapp.services import posts, schedules
from socialapp.store import deliveries, files
from socialapp.store import posts as rows
from socialapp.store import schedules as schedule_rows
from socialapp.store.session import Database
from socialapp.store.tables import Channel, Post, SandboxPost
from socialapp.ui import glance, routes
from socialapp.ui.network.state import NetworkState
from socialapp.ui.pages.editor.state import PageState
from socialapp.ui.pages.state import PagesState
from socialapp.ui.posts.state import PostsState
from socialapp.ui.queue import details
from socialapp.ui.queue.state import QueueState
from socialapp.ui.sandbox.views import beginning, threads
from tests.imaging import documents
from tests.media.test_attachments import attached
from tests.ui.tabs import call, tab

NOW = datetime(2027, 5, 14, 9, tzinfo=UTC)


def written(**more: Any) -> dict[str, Any]:
    """A draft as the editor sends it."""
    return {
        "ticket": "t",
        "key": "page-new-1",
        "seq": 1,
        "post_id": 0,
        "revision": 0,
        "title": "Opening hours",
        "text": "Open **from six**",
        "attachment_ids": [],
        "described": [],
        "channel_ids": [],
    } | more


@pytest.fixture
async def editor(database: Database, alice: str, tmp_path: Path) -> PageState:
    """Alice's editor, open on a blank page."""
    files.connect(tmp_path / "media", limit_bytes=10**6)
    state = tab(PageState, alice)
    await call(state, "open", {"ticket": "t", "post_id": 0})
    return state


async def test_whoever_is_slower_is_given_the_page_that_is_saved(
    editor: PageState, alice: str
) -> None:
    await call(editor, "save", written())
    post_id, revision = editor.saved["post_id"], editor.saved["revision"]
    there = {"post_id": post_id, "revision": revision}
    await call(tab(PageState, alice), "save", written(**there, title="Hours in May", sitting="b"))

    await call(editor, "save", written(**there, seq=2, text="Open from seven", sitting="a"))

    theirs = editor.saved["theirs"]
    assert editor.saved["state"] == "stale"
    assert (theirs["title"], theirs["text"]) == ("Hours in May", "Open **from six**")
    assert (theirs["attachments"], theirs["revision"], theirs["is_me"]) == ([], 2, True)


async def opened(editor: PageState) -> dict[str, Any]:
    """What the editor is given of the page that it has saved."""
    await call(editor, "open", {"ticket": "u", "post_id": editor.saved["post_id"]})
    return dict(editor.draft)


async def plan(database: Database, by: Member, **more: Any) -> int:
    """Plan a page, and return the id of its schedule."""
    async with database.transaction() as db:
        page = await posts.create(
            db, by, kind=Kind.PAGE, title="Hours", text="From six", now=utc_now(), **more
        )
        planned = await schedules.create(
            db, by, post_id=page.id or 0, kind=Kind.PAGE, now=utc_now()
        )
    return planned.id or 0


async def test_a_page_is_kept_with_its_files_in_order_and_opened_again(
    editor: PageState, database: Database, owner: Member
) -> None:
    one = (await attached(database, owner, documents.pdf(), "one.pdf")).id or 0
    two = (await attached(database, owner, b"two", "two.txt")).id or 0
    said = [{"id": two, "description": " What two is "}]

    await call(editor, "save", written(attachment_ids=[two, one], described=said))

    draft = await opened(editor)
    assert (draft["title"], draft["text"]) == ("Opening hours", "Open **from six**")
    assert [(f["id"], f["description"]) for f in draft["attachments"]] == [
        (two, "What two is"),
        (one, ""),
    ]
    assert draft["state"] == "draft"


async def test_an_editor_of_pages_is_told_what_networks_take_of_pages(editor: PageState) -> None:
    (sandbox,) = editor.channels

    assert sandbox["is_open"]
    assert sandbox["can"]["text_limit"] == Sandbox.capabilities.page_text_limit


async def test_an_editor_of_pages_opens_no_post(
    editor: PageState, database: Database, owner: Member
) -> None:
    async with database.transaction() as db:
        post = await posts.create(db, owner, text="A post", now=utc_now())

    await call(editor, "open", {"ticket": "u", "post_id": post.id})

    assert editor.draft["is_missing"]
    assert editor.draft["text"] == ""


async def test_an_answer_that_was_lost_is_no_conflict_and_somebody_else_is_not_overwritten(
    editor: PageState, alice: str
) -> None:
    await call(editor, "save", written())
    known = {"post_id": editor.saved["post_id"], "revision": editor.saved["revision"]}
    await call(editor, "save", written(seq=2, title="Two", **known))
    again = tab(PageState, alice)
    await call(again, "save", written(seq=2, title="Two", **known))
    lost = again.saved["state"]
    await call(again, "save", written(seq=3, title="Three", **known))
    mine = again.saved["state"]
    await call(editor, "save", written(seq=3, title="Mine", **known))

    assert (lost, mine, editor.saved["state"]) == ("saved", "saved", "stale")
    assert (await opened(again))["title"] == "Three"


async def test_a_file_that_is_not_on_the_page_is_not_described_from_it(
    editor: PageState, database: Database, owner: Member
) -> None:
    other = (await attached(database, owner, documents.pdf())).id or 0

    await call(editor, "save", written(described=[{"id": other, "description": "Mine"}]))
    await call(editor, "save", written(seq=2, attachment_ids=[other]))

    assert [f["description"] for f in (await opened(editor))["attachments"]] == [""]


async def test_a_page_is_scheduled_once_and_shown_per_channel(editor: PageState) -> None:
    chosen = list(editor.draft["channel_ids"])
    plan = written(channel_ids=chosen, how="schedule", local="2027-05-14T09:00", zone="")

    await call(editor, "send", plan)
    sent = dict(editor.sent)
    again = plan | {"seq": 2, "post_id": sent["post_id"], "revision": editor.saved["revision"]}
    await call(editor, "send", again)

    assert sent["when"] == "Fri 14 May 2027, 09:00 Europe/Berlin"
    assert [line["status"] for line in editor.sent["channels"]] == ["queued"]
    assert "This page is planned already" in editor.saved["detail"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"text": " \n"}, "Write something"),
        ({"channel_ids": []}, "at least one channel"),
        ({"attachment_ids": [99]}, "no attachment with the id 99"),
        ({"local": "2020-01-01T00:00"}, "has passed"),
    ],
)
async def test_what_cannot_go_out_is_said_and_nothing_is_kept(
    editor: PageState, more: dict[str, Any], why: str
) -> None:
    chosen = list(editor.draft["channel_ids"])
    plan = written(channel_ids=chosen, how="schedule", local="2027-05-14T09:00", zone="")

    await call(editor, "send", plan | more)

    assert editor.saved["state"] == "refused"
    assert why in editor.saved["detail"]
    assert editor.sent["schedule_id"] == 0


@pytest.mark.parametrize(
    "request_",
    [
        {},
        written(title=5),
        written(media_ids=[1]),
        written(attachment_ids=["1"]),
        written(described=[{"id": 1, "description": "x" * 1501}]),
        written(how="shout"),
    ],
)
async def test_what_no_editor_sends_changes_nothing(
    editor: PageState, request_: dict[str, Any]
) -> None:
    with pytest.raises(Rejected):
        await call(editor, "save", request_)

    assert editor.saved == {}


async def test_channels_that_take_no_pages_say_so_and_are_not_chosen_by_themselves(
    database: Database, alice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_posts = replace(Sandbox.capabilities, kinds=(Kind.POST,))
    monkeypatch.setattr(Sandbox, "capabilities", only_posts)
    state = tab(PageState, alice)

    await call(state, "open", {"ticket": "t", "post_id": 0})

    assert [c["is_open"] for c in state.channels] == [False]
    assert state.draft["channel_ids"] == []


async def test_posts_and_pages_have_lists_of_their_own(
    database: Database, alice: str, owner: Member
) -> None:
    await plan(database, owner)
    async with database.transaction() as db:
        await posts.create(db, owner, kind=Kind.PAGE, text="Without a title", now=utc_now())
        await posts.create(db, owner, text="A post about hours", now=utc_now())
    pages, written_posts = tab(PagesState, alice), tab(PostsState, alice)

    await call(pages, "load")
    await call(written_posts, "load")

    assert [row["text"] for row in pages.rows] == ["Without a title", "Hours"]
    assert [row["address"] for row in pages.rows] == [
        f"{routes.EDIT_PAGE}?page={row['id']}" for row in pages.rows
    ]
    assert [row["text"] for row in written_posts.rows] == ["A post about hours"]
    await call(pages, "search", "hours")
    assert [row["text"] for row in pages.rows] == ["Hours"]
    await call(pages, "choose_status", "draft")
    assert pages.rows == []


async def test_the_queue_lists_drafts_of_both_kinds_and_steps_through_them(
    database: Database, alice: str, owner: Member
) -> None:
    async with database.transaction() as db:
        for number in range(30):
            kind = Kind.PAGE if number % 3 == 0 else Kind.POST
            await posts.create(db, owner, kind=kind, text=f"Draft {number}", now=utc_now())
    queue = tab(QueueState, alice)

    await call(queue, "choose_tab", "drafts")
    first = [(row["text"], row["is_page"]) for row in queue.drafts]
    await call(queue, "go", 1)
    rest = [(row["text"], row["is_page"]) for row in queue.drafts]

    assert first + rest == [(f"Draft {n}", n % 3 == 0) for n in reversed(range(30))]
    assert queue.place == "26-30 of 30"


async def test_the_details_of_a_page_show_its_title_and_files(
    database: Database, owner: Member, tmp_path: Path
) -> None:
    files.connect(tmp_path / "media", limit_bytes=10**6)
    file = await attached(database, owner, documents.pdf(), "minutes.pdf")
    planned = await plan(database, owner, attachment_ids=[file.id or 0])

    async with database.reading() as db:
        shown = await details.read(db, owner.workspace_id, planned, zone="UTC", now=utc_now())

    assert shown
    assert (shown["written"]["is_page"], shown["written"]["title"]) == (True, "Hours")
    assert [f["name"] for f in shown["written"]["files"]] == ["minutes.pdf"]
    assert shown["written"]["address"].startswith(routes.EDIT_PAGE)


async def test_a_channels_own_page_calls_what_it_was_sent_by_its_title(
    database: Database, alice: str, owner: Member
) -> None:
    planned = await plan(database, owner)
    async with database.transaction() as db:
        ((delivery,),) = (await schedule_rows.deliveries_of(db, [planned])).values()
        await deliveries.note(
            db,
            delivery,
            provider="sandbox",
            kind="send",
            status="posted",
            error="",
            started_at=utc_now(),
            finished_at=utc_now(),
        )
    state = tab(NetworkState, alice, routes.channel("sandbox", delivery.channel_id))

    await call(state, "load")

    assert [(row["text"], row["is_page"]) for row in state.attempts] == [("Hours", True)]


async def test_open_lists_are_told_the_status_of_what_changed(
    database: Database, owner: Member
) -> None:
    planned = await plan(database, owner)

    async with database.reading() as db:
        values = await glance.read(db, owner.workspace_id, now=utc_now())
        (page,) = (await rows.page(db, owner.workspace_id, kind=Kind.PAGE)).items

    assert values["posts"] == {str(page.id): "queued"}
    assert values["changed"][str(planned)]["status"] == "queued"
    assert [(row["text"], row["is_page"]) for row in values["next_up"]] == [("Hours", True)]


def on_the_sandbox(post_id: int, text: str = "", **more: Any) -> tuple[SandboxPost, Channel]:
    """A post of the timeline, with its account."""
    account = Channel(id=1, workspace_id=1, provider="sandbox", name="Shop", handle="shop")
    given = {"options": {}, "media": [], "attachments": [], "created_at": NOW} | more
    return SandboxPost(id=post_id, account="shop", once=f"{post_id}", text=text, **given), account


def test_a_thread_is_shown_in_one_piece_and_in_its_order() -> None:
    found = [
        on_the_sandbox(5, "Another"),
        on_the_sandbox(4, "Three", reply_to=3),
        on_the_sandbox(3, "Two", reply_to=2),
        on_the_sandbox(2, "One"),
    ]

    shown = threads(found, wanted="3", now=NOW)

    texts = [["".join(p["text"] for p in e["pieces"]) for e in post["elements"]] for post in shown]
    assert texts == [["Another"], ["One", "Two", "Three"]]
    assert [post["is_wanted"] for post in shown] == [False, True]


def test_a_part_whose_beginning_is_not_there_leads_to_it() -> None:
    (shown,) = threads([on_the_sandbox(9, "Two", reply_to=8)], wanted="", now=NOW)

    assert shown["follows"] == "8"
    assert [e["key"] for e in shown["elements"]] == ["9"]


def test_a_page_shows_its_title_its_files_and_its_warning() -> None:
    file = {"filename": "a.pdf", "description": "A", "size_bytes": 2048, "sha256": "0" * 64}
    options = {"content_warning": "Spoilers", "language": "de"}
    page = on_the_sandbox(
        7, "# Hours", kind="page", title="May", attachments=[file], options=options
    )

    (shown,) = threads([page], wanted="", now=NOW)

    (element,) = shown["elements"]
    assert (element["is_page"], element["title"], element["text"]) == (True, "May", "# Hours")
    assert (element["warning"], element["language"]) == ("Spoilers", "de")
    assert [(f["name"], f["about"], f["size"]) for f in element["files"]] == [
        ("a.pdf", "A", "2 KB")
    ]
    assert element["files"][0]["url"] == "/sandbox/posts/7/attachments/0"


def test_a_long_page_is_cut_between_paragraphs_until_somebody_wants_all_of_it() -> None:
    long = "\n\n".join(["Some words about bread."] * 200)

    (cut,) = threads([on_the_sandbox(1, long, kind="page")], wanted="", now=NOW)
    (whole,) = threads([on_the_sandbox(1, long, kind="page")], wanted="1", now=NOW)

    assert cut["elements"][0]["is_cut"]
    assert cut["elements"][0]["text"].endswith("bread.")
    assert len(cut["elements"][0]["text"]) <= 1500
    assert whole["elements"][0]["text"] == long
    assert len(beginning("x" * 5000)) == 1500


@pytest.mark.parametrize(
    ("post", "called"),
    [
        (Post(workspace_id=1, kind=Kind.PAGE, title="Hours", text="From six"), "Hours"),
        (Post(workspace_id=1, kind=Kind.PAGE, title="", text="From\nsix"), "From six"),
        (Post(workspace_id=1, text="A post"), "A post"),
        (Post(workspace_id=1, kind=Kind.PAGE), ""),
    ],
)
def test_a_page_is_called_by_its_title(post: Post, called: str) -> None:
    from socialapp.ui.rows import heading

    assert heading(post) == called
