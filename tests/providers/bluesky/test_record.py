"""What a post becomes, and its name: the same at every attempt, and nobody else's."""

from dataclasses import replace
from typing import Any

import pytest

from socialapp.domain import tids
from socialapp.domain.content import Content, Media, Part
from socialapp.providers.bluesky.record import has_what_it_follows, key, record
from socialapp.providers.intent import Intent

AT = "2026-11-26T09:00:00.000Z"
MICROSECONDS = 1_795_683_600_000_000
PHOTO = Media(1, "image", "image/jpeg", 1000, 1200, 800, "Boats in the morning")
VIDEO = Media(2, "video", "video/mp4", 1000, 640, 360, "A boat goes by")


def intent(text: str = "Hello", *media: Media, **more: Any) -> Intent:
    """What is sent, with what was prepared and posted of it."""
    later = {name: more.pop(name) for name in ("prepared", "posted") if name in more}
    return replace(Intent.of(Content(text, media, **more), created_at=AT), **later)


def blob(name: str) -> dict[str, Any]:
    return {"$type": "blob", "ref": {"$link": name}, "mimeType": "image/jpeg", "size": 1000}


def out(number: int) -> dict[str, Any]:
    """A part that is out."""
    return {"remote_id": f"at://did/{number}", "url": "", "kept": {"cid": f"cid-{number}"}}


# Its name.


def test_a_name_is_one_of_a_post_and_tells_the_second_of_its_moment() -> None:
    name = key(intent(), "once-1")

    assert tids.is_tid(name)
    assert 0 <= tids.microseconds(name) - MICROSECONDS < 1_000_000
    assert name == key(intent(), "once-1")


def test_posts_of_one_instant_have_names_of_their_own() -> None:
    names = {key(intent(), f"once-{number}") for number in range(20_000)}

    assert len(names) == 20_000


def test_the_parts_of_a_thread_sort_as_they_were_written() -> None:
    thread = intent(parts=tuple(Part(str(n)) for n in range(1, 25)))

    names = [
        key(replace(thread, posted=(out(0),) * index), thread.once("once")) for index in range(25)
    ]

    assert names == sorted(names)
    assert len(set(names)) == 25


# What it says.


def test_plain_words_are_words_an_instant_and_nothing_else() -> None:
    assert record(intent()) == {
        "$type": "app.bsky.feed.post",
        "text": "Hello",
        "createdAt": "2026-11-26T09:00:00.000Z",
    }


def test_links_tags_and_known_people_are_marked_in_bytes_and_unknown_ones_stay_text() -> None:
    text = "Grüße @anna.test, @nobody.test: https://example.org #Hafen"
    made = {"parts": [{"mentions": {"anna.test": "did:plc:anna"}}]}

    facets = record(intent(text, prepared=made))["facets"]

    cut = [text.encode()[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode() for f in facets]
    assert cut == ["@anna.test", "https://example.org", "#Hafen"]
    assert [f["features"][0] for f in facets] == [
        {"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:anna"},
        {"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org"},
        {"$type": "app.bsky.richtext.facet#tag", "tag": "Hafen"},
    ]


def test_a_tag_of_too_many_bytes_stays_text() -> None:
    letter = "e" + 10 * "\u0301"  # one to a reader, 21 bytes to a server

    assert "facets" not in record(intent(f"#{letter * 31}"))
    assert "facets" in record(intent(f"#{letter * 30}"))


def test_pictures_have_their_words_and_shapes_in_their_order() -> None:
    other = replace(PHOTO, alt_text="", width=0, height=0)
    made = {"parts": [{"media": [blob("one"), blob("two")]}]}

    embed = record(intent("Hello", PHOTO, other, prepared=made))["embed"]

    assert embed == {
        "$type": "app.bsky.embed.images",
        "images": [
            {
                "image": blob("one"),
                "alt": "Boats in the morning",
                "aspectRatio": {"width": 1200, "height": 800},
            },
            {"image": blob("two"), "alt": ""},
        ],
    }


def test_a_video_has_its_words_and_shape() -> None:
    embed = record(intent("Hello", VIDEO, prepared={"parts": [{"media": [blob("video")]}]}))[
        "embed"
    ]

    assert embed == {
        "$type": "app.bsky.embed.video",
        "video": blob("video"),
        "alt": "A boat goes by",
        "aspectRatio": {"width": 640, "height": 360},
    }


def test_a_link_has_its_card() -> None:
    card = {"uri": "https://example.org", "title": "Boats", "description": ""}

    embed = record(intent("https://example.org", prepared={"parts": [{"card": card}]}))["embed"]

    assert embed == {"$type": "app.bsky.embed.external", "external": card}


def test_a_part_of_a_thread_answers_the_one_before_and_names_the_first() -> None:
    thread = intent(parts=(Part("Two"), Part("Three")), options={"tags": ["boats"]})
    third = replace(thread, posted=(out(1), out(2)))

    made = record(third)

    assert made["text"] == "Three"
    assert made["reply"] == {
        "root": {"uri": "at://did/1", "cid": "cid-1"},
        "parent": {"uri": "at://did/2", "cid": "cid-2"},
    }
    assert made["createdAt"] == "2026-11-26T09:00:00.002Z"
    assert record(thread)["tags"] == ["boats"]
    assert "tags" not in made


def test_a_part_whose_forerunner_is_not_known_by_name_is_noticed() -> None:
    thread = intent(parts=(Part("Two"),))

    assert has_what_it_follows(thread)
    assert has_what_it_follows(replace(thread, posted=(out(1),)))
    assert not has_what_it_follows(replace(thread, posted=({"remote_id": "", "url": "x"},)))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {}),
        ({"language": "de"}, {"langs": ["de"]}),
        ({"language": ""}, {}),
        (
            {"content_warning": "graphic-media"},
            {
                "labels": {
                    "$type": "com.atproto.label.defs#selfLabels",
                    "values": [{"val": "graphic-media"}],
                }
            },
        ),
        ({"content_warning": ""}, {}),
        ({"content_warning": "Another network's words"}, {}),
        ({"tags": ["#boats", " boats", "harbour", "", "#"]}, {"tags": ["boats", "harbour"]}),
        ({"tags": [str(n) for n in range(12)]}, {"tags": [str(n) for n in range(8)]}),
    ],
)
def test_an_option_says_what_it_says(options: dict[str, Any], expected: dict[str, Any]) -> None:
    made = record(intent(options=options))

    assert {k: v for k, v in made.items() if k in {"langs", "labels", "tags"}} == expected


def test_it_is_the_same_after_it_was_frozen() -> None:
    made = {"parts": [{"media": [blob("one")], "mentions": {"anna.test": "did:plc:anna"}}]}
    first = intent("Hello @anna.test", PHOTO, prepared=made, options={"language": "de"})

    assert record(Intent.thawed(first.frozen())) == record(first)
