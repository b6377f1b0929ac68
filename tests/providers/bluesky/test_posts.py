"""Posts on Bluesky's own server: what it takes, keeps and shows is what was meant."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from socialapp.clock import utc_now
from socialapp.domain.content import Content, Media, Part
from socialapp.domain.moments import iso
from socialapp.domain.outcome import Absent, Disconnected, Posted, Refused, TryLater, Unknown
from socialapp.providers import pictures
from socialapp.providers.bluesky.adapter import Bluesky
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.intent import Intent
from socialapp.publishing import fitting
from socialapp.store import files as homes
from tests.imaging import files
from tests.providers.bluesky.answering import Answering
from tests.providers.bluesky.pages import PAGE, PICTURE
from tests.providers.stage_bluesky import POST, records
from tests.servers.asking import ask
from tests.servers.pds import Account, Pds

LETTER = "e\u0301"  # one to a reader, three bytes


@pytest.fixture(autouse=True)
def small_pictures(tmp_path: Path) -> Iterator[None]:
    """Pictures of links are made small as in a worker."""
    homes.connect(tmp_path / "media", limit_bytes=10**7)
    pictures.use(fitting.small)
    yield
    pictures.use(_none)


async def _none(*_: object) -> None:
    """Nobody makes pictures small."""


def intent(text: str, *media: Media, **more: Any) -> Intent:
    return Intent.of(Content(text, media, **more), created_at=iso(utc_now()))


def photo(folder: Path, name: str = "a.jpg", **more: Any) -> Media:
    """A picture that lies on the disk."""
    data = files.photo(600, 400)
    (folder / name).write_bytes(data)
    known = {"width": 600, "height": 400, "file": str(folder / name), **more}
    return Media(1, "image", "image/jpeg", len(data), **known)


async def prepared(bluesky: Bluesky, access: Access, wanted: Intent) -> Intent:
    """What is sent, after all that is done ahead."""
    if not bluesky.has_to_prepare(wanted):
        return wanted
    return replace(wanted, prepared=await bluesky.prepare(wanted, access, once="once"))


async def posted(bluesky: Bluesky, access: Access, wanted: Intent, once: str = "once") -> Posted:
    """Post it after all that is done ahead."""
    ready = await prepared(bluesky, access, wanted)
    return await bluesky.publish(ready, access, once=once)


async def only_record(pds: Pds, access: Access) -> dict[str, Any]:
    (there,) = await records(pds, access.remote_id)
    value: dict[str, Any] = there["value"]
    return value


async def failure(asked: Any) -> Any:
    with pytest.raises(PublishFailed) as failed:
        await asked
    return failed.value.outcome


async def test_a_post_says_where_it_is(
    bluesky: Bluesky, pds: Pds, alice: Account, access: Access
) -> None:
    done = await posted(bluesky, access, intent("Fresh bread"))

    name = done.remote_id.rpartition("/")[2]
    assert done.remote_id == f"at://{alice.did}/{POST}/{name}"
    assert done.url == f"https://bsky.app/profile/{alice.did}/post/{name}"
    assert (await only_record(pds, access))["text"] == "Fresh bread"


async def test_pictures_are_there_with_their_words_and_shapes(
    bluesky: Bluesky, pds: Pds, access: Access, tmp_path: Path
) -> None:
    one = photo(tmp_path, alt_text="Bread on a table")
    two = photo(tmp_path, "b.jpg", alt_text="")
    wanted = await prepared(bluesky, access, intent("Bread", one, two))

    first = await bluesky.publish(wanted, access, once="once")
    again = await bluesky.publish(wanted, access, once="once")

    assert (again, again.kept) == (first, first.kept)
    shown = (await only_record(pds, access))["embed"]["images"]
    assert [s["alt"] for s in shown] == ["Bread on a table", ""]
    assert [s["aspectRatio"] for s in shown] == [{"width": 600, "height": 400}] * 2
    blob = await ask(
        "GET",
        f"{pds.base_url}/xrpc/com.atproto.sync.getBlob",
        params={"did": access.remote_id, "cid": shown[0]["image"]["ref"]["$link"]},
    )
    assert blob.status == 200


async def test_preparing_again_uploads_the_same(
    bluesky: Bluesky, access: Access, tmp_path: Path
) -> None:
    wanted = intent("Bread", photo(tmp_path))

    assert await bluesky.prepare(wanted, access, once="once") == await bluesky.prepare(
        wanted, access, once="once"
    )


async def test_a_video_is_there(bluesky: Bluesky, pds: Pds, access: Access, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(files.mp4())
    video = Media(
        1, "video", "video/mp4", 5000, 640, 360, "A boat goes by", str(tmp_path / "a.mp4")
    )

    await posted(bluesky, access, intent("Boats", video))

    embed = (await only_record(pds, access))["embed"]
    assert embed["$type"] == "app.bsky.embed.video"
    assert embed["video"]["mimeType"] == "video/mp4"
    assert (embed["alt"], embed["aspectRatio"]) == ("A boat goes by", {"width": 640, "height": 360})


async def test_a_video_that_the_server_finds_too_big_is_refused_in_words(
    bluesky: Bluesky, access: Access, tmp_path: Path
) -> None:
    (tmp_path / "a.mp4").write_bytes(files.mp4() + bytes(6_000_000))  # this server takes 5 MB
    video = Media(1, "video", "video/mp4", 6_005_000, 640, 360, file=str(tmp_path / "a.mp4"))

    outcome = await failure(posted(bluesky, access, intent("Boats", video)))

    assert isinstance(outcome, Refused)
    assert "larger than this server takes" in outcome.reason


async def test_who_is_known_is_mentioned_and_who_is_not_stays_text(
    bluesky: Bluesky, pds: Pds, access: Access
) -> None:
    bob = pds.create_account()
    text = f"With @{bob.handle} and @nobody-at-all.test"

    await posted(bluesky, access, intent(text))

    there = await only_record(pds, access)
    (facet,) = there["facets"]
    assert facet["features"] == [{"$type": "app.bsky.richtext.facet#mention", "did": bob.did}]
    assert there["text"] == text


async def test_a_link_has_a_card_with_its_picture(
    bluesky: Bluesky, pds: Pds, access: Access, answering: Answering
) -> None:
    answering.says("/boats", PAGE, Content_Type="text/html")
    answering.says("/boats.jpg", PICTURE, Content_Type="image/jpeg")
    link = f"{answering.base_url}/boats"

    await posted(bluesky, access, intent(f"Look: {link}"))

    card = (await only_record(pds, access))["embed"]["external"]
    assert (card["uri"], card["title"]) == (link, "Boats — new ones")
    assert card["thumb"]["mimeType"] == "image/jpeg"
    assert card["thumb"]["size"] <= 1_000_000


@pytest.mark.parametrize("why", ["switched off", "page is gone", "there is a picture"])
async def test_without_a_card_the_link_is_still_a_link(
    bluesky: Bluesky, pds: Pds, access: Access, answering: Answering, tmp_path: Path, why: str
) -> None:
    answering.says("/boats", PAGE, status=404 if "gone" in why else 200, Content_Type="text/html")
    options = {"link_card": False} if "off" in why else {}
    media = [photo(tmp_path)] if "picture" in why else []

    await posted(bluesky, access, intent(f"{answering.base_url}/boats", *media, options=options))

    there = await only_record(pds, access)
    assert there.get("embed", {}).get("$type") in {None, "app.bsky.embed.images"}
    assert len(there["facets"]) == 1


async def test_a_thread_hangs_together(bluesky: Bluesky, pds: Pds, access: Access) -> None:
    thread = intent("One", parts=(Part("Two"), Part("Three")))
    done: list[Posted] = []

    for _ in range(3):
        out = tuple({"remote_id": p.remote_id, "url": p.url, "kept": dict(p.kept)} for p in done)
        part = replace(thread, posted=out)
        done.append(await bluesky.publish(part, access, once=part.once("once")))

    there = {r["uri"]: r for r in await records(pds, access.remote_id)}
    assert [there[p.remote_id]["value"]["text"] for p in done] == ["One", "Two", "Three"]
    for number, part in enumerate(done[1:], 1):
        reply = there[part.remote_id]["value"]["reply"]
        assert (reply["root"]["uri"], reply["parent"]["uri"]) == (
            done[0].remote_id,
            done[number - 1].remote_id,
        )
        assert reply["parent"]["cid"] == there[done[number - 1].remote_id]["cid"]


async def test_a_part_that_follows_something_unknown_is_not_posted(
    bluesky: Bluesky, pds: Pds, access: Access
) -> None:
    thread = intent("One", parts=(Part("Two"),))
    followed = replace(thread, posted=({"remote_id": "", "url": "https://bsky.app/x", "kept": {}},))

    outcome = await failure(bluesky.publish(followed, access, once="once-1"))

    assert isinstance(outcome, Refused)
    assert await records(pds, access.remote_id) == []
    found = await bluesky.find(followed, access, once="once-1", since=utc_now())
    assert isinstance(found, Absent)


@pytest.mark.parametrize("label", ["sexual", "nudity", "porn", "graphic-media"])
async def test_the_server_takes_every_option(
    bluesky: Bluesky, pds: Pds, access: Access, label: str
) -> None:
    options = {"content_warning": label, "language": "pt-BR", "tags": ["#Hafen", "b" * 64]}

    await posted(bluesky, access, intent("Boats", options=options))

    there = await only_record(pds, access)
    assert there["labels"]["values"] == [{"val": label}]
    assert there["langs"] == ["pt-BR"]
    assert there["tags"] == ["Hafen", "b" * 64]


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        ("x" * 300, True),
        ("x" * 301, False),
        (LETTER * 300, True),
        ("👩🏽‍🚀" * 200, True),
        ("👩🏽‍🚀" * 201, False),
    ],
    ids=["300", "301", "300 letters", "3000 bytes", "3015 bytes"],
)
async def test_the_limits_are_those_that_we_know(
    bluesky: Bluesky, pds: Pds, access: Access, text: str, is_taken: bool
) -> None:
    can = bluesky.capabilities
    assert (len(text.encode()) <= can.byte_limit) is (is_taken or text.startswith("x"))

    if is_taken:
        await posted(bluesky, access, intent(text))
    else:
        outcome = await failure(posted(bluesky, access, intent(text)))
        assert isinstance(outcome, Refused)
    assert len(await records(pds, access.remote_id)) == is_taken


async def test_an_option_that_breaks_the_rules_is_refused_with_the_servers_words(
    bluesky: Bluesky, pds: Pds, access: Access
) -> None:
    outcome = await failure(posted(bluesky, access, intent("Hi", options={"tags": ["b" * 65]})))

    assert isinstance(outcome, Refused)
    assert "tags" in outcome.reason


async def test_an_upload_that_is_gone_is_made_again(
    bluesky: Bluesky, pds: Pds, access: Access, tmp_path: Path
) -> None:
    wanted = await prepared(bluesky, access, intent("Bread", photo(tmp_path)))
    (blob,) = wanted.prepared["parts"][0]["media"]
    elsewhere = "bafkreibme22gw2h7y2h7tg2fhqotaqjucnbc24deqo72b6mkl2egezxhvy"
    gone = {**blob, "ref": {"$link": elsewhere}}
    lost = replace(wanted, prepared={"parts": [{"media": [gone]}]})

    outcome = await failure(bluesky.publish(lost, access, once="once"))

    assert isinstance(outcome, TryLater)
    assert outcome.unprepares
    assert await records(pds, access.remote_id) == []


# Afterwards.


async def test_a_post_is_taken_down_and_once_more_is_no_matter(
    bluesky: Bluesky, pds: Pds, access: Access
) -> None:
    wanted = intent("Fresh bread")
    done = await posted(bluesky, access, wanted)

    await bluesky.delete({"remote_id": done.remote_id}, access)
    await bluesky.delete({"remote_id": done.remote_id}, access)

    assert await records(pds, access.remote_id) == []
    found = await bluesky.find(wanted, access, once="once", since=utc_now())
    assert isinstance(found, Absent)


async def test_what_another_app_changed_is_not_changed_back(
    bluesky: Bluesky, pds: Pds, access: Access
) -> None:
    wanted = intent("Fresh bread")
    done = await posted(bluesky, access, wanted)
    await _edited(pds, access, done, text="Stale bread")

    outcome = await failure(bluesky.publish(wanted, access, once="once"))
    found = await bluesky.find(wanted, access, once="once", since=utc_now())

    assert isinstance(outcome, Unknown)
    assert isinstance(found, Unknown)
    assert (await only_record(pds, access))["text"] == "Stale bread"


async def _edited(pds: Pds, access: Access, done: Posted, *, text: str) -> None:
    key = done.remote_id.rpartition("/")[2]
    record = {"$type": POST, "text": text, "createdAt": iso(utc_now())}
    edited = await ask(
        "POST",
        f"{pds.base_url}/xrpc/com.atproto.repo.putRecord",
        token=access.secrets["access"],
        json={"repo": access.remote_id, "collection": POST, "rkey": key, "record": record},
    )
    assert edited.status == 200, edited.body


# Accounts that may not.


async def test_an_account_that_was_taken_down_is_told_so(
    bluesky: Bluesky, pds: Pds, alice: Account, access: Access
) -> None:
    pds.take_down(alice)

    outcome = await failure(posted(bluesky, access, intent("Hello")))
    renewing = await failure(bluesky.refresh(access))

    assert isinstance(outcome, Disconnected)
    assert "taken this account down" in outcome.reason
    assert "taken this account down" in renewing.reason


async def test_an_account_that_is_deactivated_is_told_so(
    bluesky: Bluesky, pds: Pds, alice: Account, access: Access
) -> None:
    pds.deactivate(alice)

    outcome = await failure(posted(bluesky, access, intent("Hello")))
    verified = await failure(bluesky.verify(access))

    assert isinstance(outcome, Disconnected)
    assert "deactivated" in outcome.reason
    assert isinstance(verified, Disconnected)
    assert "deactivated" in verified.reason


async def test_another_accounts_posts_are_not_ours_to_write(
    bluesky: Bluesky, pds: Pds, access: Access
) -> None:
    bob = pds.create_account()

    outcome = await failure(posted(bluesky, replace(access, remote_id=bob.did), intent("Hello")))

    assert isinstance(outcome, Disconnected)
    assert await records(pds, bob.did) == []
