"""Text as the networks want it that read signs in it as their own."""

import regex

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
