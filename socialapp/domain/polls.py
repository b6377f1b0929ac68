"""Polls: what of a text is asked."""

from socialapp.domain import counting


def question(text: str, limit: int) -> tuple[str, str]:
    """Return the question, and what stands before it.

    A text of at most `limit` UTF-16 units is the question; of a longer one it is the last line.
    The question is empty when that is too long as well.
    """
    text = text.strip()
    if counting.count(text, "utf16") <= limit:
        return text, ""
    before, _, last = text.rpartition("\n")
    if not before or counting.count(last, "utf16") > limit:
        return "", text
    return last.strip(), before.rstrip()
