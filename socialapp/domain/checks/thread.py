"""A text that is too long, as a thread that fits."""

from collections.abc import Sequence

from socialapp.domain import counting, splitting
from socialapp.domain.checks import facts
from socialapp.domain.content import Capabilities, Content, Part
from socialapp.domain.errors import Problem, Rejected


def as_thread(content: Content, networks: Sequence[Capabilities]) -> tuple[Part, ...]:
    """Return the content as a thread whose texts fit all these networks; media stay where they are.

    Raises Rejected when a limit leaves no room for text.
    """
    made: list[Part] = []
    for part in content.thread:
        first, *rest = _split(content, part, networks)
        made += [Part(first, part.media), *(Part(text) for text in rest)]
    return tuple(made)


def _split(content: Content, part: Part, networks: Sequence[Capabilities]) -> list[str]:
    """Cut one text: by the network that needs the most parts, and then where others need more."""
    texts = [part.text]
    try:
        alone = [(can, len(_cut(part.text, content, part, can))) for can in networks]
        for can, _ in sorted(alone, key=lambda known: -known[1]):
            texts = [piece for text in texts for piece in _cut(text, content, part, can)]
    except ValueError as error:
        message = "There is no room for text beside the options. Shorten them, or the text."
        raise Rejected(Problem("cannot_split", message, "text")) from error
    return texts


def _cut(text: str, content: Content, part: Part, can: Capabilities) -> list[str]:
    texts = [text]
    if limit := facts.text_limit(part, can):
        room = limit - counting.graphemes(facts.warning(content, can))
        texts = _fitted(texts, room, can.count, can.link_length)
    if can.byte_limit:
        texts = _fitted(texts, can.byte_limit, "bytes", can.link_length)
    return texts


def _fitted(texts: list[str], room: int, unit: str, link_length: int) -> list[str]:
    """Cut those that are too long; the others stay as they were written."""
    made: list[str] = []
    for text in texts:
        if counting.count(text, unit, link_length=link_length) <= room:
            made.append(text)
        else:
            made += splitting.split(text, room, unit, link_length=link_length)
    return made
