"""What differs by channel: the page shows what the server sends, and keeps what was written."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from socialapp.domain import variants
from socialapp.domain.content import Content, Part
from socialapp.domain.delivery import Status
from socialapp.domain.errors import Conflict, NotFound, Rejected
from socialapp.domain.variants import Variant
from socialapp.store import contents, files
from socialapp.store.session import Database
from socialapp.store.tables import Delivery
from socialapp.ui.compose.state import ComposeState
from tests.ui.browser import in_the_browser
from tests.ui.tabs import call, tab
from tests.ui.test_compose import written

WORDS = st.sampled_from(["", "Boats", "Fish"])
PARTS = st.lists(WORDS, max_size=2)
OPTIONS = st.dictionaries(st.sampled_from(["a", "b", "c"]), WORDS)
OWN = st.fixed_dictionaries({"options": OPTIONS}, optional={"text": WORDS, "parts": PARTS})
CASES = st.tuples(st.fixed_dictionaries({"text": WORDS, "parts": PARTS, "options": OPTIONS}), OWN)


def _elements(given: dict[str, Any]) -> dict[str, Any]:
    parts = given.get("parts")
    return given if parts is None else given | {"parts": [{"text": t, "media": []} for t in parts]}


def _parts(texts: list[str] | None) -> tuple[Part, ...] | None:
    return None if texts is None else tuple(map(Part, texts))


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(CASES, min_size=20, max_size=40), OPTIONS)
def test_the_page_shows_what_goes_out_to_a_channel(cases: list[Any], defaults: Any) -> None:
    takes = ["a", "b"]
    channel = {"id": 7, "options": defaults, "can": {"options": [{"key": key} for key in takes]}}
    posts = [{"media": [], **_elements(p), "variants": {"7": _elements(own)}} for p, own in cases]

    shown = in_the_browser(
        "given[0].map((post) => variants.resolved(post, given[1]))", [posts, channel]
    )

    for (post, own), found in zip(cases, shown, strict=True):
        shared = Content(post["text"], parts=_parts(post["parts"]) or (), options=post["options"])
        mine = Variant(own.get("text"), parts=_parts(own.get("parts")), options=own["options"])
        sent = variants.resolve(shared, mine, takes=takes, defaults=defaults)
        assert found["text"] == sent.text
        assert [part["text"] for part in found["parts"]] == [part.text for part in sent.parts]
        assert found["options"] == sent.options


def test_a_field_is_inherited_until_it_is_changed_and_given_back() -> None:
    blank = {"media": [], "parts": [], "options": {"warning": "Fish"}, "variants": {}}
    steps = """(() => {
        const own = (post, field) => variants.isOwn(post, 7, field);
        let post = { ...given, text: "Boats" };
        const said = [own(post, "text")];
        post = variants.changed(post, 7, "text", "");
        said.push(own(post, "text"), variants.seen(post, 7).text, post.text);
        post = variants.changed(post, 7, "options.warning", "");
        said.push(own(post, "options.warning"), variants.seen(post, 7).options.warning);
        post = variants.inherited(post, 7, "text");
        said.push(variants.seen(post, 7).text, variants.hasOwn(post, 7));
        post = variants.inherited(post, 7, "options.warning");
        return [...said, variants.hasOwn(post, 7), post.variants];
    })()"""

    found = in_the_browser(steps, blank)

    assert found == [False, True, "", "Boats", True, "", "Boats", True, False, {}]


def test_what_two_networks_call_alike_and_mean_otherwise_is_not_chosen_for_both() -> None:
    def network(*options: tuple[str, str, list[Any]]) -> dict[str, Any]:
        offers = [{"key": k, "kind": kind, "choices": choices} for k, kind, choices in options]
        return {"can": {"options": offers}, "options": {}}

    some = [network(("warning", "text", []), ("language", "language", []))]
    some += [network(("warning", "choice", [["", "None"]]), ("language", "language", []))]

    found = in_the_browser(
        "offers.offered(given).map((o) => [o.option.key, o.isShared, o.channels.length])", some
    )

    assert found == [["warning", False, 2], ["language", True, 2]]


@pytest.fixture
async def editor(database: Database, alice: str, tmp_path: Path) -> ComposeState:
    """Alice's editor, open on a blank post."""
    files.connect(tmp_path / "media", limit_bytes=10**6)
    state = tab(ComposeState, alice)
    await call(state, "open", {"ticket": "t", "post_id": 0, "media_ids": []})
    return state


POLL = {"options": ["Yes", "No"], "expires_in_s": 86_400}


def differing(editor: ComposeState, **own: Any) -> dict[str, Any]:
    """A draft with a thread, options, and a variant for the one channel that there is."""
    (channel_id,) = editor.draft["channel_ids"]
    return written(
        channel_ids=[channel_id],
        parts=[{"text": "Second", "media_ids": []}],
        options={"content_warning": "Fish"},
        variants=[{"channel_id": channel_id, **own}],
    )


