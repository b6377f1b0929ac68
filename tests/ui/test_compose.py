"""The editor's handlers: a draft is kept, nothing is overwritten or sent twice."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from socialapp.clock import utc_now
from socialapp.domain.counting import COUNTERS
from socialapp.domain.errors import Rejected
from socialapp.domain.people import Member, Role
from socialapp.providers.sandbox.adapter import Sandbox
from socialapp.services import history, posts
from socialapp.store import files
from socialapp.store.session import Database
from socialapp.store.tables import Workspace
from socialapp.ui.compose import drafts
from socialapp.ui.compose.state import ComposeState
from tests.people import cookie_of
from tests.ui.browser import in_the_browser
from tests.ui.tabs import call, tab

TEXTS = [
    "",
    "Hello",
    "Fähre  ",
    "e\u0301",
    "👨‍👩‍👧‍👧🔥 good!✅",
    "🇩🇪🇫🇷🇬",
    "\r\n\r\n",
    "a\x00b\x07c",
    "क्षि नमस्ते",
    "각",
    "👍🏽",
    "x" * 501,
    "é" * 300,
]


@pytest.mark.parametrize("unit", sorted(COUNTERS))
def test_the_page_counts_as_the_server_does(unit: str) -> None:
    from socialapp.domain.text import normalised

    counted = in_the_browser("given[1].map((t) => counting.count(t, given[0]))", [unit, TEXTS])

    assert counted == [COUNTERS[unit](normalised(text)) for text in TEXTS]


def test_the_part_that_is_over_begins_between_two_characters() -> None:
    text = "👨‍👩‍👧" * 3

    at = in_the_browser("counting.cut(given, 'graphemes', 2)", text)

    assert at == 2 * len("👨‍👩‍👧".encode("utf-16-le")) // 2


def written(**more: Any) -> dict[str, Any]:
    """A draft as the editor sends it."""
    return {
        "ticket": "t",
        "key": "new-1",
        "seq": 1,
        "post_id": 0,
        "revision": 0,
        "text": "Boats are in",
        "media_ids": [],
        "channel_ids": [],
    } | more


@pytest.fixture
async def editor(database: Database, alice: str, tmp_path: Path) -> ComposeState:
    """Alice's editor, open on a blank post."""
    files.connect(tmp_path / "media", limit_bytes=10**6)
    state = tab(ComposeState, alice)
    await call(state, "open", {"ticket": "t", "post_id": 0, "media_ids": []})
    return state


def only(state: ComposeState) -> list[int]:
    """The ids of the channels that were chosen by itself."""
    return list(state.draft["channel_ids"])


async def test_a_blank_post_starts_with_the_default_channel(editor: ComposeState) -> None:
    assert editor.draft["text"] == ""
    assert len(only(editor)) == 1
    assert editor.draft["zone"] == "Europe/Berlin"
    assert editor.channels[0]["can"]["text_limit"] == Sandbox.capabilities.text_limit


async def test_a_draft_is_kept_and_opened_again(editor: ComposeState) -> None:
    await call(editor, "save", written(channel_ids=only(editor)))
    post_id = editor.saved["post_id"]
    await call(editor, "open", {"ticket": "u", "post_id": post_id, "media_ids": []})

    assert editor.draft["text"] == "Boats are in"
    assert editor.draft["state"] == "draft"
    assert editor.draft["ticket"] == "u"


async def test_an_answer_that_was_lost_is_no_conflict(editor: ComposeState) -> None:
    await call(editor, "save", written())
    post_id, revision = editor.saved["post_id"], editor.saved["revision"]

    await call(editor, "save", written(seq=2, post_id=post_id, revision=revision, text="Two"))
    await call(editor, "save", written(seq=3, post_id=post_id, revision=revision, text="Three"))

    assert (editor.saved["state"], editor.saved["seq"]) == ("saved", 3)


@pytest.fixture
async def dora(database: Database, owner: Member) -> str:
    """Dora writes in Alice's workspace; this is her browser's secret."""
    cookie = await cookie_of(database, owner, Role.EDITOR)
    return cookie.partition("=")[2]


async def test_somebody_else_is_never_overwritten_unasked(
    editor: ComposeState, database: Database, owner: Member, dora: str
) -> None:
    await call(editor, "save", written(sitting="a"))
    post_id, revision = editor.saved["post_id"], editor.saved["revision"]
    there = {"post_id": post_id, "revision": revision}
    other = tab(ComposeState, dora)
    await call(other, "save", written(**there, text="Theirs", sitting="b"))

    mine = written(**there, seq=2, text="Mine", sitting="a")
    await call(editor, "save", mine)
    refused = dict(editor.saved)
    await call(other, "save", written(**there, seq=2, text="Theirs again", sitting="b"))
    shown = refused["theirs"]["revision"]
    await call(editor, "save", mine | {"seq": 3, "revision": shown, "overwrites": True})
    again = dict(editor.saved)
    shown = again["theirs"]["revision"]
    await call(editor, "save", mine | {"seq": 4, "revision": shown, "overwrites": True})
    async with database.reading() as db:
        found = await history.read(db, owner, post_id)

    assert (refused["state"], refused["theirs"]["text"]) == ("stale", "Theirs")
    assert (refused["theirs"]["by"], refused["theirs"]["is_me"]) == ("Bob", False)
    assert "Europe/Berlin" in refused["theirs"]["when"]
    assert (again["state"], again["theirs"]["text"]) == ("stale", "Theirs again")
    assert editor.saved["state"] == "saved"
    kept = [version.row.content["text"] for version in found.items]
    assert kept == ["Mine", "Theirs again", "Boats are in"]


