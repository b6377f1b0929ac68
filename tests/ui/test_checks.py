"""The page says what the server would refuse: one set of rules, read twice."""

from dataclasses import asdict
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialapp.domain import checks
from socialapp.domain.checks import AltText
from socialapp.domain.content import (
    MIB,
    Attachment,
    Capabilities,
    Content,
    Kind,
    Media,
    Option,
    Part,
    PollLimits,
)
from socialapp.domain.counting import COUNTERS
from socialapp.domain.text import normalised
from socialapp.providers import PROVIDERS, known
from tests.domain.contents import CASES, capabilities, content, plain, problems
from tests.ui.browser import in_the_browser
from tests.ui.test_counts import TEXT

CHECK = "given.map(([content, can, about]) => checking.check(content, can, about))"
WORDS = st.text("a🥖é \n日", max_size=12)
KINDS = {"image": "image/jpeg", "gif": "image/gif", "video": "video/mp4"}
OPTIONS = (
    Option("content_warning", "Content warning", at_most=6),
    Option("visibility", "Visibility", kind="choice", choices=(("", "All"), ("few", "Few"))),
    Option("sensitive", "Sensitive", kind="switch"),
    Option("language", "Language", kind="language"),
    Option("tags", "Tags", kind="tags", at_most=2),
    Option("poll", "Poll", kind="poll"),
)
ANSWERS = st.lists(st.sampled_from(["yes", "no", " ", "🥖" * 6, "perhaps"]), max_size=4)
POLLS = st.fixed_dictionaries(
    {"options": ANSWERS, "expires_in_s": st.sampled_from([-5, 1, 300, 86_400, 604_801, 10**7])},
    optional={"multiple": st.booleans()},
)
ODD = st.none() | st.booleans() | st.integers(-5, 5) | WORDS | st.lists(WORDS, max_size=4)
CHOSEN = {
    "content_warning": WORDS | ODD,
    "visibility": st.sampled_from(["", "few", "many"]) | ODD,
    "sensitive": ODD,
    "language": st.sampled_from(["", "en", "pt-BR", "en-"]) | ODD,
    "tags": st.lists(WORDS, max_size=4) | ODD,
    "poll": POLLS | st.sampled_from([None, [], {"options": "yes"}]),
}
MARKED = st.lists(
    st.sampled_from(["#one", "#two", "#3", "https://a.org", "https://b.org", "é\ufeff", "\uffff"])
)


@st.composite
def media(draw: Any) -> Media:
    kind = draw(st.sampled_from(sorted(KINDS)))
    odd = draw(st.sampled_from([KINDS[kind]] * 3 + ["image/webp", "video/webm"]))
    return Media(
        id=1,
        kind=kind,
        mime_type=odd,
        size_bytes=draw(st.integers(0, 40 * MIB) | st.sampled_from([2_000_001, 8 * MIB + 1])),
        width=draw(st.integers(0, 9000)),
        height=draw(st.integers(0, 9000)),
        alt_text=draw(WORDS),
        duration_s=draw(st.none() | st.floats(0, 90_000)),
    )


MANY = st.lists(media(), max_size=5).map(tuple)
CONTENTS = st.builds(
    Content,
    text=TEXT.map(normalised) | WORDS | MARKED.map(" ".join),
    media=MANY,
    parts=st.lists(st.builds(Part, text=WORDS, media=MANY), max_size=3).map(tuple),
    options=st.fixed_dictionaries({}, optional=CHOSEN),
    kind=st.sampled_from([Kind.POST] * 4 + [Kind.PAGE]),
    title=WORDS,
    attachments=st.lists(
        st.builds(
            Attachment,
            id=st.just(1),
            mime_type=st.sampled_from(["image/png", "application/pdf", "text/csv"]),
            size_bytes=st.integers(0, 10 * MIB),
            filename=st.sampled_from(["", "menu.pdf"]),
            description=WORDS,
        ),
        max_size=2,
    ).map(tuple),
)
LIMIT_BYTES = st.sampled_from([0, 1, 900_000, 2_000_000, MIB, 8 * MIB, 3 * 1024 * MIB])
RATIOS = st.sampled_from([(0.0, 0.0), (0.8, 1.91), (0.0, 2.0), (1 / 3, 3.0)])
CAPABILITIES = st.builds(
    Capabilities,
    text_limit=st.sampled_from([0, 1, 5, 10, 500, 2200]),
    count=st.sampled_from(sorted(COUNTERS)),
    link_length=st.sampled_from([23, 30]),
    byte_limit=st.sampled_from([0, 0, 7, 30]),
    media_text_limit=st.sampled_from([0, 0, 4]),
    counted_options=st.sampled_from([(), ("content_warning",)]),
    images=st.sampled_from([0, 1, 4]),
    videos=st.sampled_from([0, 1, 3]),
    mixes_media=st.booleans(),
    gif_stands_alone=st.booleans(),
    needs_media=st.booleans(),
    needs_text=st.booleans(),
    image_types=st.sampled_from(
        [("image/jpeg",), ("image/jpeg", "image/png", "image/gif"), ("*",)]
    ),
    video_types=st.sampled_from([("video/mp4",), ("video/*",)]),
    image_bytes=LIMIT_BYTES,
    image_pixels=st.sampled_from([0, 1_000_000]),
    image_side=st.sampled_from([0, 4096]),
    image_sides=st.sampled_from([0, 10_000]),
    ratio=RATIOS,
    video_ratio=RATIOS,
    video_bytes=LIMIT_BYTES,
    video_s=st.sampled_from([(0.0, 0.0), (0.5, 140.0), (3.0, 43_200.0)]),
    gif_bytes=LIMIT_BYTES,
    alt_text_limit=st.sampled_from([0, 3, 1500]),
    describes_videos=st.booleans(),
    links=st.sampled_from([0, 1]),
    tags=st.sampled_from([0, 2]),
    tags_advised=st.sampled_from([0, 1]),
    parts=st.sampled_from([0, 1, 2, 25]),
    kinds=st.sampled_from([(Kind.POST, Kind.PAGE)] * 3 + [(Kind.POST,), (Kind.PAGE,)]),
    title_limit=st.integers(0, 12),
    attachment_types=st.sampled_from([(), ("*",), ("application/pdf", "image/*")]),
    attachment_bytes=LIMIT_BYTES,
    poll=st.sampled_from([None] + [PollLimits(3, 6, 300, 604_800)] * 3),
    options=st.sampled_from([OPTIONS] * 4 + [OPTIONS[:3], ()]),
)
Example = tuple[Content, Capabilities, str]


