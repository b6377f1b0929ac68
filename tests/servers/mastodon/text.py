"""How Mastodon counts a text, and the HTML that it makes of it.

Source: https://docs.joinmastodon.org/user/posting/#text
"""

import html

import regex

_URL = regex.compile(
    r"(?<![\p{L}\p{N}@$#_./-])https?://"
    r"(?P<host>(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+\p{L}{2,})"
    r"(?::\d+)?(?P<rest>[/?#]\S*)?",
    regex.IGNORECASE,
)
_AT_THE_END = ".,;:!?'\"…"
_MENTION = regex.compile(
    r"(?<![=/\p{L}\p{N}_])@(?P<user>[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@(?P<host>[\p{L}\p{N}.-]+[\p{L}\p{N}])",
    regex.IGNORECASE,
)
_HASHTAG = regex.compile(r"(?<![\p{L}\p{N}_/&#])#(?P<tag>[\p{L}\p{N}_]*[\p{L}_][\p{L}\p{N}_]*)")
_LONGEST_HOST = 253
_LONGEST_URL = 4096
_SHOWN_OF_URL = 30


def length(text: str, *, per_url: int) -> int:
    """Count what a reader sees: a link is `per_url`, of @user@host only @user."""
    shortened, at = [], 0
    for begin, end in _urls(text):
        shortened += [text[at:begin], "x" * per_url]
        at = end
    return graphemes(_MENTION.sub(_without_host, "".join([*shortened, text[at:]])))


def graphemes(text: str) -> int:
    """Count what a reader sees as one character."""
    return len(regex.findall(r"\X", text))


def as_html(text: str, base_url: str) -> str:
    """Return the content of a status, as it is listed and read by others."""
    marked, at = [], 0
    for begin, end in _urls(text):
        marked += [_words(text[at:begin], base_url), _link(text[begin:end])]
        at = end
    whole = "".join([*marked, _words(text[at:], base_url)])
    paragraphs = regex.split(r"\n{2,}", whole)
    return "".join(f"<p>{paragraph.replace(chr(10), '<br />')}</p>" for paragraph in paragraphs)


def _urls(text: str) -> list[tuple[int, int]]:
    found = []
    for match in _URL.finditer(text):
        end = match.start() + len(_without_end(match.group()))
        is_short = len(match["host"]) <= _LONGEST_HOST and end - match.start() <= _LONGEST_URL
        if is_short:
            found.append((match.start(), end))
    return found


def _without_end(url: str) -> str:
    """Leave to the sentence what is the sentence's: a full stop, a bracket that was not opened."""
    kept = url.rstrip(_AT_THE_END)
    while kept.endswith(")") and kept.count(")") > kept.count("("):
        kept = kept[:-1].rstrip(_AT_THE_END)
    return kept


def _without_host(match: regex.Match[str]) -> str:
    return f"@{match['user']}" if len(match["host"]) <= _LONGEST_HOST else match.group()


def _link(url: str) -> str:
    """Show a part of it, and hide the rest where a reader of the text still finds it."""
    scheme, rest = url.split("://", 1)
    shown, hidden = rest[:_SHOWN_OF_URL], rest[_SHOWN_OF_URL:]
    return (
        f'<a href="{html.escape(url)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{scheme}://</span>'
        f'<span class="{"ellipsis" if hidden else ""}">{html.escape(shown)}</span>'
        f'<span class="invisible">{html.escape(hidden)}</span></a>'
    )


def _words(text: str, base_url: str) -> str:
    def tag(match: regex.Match[str]) -> str:
        where = f"{base_url}/tags/{match['tag'].lower()}"
        return (
            f'<a href="{where}" class="mention hashtag" rel="tag">#<span>{match["tag"]}</span></a>'
        )

    return str(_HASHTAG.sub(tag, html.escape(text, quote=True)))
