"""What is sent of a post: titles, slugs, names of files, whatever was written."""

import html
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain.content import Kind, Media
from socialapp.providers.contract import Access
from socialapp.providers.wordpress import writing
from socialapp.providers.wordpress.uploads import filename
from socialapp.providers.wordpress.writing import File, Uploaded
from tests.providers.desk_wordpress import page, post

MARK = "socialapp-0123456789abcdef"


def file(name: str, mime_type: str = "application/pdf", **more: object) -> File:
    return replace(File("", "0" * 64, mime_type, 1000, name), **more)  # type: ignore[arg-type]


def test_a_mark_is_of_one_account_and_one_delivery() -> None:
    alice, bob = Access("https://x.org", "alice", "1"), Access("https://x.org", "bob", "2")

    marks = {writing.mark(who, once) for who in (alice, bob) for once in ("a", "b")}

    assert len(marks) == 4
    assert writing.mark(Access("https://x.org", "alice renamed", "1"), "a") in marks


@pytest.mark.parametrize(
    ("name", "mime_type", "plain"),
    [
        ("Plän & <Liste>.PDF", "application/pdf", "Plan-Liste.pdf"),
        ("../../etc/passwd", "text/plain", "etc-passwd.txt"),
        ("港.pdf", "application/pdf", "application.pdf"),
        ("", "image/png", "image.png"),
        ("no suffix", "image/jpeg", "no-suffix.jpg"),
        ("v1.2 (final)", "application/pdf", "v1-2-final.pdf"),
        ('a"b\r\nc.png', "image/png", "a-b-c.png"),
        ("x" * 300 + ".csv", "text/csv", "x" * 80 + ".csv"),
    ],
)
def test_a_file_has_a_plain_name(name: str, mime_type: str, plain: str) -> None:
    assert filename(file(name, mime_type)) == plain


@given(st.text(max_size=60), st.sampled_from(["image/png", "text/csv", "x/unknown"]))
def test_every_file_has_a_name_that_hosts_can_keep(name: str, mime_type: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*(\.[a-z0-9]+)?", filename(file(name, mime_type)))


@given(st.text(max_size=200), st.text(max_size=300), st.sampled_from(list(Kind)))
def test_every_post_has_a_title_and_an_address(title: str, text: str, kind: Kind) -> None:
    intent = page(title, text) if kind is Kind.PAGE else post(text, title=title)

    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-89abcdef", writing.unique_slug(intent, MARK))
    assert len(writing.slug(intent, MARK)) <= 190
    assert title.strip() in writing.title(intent)


@given(st.text(max_size=300), st.text(max_size=100), st.sampled_from(list(Kind)))
def test_whatever_is_written_no_shortcode_and_no_script_goes_out(
    text: str, description: str, kind: Kind
) -> None:
    text, description = f"[gallery] <script>x</script> {text}", f"[x] <script> {description}"
    intent = page("T", text) if kind is Kind.PAGE else post(text)
    sent = [
        Uploaded(1, "https://x.org/a[b].pdf", file("a<b.pdf", description=description)),
        Uploaded(2, "https://x.org/a.png", file("a.png", "image/png", alt_text=description)),
        Uploaded(3, "https://x.org/a.mp4", file("a.mp4", "video/mp4", alt_text=description)),
    ]

    content = writing.content(intent, sent)

    assert "[" not in content
    assert "<script" not in content
    assert content.count("<figure") == 2


def test_long_words_are_counted_in_a_size() -> None:
    sizes = {
        writing.content(page("T", ""), [Uploaded(1, "https://x.org/a", file("a", size_bytes=n))])
        for n in (1, 1_499, 999_499, 1_000_000, 12_345_678)
    }

    shown = {html.unescape(s).partition("(")[2].partition(")")[0] for s in sizes}
    assert shown == {"1 kB", "999 kB", "1.0 MB", "12.3 MB"}


def test_videos_are_shown_as_videos() -> None:
    video = Media(1, "video", "video/mp4", 9, 1, 1, 'A "boat"', filename="a.mp4")
    sent = [Uploaded(1, "https://x.org/a.mp4", each) for each in writing.files(post("x", video))]

    content = writing.content(post("x", video), sent)

    assert 'aria-label="A &quot;boat&quot;"' in content
    assert "<video controls" in content
