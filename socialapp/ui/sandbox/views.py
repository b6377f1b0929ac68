"""What the timeline shows of posts, pages and threads: plain values, links and tags found."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

import regex

from socialapp.domain import moments
from socialapp.domain.content import Kind
from socialapp.store.tables import Channel, SandboxPost
from socialapp.ui import routes
from socialapp.ui.rows import bytes_words, letters

_AT_FIRST = 1500
"""How much of a page is shown among others, in characters."""
_MARKED = regex.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]|(?<!\w)[#@][\p{L}\p{N}_]+")


class Piece(TypedDict):
    """A stretch of text: plain, a link, or a hashtag or mention."""

    key: str
    kind: str
    text: str


class Picture(TypedDict):
    """A picture or video of a post."""

    key: str
    url: str
    alt: str
    is_video: bool


class File(TypedDict):
    """A file of a page."""

    key: str
    name: str
    about: str
    size: str
    url: str


class Element(TypedDict):
    """A post or page, or one part of a thread."""

    key: str
    is_page: bool
    title: str
    text: str
    """Of a page: Markdown; of a long one the beginning."""
    is_cut: bool
    pieces: list[Piece]
    """Of a post."""
    warning: str
    """What it is hidden behind until somebody wants to see it."""
    language: str
    answers: list[str]
    """Of a poll."""
    pictures: list[Picture]
    files: list[File]
    likes: int
    reposts: int


class TimelinePost(TypedDict):
    """One post, page or thread as followers see it."""

    key: str
    name: str
    letters: str
    handle: str
    when: str
    at: str
    follows: str
    """The post that it continues, where that is not shown above it."""
    elements: list[Element]
    is_wanted: bool


def threads(
    found: Sequence[tuple[SandboxPost, Channel]], *, wanted: str, now: datetime
) -> list[TimelinePost]:
    """Return what is shown of posts, the newest first; a thread in one piece, in its order."""
    here = {post.id: post for post, _ in found}
    begun: dict[int | None, TimelinePost] = {}
    for post, channel in sorted(found, key=lambda pair: pair[0].id or 0):
        root = post
        while root.reply_to in here and (root.reply_to or 0) < (root.id or 0):
            root = here[root.reply_to]
        if post is root:
            begun[post.id] = _view(post, channel, now=now)
        shown, is_wanted = begun[root.id], str(post.id) == wanted
        shown["elements"].append(_element(post, is_whole=is_wanted))
        shown["is_wanted"] |= is_wanted
    return list(reversed(begun.values()))


def _view(post: SandboxPost, channel: Channel, *, now: datetime) -> TimelinePost:
    # People without an account look too, so the time is UTC and says so.
    when = moments.spoken(post.created_at, "UTC", now=now)
    return TimelinePost(
        key=str(post.id),
        name=channel.name,
        letters=letters(channel.name),
        handle=post.account,
        when=when,
        at=moments.iso(post.created_at),
        follows=str(post.reply_to or ""),
        elements=[],
        is_wanted=False,
    )


def _element(post: SandboxPost, *, is_whole: bool) -> Element:
    is_page = post.kind == Kind.PAGE
    text = post.text if is_whole or not is_page else beginning(post.text)
    return Element(
        key=str(post.id),
        likes=post.likes,
        reposts=post.reposts,
        is_page=is_page,
        title=post.title,
        text=text,
        is_cut=text != post.text,
        pieces=[] if is_page else pieces(post.text),
        warning=str(post.options.get("content_warning", "")),
        language=str(post.options.get("language", "")),
        answers=[str(answer) for answer in (post.options.get("poll") or {}).get("options", [])],
        pictures=[
            Picture(
                key=f"{post.id}-{place}",
                url=routes.sandbox_media(str(medium["sha256"])),
                alt=str(medium.get("alt_text", "")),
                is_video=str(medium.get("mime_type", "")).startswith("video/"),
            )
            for place, medium in enumerate(post.media)
        ],
        files=[
            File(
                key=f"{post.id}-{place}",
                name=str(file["filename"]),
                about=str(file["description"]),
                size=bytes_words(int(file["size_bytes"])),
                url=routes.sandbox_attachment(post.id or 0, place),
            )
            for place, file in enumerate(post.attachments)
        ],
    )


def beginning(text: str) -> str:
    """Return the first paragraphs of a long text."""
    if len(text) <= _AT_FIRST:
        return text
    head, _, _ = text[:_AT_FIRST].rpartition("\n")
    return (head or text[:_AT_FIRST]).rstrip()


def pieces(text: str) -> list[Piece]:
    """Cut a text into plain stretches, links, hashtags and mentions; joined they are the text."""
    found: list[Piece] = []
    end = 0
    for match in _MARKED.finditer(text):
        if match.start() > end:
            found.append(_piece("text", text[end : match.start()], len(found)))
        is_link = match[0].startswith("http")
        found.append(_piece("link" if is_link else "tag", match[0], len(found)))
        end = match.end()
    if end < len(text):
        found.append(_piece("text", text[end:], len(found)))
    return found


def _piece(kind: str, text: str, number: int) -> Piece:
    return Piece(key=str(number), kind=kind, text=text)
