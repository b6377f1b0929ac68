r"""The networks' rules of text as data: patterns, sizes, limits. The browser is handed the same.

Python's `regex` and JavaScript with its `u` flag read these patterns alike: no flags, ASCII spelled
out ([0-9], never \d, \s or \b), characters beyond U+FFFF as themselves. `<tld>` stands for any TLD.
URLs are looked for in the text with its ASCII letters in lower case.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from socialapp.domain.tlds import TLDS


@dataclass(frozen=True)
class Links:
    """How a network finds URLs."""

    url: str
    """Named groups: before, url, scheme, host, path."""
    tco: str
    """A t.co link ends where this does; its slug is the first group."""
    takes_bare: bool
    """Whether a known domain is a URL without a scheme."""


@dataclass(frozen=True)
class Unit:
    """How a network measures a text."""

    pieces: tuple[tuple[str, int | str], ...] = ()
    """Patterns of what is counted as one, the first that matches, each with its size: a number, or
    `bytes` or `utf16` of what it matched. None at all: graphemes, one each."""
    refused: str = ""
    """One of these and the network does not take the text."""
    is_composed: bool = False
    """Whether it is measured in Unicode's normal form C."""
    links: Links | None = None
    """URLs have one length."""
    mention: str = ""
    """Of a mention with a host, only the group `user` is counted."""
    mention_end: str = ""
    """What follows a mention that is none."""


def alternatives(words: Iterable[str]) -> str:
    """Return a pattern that matches any of `words`, longest first, branching letter by letter."""
    tails: dict[str, list[str]] = {}
    for word in sorted(set(words)):
        tails.setdefault(word[:1], []).append(word[1:])
    may_end = tails.pop("", None) is not None
    branches = [head + alternatives(rest) for head, rest in tails.items()]
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)})" + ("?" if may_end else "")


ANY = r"[\s\S]"

# As in Unicode's UTS 51, by form rather than from a list: emoji that come later have it too.
_TONE = r"\p{Emoji_Modifier}"
_PICTURE = rf"\p{{Extended_Pictographic}}(?:\uFE0F?{_TONE}|\uFE0F)?"
EMOJI = "|".join(
    (
        r"\p{Regional_Indicator}\p{Regional_Indicator}",
        r"[0-9#*]\uFE0F?\u20E3",
        "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f",
        rf"{_PICTURE}(?:\u200D{_PICTURE})+",
        rf"\p{{Emoji_Modifier_Base}}\uFE0F?{_TONE}",
        r"\p{Extended_Pictographic}\uFE0F",
        r"\p{Emoji_Presentation}(?!\uFE0E)",
    )
)

# What URLs are made of. Source: github.com/twitter/twitter-text, js/src/regexp
# Hosts and their labels are bounded here: a long text without spaces would take too long.
_ACCENTED = (
    r"\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F\u0253\u0254\u0256\u0257\u0259\u025B\u0263\u0268\u026F"
    r"\u0272\u0289\u028B\u02BB\u0300-\u036F\u1E00-\u1EFF"
)
_REFUSED = r"\uFFFE\uFEFF\uFFFF"
_DIRECTIONAL = r"\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069"
_SPACES = r"\u0085\u00A0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000"
_LETTER = rf"[^\u0000-\/:-@\[-`\{{-\u007F{_SPACES}{_DIRECTIONAL}{_REFUSED}]"
_SUBDOMAINS = rf"(?:{_LETTER}(?:[_-]*{_LETTER}){{0,62}}\.){{0,20}}"
_DOMAIN = rf"{_LETTER}(?:-*{_LETTER}){{0,62}}\."
_TLD = r"(?:<tld>(?![0-9a-z@+-])|xn--[0-9a-z-]+)"
ASCII_HOST = rf"(?:[0-9a-z{_ACCENTED}-]+\.)+{_TLD}"


def _url(schemes: str, path: str, query: str, query_end: str) -> str:
    return (
        rf"(?<before>[^0-9a-z@\uFF20$#\uFF03{_REFUSED}]|^)"
        rf"(?<url>(?<scheme>{schemes}:\/\/)?(?<host>{_SUBDOMAINS}{_DOMAIN}{_TLD})(?::[0-9]+)?"
        rf"(?<path>\/{path})?(?:\?{query}*{query_end})?)"
    )


def _in_parentheses(path: str) -> str:
    return rf"\((?:{path}+|{path}*\({path}+\){path}*)\)"


