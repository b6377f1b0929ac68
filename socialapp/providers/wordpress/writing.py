"""What is sent of a post or page: its title, its slug, its HTML, its fields."""

import hashlib
import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from socialapp.domain import markdown
from socialapp.domain.content import Kind
from socialapp.domain.escaping import linked, paragraphs
from socialapp.providers.contract import Access
from socialapp.providers.intent import Intent

TITLE_CHARACTERS = 70
_SLUG_CHARACTERS = 60
_SPELT = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "þ": "th"})
_SPELT |= {ord(chr(key).upper()): value for key, value in _SPELT.items() if chr(key) != "ß"}
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class File:
    """A file of the post, as it is uploaded."""

    path: str
    sha256: str
    mime_type: str
    size_bytes: int
    filename: str
    alt_text: str = ""
    description: str = ""
    is_attachment: bool = False

    @property
    def kind(self) -> str:
        """Return `image`, `video`, `audio`, `application` or `text`."""
        return self.mime_type.partition("/")[0]


@dataclass(frozen=True)
class Uploaded:
    """A file that is in the site's media library."""

    id: int
    url: str
    file: File


def files(intent: Intent) -> list[File]:
    """Return what has to be uploaded: pictures and videos first, then attachments."""
    media = [
        File(m.file, m.sha256, m.mime_type, m.size_bytes, m.filename, m.alt_text)
        for m in intent.media
    ]
    attachments = [
        File(
            path=a.file,
            sha256=a.sha256,
            mime_type=a.mime_type,
            size_bytes=a.size_bytes,
            filename=a.filename,
            alt_text=a.description,
            description=a.description,
            is_attachment=True,
        )
        for a in intent.attachments
    ]
    return media + attachments


def route(intent: Intent, access: Access) -> str:
    """Return `posts` or `pages`: what it becomes there."""
    chosen = intent.options.get("wordpress_kind")
    if chosen in {"post", "page"}:
        return f"{chosen}s"
    is_page = intent.kind is Kind.PAGE and may_write_pages(access.known)
    return "pages" if is_page else "posts"


def may_write_pages(known: Mapping[str, Any]) -> bool:
    """Whether the account may, as far as is known."""
    may = known.get("may")
    return not isinstance(may, list) or all(each in may for each in ("edit_pages", "publish_pages"))


def mark(access: Access, once: str) -> str:
    """Return the slug of our draft: the same at each attempt, of this account alone."""
    who = access.remote_id or access.account
    return f"socialapp-{hashlib.sha256(f'{who} {once}'.encode()).hexdigest()[:16]}"


def slug(intent: Intent, mark: str) -> str:
    """Return the last part of the public address: what was chosen, else our own."""
    return _option(intent, "slug") or unique_slug(intent, mark)


def unique_slug(intent: Intent, mark: str) -> str:
    """Return words of the title with the end of our mark: no other post has it."""
    words = _NOT_IN_SLUGS.sub("-", plain_letters(title(intent)).lower()).strip("-")
    if len(words) > _SLUG_CHARACTERS:
        words = words[: _SLUG_CHARACTERS + 1].rpartition("-")[0] or words[:_SLUG_CHARACTERS]
    return f"{words or 'post'}-{mark[-8:]}"


def plain_letters(text: str) -> str:
    """Return `text` in the letters of ASCII; of other scripts nothing is left."""
    spelt = unicodedata.normalize("NFKD", text.translate(_SPELT))
    return spelt.encode("ascii", "ignore").decode()


def title(intent: Intent) -> str:
    """Return the title; without one it is how the text begins: themes link posts by it."""
    if given := intent.title.strip() or _option(intent, "title"):
        return given
    text = markdown.words(intent.text) if intent.kind is Kind.PAGE else intent.text
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if len(first) <= TITLE_CHARACTERS:
        return first
    return f"{first[:TITLE_CHARACTERS].rpartition(' ')[0] or first[: TITLE_CHARACTERS - 1]}…"


def _option(intent: Intent, key: str) -> str:
    value = intent.options.get(key)
    return value.strip() if isinstance(value, str) else ""


def names(intent: Intent, key: str) -> list[str]:
    """Return the chosen tags or categories, each once."""
    given = intent.options.get(key)
    words = (" ".join(word.split()) for word in given) if isinstance(given, list) else ()
    kept: dict[str, str] = {}
    for word in filter(None, words):
        kept.setdefault(word.casefold(), word)
    return list(kept.values())


def fields(
    intent: Intent, uploaded: Sequence[Uploaded], terms: Mapping[str, Sequence[int]]
) -> dict[str, Any]:
    """Return the fields of the post, all of them: a draft that is there is made to be the same.

    Categories and tags (`terms`) by their numbers.
    """
    sent: dict[str, Any] = {
        "title": html.escape(title(intent), quote=False),
        "content": content(intent, uploaded),
        "excerpt": html.escape(_option(intent, "excerpt"), quote=False),
        "featured_media": _featured(intent, uploaded),
        **terms,
    }
    if comments := _option(intent, "comments"):
        sent["comment_status"] = comments
    return sent


def _featured(intent: Intent, uploaded: Sequence[Uploaded]) -> int:
    """Return the number of the featured picture; 0: none."""
    if _option(intent, "featured_picture") == "none":
        return 0
    return next((one.id for one in uploaded if one.file.kind == "image"), 0)


def content(intent: Intent, uploaded: Sequence[Uploaded]) -> str:
    """Return the HTML of it: the text, then the pictures and videos, then links to the rest."""
    text = markdown.html if intent.kind is Kind.PAGE else paragraphs
    featured = _featured(intent, uploaded)
    is_shown_by_theme = _option(intent, "featured_picture") == "only"
    shown = [u for u in uploaded if not (is_shown_by_theme and u.id == featured)]
    seen = [_figure(u) for u in shown if u.file.kind in {"image", "video"}]
    rest = [_entry(u) for u in shown if u.file.kind not in {"image", "video"}]
    pieces = [text(intent.text), *seen]
    if rest:
        pieces.append("\n".join(["<ul>", *rest, "</ul>"]))
    # WordPress runs what stands in brackets as its shortcodes: here they are the author's words.
    return "\n".join(filter(None, pieces)).replace("[", "&#91;")


def _figure(one: Uploaded) -> str:
    url, alt = html.escape(one.url), html.escape(one.file.alt_text)
    caption = f"<figcaption>{_lines(one.file.description)}</figcaption>"
    caption = caption if one.file.description else ""
    if one.file.kind == "video":
        label = f' aria-label="{alt}"' if alt else ""
        video = f'<video controls src="{url}"{label}></video>'
        return f'<figure class="wp-block-video">{video}{caption}</figure>'
    # By this class WordPress finds the smaller sizes that it has made of the picture.
    picture = f'<img src="{url}" alt="{alt}" class="wp-image-{one.id}">'
    return f'<figure class="wp-block-image">{picture}{caption}</figure>'


def _entry(one: Uploaded) -> str:
    link = f'<a href="{html.escape(one.url)}">{html.escape(one.file.filename)}</a>'
    size = f" ({_size(one.file.size_bytes)})"
    description = f": {_lines(one.file.description)}" if one.file.description else ""
    return f"<li>{link}{size}{description}</li>"


def _lines(text: str) -> str:
    return "<br>".join(linked(line) for line in text.strip().splitlines())


def _size(size_bytes: int) -> str:
    if size_bytes < 1_000_000:
        return f"{max(1, round(size_bytes / 1000))} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"
