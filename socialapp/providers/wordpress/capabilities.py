"""What a WordPress can take: of everybody, and of an account that may not do everything."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from socialapp.domain.content import MIB, Capabilities, Kind, Look, Option, Repeats
from socialapp.providers.wordpress.writing import may_write_pages

_AS_WRITTEN = ("", "A page as a page, a post as a post")
_PAGE, _POST = ("page", "Page"), ("post", "Post")

CAPABILITIES = Capabilities(
    text_limit=0,
    images=100,
    videos=20,
    mixes_media=True,
    # What is too big is for each site's own PHP to say; it has no way to be asked before.
    image_bytes=128 * MIB,
    video_bytes=1024 * MIB,
    alt_text_limit=10_000,
    kinds=(Kind.POST, Kind.PAGE),
    title_limit=1000,
    attachment_types=(
        *("image/jpeg", "image/png", "image/gif", "image/webp"),
        *("video/mp4", "video/quicktime", "video/webm", "video/mpeg", "video/ogg"),
        *("audio/mpeg", "audio/ogg", "audio/wav", "audio/flac", "audio/aac"),
        *("text/plain", "text/csv", "text/calendar", "application/pdf", "application/rtf"),
        *("application/zip", "application/msword", "application/vnd.ms-excel"),
        "application/vnd.ms-powerpoint",
        *(
            f"application/vnd.openxmlformats-officedocument.{kind}"
            for kind in (
                "wordprocessingml.document",
                "spreadsheetml.sheet",
                "presentationml.presentation",
            )
        ),
        *(
            f"application/vnd.oasis.opendocument.{kind}"
            for kind in ("text", "spreadsheet", "presentation", "graphics")
        ),
    ),
    attachment_bytes=512 * MIB,
    look=Look("under", accent="#21759b", handle=""),
    options=(
        Option(
            "title",
            "Title",
            at_most=1000,
            hint="Of a post. Without one it is the beginning of the text.",
        ),
        Option("wordpress_kind", "Becomes a", kind="choice", choices=(_AS_WRITTEN, _PAGE, _POST)),
        Option("categories", "Categories", kind="tags", at_most=50),
        Option("tags", "Tags", kind="tags", at_most=100),
        Option("excerpt", "Excerpt", at_most=2000, hint="A summary for lists and feeds."),
        Option(
            "featured_picture",
            "Featured picture",
            kind="choice",
            choices=(
                ("first", "The first one, which stays in the text too"),
                ("only", "The first one, which then is not in the text"),
                ("none", "None"),
            ),
        ),
        Option(
            "comments",
            "Comments",
            kind="choice",
            choices=(("", "As the site has it"), ("open", "Open"), ("closed", "Closed")),
        ),
        Option(
            "slug",
            "Slug",
            at_most=190,
            hint="The last part of the address. Without one it is made of the title.",
        ),
    ),
    repeats=Repeats.PREPARED,
    can_find=True,
    source="https://developer.wordpress.org/rest-api/reference/posts/",
)


def of_account(known: Mapping[str, Any]) -> Capabilities:
    """Return what it can take of an account, given what is known of its rights."""
    can, may = CAPABILITIES, known.get("may")
    if isinstance(may, list) and "upload_files" not in may:
        can = replace(can, images=0, videos=0, attachment_types=())
    if not may_write_pages(known):
        options = (_posts_only(o) if o.key == "wordpress_kind" else o for o in can.options)
        can = replace(can, options=tuple(options))
    return can


def _posts_only(option: Option) -> Option:
    hint = "The account may not publish pages on this site: a page becomes a post."
    return replace(option, choices=(_POST,), hint=hint)