async def test_all_that_is_written_is_opened_again(editor: ComposeState) -> None:
    own: dict[str, Any] = {"text": "", "media_ids": [], "parts": [], "options": {"poll": POLL}}
    asked = differing(editor, **own)

    await call(editor, "save", asked)
    await call(editor, "open", {"ticket": "u", "post_id": editor.saved["post_id"], "media_ids": []})

    (channel_id,) = asked["channel_ids"]
    assert editor.draft["parts"] == [{"text": "Second", "media": []}]
    assert editor.draft["options"] == {"content_warning": "Fish"}
    same = {"text": "", "media": [], "parts": [], "options": {"poll": POLL}}
    assert editor.draft["variants"] == {str(channel_id): same}


async def test_a_lost_answer_is_no_conflict_unless_something_differs(
    editor: ComposeState, alice: str
) -> None:
    asked = differing(editor, text="Mine")
    await call(editor, "save", asked)
    known = {"post_id": editor.saved["post_id"], "revision": editor.saved["revision"]}
    other = tab(ComposeState, alice)
    await call(other, "save", asked | known | {"seq": 2})
    last = differing(editor, text="Mine, and more")
    await call(editor, "save", last | known | {"revision": other.saved["revision"], "seq": 3})

    await call(other, "save", last | known | {"seq": 4})
    again = other.saved["state"]
    await call(other, "save", asked | known | {"seq": 5})

    assert (again, other.saved["state"]) == ("saved", "saved")


@pytest.mark.parametrize(
    "more",
    [
        {"parts": [{"text": "x"}]},
        {"parts": "x"},
        {"parts": [{"text": "x", "media_ids": [], "more": 1}]},
        {"parts": [{"text": "", "media_ids": []}] * 51},
        {"options": ["x"]},
        {"options": {str(at): "" for at in range(51)}},
        {"variants": [{"text": "x"}]},
        {"variants": [{"channel_id": 0}]},
        {"variants": [{"channel_id": 2**63}]},
        {"variants": [{"channel_id": 1, "text": 5}]},
        {"variants": [{"channel_id": 1, "title": "x"}]},
        {"variants": {"1": {}}},
    ],
)
async def test_what_no_editor_sends_changes_nothing(
    editor: ComposeState, more: dict[str, Any]
) -> None:
    with pytest.raises(Rejected):
        await call(editor, "save", written(**more))

    assert editor.saved == {}


@pytest.mark.parametrize(
    "more",
    [
        {"variants": [{"channel_id": 999, "text": "x"}]},
        {"options": {"unheard_of": "x"}},
        {"options": {"poll": {"options": "x"}}},
        {"parts": [{"text": "x", "media_ids": [999]}]},
    ],
)
async def test_what_cannot_be_kept_is_refused_in_words(
    editor: ComposeState, more: dict[str, Any]
) -> None:
    await call(editor, "save", written(**more))

    assert editor.saved["state"] == "refused"
    assert editor.saved["detail"]


@pytest.mark.parametrize(
    ("handler", "more"), [("retry", ()), ("resolve", (True,)), ("resolve", (False,))]
)
@pytest.mark.parametrize("delivery_id", [0, -1, 2**62])
async def test_nothing_is_done_to_what_is_not_there(
    editor: ComposeState, handler: str, more: tuple[bool, ...], delivery_id: int
) -> None:
    with pytest.raises(NotFound):
        await call(editor, handler, delivery_id, *more)


async def test_what_waits_is_not_tried_again_from_the_result(editor: ComposeState) -> None:
    await call(editor, "send", differing(editor) | {"how": "schedule", "local": "2027-05-14T09:00"})
    (line,) = editor.sent["channels"]

    assert (line["can_retry"], line["needs_check"], line["parts"]) == (False, False, [])
    with pytest.raises(Conflict):
        await call(editor, "retry", line["id"])


async def test_what_failed_is_tried_again_from_the_result(
    editor: ComposeState, database: Database
) -> None:
    await call(editor, "send", differing(editor) | {"how": "schedule", "local": "2027-05-14T09:00"})
    async with database.transaction() as db:
        out = [{"remote_id": "1", "url": "/a"}, {"remote_id": "2", "url": "/b"}]
        await db.execute(update(Delivery).values(status=Status.FAILED, progress=out))
    await call(editor, "follow")
    (failed,) = editor.sent["channels"]

    await call(editor, "retry", failed["id"])

    assert failed["can_retry"]
    assert [part["url"] for part in failed["parts"]] == ["/a", "/b"]
    assert editor.sent["channels"][0]["status"] == "queued"


async def test_what_is_sent_are_the_variants(editor: ComposeState, database: Database) -> None:
    asked = differing(editor, text="Only there")

    await call(editor, "send", asked | {"how": "schedule", "local": "2027-05-14T09:00"})

    async with database.reading() as db:
        post_id = editor.sent["post_id"]
        kept = (await contents.written(db, [post_id]))[post_id]
    (own,) = kept.variants.values()
    assert own.text == "Only there"
    assert [part.text for part in kept.shared.parts] == ["Second"]
