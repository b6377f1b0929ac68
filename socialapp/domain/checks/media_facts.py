"""What the rules look at in pictures, videos and attachments."""

from collections.abc import Iterable, Sequence

from socialapp.domain import fitting
from socialapp.domain.checks import words
from socialapp.domain.checks.measures import Facts, duration, excess, is_blank, where
from socialapp.domain.content import Attachment, Capabilities, Media, Part


def of_media(media: Sequence[Media], can: Capabilities) -> Facts:
    """Measure the media of a part together."""
    videos = sum(m.kind == "video" for m in media)
    images = len(media) - videos
    has_gif = any(m.kind == "gif" for m in media)
    both = can.images and can.videos
    is_mixed = (images and videos) or videos > can.videos
    media_limit = max(can.images, can.videos) if both and can.mixes_media else 0
    return {
        "images": images,
        "images_limit": can.images,
        "images_over": max(0, images - can.images),
        "videos": videos,
        "videos_limit": can.videos,
        "videos_over": max(0, videos - can.videos),
        "is_mixed": bool(both and is_mixed and not can.mixes_media),
        "crowds_gif": can.gif_stands_alone and has_gif and len(media) > 1,
        "media": len(media),
        "media_limit": media_limit,
        "media_over": excess(len(media), media_limit),
    }


def of_medium(part: Part, number: int, at: int, can: Capabilities) -> Facts | None:
    """Measure the medium that stands `at` this place; None where a network takes none such."""
    media, is_video = part.media[at], part.media[at].kind == "video"
    if not (can.videos if is_video else can.images):
        return None
    taken = can.video_types if is_video else can.image_types
    is_taken = matches(media.mime_type, taken)
    return {
        "where": where(number),
        "it": _named(part, number, at),
        "is_taken": is_taken,
        "type": words.types([media.mime_type]),
        "types": words.types(taken),
        "is_fitted": fitting.can_be_fitted(media, can),
        **_weight(media, can),
        **_shape(media, can),
        **_length(media, can),
        **_description(media, can),
    }


def _named(part: Part, number: int, at: int) -> str:
    what = words.word(part.media[at].kind)
    it = words.word("only", what=what)
    if len(part.media) > 1:
        it = words.word("numbered", what=what, number=at + 1)
    return words.word("in_part", it=it, part=number) if number > 1 else it


def matches(mime_type: str, patterns: Iterable[str]) -> bool:
    """Whether a type is one of these, of which `image/*` and `*` are many."""
    return any(
        mime_type.startswith(pattern[:-1]) if pattern.endswith("*") else mime_type == pattern
        for pattern in patterns
    )


def _weight(media: Media, can: Capabilities) -> Facts:
    limit = can.video_bytes if media.kind == "video" else can.image_bytes
    if media.kind == "gif" and can.gif_bytes:
        limit = can.gif_bytes
    size, size_limit = words.sizes(media.size_bytes, limit)
    return {
        "bytes": media.size_bytes,
        "bytes_limit": limit,
        "size": size,
        "size_limit": size_limit,
    }


def _shape(media: Media, can: Capabilities) -> Facts:
    width, height = media.width, media.height
    is_video = media.kind == "video"
    least, most = can.video_ratio if is_video else can.ratio
    limits = (
        ("pixels", width * height, can.image_pixels),
        ("side", max(width, height), can.image_side),
        ("sides", width + height, can.image_sides),
    )
    over = [] if is_video else [(key, limit) for key, is_, limit in limits if 0 < limit < is_]
    return {
        "width": width,
        "height": height,
        "measure": words.word(over[0][0], limit=over[0][1]) if over else "",
        "ratio": width / height if width > 0 and height > 0 else None,
        "ratio_least": least,
        "ratio_most": most,
    }


def _length(media: Media, can: Capabilities) -> Facts:
    least, most = can.video_s
    lasts = media.duration_s if media.kind == "video" else None
    return duration(lasts, least, most)


def _description(media: Media, can: Capabilities) -> Facts:
    has = media.kind != "video" or can.describes_videos
    limit = can.alt_text_limit if has else 0
    return {
        "alt_text": len(media.alt_text),
        "alt_text_limit": limit,
        "is_undescribed": limit > 0 and is_blank(media.alt_text),
    }


def of_attachment(attachment: Attachment, number: int, can: Capabilities) -> Facts:
    """Measure an attachment of a page, counted from 1."""
    size, size_limit = words.sizes(attachment.size_bytes, can.attachment_bytes)
    is_picture = matches(attachment.mime_type, ["image/*"])
    named = "named" if attachment.filename else "attachment"
    return {
        "where": "",
        "it": words.word(named, number=number, filename=attachment.filename),
        "is_taken": matches(attachment.mime_type, can.attachment_types),
        "type": words.types([attachment.mime_type]),
        "types": words.types(can.attachment_types),
        "bytes": attachment.size_bytes,
        "bytes_limit": can.attachment_bytes,
        "size": size,
        "size_limit": size_limit,
        "is_undescribed": is_picture
        and can.alt_text_limit > 0
        and is_blank(attachment.description),
    }