async def test_what_is_gone_is_said_and_there_is_nothing_to_overwrite(
    editor: ComposeState, database: Database, owner: Member
) -> None:
    await call(editor, "save", written())
    post_id, revision = editor.saved["post_id"], editor.saved["revision"]
    async with database.transaction() as db:
        await posts.delete(db, owner, post_id, now=utc_now())

    await call(editor, "save", written(seq=2, post_id=post_id, revision=revision, text="Mine"))

    assert (editor.saved["state"], editor.saved["theirs"]) == ("refused", None)


async def test_it_is_scheduled_once_and_shown_per_channel(editor: ComposeState) -> None:
    plan = written(channel_ids=only(editor), how="schedule", local="2027-05-14T09:00", zone="")

    await call(editor, "send", plan)
    sent = dict(editor.sent)
    again = plan | {"seq": 2, "post_id": sent["post_id"], "revision": editor.saved["revision"]}
    await call(editor, "send", again)

    assert sent["when"] == "Fri 14 May 2027, 09:00 Europe/Berlin"
    assert [line["status"] for line in editor.sent["channels"]] == ["queued"]
    assert editor.saved["state"] == "refused"
    assert "not planned twice" in editor.saved["detail"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"text": " "}, "Write something"),
        ({"channel_ids": []}, "at least one channel"),
        ({"text": "x" * 501}, "at most 500"),
        ({"local": "2020-01-01T00:00"}, "has passed"),
        ({"local": "soon"}, "is not a time"),
        ({"zone": "Mars/Base"}, "no time zone"),
        ({"media_ids": [99]}, "no media"),
    ],
)
async def test_what_cannot_go_out_is_said_and_nothing_is_kept(
    editor: ComposeState, more: dict[str, Any], why: str
) -> None:
    plan = written(channel_ids=only(editor), how="schedule", local="2027-05-14T09:00", zone="")

    await call(editor, "send", plan | more)

    assert editor.saved["state"] == "refused"
    assert why in editor.saved["detail"]
    assert editor.sent["schedule_id"] == 0
    assert "post_id" not in editor.saved


async def test_a_long_text_comes_back_in_parts_and_nothing_is_kept(editor: ComposeState) -> None:
    text = " ".join(["bread"] * 150)
    asked = {"ticket": "s", "text": text, "channel_ids": only(editor)}

    await call(editor, "split", asked)

    assert (editor.thread["ticket"], editor.thread["trouble"]) == ("s", "")
    assert len(editor.thread["parts"]) == 2
    assert " ".join(editor.thread["parts"]) == text
    assert editor.saved == {}


async def test_where_there_are_no_threads_none_is_made(editor: ComposeState) -> None:
    await call(editor, "split", {"ticket": "s", "text": "x" * 501, "channel_ids": []})

    assert editor.thread["parts"] == []
    assert "has threads" in editor.thread["trouble"]


async def test_what_a_workspace_wants_of_descriptions_reaches_the_editor(
    editor: ComposeState, database: Database
) -> None:
    async with database.transaction() as db:
        await db.execute(update(Workspace).values(alt_text_rule="require"))

    await call(editor, "open", {"ticket": "u", "post_id": 0, "media_ids": []})

    assert editor.channels[0]["alt_text"] == "require"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Mars/Base"])
async def test_a_moment_is_said_in_words(editor: ComposeState, zone: str) -> None:
    await call(editor, "speak", "2027-03-28T02:30", zone)

    assert editor.moment["asked"] == f"2027-03-28T02:30 {zone}"
    if zone == "Europe/Berlin":
        assert editor.moment["words"] == "Sun 28 Mar 2027, 03:00 Europe/Berlin"
        assert "jump over 02:30" in editor.moment["note"]
    else:
        assert "no time zone" in editor.moment["trouble"]


@pytest.mark.parametrize(
    "request_",
    [{}, written(text=5), written(post_id=-1), written(more=1), written(how="shout")],
)
async def test_what_no_editor_sends_changes_nothing(
    editor: ComposeState, request_: dict[str, Any]
) -> None:
    with pytest.raises(Rejected):
        await call(editor, "save", request_)

    assert editor.saved == {}


@pytest.mark.parametrize(
    ("now", "proposed"),
    [
        ("2026-11-26T05:59", "2026-11-26T09:00"),
        ("2026-11-26T09:10", "2026-11-26T11:00"),
        ("2026-11-26T18:59", "2026-11-26T20:00"),
        ("2026-11-26T19:00", "2026-11-27T09:00"),
        ("2026-11-26T22:44", "2026-11-27T09:00"),
        ("2026-11-30T23:30", "2026-12-01T09:00"),
    ],
)
def test_a_time_that_nobody_chose_is_in_the_day_and_not_at_once(now: str, proposed: str) -> None:
    assert drafts.proposed(datetime.fromisoformat(now)) == proposed


async def test_a_post_that_repeats_is_said_with_its_first_time(alice: str) -> None:
    page = tab(ComposeState, alice)

    await call(page, "speak", "2031-05-15T09:00", "Europe/Berlin", "FREQ=WEEKLY;BYDAY=TU")

    assert page.moment["words"] == "First Tue 20 May 2031, 09:00 Europe/Berlin"
    assert page.moment["dates"].startswith("Tue 20 May 2031, 09:00 · Tue 27 May")
