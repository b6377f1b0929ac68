"""What is posted: texts, options, media, threads, polls; and what becomes of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from socialapp.clock import utc_now
from socialapp.domain.content import Part
from socialapp.domain.moments import iso
from socialapp.domain.outcome import Disconnected, Posted, Refused, Trouble, TryLater, Unknown
from socialapp.providers.contract import Access, Deletes
from socialapp.providers.intent import Intent
from socialapp.providers.mastodon import uploads
from socialapp.providers.mastodon.adapter import Mastodon
from tests.networks.mischief import Mischief
from tests.providers.desk_mastodon import Scripted, adapter, intent, outcome_of, picture, video
from tests.providers.stage_mastodon import access_to
from tests.servers.mastodon.posting import Keys
from tests.servers.mastodon.server import Mastodon as Server
from tests.servers.mastodon.timeline import Status
from tests.servers.mastodon_mock import MastodonMock

POLL = {"options": ["yes", "no"], "expires_in_s": 600, "multiple": True}


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look soon whether an upload is ready."""
    monkeypatch.setattr(uploads, "FIRST_LOOK_S", 0.01)


async def posts(
    mastodon: Server, what: Intent, *, once: str = "k", access: Access | None = None
) -> Any:
    """Prepare and publish the part that is next, as the engine does."""
    access = access or access_to(mastodon)
    async with adapter() as provider:
        if provider.has_to_prepare(what) and not what.prepared:
            made = await outcome_of(provider.prepare(what, access, once=once))
            if not isinstance(made, dict):
                return made
            what = replace(what, prepared=made)
        return await outcome_of(provider.publish(what, access, once=once))


async def posts_all(mastodon: Server, what: Intent) -> list[Status]:
    """Publish all the parts of a thread."""
    for number in range(len(what.parts) + 1):
        outcome = await posts(mastodon, what, once=f"k{number}")
        assert isinstance(outcome, Posted)
        out = {"remote_id": outcome.remote_id, "url": outcome.url, "kept": dict(outcome.kept)}
        what = replace(what, posted=(*what.posted, out))
    return mastodon.timeline.statuses


