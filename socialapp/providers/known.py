"""The rules of networks that have no adapter yet: what they take, for checks."""

from socialapp.domain.content import MIB, Capabilities, Option, PollLimits, Repeats

_MP4_MOV = ("video/mp4", "video/quicktime")
_JPEG_PNG = ("image/jpeg", "image/png")
_POLL = Option("poll", "Poll", kind="poll")
_TITLE = Option("title", "Title", at_most=100)
_DAY_S = 86_400

RULES: dict[str, tuple[str, Capabilities]] = {
    "x": (
        "X",
        Capabilities(
            text_limit=280,
            count="x",
            image_bytes=5 * MIB,
            gif_bytes=15 * MIB,
            gif_stands_alone=True,
            video_types=_MP4_MOV,
            video_bytes=512 * MIB,
            video_s=(0.5, 140),
            video_ratio=(1 / 3, 3),
            alt_text_limit=1000,
            # The network names no limit to replies to oneself; this is what its own editor takes.
            parts=25,
            poll=PollLimits(4, 25, 300, 7 * _DAY_S),
            options=(_POLL,),
            repeats=Repeats.REFUSED,
            can_find=True,
            source="https://docs.x.com/fundamentals/counting-characters",
        ),
    ),
    "threads": (
        "Threads",
        Capabilities(
            text_limit=500,
            count="threads",
            images=20,
            videos=20,
            mixes_media=True,
            image_types=_JPEG_PNG,
            image_bytes=8 * MIB,
            ratio=(0.1, 10),
            video_types=_MP4_MOV,
            video_bytes=1024 * MIB,
            video_s=(0, 300),
            alt_text_limit=1000,
            links=5,
            # The first hashtag becomes the topic; the others stay words.
            tags_advised=1,
            parts=25,
            # How long a poll lasts is not asked for: it is a day.
            poll=PollLimits(4, 25, _DAY_S, _DAY_S),
            options=(_POLL,),
            repeats=Repeats.PREPARED,
            can_find=True,
            source="https://developers.facebook.com/docs/threads/overview",
        ),
    ),
    "instagram": (
        "Instagram",
        Capabilities(
            text_limit=2200,
            count="code_points",
            images=10,
            videos=10,
            mixes_media=True,
            needs_media=True,
            image_types=("image/jpeg",),
            image_bytes=8 * MIB,
            ratio=(0.8, 1.91),
            video_types=_MP4_MOV,
            video_bytes=300 * MIB,
            video_s=(3, 900),
            video_ratio=(0.01, 10),
            alt_text_limit=1000,
            describes_videos=False,
            tags=30,
            # Since 2025-12 posts are meant to have five; the API refuses the thirty-first.
            tags_advised=5,
            repeats=Repeats.PREPARED,
            can_find=True,
            source="https://developers.facebook.com/docs/instagram-platform/content-publishing",
        ),
    ),
    "facebook": (
        "Facebook Page",
        Capabilities(
            text_limit=63_206,
            count="code_points",
            images=10,
            image_types=_JPEG_PNG,
            # One page says 10 MB; the error that refuses a photo says 4.
            image_bytes=4 * MIB,
            video_types=_MP4_MOV,
            video_bytes=10 * 1024 * MIB,
            video_s=(0, 14_400),
            alt_text_limit=1000,
            describes_videos=False,
            repeats=Repeats.REFUSED,
            can_find=True,
            source="https://developers.facebook.com/docs/pages-api/posts",
        ),
    ),
    "linkedin": (
        "LinkedIn",
        Capabilities(
            text_limit=3000,
            count="code_points",
            images=20,
            image_types=("image/jpeg", "image/png", "image/gif"),
            image_bytes=10 * MIB,
            image_pixels=36_152_319,
            video_types=("video/mp4",),
            video_bytes=500 * MIB,
            video_s=(3, 1800),
            video_ratio=(1 / 2.4, 2.4),
            alt_text_limit=4086,
            poll=PollLimits(4, 30, _DAY_S, 14 * _DAY_S),
            options=(_POLL,),
            repeats=Repeats.REFUSED,
            can_find=True,
            source="https://learn.microsoft.com/linkedin/marketing/community-management/shares",
        ),
    ),
    "pinterest": (
        "Pinterest",
        Capabilities(
            text_limit=800,
            count="code_points",
            title_limit=100,
            images=5,
            needs_media=True,
            image_types=_JPEG_PNG,
            image_bytes=20 * MIB,
            video_types=_MP4_MOV,
            video_bytes=2048 * MIB,
            video_s=(4, 900),
            alt_text_limit=500,
            options=(_TITLE, Option("link", "Link", at_most=2048)),
            source="https://developers.pinterest.com/docs/api/v5/pins-create",
        ),
    ),
    "tiktok": (
        "TikTok",
        Capabilities(
            # Of videos; pictures may have more, but only with a title of their own.
            text_limit=2200,
            count="utf16",
            title_limit=90,
            images=35,
            needs_media=True,
            image_types=("image/jpeg", "image/webp"),
            image_bytes=20 * MIB,
            image_side=1920,
            video_bytes=4096 * MIB,
            video_s=(0, 600),
            alt_text_limit=0,
            options=(Option("title", "Title", at_most=90, hint="Of pictures."),),
            source="https://developers.tiktok.com/doc/content-posting-api-reference-direct-post",
        ),
    ),
    "youtube": (
        "YouTube",
        Capabilities(
            text_limit=5000,
            count="bytes",
            title_limit=100,
            images=0,
            needs_media=True,
            video_bytes=256 * 1024 * MIB,
            # A channel that has not given a phone number may not pass 15 minutes.
            video_s=(0, 43_200),
            alt_text_limit=0,
            options=(_TITLE, Option("tags", "Tags", kind="tags")),
            repeats=Repeats.PREPARED,
            can_find=True,
            source="https://developers.google.com/youtube/v3/docs/videos/insert",
        ),
    ),
}
"""By the key that the adapter will have; when it comes, its limits move into its file."""
