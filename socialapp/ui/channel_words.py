"""What is said of a channel, on each page that shows one."""

from datetime import datetime

from socialapp.providers import kind
from socialapp.store.limits import Limit
from socialapp.store.tables import Channel, SandboxRule
from socialapp.ui.rows import clock_words, letters

OK, PAUSED, LOST = "ok", "paused", "reconnect"


def state(channel: Channel) -> str:
    """Return `ok`, `paused` or `reconnect`; what is worse comes first."""
    if channel.needs_reconnect:
        return LOST
    return PAUSED if channel.paused_at else OK


def network(channel: Channel) -> str:
    """Return what people call its network."""
    return kind(channel.provider).name


def mark(name: str) -> str:
    """Return the sign of a network: two letters, also of a name of one word."""
    return letters(name) if " " in name.strip() else name.strip()[:2].capitalize()


def posts(number: int) -> str:
    """Write how many posts: "1 post", "3 posts"."""
    return "1 post" if number == 1 else f"{number} posts"


def limit(limit: Limit | None, zone: str, *, now: datetime) -> str:
    """Say what a network still takes: "3 of 300 posts left until 10:45 Europe/Berlin"."""
    if limit is None:
        return ""
    if limit.closed_until:
        return (
            f"Closed by its network until {clock_words(limit.closed_until, zone, now=now)} {zone}"
        )
    if limit.remaining is None or limit.resets_at is None:
        return ""
    of = f" of {limit.allowed}" if limit.allowed is not None else ""
    word = "post" if (limit.allowed or limit.remaining) == 1 else "posts"
    until = clock_words(limit.resets_at, zone, now=now)
    return f"{limit.remaining}{of} {word} left until {until} {zone}"


def verified(channel: Channel, zone: str, *, now: datetime) -> str:
    """Say when its network last said that our access is good; empty when it never was asked."""
    if channel.known_at is None:
        return ""
    return f"{clock_words(channel.known_at, zone, now=now)} {zone}"


def what_waits(waiting: int, *, missed_after: int) -> str:
    """Say what becomes of what is planned for a channel that is connected again."""
    if not waiting:
        return "Nothing is planned for it."
    wait = "waits" if waiting == 1 else "wait"
    minutes = "1 minute" if missed_after == 1 else f"{missed_after} minutes"
    return (
        f"{posts(waiting)} {wait}, and nothing is lost: what is due goes out as soon as the channel"
        f" is connected. Only what is more than {minutes} late by then is listed as missed, and"
        " you decide."
    )


def requests_left(rule: SandboxRule | None) -> str:
    """Return how often a sandbox account still does what it was told, as its form has it."""
    left = rule.requests_left if rule else 1
    return str(left) if left in (1, 5, -1) else "1"
