"""What the queue is narrowed by: a filter is one line of the table, one var, and its field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from socialapp.domain import moments
from socialapp.domain.delivery import Shown
from socialapp.domain.labels import CAMPAIGN_AT_MOST, TAG_AT_MOST
from socialapp.ui.components.status import LABELS

TODAY, WEEK, BETWEEN = "today", "week", "between"
DAYS = {TODAY: "Today", WEEK: "The next 7 days", BETWEEN: "Between two days"}
_QUERY_AT_MOST = 200


class Choice(TypedDict):
    """One channel or network to filter by."""

    value: str
    label: str
    network: str
    """Of a channel; else empty."""
    address: str
    """Of a channel's own page; else empty."""


class Chip(TypedDict):
    """A filter that is on, in words."""

    name: str
    label: str


Known = Mapping[str, Mapping[str, str]]
"""What can be chosen in this workspace, by the filter's name: labels by their values."""


@dataclass(frozen=True)
class Filter:
    """One of them."""

    name: str
    """Of its var in the state."""
    key: str
    """In the address."""
    read: Callable[[str, Known], str]
    """Returns what was asked for, or nothing when there is no such thing."""
    ask: Callable[[str], dict[str, Any]] = lambda _: {}
    """Returns it as the store takes it; dates are read together, by `days`."""
    say: Callable[[str, Known], str] = lambda value, _: value
    """Returns it in words; nothing when another filter says it."""
    is_of_drafts: bool = True
    """Whether drafts can be narrowed by it."""


def words(value: str, known: Known) -> str:
    """Read words as they are typed."""
    return value.strip()[:_QUERY_AT_MOST]


def one_of(name: str) -> Callable[[str, Known], str]:
    """Read what the workspace has of that name."""
    return lambda value, known: value if value in known.get(name, {}) else ""


def day(value: str, known: Known) -> str:
    """Read a date that a calendar can show."""
    try:
        found = date.fromisoformat(value[:10])
    except ValueError:
        return ""
    return found.isoformat() if 1970 <= found.year <= 2200 else ""


def _status(value: str, known: Known) -> str:
    return value if value in set(Shown) else ""


FILTERS = (
    Filter("query", "q", words, lambda v: {"q": v}, lambda v, _: f"“{v}”"),
    Filter("status", "status", _status, say=lambda v, _: LABELS[Shown(v)], is_of_drafts=False),
    Filter(
        "channel",
        "channel",
        one_of("channel"),
        lambda v: {"channel_id": int(v)},
        lambda v, known: known.get("channel", {}).get(v, ""),
    ),
    Filter(
        "network",
        "network",
        one_of("network"),
        lambda v: {"network": v},
        lambda v, known: known.get("network", {}).get(v, ""),
    ),
    Filter("tag", "tag", lambda v, _: v.strip()[:TAG_AT_MOST], lambda v: {"tag": v}),
    Filter(
        "campaign", "campaign", lambda v, _: v.strip()[:CAMPAIGN_AT_MOST], lambda v: {"campaign": v}
    ),
    Filter(
        "when",
        "when",
        lambda v, _: v if v in DAYS else "",
        say=lambda v, _: DAYS[v] if v != BETWEEN else "",
        is_of_drafts=False,
    ),
    Filter("since", "from", day, say=lambda v, _: f"From {_spoken(v)}", is_of_drafts=False),
    Filter("until", "to", day, say=lambda v, _: f"Until {_spoken(v)}", is_of_drafts=False),
)
BY_NAME = {each.name: each for each in FILTERS}


def _spoken(value: str) -> str:
    found = date.fromisoformat(value)
    return f"{found:%a} {found.day} {found:%b} {found.year}"


def settled(chosen: Mapping[str, str], known: Known) -> dict[str, str]:
    """Return every filter with what can be read of it; days count only between two days."""
    read = {each.name: each.read(chosen.get(each.name, ""), known) for each in FILTERS}
    if read["when"] != BETWEEN:
        read |= {"since": "", "until": ""}
    return read


def chips(chosen: Mapping[str, str], known: Known, *, is_drafts: bool) -> list[Chip]:
    """Return which filters are on, in words."""
    return [
        Chip(name=each.name, label=said)
        for each in FILTERS
        if (value := chosen[each.name])
        and (each.is_of_drafts or not is_drafts)
        and (said := each.say(value, known))
    ]


def asked(
    chosen: Mapping[str, str], zone: str, *, now: datetime, is_drafts: bool
) -> dict[str, Any]:
    """Return the filters as the store takes them."""
    found: dict[str, Any] = {}
    for each in FILTERS:
        if (value := chosen[each.name]) and (each.is_of_drafts or not is_drafts):
            found |= each.ask(value)
    return found if is_drafts else found | days(chosen, zone, now=now)


def days(chosen: Mapping[str, str], zone: str, *, now: datetime) -> dict[str, datetime]:
    """Return the instants between which it goes out; days begin when they begin in `zone`."""
    today = moments.in_zone(now, zone).date()
    first, last = {
        TODAY: (today, today),
        WEEK: (today, today + timedelta(days=6)),
    }.get(chosen["when"], (_date(chosen["since"]), _date(chosen["until"])))
    found = {}
    if first:
        found["since"] = _begin(first, zone)
    if last:
        found["until"] = _begin(last + timedelta(days=1), zone)
    return found


def _date(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def _begin(of: date, zone: str) -> datetime:
    return moments.moment(datetime.combine(of, datetime.min.time()), zone).at
