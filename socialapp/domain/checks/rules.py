"""What networks refuse, as data: rules, words and units. The browser is handed the same.

A rule looks at facts about one subject: the whole content, a part of a thread, a medium, an
attachment, an option, a poll. `facts.py` measures them, and so does the editor's `facts.js`.
"""

from dataclasses import asdict
from typing import Any

from socialapp.domain import fitting
from socialapp.domain.checks import media_rules, option_rules, text_rules
from socialapp.domain.checks.rule import Rule
from socialapp.domain.options import EXPECTED, LANGUAGE

RULES: dict[str, tuple[Rule, ...]] = {
    "kind": text_rules.KIND,
    "content": text_rules.CONTENT,
    "part": (*text_rules.TEXT, *media_rules.MEDIA),
    "medium": media_rules.MEDIUM,
    "attachment": media_rules.ATTACHMENT,
    "option": option_rules.OPTION,
    "poll": option_rules.POLL,
}

WORDS: dict[str, str] = {
    "this": "this",
    "that_part": "part {part} of the thread",
    "characters": "{limit:character}",
    "characters_beside": "{limit:character} beside a picture or video",
    "bytes": "{limit:byte}",
    "bytes_beside": "{limit:byte} beside a picture or video",
    "image": "picture",
    "gif": "animated picture",
    "video": "video",
    "only": "the {what}",
    "numbered": "{what} {number}",
    "in_part": "{it} in part {part} of the thread",
    "attachment": "attachment {number}",
    "named": "attachment {number} ({filename})",
    "pixels": "{limit} pixels in all",
    "side": "{limit} pixels on its longer side",
    "sides": "{limit} pixels for width and height together",
    "needs_image": "a picture",
    "needs_video": "a video",
    "needs_any": "a picture or a video",
    "or": " or ",
}
"""Pieces of the messages."""

TYPES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    "image/gif": "GIF",
    "video/mp4": "MP4",
    "video/quicktime": "MOV",
    "video/webm": "WebM",
    "application/pdf": "PDF",
}
"""What people call them; others are called what they are."""

SPANS = (("day", 864_000), ("hour", 36_000), ("minute", 600))
"""In tenths of seconds."""

FOR_BROWSER: dict[str, Any] = {
    "rules": {subject: [asdict(rule) for rule in rules] for subject, rules in RULES.items()},
    "words": WORDS,
    "types": TYPES,
    "read_types": sorted(fitting.READ_TYPES),
    "written_types": fitting.WRITTEN_TYPES,
    "spans": SPANS,
    "expected": EXPECTED,
    "language": LANGUAGE,
}
