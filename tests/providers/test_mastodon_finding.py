"""A post is found in the account's list, and told from all that only looks like it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from socialapp.clock import utc_now
from socialapp.domain.content import Part
from socialapp.domain.moments import iso
from socialapp.domain.outcome import Absent, Finding, Posted, Unknown
from socialapp.providers.contract import Access
from socialapp.providers.intent import Intent
from socialapp.providers.mastodon import finding
from socialapp.providers.mastodon.adapter import Mastodon
from socialapp.providers.mastodon.reading import gist, plain
from tests.networks.mischief import Mischief
from tests.providers.desk_mastodon import Scripted, adapter, intent, outcome_of, picture
from tests.providers.stage_mastodon import access_to
from tests.servers.mastodon.posting import Keys
from tests.servers.mastodon.server import Mastodon as Server
from tests.servers.mastodon.text import as_html

POLL = {"options": ["yes", "no"], "expires_in_s": 600}
LIST = "GET /api/v1/accounts/7/statuses"
ODD = (
    "Ships & boats: <b>all</b> “of” them\n\n\n\nhttps://example.com/harbour?a=1&b=2#c"
    "  #Sea @bob@far.example @carol 👩‍👩‍👧 é e\u0301 &amp; &lt;  tail"
)


@dataclass
class Seeker:
    """Somebody who posts and looks."""

    provider: Mastodon
    access: Access
    server: Server

    async def posts(self, what: Intent, once: str = "k") -> Any:
        return await outcome_of(self.provider.publish(what, self.access, once=once))

    async def finds(self, what: Intent, since: datetime | None = None) -> Finding:
        since = since or utc_now() - timedelta(minutes=1)
        return await self.provider.find(what, self.access, once="k", since=since)

    async def loses(self, what: Intent, once: str = "k") -> None:
        """Post it without an answer."""
        self.server.disturb(Mischief.ANSWER_LOST)
        assert isinstance(await self.posts(what, once), Unknown)


@pytest.fixture
async def seeker(mastodon: Server) -> AsyncIterator[Seeker]:
    async with adapter() as provider:
        yield Seeker(provider, access_to(mastodon), mastodon)


@pytest.mark.parametrize("keys", Keys)
async def test_what_was_posted_without_an_answer_is_found_whatever_the_key_is_worth(
    seeker: Seeker, keys: Keys
) -> None:
    seeker.server.posting.keys = keys
    await seeker.loses(intent())

    (status,) = seeker.server.timeline.statuses
    assert await seeker.finds(intent()) == Posted(
        status.id, f"{seeker.server.base_url}/@alice/{status.id}"
    )


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private", "direct"])
async def test_what_only_we_can_see_is_found_too(seeker: Seeker, visibility: str) -> None:
    what = intent(options={"visibility": visibility})
    await seeker.loses(what)

    found = await seeker.finds(what)

    assert isinstance(found, Posted)
    assert found.kept == {"visibility": visibility}


@pytest.mark.parametrize("says_source", [True, False])
@pytest.mark.parametrize("text", ["Hello", ODD, "  blanks around \n", "a\r\nb"])
async def test_a_text_is_known_again_behind_its_html(
    seeker: Seeker, text: str, says_source: bool
) -> None:
    await seeker.posts(intent(text))
    await seeker.posts(intent("something else"), "k2")
    path = "" if says_source else r"/api/v1/statuses/\d+/source"
    if path:
        seeker.server.disturb(*[Mischief.REFUSE] * 4, method="GET", path=path)

    found = await seeker.finds(intent(text))

    assert isinstance(found, Posted)
    assert found.remote_id == seeker.server.timeline.statuses[0].id


async def test_a_warning_about_nothing_is_the_text(seeker: Seeker) -> None:
    what = intent("", options={"content_warning": "Boats"})
    await seeker.loses(what)

    assert isinstance(await seeker.finds(what), Posted)


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Hello!"},
        {"text": "Hello", "options": {"content_warning": "Boats"}},
        {"text": "Hello", "options": {"poll": POLL}},
    ],
)
async def test_what_differs_is_another(seeker: Seeker, other: dict[str, Any]) -> None:
    await seeker.posts(intent(**other))

    assert await seeker.finds(intent()) == Absent()


async def test_a_reply_with_the_same_words_is_another(seeker: Seeker) -> None:
    first = await seeker.posts(intent("one"))
    out = {"remote_id": first.remote_id, "url": first.url, "kept": {}}
    follows = intent("one", parts=(Part("Hello"),), posted=(out,))
    await seeker.posts(follows, "k-1")

    assert await seeker.finds(intent()) == Absent()
    assert isinstance(await seeker.finds(follows), Posted)


async def test_parts_with_the_same_words_are_told_apart(seeker: Seeker) -> None:
    thread = intent("Hey", parts=(Part("Hey"), Part("Hey")))
    ids = []
    for number in range(3):
        assert await seeker.finds(thread) == Absent()
        await seeker.loses(thread, f"k{number}")
        found = await seeker.finds(thread)
        assert isinstance(found, Posted)
        ids.append(found.remote_id)
        out = {"remote_id": found.remote_id, "url": found.url, "kept": dict(found.kept)}
        thread = replace(thread, posted=(*thread.posted, out))

    assert ids == [status.id for status in seeker.server.timeline.statuses]


async def test_what_others_passed_on_and_what_we_did_is_none(seeker: Seeker) -> None:
    theirs = await outcome_of(
        seeker.provider.publish(intent(), access_to(seeker.server, "bob"), once="k")
    )
    token = {"Authorization": f"Bearer {seeker.access.secrets['token']}"}
    async with adapter() as provider:
        path = f"{seeker.server.base_url}/api/v1/statuses/{theirs.remote_id}/reblog"
        await provider._http.send("POST", path, headers=token)

    assert await seeker.finds(intent()) == Absent()


# Time.


async def test_an_older_post_with_the_same_words_is_another(seeker: Seeker) -> None:
    await seeker.posts(intent())

    later = utc_now() + timedelta(minutes=30)
    assert await seeker.finds(intent(), since=later) == Absent()


async def test_one_from_just_before_may_be_ours_with_a_clock_that_is_wrong(
    seeker: Seeker,
) -> None:
    await seeker.posts(intent())

    later = utc_now() + timedelta(minutes=5)
    assert isinstance(await seeker.finds(intent(), since=later), Unknown)


@pytest.mark.parametrize("ahead", [timedelta(minutes=-30), timedelta(minutes=30)])
async def test_a_servers_clock_is_read_from_its_answer(ahead: timedelta) -> None:
    now = utc_now()
    headers = {"Date": (now + ahead).strftime("%a, %d %b %Y %H:%M:%S GMT")}
    made = {"id": "1", "created_at": iso(now + ahead), "content": "<p>Hello</p>"}
    async with Scripted() as server, adapter() as provider:
        found = []
        for since in (now - timedelta(seconds=2), now + timedelta(minutes=30)):
            server.says[LIST] = [web.json_response(s, headers=headers) for s in ([made], [])]
            found.append(await provider.find(intent(), server.access, once="k", since=since))

    assert isinstance(found[0], Posted)
    assert found[1] == Absent()


async def test_the_list_is_read_back_as_far_as_the_attempt(
    seeker: Seeker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE", 2)
    await seeker.loses(intent())
    for number in range(5):
        await seeker.posts(intent(f"n{number}"), f"n{number}")

    assert isinstance(await seeker.finds(intent()), Posted)
    monkeypatch.setattr(finding, "PAGES_AT_MOST", 2)
    assert isinstance(await seeker.finds(intent()), Unknown)


# Others with the same words.


async def test_what_is_known_to_be_anothers_is_not_ours(seeker: Seeker) -> None:
    other = await seeker.posts(intent())

    for name in (other.remote_id, other.url, f"{other.url.replace('@', 'deck/@')}/"):
        assert await seeker.finds(intent(elsewhere=frozenset({name}))) == Absent()
    await seeker.loses(intent(), "k2")
    found = await seeker.finds(intent(elsewhere=frozenset({other.remote_id})))
    assert isinstance(found, Posted)
    assert found.remote_id == seeker.server.timeline.statuses[1].id


def window(begin_s: float, end_s: float) -> tuple[datetime, datetime]:
    now = utc_now()
    return now + timedelta(seconds=begin_s), now + timedelta(seconds=end_s)


async def test_one_post_is_not_claimed_while_two_may_be_it(seeker: Seeker) -> None:
    await seeker.loses(intent())

    both = intent(twins=(window(0, 0),))
    assert isinstance(await seeker.finds(both), Unknown)
    await seeker.loses(intent(), "k2")
    found = await seeker.finds(both)
    assert isinstance(found, Posted)
    assert found.remote_id == seeker.server.timeline.statuses[0].id


@pytest.mark.parametrize(
    ("begin_s", "end_s", "is_apart"),
    [(20, 20, True), (-3600, -3000, True), (-60, -30, False)],
)
async def test_a_twin_that_was_sent_later_or_long_before_is_told_apart(
    seeker: Seeker, begin_s: float, end_s: float, is_apart: bool
) -> None:
    await seeker.loses(intent())

    found = await seeker.finds(intent(twins=(window(begin_s, end_s),)))

    assert isinstance(found, Posted) is is_apart


async def test_a_part_of_a_thread_has_no_twin(seeker: Seeker) -> None:
    first = await seeker.posts(intent("one"))
    out = {"remote_id": first.remote_id, "url": first.url, "kept": {}}
    follows = intent("one", parts=(Part("two"),), posted=(out,), twins=(window(0, 0),))
    await seeker.loses(follows, "k-1")

    assert isinstance(await seeker.finds(follows), Posted)


# Media.


async def with_media(seeker: Seeker, folder: Path, *names: str) -> Intent:
    what = intent("Hello", [picture(folder, f"{name}.png") for name in names])
    return replace(what, prepared=await seeker.provider.prepare(what, seeker.access, once="k"))


async def test_media_tells_twins_apart(seeker: Seeker, tmp_path: Path) -> None:
    one, two = await with_media(seeker, tmp_path, "a"), await with_media(seeker, tmp_path, "b")
    await seeker.loses(one)
    await seeker.loses(two, "k2")

    found = [await seeker.finds(replace(w, twins=(window(0, 0),))) for w in (one, two)]

    statuses = seeker.server.timeline.statuses
    assert [f.remote_id for f in found if isinstance(f, Posted)] == [s.id for s in statuses]


async def test_the_same_words_with_other_media_are_not_claimed(
    seeker: Seeker, tmp_path: Path
) -> None:
    lost, other = await with_media(seeker, tmp_path, "a"), await with_media(seeker, tmp_path, "b")
    posted = await seeker.posts(other)

    assert isinstance(await seeker.finds(lost), Unknown)
    known = frozenset({posted.remote_id})
    assert await seeker.finds(replace(lost, elsewhere=known)) == Absent()
    assert await seeker.finds(intent()) == Absent()


async def test_one_with_less_media_may_be_ours_that_lost_some(
    seeker: Seeker, tmp_path: Path
) -> None:
    await seeker.posts(intent("Hello"))

    assert isinstance(await seeker.finds(await with_media(seeker, tmp_path, "a")), Unknown)


# Servers that cannot be asked, or say something odd.


@pytest.mark.parametrize(
    "answer",
    [
        web.json_response({"error": "outside the authorized scopes"}, status=403),
        web.json_response({"error": "Too many requests"}, status=429),
        web.json_response({}, status=500),
        web.json_response({"a": 1}),
        web.json_response([7]),
        web.json_response([{"id": "1"}]),
        web.json_response([{"id": "1", "created_at": "yesterday"}]),
        web.json_response([{"id": "1", "created_at": "0001-01-01T00:00:00+23:59"}]),
        web.json_response([{"id": 1, "created_at": "2026-01-01T00:00:00Z"}]),
        web.Response(text="<html></html>", content_type="text/html"),
    ],
)
async def test_an_answer_that_says_nothing_proves_nothing(answer: web.Response) -> None:
    async with Scripted({LIST: answer}) as server, adapter() as provider:
        found = await provider.find(intent(), server.access, once="k", since=utc_now())

    assert isinstance(found, Unknown)


async def test_words_that_only_look_alike_are_doubtful_and_not_claimed() -> None:
    """The list hides the host of a mention; what was typed shows it."""
    made = {"id": "1", "created_at": iso(utc_now()), "content": "<p>Hi @bob</p>"}
    source = web.json_response({"id": "1", "text": "Hi @bob@b.example"})
    since = utc_now() - timedelta(minutes=1)
    found = {}
    async with (
        Scripted({"GET /api/v1/statuses/1/source": source}) as server,
        adapter() as provider,
    ):
        for host in ("a.example", "b.example"):
            server.says[LIST] = [web.json_response([made]), web.json_response([])]
            what = intent(f"Hi @bob@{host}")
            found[host] = await provider.find(what, server.access, once="k", since=since)

    assert isinstance(found["a.example"], Unknown)
    assert isinstance(found["b.example"], Posted)


@pytest.mark.parametrize(
    ("content", "kind"),
    [("<p>See bob's “boat” at the sea</p>", Unknown), ("<p>See bob's ship</p>", Absent)],
)
async def test_words_that_a_server_rewrote_are_doubtful_and_not_sent_again(
    content: str, kind: type
) -> None:
    made = {"id": "1", "created_at": iso(utc_now()), "content": content}
    told = {LIST: [web.json_response([made]), web.json_response([])]}
    async with Scripted(told) as server, adapter() as provider:
        since = utc_now() - timedelta(minutes=1)
        what = intent('See @bob\'s "boat" at the #sea')
        found = await provider.find(what, server.access, once="k", since=since)

    assert isinstance(found, kind)


async def test_what_was_typed_is_asked_of_a_few_at_most() -> None:
    now = iso(utc_now())
    made = [{"id": f"{n}", "created_at": now, "content": f"<p>{n}</p>"} for n in range(30)]
    made.append({"id": "99", "created_at": now, "content": "<p>Hello</p>"})
    async with (
        Scripted({LIST: [web.json_response(made), web.json_response([])]}) as server,
        adapter() as provider,
    ):
        since = utc_now() - timedelta(minutes=1)
        found = await provider.find(intent(), server.access, once="k", since=since)

    assert isinstance(found, Posted)
    assert found.remote_id == "99"
    asked = [h.path for h in server.heard if h.path.endswith("/source")]
    assert len(asked) == finding.SOURCES_AT_MOST
    assert asked[0] == "/api/v1/statuses/99/source"


# The words behind HTML.


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<p>a<br>b</p><p>c</p>", "a b c"),
        ("<p>a<br />b &amp; &lt;c&gt; &#39;</p>", "a b & <c> '"),
        (
            '<p><span class="h-card" translate="no"><a href="https://x.example/@bob"'
            ' class="u-url mention">@<span>bob</span></a></span> hi</p>',
            "@bob@x.example hi",
        ),
        (
            '<a href="https://x.example/a"><span class="invisible">https://</span>'
            '<span class="ellipsis">x.example</span><span class="invisible">/a</span></a>',
            "https://x.example/a",
        ),
        ("just words", "just words"),
        ("<p>open <b>ends", "open ends"),
    ],
)
def test_html_is_read_as_it_is_shown(content: str, words: str) -> None:
    assert gist(plain(content)) == gist(words)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=60))
def test_any_text_is_known_again_behind_mastodons_html(text: str) -> None:
    assert gist(plain(as_html(text, "https://x.example"))) == gist(text)


@given(st.text(alphabet="<>!-&;#/pbra @", max_size=200))
def test_any_html_is_read_without_an_end_in_disaster(content: str) -> None:
    assert isinstance(gist(plain(content)), str)
