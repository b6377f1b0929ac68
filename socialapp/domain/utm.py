r"""UTM parameters: what links get when a post is sent, so that visits can be counted.

They are only ever put in: taken out again, the text is what it was. What this is not sure about,
networks may not be either, so it is left alone: addresses with brackets, quotes or letters beyond
ASCII, and those with a `utm_` of their own. The browser does the same (`ui/compose/utm.js`) with
these patterns.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import quote

from socialapp.domain.content import Content, Kind, Part
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.links import compiled, marks

PARAMETERS = ("source", "medium", "campaign")
PLACEHOLDERS = ("network", "channel", "campaign")
TEMPLATE_AT_MOST = 100
HOSTS_AT_MOST = 50

# The last character is one that every network takes for the end of an address.
_LINK = (
    r"^(?![\s\S]*[Uu][Tt][Mm]_)https?:\/\/(?<host>[A-Za-z0-9.-]+)(?::[0-9]+)?"
    r"(?:[\/?#][A-Za-z0-9._~%$&+=:@,;!\/?#-]*)?(?<=[A-Za-z0-9\/=&%+#?-])$"
)
_GLUED = r"[0-9A-Za-z_@#$\/.\-]"
"""What stands right before a link that is a part of something else."""
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}|localhost")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
FOR_BROWSER: dict[str, Any] = {"link": _LINK, "glued": _GLUED, "parameters": list(PARAMETERS)}


@dataclass(frozen=True)
class UtmRule:
    """What a workspace wants in its links; templates may hold `{network}`, for example."""

    is_on: bool = False
    source: str = "{network}"
    medium: str = "social"
    campaign: str = "{campaign}"
    hosts: tuple[str, ...] = ()
    """Only links to these and their subdomains; none: all links."""

    @classmethod
    def read(cls, kept: Mapping[str, Any] | None) -> "UtmRule":
        """Return the rule that is kept of a workspace; without one it is off."""
        return cls(**{**kept, "hosts": tuple(kept["hosts"])}) if kept else cls()

    def as_data(self) -> dict[str, Any]:
        """Return it as it is kept, and as the browser is given it."""
        return {**asdict(self), "hosts": list(self.hosts)}


class Links(NamedTuple):
    """What links get at one account, and which do; without `hosts` all."""

    words: str = ""
    """`utm_source=…&utm_medium=…`; empty: nothing."""
    hosts: Sequence[str] = ()


class Insertion(NamedTuple):
    """Words that are put into a text, before the code point `at` of it."""

    at: int
    words: str


def checked(rule: UtmRule) -> UtmRule:
    """Return a rule as it is kept. Raises Rejected for what cannot be meant."""
    templates = {name: " ".join(getattr(rule, name).split()) for name in PARAMETERS}
    found = [p for name, words in templates.items() if (p := _problem(name, words))]
    hosts = tuple(dict.fromkeys(filter(None, map(_host, rule.hosts))))
    found += [
        Problem("bad_host", f"“{host}” is no host name, as shop.example.org is.", "hosts")
        for host in hosts
        if not _HOST.fullmatch(host)
    ]
    if len(hosts) > HOSTS_AT_MOST:
        found.append(Problem("too_many", f"At most {HOSTS_AT_MOST} sites can be named.", "hosts"))
    if rule.is_on and not any(templates.values()):
        message = "All three are empty, so nothing would be put into links. Fill in one."
        found.append(Problem("empty_rule", message, "source"))
    if found:
        raise Rejected(*found)
    source, medium, campaign = (templates[name] for name in PARAMETERS)
    return UtmRule(rule.is_on, source, medium, campaign, hosts)


def _problem(name: str, words: str) -> Problem | None:
    if len(words) > TEMPLATE_AT_MOST:
        return Problem("too_long", f"At most {TEMPLATE_AT_MOST} characters.", name)
    unknown = [each for each in _PLACEHOLDER.findall(words) if each not in PLACEHOLDERS]
    if unknown or re.search(r"[{}]", _PLACEHOLDER.sub("", words)):
        known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
        return Problem("unknown_placeholder", f"Only {known} are filled in.", name)
    return None


def _host(typed: str) -> str:
    """Return the host of what somebody typed, who may have pasted an address."""
    words = re.sub(r"^[a-z]+://", "", typed.strip().lower())
    return re.split(r"[/?#:]", words, maxsplit=1)[0].strip(".")


def links(rule: UtmRule, about: Mapping[str, str]) -> Links:
    """Return what links get; `about`: what the placeholders stand for.

    A parameter that would be empty is left out.
    """
    if not rule.is_on:
        return Links()
    found = ((name, _encoded(_filled(getattr(rule, name), about))) for name in PARAMETERS)
    words = "&".join(f"utm_{name}={value}" for name, value in found if value)
    return Links(words, rule.hosts)


def _filled(template: str, about: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: about.get(found[1], ""), template).strip(" ")


def _encoded(value: str) -> str:
    """Percent-encode all that could end an address early."""
    words = quote(value, safe="").replace(".", "%2E").replace("~", "%7E")
    return f"{words[:-1]}%2D" if words.endswith("-") else words


def insertions(text: str, to: Links) -> list[Insertion]:
    """Return what is put into the links of a text, from left to right."""
    if not to.words:
        return []
    found = []
    for mark in marks(text):
        link = text[mark.start : mark.end]
        if mark.kind != "link" or compiled(_GLUED).match(text[max(0, mark.start - 1) : mark.start]):
            continue
        whole = compiled(_LINK).match(link)
        if whole is None or not _is_of(whole["host"].lower(), to.hosts):
            continue
        base, _, _ = link.partition("#")
        joint = "?" if "?" not in base else "" if base[-1] in "?&" else "&"
        found.append(Insertion(mark.start + len(base), joint + to.words))
    return found


def _is_of(host: str, hosts: Sequence[str]) -> bool:
    return not hosts or any(host == each or host.endswith(f".{each}") for each in hosts)


def put_in(text: str, found: Sequence[Insertion]) -> str:
    """Return the text with what is put into it."""
    for at, words in reversed(found):
        text = text[:at] + words + text[at:]
    return text


def origin(found: Sequence[Insertion], place: int) -> int:
    """Return where a place of the text with insertions is in the text without them."""
    shift = 0
    for at, words in found:
        if place <= at + shift:
            break
        if place < at + shift + len(words):
            return at
        shift += len(words)
    return place - shift


def tagged(content: Content, to: Links) -> Content:
    """Return a post with its links as they are sent; pages are left as they are."""
    if not to.words or content.kind is not Kind.POST:
        return content

    def sent(text: str) -> str:
        return put_in(text, insertions(text, to))

    parts = tuple(Part(sent(part.text), part.media) for part in content.parts)
    return replace(content, text=sent(content.text), parts=parts)


def located(problem: Problem, content: Content, to: Links) -> Problem:
    """Return a problem of a `tagged` content with its place in the text that was written."""
    place = re.fullmatch(r"(?:parts\.(\d+)\.)?text", problem.field)
    if problem.start is None or problem.end is None or not place:
        return problem
    text = content.parts[int(place[1])].text if place[1] else content.text
    found = insertions(text, to)
    return replace(problem, start=origin(found, problem.start), end=origin(found, problem.end))


def untagged(texts: Sequence[str], found: Sequence[Insertion]) -> list[str]:
    """Return the pieces of a text that was cut with its insertions, without these."""
    left, pieces = list(found), []
    for text in texts:
        start, piece = 0, text
        while left and (at := piece.find(left[0].words, start)) >= 0:
            piece = piece[:at] + piece[at + len(left.pop(0).words) :]
            start = at
        pieces.append(piece)
    return pieces