_X_PATH = rf"[0-9a-z\u0400-\u04FF{_ACCENTED}!*';:=+,.$\/%#\[\]\u2013_~@|&-]"
_X_PATH_END = rf"[0-9a-z\u0400-\u04FF{_ACCENTED}+=_#\/-]"
_X_PARENTHESES = _in_parentheses(_X_PATH)
_X_QUERY = r"[0-9a-z!?*'@\(\);:&=+$\/%#\[\]_.,~|-]"
_X_QUERY_END = r"[0-9a-z_&=#\/-]"
X_LINKS = Links(
    url=_url(
        "https?",
        rf"(?:(?:{_X_PATH}|{_X_PARENTHESES})*{_X_PATH_END})?(?:{_X_PARENTHESES})*",
        _X_QUERY,
        _X_QUERY_END,
    ),
    tco=rf"^https?:\/\/t\.co\/([0-9a-z]+)(?:\?{_X_QUERY}*{_X_QUERY_END})?",
    takes_bare=True,
)

# Source: github.com/mastodon/mastodon, config/initializers/twitter_regex.rb, app/lib/extractor.rb
_BEYOND_ASCII = (
    r"\u00A0-\uD7FF\uE000-\uFDCF\uFDF0-\uFFEF" "\U00010000-\U000dfffd\U000e1000-\U0010fffd"
)
_WORD = r"[\p{L}\p{M}\p{Nd}\p{Pc}]"
_MASTODON_PATH = r"[^\p{White_Space}<>\(\)?]"
_MASTODON_PATH_END = r"[^\p{White_Space}\(\)?!*\u0022'\u300C\u300D<>;:=,.$%\[\]~&|@]"
MASTODON_LINKS = Links(
    url=_url(
        "(?:https?|dat|dweb|ipfs|ipns|ssb|gopher|gemini)",
        rf"(?:(?:{_MASTODON_PATH}|{_in_parentheses(_MASTODON_PATH)})*"
        rf"(?:{_MASTODON_PATH_END}|{_X_PARENTHESES}))?",
        rf"[0-9a-z!?*'\(\);:&=+$\/%#\[\]_.,~|@\^{_BEYOND_ASCII}-]",
        rf"[0-9a-z_&=#\/{_BEYOND_ASCII}-]",
    ),
    tco=r"^https?:\/\/t\.co\/([0-9a-z]+)",
    takes_bare=False,
)

UNITS: dict[str, Unit] = {
    "graphemes": Unit(),
    "code_points": Unit(((ANY, 1),)),
    "bytes": Unit(((ANY, "bytes"),)),
    "utf16": Unit(((ANY, "utf16"),)),
    # twitter-text's configuration v3, whose weights are hundredths.
    "x": Unit(
        ((EMOJI, 2), (r"[\u0000-\u10FF\u2000-\u200D\u2010-\u201F\u2032-\u2037]", 1), (ANY, 2)),
        refused=f"[{_REFUSED}]",
        is_composed=True,
        links=X_LINKS,
    ),
    "mastodon": Unit(
        links=MASTODON_LINKS,
        mention=(
            rf"(?<![=\/]|{_WORD})@(?<user>[0-9A-Za-z_]+(?:[.-]+[0-9A-Za-z_]+)*)"
            rf"(?:@(?<host>{_WORD}+(?:[.-]+{_WORD}+)*))?"
        ),
        mention_end=rf"^(?:[@\uFF20{_ACCENTED}]|:\/\/)",
    ),
    # The network does not say how letters beyond ASCII count: one each is an assumption.
    "threads": Unit(((EMOJI, "bytes"), (ANY, 1))),
}

MARKS = (
    r"(?<link>https?:\/\/[^\p{White_Space}<>\u0022]+[^\p{White_Space}<>\u0022.,;:!?\)\]\}'])"
    r"|(?<![\p{L}\p{N}_\/])(?:(?<tag>#[\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*)"
    r"|(?<mention>@[\p{L}\p{N}_][\p{L}\p{N}_.-]*(?:@[\p{L}\p{N}.-]+)?))"
)
"""What readers see as a link, a tag or a mention, whatever the network."""

TLD = alternatives(TLDS)
URL_AT_MOST = 4096
LABEL_AT_MOST = 63
SLUG_AT_MOST = 40
HOST_AT_MOST = 253

FOR_BROWSER: dict[str, Any] = {
    "units": {name: asdict(unit) for name, unit in UNITS.items()},
    "marks": MARKS,
    "tld": TLD,
    "ascii_host": ASCII_HOST,
    "url_at_most": URL_AT_MOST,
    "label_at_most": LABEL_AT_MOST,
    "slug_at_most": SLUG_AT_MOST,
    "host_at_most": HOST_AT_MOST,
}