async def test_what_is_not_chosen_is_left_to_the_accounts_settings() -> None:
    seen: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        seen.append(await request.json())
        return web.json_response({"id": "1"})

    app = web.Application()
    app.router.add_post("/api/v1/statuses", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    access = Access(f"http://127.0.0.1:{runner.addresses[0][1]}", "@a", "7", {"token": "t"})
    async with adapter() as provider:
        await provider.publish(intent("Hi"), access, once="k")
        options = {"sensitive": False, "visibility": "", "language": "", "poll": None}
        await provider.publish(intent("Hi", options=options), access, once="k")
    await runner.cleanup()

    assert seen[0] == {"status": "Hi", "content_type": "text/plain"}
    assert seen[1] == {**seen[0], "sensitive": False}


async def test_options_are_what_readers_see(mastodon: Server) -> None:
    options = {
        "content_warning": "Boats",
        "visibility": "unlisted",
        "sensitive": True,
        "language": "en",
    }

    outcome = await posts(mastodon, intent("Hello", options=options))

    (status,) = mastodon.timeline.statuses
    assert (status.spoiler_text, status.visibility, status.language) == ("Boats", "unlisted", "en")
    assert status.is_sensitive
    assert outcome == Posted(status.id, f"{mastodon.base_url}/@alice/{status.id}")
    assert outcome.kept == {"visibility": "unlisted"}


async def test_a_poll_is_asked_with_the_first_part_alone(mastodon: Server) -> None:
    asked = intent("Well?", parts=(Part("More"),), options={"poll": POLL})

    first, second = await posts_all(mastodon, asked)

    assert first.poll
    assert first.poll.options == ["yes", "no"]
    assert first.poll.is_multiple
    assert second.poll is None


async def test_a_poll_does_not_go_with_media(mastodon: Server, tmp_path: Path) -> None:
    outcome = await posts(mastodon, intent("Well?", [picture(tmp_path)], options={"poll": POLL}))

    assert isinstance(outcome, Refused)
    assert "poll" in outcome.reason


# Threads.


async def test_the_parts_of_a_thread_follow_each_other(mastodon: Server) -> None:
    thread = intent("one", parts=(Part("two"), Part("three")), options={"content_warning": "1, 2"})

    one, two, three = await posts_all(mastodon, thread)

    assert (one.in_reply_to, two.in_reply_to, three.in_reply_to) == (None, one, two)
    assert {status.visibility for status in (one, two, three)} == {"public"}
    assert {status.spoiler_text for status in (one, two, three)} == {"1, 2"}


@pytest.mark.parametrize(
    ("chosen", "is_quiet", "rest"),
    [
        ("public", True, "unlisted"),
        ("", True, "unlisted"),
        ("", False, "public"),
        ("private", True, "private"),
        ("direct", False, "direct"),
        ("unlisted", False, "unlisted"),
    ],
)
async def test_who_sees_the_rest_of_a_thread_is_never_more_than_who_sees_its_first_part(
    mastodon: Server, chosen: str, is_quiet: bool, rest: str
) -> None:
    options = {"visibility": chosen, "unlisted_rest": is_quiet}
    thread = intent("one", parts=(Part("two"), Part("three")), options=options)

    statuses = await posts_all(mastodon, thread)

    assert [status.visibility for status in statuses] == [chosen or "public", rest, rest]


async def test_a_part_follows_one_of_which_only_the_address_is_known(mastodon: Server) -> None:
    first = await posts(mastodon, intent("one"))
    told = {"remote_id": "", "url": first.url, "kept": {}}
    thread = intent("one", parts=(Part("two"),), posted=(told,))

    assert isinstance(await posts(mastodon, thread, once="k1"), Posted)
    assert mastodon.timeline.statuses[1].in_reply_to is mastodon.timeline.statuses[0]


async def test_a_part_follows_nothing_when_nobody_knows_what(mastodon: Server) -> None:
    told = {"remote_id": "", "url": "", "kept": {}}
    thread = intent("one", parts=(Part("two"),), posted=(told,))

    outcome = await posts(mastodon, thread)

    assert isinstance(outcome, Refused)
    assert not mastodon.count()


async def test_a_thread_whose_last_part_was_deleted_ends_there(mastodon: Server) -> None:
    gone = {"remote_id": "123", "url": "", "kept": {}}

    outcome = await posts(mastodon, intent("one", parts=(Part("two"),), posted=(gone,)))

    assert isinstance(outcome, Refused)
    assert "reply" in outcome.reason


# Media.


async def test_media_is_there_with_its_description_and_its_focus(
    mastodon: Server, tmp_path: Path
) -> None:
    boat = picture(tmp_path, alt_text="A boat ⛵", focus=(-0.5, 2.0))
    four = [boat, *(picture(tmp_path, f"{n}.png") for n in range(3))]

    await posts(mastodon, intent("", four))

    (status,) = mastodon.timeline.statuses
    first = status.uploads[0]
    assert (first.description, first.focus) == ("A boat ⛵", (-0.5, 1.0))
    assert len(first.content) == boat.size_bytes
    assert [upload.description for upload in status.uploads[1:]] == [None] * 3


async def test_a_video_is_waited_for_until_it_is_ready(mastodon: Server, tmp_path: Path) -> None:
    mastodon.uploads.video_polls = 3

    outcome = await posts(mastodon, intent("Waves", [video(tmp_path, alt_text="Waves")]))

    assert isinstance(outcome, Posted)
    assert mastodon.timeline.statuses[0].uploads[0].kind == "video"
    looks = [s for s in mastodon.seen if s.method == "GET" and "/media/" in s.path]
    assert len(looks) == 4


async def test_a_look_that_is_not_answered_is_repeated(mastodon: Server, tmp_path: Path) -> None:
    told = [Mischief.ANSWER_LOST, Mischief.FAIL_AFTER, Mischief.LIMITED]
    mastodon.disturb(*told, method="GET", path=r"/api/v1/media/\d+")

    assert isinstance(await posts(mastodon, intent("Waves", [video(tmp_path)])), Posted)


async def test_what_is_not_ready_in_time_is_tried_again_at_the_moment(
    mastodon: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LOOKS_FOR_S", 0.02)
    mastodon.uploads.video_polls = 5
    access = access_to(mastodon)
    async with adapter() as provider:
        what = intent("Waves", [video(tmp_path)])
        what = replace(what, prepared=await provider.prepare(what, access, once="k"))
        early = await outcome_of(provider.publish(what, access, once="k"))
        for upload in mastodon.uploads.all.values():
            upload.polls_left = 0
        later = await outcome_of(provider.publish(what, access, once="k"))

    assert isinstance(early, TryLater)
    assert not early.unprepares
    assert early.after is not None
    assert isinstance(later, Posted)


async def test_what_cannot_be_processed_is_refused(mastodon: Server, tmp_path: Path) -> None:
    mastodon.uploads.fails = True

    outcome = await posts(mastodon, intent("Waves", [video(tmp_path)]))

    assert isinstance(outcome, Refused)
    assert "does not take a video of this post. Error processing" in outcome.reason


async def test_a_video_with_pictures_is_refused(mastodon: Server, tmp_path: Path) -> None:
    outcome = await posts(mastodon, intent("Both", [picture(tmp_path), video(tmp_path)]))

    assert isinstance(outcome, Refused)
    assert "Cannot attach a video" in outcome.reason


async def test_what_is_too_large_is_refused_with_the_servers_words(
    mastodon: Server, tmp_path: Path
) -> None:
    mastodon.site.limits.image_size_limit = 10

    outcome = await posts(mastodon, intent("", [picture(tmp_path)]))

    assert isinstance(outcome, Refused)
    assert "does not take a picture of this post. Validation failed: File" in outcome.reason


async def test_a_limit_on_uploads_is_waited_for(mastodon: Server, tmp_path: Path) -> None:
    mastodon.media.limit = 1

    outcome = await posts(mastodon, intent("", [picture(tmp_path), picture(tmp_path, "2.png")]))

    assert isinstance(outcome, TryLater)
    assert outcome.trouble is Trouble.CHANNEL
    assert outcome.after is not None
    assert timedelta(minutes=20) < outcome.after <= timedelta(minutes=30)


async def test_an_upload_without_access_asks_to_reconnect(mastodon: Server, tmp_path: Path) -> None:
    narrow = access_to(mastodon, scopes="read write:statuses")

    outcome = await posts(mastodon, intent("", [picture(tmp_path)]), access=narrow)

    assert isinstance(outcome, Disconnected)


async def test_a_file_that_is_gone_is_said(mastodon: Server, tmp_path: Path) -> None:
    boat = picture(tmp_path)
    await asyncio.to_thread(Path(boat.file).unlink)

    outcome = await posts(mastodon, intent("", [boat]))

    assert isinstance(outcome, Refused)
    assert "gone from the library" in outcome.reason


@pytest.mark.parametrize("made", [{}, {"id": 7}, {"id": "a/b"}, []])
async def test_an_upload_without_a_name_is_tried_again(tmp_path: Path, made: Any) -> None:
    told = {"POST /api/v2/media": web.json_response(made)}
    async with Scripted(told) as server, adapter() as provider:
        what = intent("", [picture(tmp_path)])
        assert isinstance(
            await outcome_of(provider.prepare(what, server.access, once="k")), TryLater
        )


async def test_a_thread_uploads_what_is_not_out_yet(mastodon: Server, tmp_path: Path) -> None:
    thread = intent("one", [picture(tmp_path)], parts=(Part("two", (picture(tmp_path, "2.png"),)),))
    first, second = await posts_all(mastodon, thread)
    out = {"remote_id": first.id, "url": "", "kept": {}}
    mastodon.uploads.all.clear()
    async with adapter() as provider:
        made = await provider.prepare(replace(thread, posted=(out,)), access_to(mastodon), once="k")

    assert (len(first.uploads), len(second.uploads)) == (1, 1)
    assert [len(ids) for ids in made["media"]] == [0, 1]


# Media that the server has no more.


async def test_forgotten_media_is_uploaded_anew(mastodon: Server, tmp_path: Path) -> None:
    access, what = access_to(mastodon), intent("Hello", [picture(tmp_path)])
    async with adapter() as provider:
        what = replace(what, prepared=await provider.prepare(what, access, once="k"))
        mastodon.uploads.all.clear()
        outcome = await outcome_of(provider.publish(what, access, once="k"))

    assert isinstance(outcome, TryLater)
    assert outcome.unprepares
    assert not mastodon.count()
    assert isinstance(await posts(mastodon, replace(what, prepared={})), Posted)


async def test_old_uploads_are_not_trusted_and_nothing_is_sent(
    mastodon: Server, tmp_path: Path
) -> None:
    what = intent("Hello", [picture(tmp_path)])
    for prepared in (
        {"media": [["1"]], "at": iso(utc_now() - timedelta(hours=13))},
        {"media": [[]], "at": iso(utc_now())},
    ):
        outcome = await posts(mastodon, replace(what, prepared=prepared))
        assert isinstance(outcome, TryLater)
        assert outcome.unprepares
    assert not mastodon.posting.arrived


@pytest.mark.parametrize("keys", [Keys.IGNORED, Keys.HONOURED])
async def test_media_that_is_attached_already_proves_that_the_post_is_there(
    mastodon: Server, tmp_path: Path, keys: Keys
) -> None:
    mastodon.posting.keys = keys
    access, what = access_to(mastodon), intent("Hello", [picture(tmp_path)])
    async with adapter() as provider:
        what = replace(what, prepared=await provider.prepare(what, access, once="k"))
        mastodon.disturb(Mischief.ANSWER_LOST)
        lost = await outcome_of(provider.publish(what, access, once="k"))
        again = await outcome_of(provider.publish(what, access, once="k"))

    (status,) = mastodon.timeline.statuses
    assert isinstance(lost, Unknown)
    assert again == Posted(status.id, f"{mastodon.base_url}/@alice/{status.id}")


async def test_media_that_is_said_to_be_attached_and_is_not_found_is_unknown(
    tmp_path: Path,
) -> None:
    words = "media already attached to status: 01ABC"
    told = {
        "POST /api/v1/statuses": web.json_response({"error": words}, status=400),
        "GET /api/v1/accounts/7/statuses": web.json_response([]),
    }
    async with Scripted(told) as server, adapter() as provider:
        prepared = {"media": [["m1"]], "at": iso(utc_now())}
        what = intent("Hello", [picture(tmp_path)], prepared=prepared)
        outcome = await outcome_of(provider.publish(what, server.access, once="k"))

    assert isinstance(outcome, Unknown)


# Taking down.


async def test_a_post_is_taken_down_and_gone_already_is_done(mastodon: Server) -> None:
    posted = await posts(mastodon, intent())
    out = {"remote_id": posted.remote_id, "url": posted.url}
    access, other = access_to(mastodon), access_to(mastodon, "bob")
    async with adapter() as provider:
        assert isinstance(provider, Deletes)
        mastodon.disturb(Mischief.UNAUTHORISED, method="DELETE", path=r"/api/v1/statuses/\d+")
        assert isinstance(await outcome_of(provider.delete(out, access)), Disconnected)
        await provider.delete(out, other)
        assert mastodon.count() == {"Hello": 1}
        await provider.delete(out, access)
        await provider.delete(out, access)
        nobody = await outcome_of(provider.delete({"remote_id": "", "url": ""}, access))

    assert not mastodon.count()
    assert isinstance(nobody, Refused)


async def test_a_proxys_page_does_not_pass_for_gone() -> None:
    page = web.Response(status=404, text="<html></html>", content_type="text/html")
    async with Scripted({"DELETE /api/v1/statuses/1": page}) as server, adapter() as provider:
        assert isinstance(
            await outcome_of(provider.delete({"remote_id": "1"}, server.access)), TryLater
        )


# A server that others made.


async def test_a_server_that_others_made_takes_all_of_it(
    mastodon_mock: MastodonMock, tmp_path: Path
) -> None:
    async with adapter() as provider:
        typed = {"address": mastodon_mock.base_url, "token": mastodon_mock.tokens["alice"]}
        connected = await provider.connect("token", typed)
        access = Access(connected.address, "", connected.account.remote_id, connected.secrets, {})
        options = {"content_warning": "Boats", "visibility": "unlisted", "language": "en"}
        boat = picture(tmp_path, alt_text="A boat")
        first = intent("one", [boat], parts=(Part("two"),), options=options)
        first = replace(first, prepared=await provider.prepare(first, access, once="k"))
        one = await provider.publish(first, access, once="k")
        out = {"remote_id": one.remote_id, "url": one.url, "kept": dict(one.kept)}
        since = utc_now() - timedelta(seconds=5)
        two = await provider.publish(replace(first, posted=(out,)), access, once="k-1")

        assert await provider.find(first, access, once="k", since=since) == one
        follows = replace(first, posted=(out,))
        assert await provider.find(follows, access, once="k-1", since=since) == two
        for posted in (one, two):
            await provider.delete({"remote_id": posted.remote_id}, access)


def test_the_token_is_nowhere_to_be_seen() -> None:
    access = Access("https://x.example", "@a", "7", {"token": "s3cret"})

    assert "s3cret" not in repr(access)
    assert "s3cret" not in repr(Mastodon)
