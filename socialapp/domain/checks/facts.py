"""What the rules look at, measured. The editor's `facts.js` measures the same."""

from collections.abc import Mapping, Sequence
from typing import Any

from socialapp.domain import counting, links, options
from socialapp.domain.checks import words
from socialapp.domain.checks.measures import Facts, duration, excess, is_blank, where
from socialapp.domain.checks.media_facts import of_media
from socialapp.domain.content import Capabilities, Content, Kind, Option, Part, PollLimits
from socialapp.domain.links import Mark


def warning(content: Content, can: Capabilities) -> str:
    """Return what counts with the text though it stands beside it."""
    chosen = (content.options.get(key) for key in can.counted_options)
    return "".join(value for value in chosen if isinstance(value, str))


def text_limit(part: Part, can: Capabilities) -> int:
    """Return the limit of the text of a part."""
    return (part.media and can.media_text_limit) or can.text_limit


def of_content(content: Content, can: Capabilities) -> Facts:
    """Measure the whole."""
    parts, title = len(content.thread), len(content.title)
    return {
        "kind": str(content.kind),
        "parts": parts,
        "parts_limit": can.parts,
        "parts_over": excess(parts, can.parts),
        "title": title,
        "title_limit": can.title_limit,
        "title_span": (can.title_limit, title),
    }


def of_part(content: Content, number: int, can: Capabilities) -> Facts:
    """Measure a part of the thread, counted from 1."""
    part = content.thread[number - 1]
    return {
        "part": number,
        "where": where(number),
        "this": words.word("that_part" if number > 1 else "this", part=number),
        **_text(content, part, can),
        **_marks(part.text, can),
        **of_media(part.media, can),
        **_missing(content, part, number, can),
    }


def _missing(content: Content, part: Part, number: int, can: Capabilities) -> Facts:
    has_text = not is_blank(part.text)
    has_more = part.media or (number == 1 and content.attachments)
    takes = "any" if can.images and can.videos else "image" if can.images else "video"
    return {
        "has_text": has_text,
        "is_empty": not (has_text or has_more or can.needs_media),
        "takes_media": bool(can.images or can.videos),
        "needs_text": can.needs_text,
        "needs_media": can.needs_media,
        "needed": words.word(f"needs_{takes}"),
    }


def _text(content: Content, part: Part, can: Capabilities) -> Facts:
    text, beside = part.text, warning(content, can)
    limit = text_limit(part, can)
    count = counting.count(text, can.count, link_length=can.link_length, warning=beside)
    size = counting.count(text, "bytes") if can.byte_limit else 0
    room = limit - counting.graphemes(beside)
    over, bytes_over = excess(count, limit), excess(size, can.byte_limit)
    unit = "bytes" if can.count == "bytes" else "characters"
    is_beside = bool(part.media) and limit != can.text_limit
    refused = counting.refused(text, can.count)
    pieces = [-(-(count - limit + room) // room)] if limit and room > 0 else []
    pieces += [-(-size // can.byte_limit)] if can.byte_limit else []
    return {
        "count": count,
        "limit": limit,
        "limit_words": words.word(unit + ("_beside" if is_beside else ""), limit=limit),
        "over": over,
        "over_span": over
        and (counting.cut(text, can.count, room, link_length=can.link_length), len(text)),
        "bytes": size,
        "byte_limit": can.byte_limit,
        "bytes_over": bytes_over,
        "bytes_span": bytes_over and (counting.cut(text, "bytes", can.byte_limit), len(text)),
        "splits": _splits(content, max(pieces, default=1), can) and (not limit or room > 0),
        "refused": f"U+{ord(text[refused[0]]):04X}" if refused else "",
        "refused_span": refused,
    }


def _splits(content: Content, pieces: int, can: Capabilities) -> bool:
    """Whether a part may become so many: the least that it takes."""
    parts = len(content.parts) + pieces
    return content.kind is Kind.POST and can.parts != 1 and not excess(parts, can.parts)


def _marks(text: str, can: Capabilities) -> Facts:
    found: Sequence[Mark] = ()
    if can.links or can.tags or can.tags_advised:
        found = list(links.marks(text))
    tags = [mark for mark in found if mark.kind == "tag"]
    first: dict[str, Mark] = {}
    for mark in found:
        if mark.kind == "link":
            first.setdefault(text[mark.start : mark.end], mark)
    distinct = list(first.values())
    tags_over = excess(len(tags), can.tags)
    return {
        "links": len(distinct),
        "links_limit": can.links,
        "links_over": excess(len(distinct), can.links),
        "links_span": _span(distinct, can.links),
        "tags": len(tags),
        "tags_limit": can.tags,
        "tags_over": tags_over,
        "tags_span": _span(tags, can.tags),
        "is_over_tags": tags_over > 0,
        "tags_advised": can.tags_advised,
        "advised_span": _span(tags, can.tags_advised),
    }


def _span(marks: Sequence[Mark], limit: int) -> tuple[int, int] | None:
    """Return where the first of them is that is too much."""
    return (marks[limit].start, marks[limit].end) if len(marks) > limit else None


def of_option(value: Any, option: Option) -> Facts:
    """Measure what was chosen for an option."""
    is_valid = options.fits(value, option)
    length = len(value) if is_valid and option.kind in {"text", "tags"} else 0
    return {
        "where": f"options.{option.key}",
        "kind": option.kind,
        "label": option.label,
        "is_valid": is_valid,
        "expected": options.expected(option),
        "length": length,
        "length_over": excess(length, option.at_most),
        "length_span": (option.at_most, length),
        "at_most": option.at_most,
    }


def of_poll(content: Content, poll: Mapping[str, Any], key: str, limits: PollLimits) -> Facts:
    """Measure a poll that has the right form."""
    answers: list[str] = poll["options"]
    empty = [number for number, answer in enumerate(answers, 1) if is_blank(answer)]
    return {
        "where": f"options.{key}",
        "answers": len(answers),
        "least": 2,
        "most": limits.options,
        "answers_over": excess(len(answers), limits.options),
        "empty": empty[0] if empty else 0,
        "longest": max(map(counting.graphemes, answers), default=0),
        "characters": limits.option_characters,
        "has_twice": len(set(answers)) < len(answers),
        "media": len(content.media),
        **duration(poll["expires_in_s"], limits.shortest_s, limits.longest_s),
    }
