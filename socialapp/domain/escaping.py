"""Text as the networks want it that read signs in it as their own."""

import html

import regex

from socialapp.domain.links import urls

_EMPTY_LINES = regex.compile(r"(?:\r?\n[^\S\r\n]*){2,}")
_RESERVED = regex.compile(r"[\\|{}@\[\]()<>#*_~]")


def little_text(text: str) -> str:
    """Return `text` as LinkedIn shows it as it is; unescaped brackets would cut the post off.

    Hashtags and mentions that shall be some are put in afterwards.
    Source: LinkedIn's "little text format" for commentary.
    """
    return str(_RESERVED.sub(r"\\\g<0>", text))


def telegram_html(text: str) -> str:
    """Return `text` for messages with `parse_mode: HTML`."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def linked(text: str) -> str:
    """Return `text` as HTML that shows it as it is, with its URLs as links."""
    pieces, at = [], 0
    for start, end in urls(text):
        url = text[start:end]
        if not url.lower().startswith(("http://", "https://")):
            continue
        safe = html.escape(url)
        pieces += [html.escape(text[at:start]), f'<a href="{safe}">{safe}</a>']
        at = end
    return "".join([*pieces, html.escape(text[at:])])


def paragraphs(text: str) -> str:
    """Return plain text as HTML: empty lines part paragraphs, other ends of lines are kept."""
    parts = _EMPTY_LINES.split(text.strip("\r\n"))
    return "\n".join(f"<p>{_lines(part)}</p>" for part in parts if part.strip())


def _lines(text: str) -> str:
    return "<br>\n".join(linked(line.rstrip()) for line in text.splitlines())