@cache
def examples() -> list[Example]:
    """Many, for one run of node."""
    made: list[Example] = []

    @settings(
        max_examples=800,
        derandomize=True,  # whether they break every rule is no question of luck
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(CONTENTS, CAPABILITIES, st.sampled_from(AltText))
    def collect(content: Content, can: Capabilities, alt_text: AltText) -> None:
        made.append((content, can, str(alt_text)))

    collect()
    return made


def on_the_page(given: list[Example], networks: list[str] | None = None) -> list[dict[str, Any]]:
    """Check all of them as the page does."""
    names = networks or ["Harbour"] * len(given)
    said = [
        [plain(asdict(content)), plain(can.as_data()), {"network": name, "alt_text": alt}]
        for (content, can, alt), name in zip(given, names, strict=True)
    ]
    return in_the_browser(CHECK, said)


def on_the_server(content: Content, can: Capabilities, alt: str) -> dict[str, Any]:
    verdict = checks.check(content, can, network="Harbour", alt_text=AltText(alt))
    return asdict(verdict)


def test_the_page_finds_what_is_known() -> None:
    given = [
        (content(case["content"]), capabilities(case["can"]), case.get("alt_text", "warn"))
        for case in CASES
    ]

    found = on_the_page(given, [case["network"] for case in CASES])

    for case, verdict in zip(CASES, found, strict=True):
        assert (case["id"], verdict["problems"]) == (case["id"], problems(case["problems"]))


def test_any_content_is_judged_as_on_the_server() -> None:
    found = on_the_page(examples())

    for example, verdict in zip(examples(), found, strict=True):
        assert (example, verdict) == (example, on_the_server(*example))


def test_the_examples_break_every_rule() -> None:
    """Otherwise the test before this one would show less than it seems to."""
    broken = {p["code"] for example in examples() for p in on_the_server(*example)["problems"]}

    assert broken == {rule.code for rules in checks.RULES.values() for rule in rules}


def test_each_network_judges_on_the_page_as_on_the_server() -> None:
    networks = [p.capabilities for p in PROVIDERS] + [can for _, can in known.RULES.values()]
    given = [(content, can, alt) for can in networks for content, _, alt in examples()[::25]]

    for example, verdict in zip(given, on_the_page(given), strict=True):
        assert (example, verdict) == (example, on_the_server(*example))


@pytest.mark.parametrize(
    ("text", "media", "limit", "kept"),
    [
        ("fresh 👨‍👩‍👧 bread", [], 8, "fresh 👨‍👩‍👧 "),
        ("fresh bread", [{}], 5, "fresh"),
        ("a", [], 0, "a"),
    ],
)
def test_the_counter_is_told_where_too_much_begins(
    text: str, media: list[Any], limit: int, kept: str
) -> None:
    can = {"text_limit": 0 if not limit else 8, "media_text_limit": 5, "count": "graphemes"}
    given = [{"text": text, "media": media}, can | {"counted_options": []}]

    found = in_the_browser("checking.measure(given[0], given[1])", given)

    assert found["limit"] == limit
    assert found["cut"] == len(kept.encode("utf-16-le")) // 2


def test_a_place_of_the_server_is_found_in_the_text_of_the_page() -> None:
    places = in_the_browser("[0, 1, 2, 3].map((at) => checks.placeOf(given, at))", "a🥖b")

    assert places == [0, 1, 3, 4]
